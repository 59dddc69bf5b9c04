"""Rules for requests and limits that Kubernetes refuses, whatever their sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.kubernetes import QUANTITY, amount_of, is_qualified
from raychart.lint.places import all_pods, once_a_place, quoted
from raychart.lint.rule import Problem, Rule
from raychart.schema_forms import meant
from raychart.schema_keys import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Pod, Subject
    from raychart.paths import ValuesPath

_STANDARD = ("cpu", "memory", "ephemeral-storage")
_KINDS = ("requests", "limits")


def _names(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        for kind in _KINDS:
            for name in pod.resources[kind]:
                yield from _name(_placed(pod, kind, name), name)
    for cluster in subject.clusters:
        resources = cluster.settings["autoscaling"].get("resources") or {}
        for kind in _KINDS:
            for name in resources.get(kind) or {}:
                yield from _name(cluster.place("autoscaling", "resources", kind, name), name)


def _placed(pod: Pod, kind: str, name: str) -> ValuesPath:
    where = pod.place_of_resource("limits" if kind == "limits" else "requests", name)
    # It is the setting of the name that is wrong, not the number.
    return pod.place("gpuResource") if where == pod.place("gpu") else where


def _name(where: ValuesPath, name: str) -> Iterator[Problem]:
    is_domain = "/" in name and is_qualified(name)
    if name in _STANDARD or name.startswith("hugepages-") or is_domain:
        return
    guess = nearest(name, _STANDARD)
    remedy = f"did you mean {guess}?" if guess else f"use {', '.join(_STANDARD)}, or a name such as nvidia.com/gpu"
    yield Problem(where, f"{quoted(name)} is no resource that Kubernetes knows", remedy)


def _amounts(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        for kind in _KINDS:
            for name, amount in pod.resources[kind].items():
                if amount_of(amount) is None:
                    guess = meant(str(amount), QUANTITY) or "a number with a unit such as 500m, 4Gi or 2"
                    yield Problem(_placed(pod, kind, name), f"{quoted(amount)} is no quantity", f"write {guess}")


def _extended(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        requests, limits = (pod.resources[kind] for kind in _KINDS)
        for name in sorted({*requests, *limits}):
            if "/" not in name and not name.startswith("hugepages-"):
                continue
            request, limit = (amount_of(kind[name]) if name in kind else None for kind in (requests, limits))
            where = _placed(pod, "limits" if name in limits else "requests", name)
            if name not in limits:
                yield Problem(
                    where,
                    f"{requests[name]} requested, and no limit, which Kubernetes refuses",
                    f"give the limit of {name} instead",
                )
            elif name in requests and request != limit:
                message = f"limit {limits[name]} and request {requests[name]} differ, which Kubernetes refuses"
                yield Problem(where, message, "give the limit alone")
            elif limit is not None and "/" in name and not float(limit).is_integer():
                yield Problem(where, f"{limits[name]} is no whole number", "ask for whole devices")


RULES = (
    Rule(
        "resource-name",
        "error",
        "A request or limit is of a resource that Kubernetes does not know.",
        "In a RayCluster nobody looks at it until KubeRay makes a pod, which then fails, again and again.",
        "Kubernetes: ValidateContainerResourceName (standard, or with a domain)",
        once_a_place(_names),
    ),
    Rule(
        "resource-quantity",
        "error",
        "A request or limit is no quantity.",
        "The API server refuses the object.",
        "Kubernetes: resource.ParseQuantity",
        once_a_place(_amounts),
    ),
    Rule(
        "device-request",
        "error",
        "A device such as a GPU is requested in a way that Kubernetes refuses.",
        "Devices and huge pages are not overcommitted: there has to be a limit, a request may only repeat it, and "
        "devices come whole.",
        "Kubernetes: ValidateContainerResourceRequirements (limit must be set for non overcommitable resources)",
        once_a_place(_extended),
    ),
)
