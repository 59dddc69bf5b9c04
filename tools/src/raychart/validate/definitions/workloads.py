"""What runs pods for ever, and what governs how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.lint.kubernetes import amount_of
from raychart.validate.definitions.check import (
    Check,
    Whole,
    at_most_one_of,
    filled,
    form,
    is_given,
    needed,
    numbers,
    only_with,
    ordered_numbers,
    shares,
)
from raychart.validate.definitions.forms import NAME, NO_SLASH
from raychart.validate.reach import at, entries, mapping, mappings, number
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath

_APPS, _CORE = "io.k8s.api.apps.v1.", "io.k8s.api.core.v1."
_SCALING = "io.k8s.api.autoscaling.v2."
_NOTHING = (0, "0", "0%")
_METRICS = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}
_HIGHEST_PRIORITY = 10**9
_DEADLINE = 600
_SYSTEMS = ("system-cluster-critical", "system-node-critical")


def _selector(value: dict[str, Any]) -> Iterator[Problem]:
    selector = value.get("selector")
    if selector == {}:
        yield Problem(("selector",), "selects nothing by name", "name labels of the template in matchLabels")
    if number(value, "template", "spec", "activeDeadlineSeconds") is not None:
        path = ("template", "spec", "activeDeadlineSeconds")
        yield Problem(path, "does not go with pods that run for ever", "remove it")


def _deadline(value: dict[str, Any]) -> Iterator[Problem]:
    ready, deadline = number(value, "minReadySeconds"), number(value, "progressDeadlineSeconds")
    if ready is None and deadline is None:
        return
    ready, deadline = ready or 0, _DEADLINE if deadline is None else deadline
    if deadline <= ready:
        message = f"{ready} is not less than progressDeadlineSeconds ({deadline})"
        yield Problem(("minReadySeconds",), message, "lower it, or raise progressDeadlineSeconds")


def _standing_still(*path: str, default: Any) -> Check:
    """Neither may more pods be there nor fewer."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        rolling = mapping(value, *path)
        if all(_given(rolling, key, default) in _NOTHING for key in ("maxUnavailable", "maxSurge")):
            yield Problem(path, "maxSurge and maxUnavailable are both 0: nothing could ever be replaced", "raise one")

    return check


def _given(value: dict[str, Any], key: str, default: Any) -> Any:
    return default if value.get(key) is None else value[key]


def _one_way(value: dict[str, Any]) -> Iterator[Problem]:
    """A DaemonSet replaces pods before or after the new ones are there."""
    rolling = mapping(value, "updateStrategy", "rollingUpdate")
    surge, gone = _given(rolling, "maxSurge", 0), _given(rolling, "maxUnavailable", 1)
    if surge not in _NOTHING and gone not in _NOTHING:
        path = ("updateStrategy", "rollingUpdate", "maxSurge")
        yield Problem(path, "goes with maxUnavailable: 0 alone", "set maxUnavailable: 0, or remove it")


def _named_claims(value: dict[str, Any]) -> Iterator[Problem]:
    for path, claim in mappings(value, ("volumeClaimTemplates",)):
        if not is_given(mapping(claim, "metadata").get("name")):
            yield Problem(path, "metadata.name is missing", "add it: pods mount the claim by it")


def _metric(value: dict[str, Any]) -> Iterator[Problem]:
    field = _METRICS.get(str(value.get("type")))
    if field and value.get(field) is None:
        yield Problem((), f"{field} is missing, which type {value['type']} needs", f"add {field}")


def _target(value: dict[str, Any]) -> Iterator[Problem]:
    if not any(value.get(field) is not None for field in ("averageUtilization", "averageValue", "value")):
        yield Problem((), "says no number", "add averageUtilization, averageValue or value")


def _range(value: dict[str, Any]) -> Iterator[Problem]:
    """Of a LimitRange: a minimum is not above a maximum, nor a default outside."""
    order = ("min", "defaultRequest", "default", "max")
    for index, lower in enumerate(order):
        for higher in order[index + 1 :]:
            yield from _not_above(value, lower, higher)
    if value.get("type") == "Pod":
        for field in ("default", "defaultRequest"):
            if is_given(value.get(field)):
                yield Problem((field,), "does not go with type Pod", "set it for type Container")
    if value.get("type") == "PersistentVolumeClaim" and not {"storage"} & {
        *mapping(value, "min"),
        *mapping(value, "max"),
    }:
        yield Problem((), "neither min nor max of storage is there", "add one of them")


def _not_above(value: dict[str, Any], lower: str, higher: str) -> Iterator[Problem]:
    for name, low in mapping(value, lower).items():
        high = mapping(value, higher).get(name)
        amounts = [amount_of(str(one)) for one in (low, high)]
        if amounts[0] is not None and amounts[1] is not None and amounts[0] > amounts[1]:
            path: ValuesPath = (lower, name)
            yield Problem(path, f"{low} is more than {higher} ({high})", f"lower it, or raise {higher}")


def _amounts(value: dict[str, Any]) -> Iterator[Problem]:
    for name, amount in mapping(value, "hard").items():
        if str(amount).startswith("-"):
            yield Problem(("hard", name), f"{amount} is less than 0", "use 0 or more")


def _priority(value: dict[str, Any]) -> Iterator[Problem]:
    found, name = number(value, "value"), str(at(value, ("metadata", "name")))
    if name.startswith("system-") and name not in _SYSTEMS:
        yield Problem(("metadata", "name"), f'"{name}" is reserved, as all of system-', "choose another name")
    if found is not None and found > _HIGHEST_PRIORITY and name not in _SYSTEMS:
        message = f"{found} is more than {_HIGHEST_PRIORITY}, what is above is the system's"
        yield Problem(("value",), message, f"use {_HIGHEST_PRIORITY} or less")


def _scaled_to_nothing(value: dict[str, Any]) -> Iterator[Problem]:
    kinds = {str(metric.get("type")) for metric in entries(value, "metrics") if isinstance(metric, dict)}
    if value.get("minReplicas") == 0 and not kinds & {"External", "Object"}:
        yield Problem(("minReplicas",), "0 goes with metrics of type Object or External alone", "use 1 or more")


CHECKS: dict[str, tuple[Check, ...]] = {
    f"{_APPS}DeploymentSpec": (_selector, _deadline),
    f"{_APPS}ReplicaSetSpec": (_selector,),
    f"{_APPS}DeploymentStrategy": (
        only_with("rollingUpdate", "type", "RollingUpdate", None, ""),
        _standing_still("rollingUpdate", default="25%"),
    ),
    f"{_APPS}RollingUpdateDeployment": (shares("maxSurge"), shares("maxUnavailable", most=100)),
    f"{_APPS}StatefulSetSpec": (_selector, _named_claims, form(NAME, "serviceName")),
    f"{_APPS}StatefulSetUpdateStrategy": (only_with("rollingUpdate", "type", "RollingUpdate", None, ""),),
    f"{_APPS}RollingUpdateStatefulSetStrategy": (numbers(Whole(0), "partition"), shares("maxUnavailable", most=100)),
    f"{_APPS}StatefulSetOrdinals": (numbers(Whole(0), "start"),),
    f"{_APPS}DaemonSetSpec": (_selector, _one_way),
    f"{_APPS}RollingUpdateDaemonSet": (
        shares("maxSurge", most=100),
        shares("maxUnavailable", most=100),
        lambda value: _standing_still(default=None)({"maxSurge": 0} | value),
    ),
    "io.k8s.api.policy.v1.PodDisruptionBudgetSpec": (
        at_most_one_of("minAvailable", "maxUnavailable"),
        shares("minAvailable", "maxUnavailable", most=100),
    ),
    f"{_SCALING}HorizontalPodAutoscalerSpec": (
        _scaled_to_nothing,
        numbers(Whole(0), "minReplicas"),
        numbers(Whole(1), "maxReplicas"),
        ordered_numbers("minReplicas", "maxReplicas", 1),
    ),
    f"{_SCALING}CrossVersionObjectReference": (filled("kind", "name"), form(NO_SLASH, "name")),
    f"{_SCALING}MetricSpec": (_metric,),
    f"{_SCALING}MetricIdentifier": (filled("name"),),
    f"{_SCALING}MetricTarget": (
        _target,
        at_most_one_of("averageUtilization", "averageValue"),
        numbers(Whole(1), "averageUtilization"),
    ),
    f"{_SCALING}HPAScalingRules": (filled("policies"), numbers(Whole(0, 3600), "stabilizationWindowSeconds")),
    f"{_SCALING}HPAScalingPolicy": (numbers(Whole(1), "value"), numbers(Whole(1, 1800), "periodSeconds")),
    f"{_CORE}ResourceQuotaSpec": (_amounts,),
    f"{_CORE}LimitRangeItem": (_range,),
    "io.k8s.api.coordination.v1.LeaseSpec": (
        numbers(Whole(1), "leaseDurationSeconds"),
        numbers(Whole(0), "leaseTransitions"),
    ),
    "scheduling.k8s.io/PriorityClass": (_priority,),
    **{f"apps/{kind}": (needed("spec"),) for kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")},
}
