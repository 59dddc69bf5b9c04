"""What a release's rollout Jobs were told: which cluster each brings in line, and by what policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from raychart.impact.mappings import at, items, mapping, mappings, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raychart.manifests import Manifest

# The chart labels the Jobs of a cluster's rollout with its name, those that try images included (cluster/rollout.yaml).
LABEL = "raychart/rollout"


class Policy(NamedTuple):
    """How running pods follow a change (values.yaml: rollout)."""

    workers: str
    max_unavailable: int
    drain_seconds: int
    head: str
    trial: bool

    @property
    def rolls_workers(self) -> bool:
        """Tell whether worker pods that are out of date are replaced at all (files/rollout.py: keeps_workers)."""
        return self.workers != "never" and not self.trial


def policies(manifests: Iterable[Manifest]) -> dict[str, Policy]:
    """Return the policies by RayCluster; a cluster without a rollout Job is left to KubeRay."""
    return {found[0]: found[1] for found in map(policy_of, manifests) if found is not None}


def policy_of(manifest: Manifest) -> tuple[str, Policy] | None:
    """Return the cluster and the policy of a rollout Job, None of anything else."""
    cluster = at(manifest.body, "metadata", "labels", LABEL) if manifest.kind == "Job" else None
    if not isinstance(cluster, str):
        return None
    for container in mappings(manifest.body, "spec", "template", "spec", "containers"):
        task = _task(items(container, "command"))
        if text(task, "cluster") == cluster and isinstance(task.get("rollout"), dict):
            return cluster, _policy(task)
    return None


def _task(command: list[object]) -> dict[str, object]:
    """Return what a rollout is told as the last word of its command, nothing where that is no JSON."""
    try:
        task = json.loads(command[-1]) if command and isinstance(command[-1], str) else None
    except ValueError:
        return {}
    return task if isinstance(task, dict) else {}


def _policy(task: dict[str, object]) -> Policy:
    rollout = mapping(task, "rollout")
    numbers = [rollout.get(key) for key in ("maxUnavailable", "drainSeconds")]
    unavailable, drain = (int(number) if isinstance(number, (int, float)) else 0 for number in numbers)
    head = text(rollout, "head") or "manual"
    return Policy(text(rollout, "workers") or "rolling", unavailable, drain, head, task.get("trial") is True)
