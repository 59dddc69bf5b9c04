"""What of a changed RayCluster the API server refuses, and what the operator stops at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.impact.ledger import Because
from raychart.impact.mappings import items, mapping, mappings, text
from raychart.impact.ray.numbers import autoscales, groups_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.impact.ray.sides import Sides

_CRD = "KubeRay v1.7.0 CRD: x-kubernetes-validations self == oldSelf"
_OPERATOR = "KubeRay v1.7.0 validation.go:ValidateRayClusterSpec"
_NO_RECONCILING = (
    "the API server takes it, but the operator does nothing more for the cluster, not even "
    "after a lost head, until it is put right"
)
# Fields that the operator stops at unless it was given a feature gate.
_GATES = {
    "historyServerOptions": "RayClusterHistoryServer",
    "networkPolicy": "RayClusterNetworkPolicy",
    "tlsOptions": "RayClusterMTLS",
}
_RESOURCES = {"num-cpus", "num-gpus", "memory", "resources"}
# From this Ray on the operator takes token authentication.
_TOKEN_SINCE = (2, 52)


def refusal(sides: Sides) -> Because | None:
    """Return why a change is refused that the former object was not; None where nobody refuses it."""
    for field in (("managedBy",), ("gcsFaultToleranceOptions", "backend")):
        old, new = text(sides.old, *field), text(sides.new, *field)
        if old and new and old != new:
            reason = f"{'.'.join(field)} cannot be changed once it is set: {sides.context.refusal}"
            return Because(reason, _CRD)
    gates = sides.context.gates
    known = set(_problems(sides.old, gates))
    problem = next((problem for problem in _problems(sides.new, gates) if problem not in known), None)
    return None if problem is None else Because(f"{problem}: {_NO_RECONCILING}", _OPERATOR)


def _problems(spec: dict[str, Any], gates: dict[str, bool] | None) -> Iterator[str]:
    autoscaled = autoscales(spec)
    head = mapping(spec, "headGroupSpec")
    if not mappings(head, "template", "spec", "containers"):
        yield "the head has no container"
    yield from _twice("the head", head)
    for name, group in groups_of(spec).items():
        yield from _problems_of_group(f"worker type {name}", group, spec)
    if autoscaled and text(spec, "autoscalerOptions", "version") == "v2":
        for name, group in (("the head", head), *groups_of(spec).items()):
            if text(group, "template", "spec", "restartPolicy") not in {"", "Never"}:
                yield f"restartPolicy of {name} is to be Never under autoscaler v2"
    if text(spec, "authOptions", "mode") == "token" and _version(spec) < _TOKEN_SINCE:
        yield "token authentication needs rayVersion 2.52 or later"
    for field, gate in _GATES.items():
        # Which gates an operator of somebody else's has, nobody knows here.
        if spec.get(field) is not None and gates is not None and not gates.get(gate):
            yield f"{field} needs the feature gate {gate}, which the operator does not have"
    if text(spec, "upgradeStrategy", "type") not in {"", "None", "Recreate"}:
        yield "upgradeStrategy.type is neither None nor Recreate"


def _problems_of_group(name: str, group: dict[str, Any], spec: dict[str, Any]) -> Iterator[str]:
    if not mappings(group, "template", "spec", "containers"):
        yield f"{name} has no container"
    least, most = group.get("minReplicas"), group.get("maxReplicas")
    if not autoscales(spec) and (least is None or most is None):
        yield f"{name} needs minReplicas and maxReplicas, because autoscaling is off"
    if any(isinstance(number, int) and number < 0 for number in (least, most)):
        yield f"{name} has a negative limit"
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield f"{name} has minReplicas {least}, more than maxReplicas {most}"
    if group.get("suspend") is True and autoscales(spec):
        yield f"{name} is suspended, which autoscaling does not allow"
    v2 = text(spec, "autoscalerOptions", "version") == "v2" or _env_enables_v2(spec)
    if group.get("idleTimeoutSeconds") is not None and not v2:
        yield f"{name} has idleTimeoutSeconds, which needs autoscaler v2"
    if group.get("priority") and not v2:
        yield f"{name} has a priority, which needs autoscaler v2"
    yield from _twice(name, group)


def _twice(name: str, group: dict[str, Any]) -> Iterator[str]:
    params = mapping(group, "rayStartParams")
    if mapping(group, "resources") and _RESOURCES & params.keys():
        yield f"{name} has resources and says them in rayStartParams too"
    if "labels" in params:
        yield f"{name} has labels in rayStartParams"


def _env_enables_v2(spec: dict[str, Any]) -> bool:
    containers = mappings(spec, "headGroupSpec", "template", "spec", "containers")
    variables = items(containers[0], "env") if containers else []
    return any(
        text(one, "name") == "RAY_enable_autoscaler_v2" and text(one, "value") in {"1", "true"} for one in variables
    )


def _version(spec: dict[str, Any]) -> tuple[int, ...]:
    """Return the numbers of rayVersion; one that cannot be read is older than any, as it is for the operator."""
    parts = text(spec, "rayVersion").split(".")[:2]
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else (0,)
