"""What becomes of changes of Ray's objects while no operator runs that would act on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.mappings import mapping

if TYPE_CHECKING:
    from raychart.impact.context import Context
    from raychart.impact.model import Impact
    from raychart.manifests import Manifest

# What the autoscaler, or Kubernetes itself, does without the operator.
_WITHOUT = ("Ray 2.60.0 autoscaling_config.py", "charts/ray files/autoscaler_limits.py", "Kueue:")
_ROLLOUT, _SCHEDULE = "charts/ray files/rollout.py", "charts/ray files/schedule.py"
_NOTHING = frozenset(("none", "ignored", "rejected", "remove-type"))


def without_operator(impact: Impact, context: Context) -> str:
    """Say, of an effect on an object of KubeRay's, that the operator is away afterwards; else nothing."""
    about = impact.object.manifest.group == "ray.io" or impact.source == _SCHEDULE
    if not about or impact.effect in _NOTHING or impact.source.startswith(_WITHOUT):
        return ""
    return f"; but {why}, {_then(impact)}" if (why := context.operator_away) else ""


def _then(impact: Impact) -> str:
    if impact.object.kind in {"removed", "renamed"} and _has_finalizer(impact.object.old):
        return f"and its finalizer keeps the {impact.object.manifest.kind}, and its pods, until one runs again"
    if impact.object.kind == "removed":
        return "for which this does not wait"
    if impact.object.kind == "renamed":
        return "and the new one gets no pods until one runs again"
    if impact.source == _ROLLOUT:
        return "and what the rollout takes away is not made anew until one runs again"
    return "and nothing of this is done until one runs again"


def _has_finalizer(manifest: Manifest | None) -> bool:
    """Tell whether the operator has to do something before an object goes: empty Redis, stop a job, delete clusters."""
    if manifest is None or manifest.kind in {"RayJob", "RayService"}:
        return manifest is not None
    options = mapping(manifest.body, "spec", "gcsFaultToleranceOptions")
    return bool(options) and options.get("backend") != "rocksdb"
