"""What the API server fills in where an object of KubeRay's says nothing: to say it, or no longer, changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from raychart.impact.ledger import Because, Ledger

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff

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
    """Enter that changes between a default and nothing do nothing; return the diff without them."""
    found = [change for change in diff.changes if _is_default(change)]
    if not found:
        return diff
    because = Because("it is what the API server fills in where nothing is said", "KubeRay v1.7.0 CRD: default")
    ledger.add("none", because, found)
    return replace(diff, changes=tuple(change for change in diff.changes if change not in found))


def _is_default(change: Change) -> bool:
    if change.kind not in {"added", "removed"}:
        return False
    keys = [step for step in change.path if isinstance(step, str)]
    value = change.new if change.kind == "added" else change.old
    # True is 1 to Python.
    return len(keys) > 1 and not isinstance(value, bool) and value == _DEFAULTS.get((keys[-2], keys[-1]), ...)
