"""The limits that the chart's autoscaler reads from an annotation each round (files/autoscaler_limits.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.autoscaling_limits import ANNOTATION, limits_of
from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import mapping
from raychart.impact.model import NO_PODS, Pods
from raychart.impact.ray.numbers import autoscales, pods_of

if TYPE_CHECKING:
    from raychart.impact.ray.sides import Sides
    from raychart.manifests import Manifest

_LIMITS = "charts/ray files/autoscaler_limits.py"
_HOOKS = "charts/ray files/autoscaler_hooks.py"


def cap_of(manifest: Manifest | None) -> int | None:
    """Return how many worker pods of all types together the autoscaler makes at most, None for as many as they say."""
    cap = (
        limits_of(manifest.body).get("maxWorkers") if manifest and autoscales(mapping(manifest.body, "spec")) else None
    )
    return cap if isinstance(cap, int) and not isinstance(cap, bool) else None


def all_pods(manifest: Manifest | None) -> Pods:
    """Return how many pods a RayCluster has in its namespace, its head included."""
    spec = mapping(manifest.body if manifest else None, "spec")
    pods = NO_PODS if spec.get("managedBy") == "kueue.x-k8s.io/multikueue" else pods_of(spec)
    cap = cap_of(manifest)
    return pods.at_most(None if cap is None else cap + 1)


def floors(manifest: Manifest | None) -> dict[str, int]:
    """Return how many workers of each type are kept at least, outside of schedules."""
    named = mapping(limits_of(manifest.body) if manifest else {}, "minWorkers")
    return {name: number for name, number in named.items() if isinstance(number, int)}


def limits_change(sides: Sides, ledger: Ledger) -> None:
    """Enter what a change of the limits does that is not about one type's minimum."""
    changes = sides.below("metadata", "annotations", ANNOTATION)
    if not changes:
        return
    old, new = (_without_floors(manifest) for manifest in (sides.diff.old, sides.diff.new))
    cap = new.get("maxWorkers")
    before = old.get("maxWorkers")
    # Without a cap, as many as the types' own maxima allow.
    most = pods_of(sides.old).most - 1 if autoscales(sides.old) else 0
    before = min(before, most) if isinstance(before, int) else most
    if isinstance(cap, int) and cap < before:
        reason = (
            f"no more than {cap} worker pods of all types together may stay: idle ones go at once, busy "
            "ones when they are done"
        )
        ledger.add("scale-down", Because(reason, _HOOKS), changes, whom=sides.itself, pods=Pods(0, before - cap))
    elif old != new:
        reason = "the autoscaler reads its limits each round, so that they hold within seconds"
        ledger.add("live", Because(reason, _LIMITS), changes, whom=sides.itself)
    else:
        reason = "what it says of a worker type's minimum is said of the type"
        ledger.add("none", Because(reason, _LIMITS), changes, whom=sides.itself)


def _without_floors(manifest: Manifest | None) -> dict[str, Any]:
    limits = limits_of(manifest.body) if manifest else {}
    return {key: value for key, value in limits.items() if key != "minWorkers"}
