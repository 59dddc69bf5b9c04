"""What an object of KubeRay's may say in place of nothing: to say it, or no longer, changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from raychart.impact.ledger import Because, Ledger
from raychart.impact.ray.empty import is_left_out
from raychart.validate.subject import cluster_of

if TYPE_CHECKING:
    from raychart.diff.model import Change, ChangePath, ObjectDiff

# By the field, and by the nearest field above it that is no step into a list. Replicas and their limits are not among
# them: what these are is reckoned with, said or not (numbers.py).
_DEFAULTS: dict[tuple[str, str], Any] = {
    ("ports", "protocol"): "TCP",
    ("workerGroupSpecs", "numOfHosts"): 1,
    ("workerGroupSpecs", "priority"): 0,
    ("networkPolicy", "mode"): "DenyAll",
    ("clusterUpgradeOptions", "maxSurgePercent"): 100,
    ("condition", "ttlSeconds"): 0,
    **{
        (above, field): value
        for above in ("spec", "jobTemplate")
        for field, value in (("submissionMode", "K8sJobMode"), ("backoffLimit", 0), ("ttlSecondsAfterFinished", 0))
    },
}


def without_defaults(diff: ObjectDiff, ledger: Ledger) -> ObjectDiff:
    """Enter that changes between nothing and what says no more than that do nothing; return the diff without them."""
    filled = [change for change in diff.changes if _is_default(change)]
    because = Because("it is what the API server fills in where nothing is said", "KubeRay v1.7.0 CRD: default")
    ledger.add("none", because, filled)
    empty = _left_out(diff)
    because = Because("empty, it says the same as nothing to KubeRay", "KubeRay v1.7.0 raycluster_types.go: omitempty")
    ledger.add("none", because, empty)
    found = {id(change) for change in (*filled, *empty)}
    return replace(diff, changes=tuple(change for change in diff.changes if id(change) not in found))


def _is_default(change: Change) -> bool:
    if change.kind not in {"added", "removed"}:
        return False
    keys = [step for step in change.path if isinstance(step, str)]
    value = _said(change)
    # True is 1 to Python.
    return len(keys) > 1 and not isinstance(value, bool) and value == _DEFAULTS.get((keys[-2], keys[-1]), ...)


def _left_out(diff: ObjectDiff) -> list[Change]:
    """Return the changes by which a field of a RayCluster, or a label of the object's, comes or goes empty."""
    cluster = cluster_of(diff.manifest)
    alone = diff.manifest.kind == "RayCluster"

    def is_there(path: ChangePath) -> bool:
        depth = len(cluster.path) if cluster else 0
        return path[0] == "metadata" or (cluster is not None and path[:depth] == cluster.path and len(path) > depth)

    return [
        change
        for change in diff.changes
        if change.kind in {"added", "removed"}
        and isinstance(change.path[-1], str)
        and is_there(change.path)
        and is_left_out(_said(change), change.path, alone=alone)
    ]


def _said(change: Change) -> Any:
    """Return what is said on the one side of a change that says anything."""
    return change.new if change.kind == "added" else change.old
