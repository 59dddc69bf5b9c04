"""What a pod has: CPUs, memory and GPUs of its containers, and what Ray makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.lint.each import dig, once, own
from raychart.lint.effective import as_list, as_map
from raychart.lint.places import all_pods
from raychart.quantities import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Literal

    from raychart.lint.each import Check
    from raychart.lint.rule import Problem
    from raychart.lint.subject import Cluster, Pod, Subject
    from raychart.paths import ValuesPath

    Kind = Literal["requests", "limits"]


class Container(NamedTuple):
    """A container besides the main one, at its keys in the pod's settings."""

    keys: tuple[str | int, ...]
    fields: dict[str, Any]
    is_init: bool


def per_any_pod(check: Callable[[Pod], Iterable[Problem]]) -> Check:
    """Check each pod of the release; a problem that pods share because they inherit it is told once."""

    def checks(subject: Subject) -> Iterator[Problem]:
        told: set[ValuesPath] = set()
        for cluster, pod in all_pods(subject, made=True):
            for problem in check(pod):
                yield from once(own(subject, cluster, pod, problem), told)

    return checks


def autoscales(cluster: Cluster) -> bool:
    """Tell whether the cluster's numbers are the autoscaler's."""
    return bool(dig(cluster.settings, "autoscaling", "enabled"))


def runs(cluster: Cluster) -> bool:
    """Tell whether the cluster has pods here: it is not suspended, nor another Kubernetes cluster's."""
    return not cluster.settings.get("suspend") and cluster.settings.get("managedBy") != "kueue.x-k8s.io/multikueue"


def amount(pod: Pod, kind: Kind, name: str) -> float | None:
    """Return a request or limit of the main container."""
    return number(pod.resources[kind].get(name))


def memory(pod: Pod) -> float | None:
    """Return what Ray takes for the container's memory: the limit, of a request none."""
    return amount(pod, "limits", "memory") or None


def said_to_ray(pod: Pod, resource: str, option: str) -> tuple[float, tuple[str, str]] | None:
    """Return what the values tell Ray it has, under rayResources or as an option, and the keys that say so."""
    for keys in (("rayResources", resource), ("rayStartParams", option)):
        found = dig(pod.settings, *keys)
        if isinstance(found, str) and found.isdigit():
            found = int(found)
        if isinstance(found, (int, float)) and not isinstance(found, bool):
            return float(found), keys
    return None


def is_gpu(name: str) -> bool:
    """Tell whether a resource is a GPU for KubeRay or the autoscaler (IsGPUResourceKey), or a share of one."""
    return name.endswith("gpu") or "/mig-" in name or "gpu." in name


def gpus(pod: Pod) -> float:
    """Return how many GPUs the main container has."""
    limits = pod.resources["limits"]
    return sum(number(value) or 0 for name, value in limits.items() if is_gpu(name))


def other_containers(pod: Pod) -> Iterator[Container]:
    """Yield the containers that the values add to a pod."""
    for key, is_init in (("sidecars", False), ("initContainers", True)):
        for name, fields in as_map(pod.settings.get(key)).items():
            if isinstance(fields, dict):
                yield Container((key, name), fields, is_init)
    for key, is_init in (("containers", False), ("initContainers", True)):
        for at, fields in enumerate(as_list(dig(pod.settings, "pod", key))):
            if isinstance(fields, dict):
                yield Container(("pod", key, at), fields, is_init)
