"""What the releases of a namespace may use: pods, CPU, memory and GPUs, at least and at most."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from raychart.autoscaling_limits import limits_of
from raychart.pod_requests import Requests, pod_requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from raychart.manifests import Manifest
    from raychart.prices import Prices


@dataclass(frozen=True, slots=True)
class Amount:
    """Pods with what they request: CPUs, bytes of memory, GPUs.

    `devices` are GPUs, TPUs and other devices by their resource names, sorted; `gpu` is the GPUs among them.
    """

    pods: int = 0
    cpu: float = 0.0
    memory: float = 0.0
    gpu: float = 0.0
    devices: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Capacity:
    """The least that is always there, and the most that the autoscaler may ask for.

    Heads, workers, the operator and Redis count, Jobs do not: they come and go. Under a cap on all workers each figure
    of `most` is the highest that it can be, which need not be at the same time. `scheduled` is the least in the hours
    in which schedules ask for the most, None without schedules. `least_price` and `most_price` are in the price
    table's `currency` an hour, None without a table.
    """

    least: Amount = Amount()
    most: Amount = Amount()
    least_price: float | None = None
    most_price: float | None = None
    scheduled: Amount | None = None
    scheduled_price: float | None = None
    currency: str = ""


# The rule of thumb by which clouds turn a price an hour into one a month.
HOURS_A_MONTH = 730


@dataclass(frozen=True, slots=True)
class _Pods:
    """Pods that are alike: what each requests, and how many there are at least, in schedules' hours, and at most."""

    each: Requests
    least: int
    scheduled: int
    most: int


@dataclass(frozen=True, slots=True)
class _Cluster:
    """The pods of one RayCluster, or of all else, with the cap that its workers have together."""

    fixed: tuple[_Pods, ...]
    workers: tuple[_Pods, ...] = ()
    cap: int | None = None


def capacity_of(manifests: Sequence[Manifest], prices: Prices | None = None) -> Capacity:
    """Add up what manifests ask for; what in them is not as it should be counts for nothing."""
    schedules = dict(_schedules(manifests))
    clusters = [
        _cluster(manifest.body, schedules.get(manifest.name, {}))
        for manifest in manifests
        if (manifest.group, manifest.kind) == ("ray.io", "RayCluster")
    ]
    clusters.append(_Cluster(tuple(_deployed(manifests))))
    priced = prices is not None
    price = prices.of if prices is not None else _nothing
    return Capacity(
        least=_amount(clusters, lambda pods: pods.least),
        most=_amount(clusters, None),
        least_price=float(_sum(clusters, price, lambda pods: pods.least)) if priced else None,
        most_price=float(_sum(clusters, price, None)) if priced else None,
        scheduled=_amount(clusters, lambda pods: pods.scheduled) if schedules else None,
        scheduled_price=(float(_sum(clusters, price, lambda pods: pods.scheduled)) if priced and schedules else None),
        currency=prices.currency if prices is not None else "",
    )


def _nothing(_: Requests) -> Fraction:
    return Fraction(0)


def _amount(clusters: Sequence[_Cluster], number: Callable[[_Pods], int] | None) -> Amount:
    def of(name: str) -> float:
        return float(_sum(clusters, lambda each: each.amount(name), number))

    groups = [pods for cluster in clusters for pods in (*cluster.fixed, *cluster.workers)]
    devices = sorted({name for pods in groups for name in pods.each.devices})
    found = [(name, amount) for name in devices if (amount := of(name))]
    return Amount(
        pods=int(_sum(clusters, lambda _: Fraction(1), number)),
        cpu=of("cpu"),
        memory=of("memory"),
        gpu=sum(amount for name, amount in found if is_gpu(name)),
        devices=tuple(found),
    )


def is_gpu(name: str) -> bool:
    """Tell whether a resource is GPUs or slices of them: nvidia.com/gpu, amd.com/gpu, nvidia.com/mig-1g.5gb."""
    return name.endswith(".com/gpu") or name.startswith(("nvidia.com/mig-", "gpu.intel.com/"))


def _sum(
    clusters: Iterable[_Cluster], share: Callable[[Requests], Fraction], number: Callable[[_Pods], int] | None
) -> Fraction:
    """Add up a share of every pod; without `number` as many pods as there may be, the greediest first under a cap."""
    total = Fraction(0)
    for cluster in clusters:
        groups = (*cluster.fixed, *cluster.workers)
        total += sum((share(pods.each) * (number(pods) if number else pods.least) for pods in groups), Fraction(0))
        if number:
            continue
        left = sum(pods.most - pods.least for pods in cluster.workers)
        if cluster.cap is not None:
            left = min(left, max(0, cluster.cap - sum(pods.least for pods in cluster.workers)))
        for pods in sorted(cluster.workers, key=lambda pods: share(pods.each), reverse=True):
            more = min(left, pods.most - pods.least)
            total += share(pods.each) * more
            left -= more
    return total


def _cluster(body: dict[str, Any], schedules: dict[str, int]) -> _Cluster:
    spec = _map(body.get("spec"))
    if spec.get("suspend") is True:
        return _Cluster(())
    scales = spec.get("enableInTreeAutoscaling") is True
    limits = limits_of(body) if scales else {}
    beside = [_sidecar(spec)] if scales else []
    head = pod_requests(_map(_map(_map(spec.get("headGroupSpec")).get("template")).get("spec")), beside)
    groups = spec.get("workerGroupSpecs")
    workers = tuple(
        _workers(_map(group), schedules, _map(limits.get("minWorkers")), scales=scales)
        for group in (groups if isinstance(groups, list) else ())
        if _map(group).get("suspend") is not True
    )
    cap = limits.get("maxWorkers")
    return _Cluster((_Pods(head, 1, 1, 1),), workers, cap if isinstance(cap, int) else None)


def _workers(group: dict[str, Any], schedules: dict[str, int], usual: dict[str, Any], *, scales: bool) -> _Pods:
    each = pod_requests(_map(_map(group.get("template")).get("spec")))
    hosts = max(1, _int(group.get("numOfHosts"), 1))
    least = _int(group.get("minReplicas"), 0)
    if not scales:
        replicas = _int(group.get("replicas"), least) * hosts
        return _Pods(each, replicas, replicas, replicas)
    name = str(group.get("groupName"))
    # minReplicas is the lowest that any schedule asks for; the annotation has what holds outside of them.
    scheduled = max(least, _int(usual.get(name), least), schedules.get(name, 0))
    # KubeRay's default where nothing is said is no limit; nobody can add that up.
    most = max(_int(group.get("maxReplicas"), scheduled), scheduled)
    return _Pods(each, least * hosts, scheduled * hosts, most * hosts)


# What KubeRay gives the autoscaler where nothing is said (common/constant.go, BuildAutoscalerContainer).
_AUTOSCALER = {"requests": {"cpu": "500m", "memory": "512Mi"}}


def _sidecar(spec: dict[str, Any]) -> dict[str, Any]:
    return {"resources": _map(spec.get("autoscalerOptions")).get("resources") or _AUTOSCALER}


def _schedules(manifests: Iterable[Manifest]) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield clusters with the highest number that a schedule has for each worker type (files/schedule.py)."""
    highest: dict[str, Counter[str]] = {}
    for manifest in manifests:
        if (manifest.group, manifest.kind) != ("batch", "Job"):
            continue
        for container in _containers(manifest.body):
            words = container.get("command")
            if isinstance(words, list) and words[1:2] == ["/etc/raychart/schedule.py"] and len(words) == 5:
                cluster = highest.setdefault(str(words[3]), Counter())
                for types in _windows(words[4]):
                    cluster |= Counter({str(name): _int(number, 0) for name, number in types.items()})
                highest[str(words[3])] = cluster
    for name, numbers in highest.items():
        yield name, dict(numbers)


def _windows(text: object) -> Iterator[dict[str, Any]]:
    try:
        schedules = _map(json.loads(str(text)))
    except ValueError:
        return
    for schedule in schedules.values():
        yield _map(_map(schedule).get("minWorkers"))


def _containers(body: dict[str, Any]) -> list[dict[str, Any]]:
    found = _map(_map(_map(body.get("spec")).get("template")).get("spec")).get("containers")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _deployed(manifests: Iterable[Manifest]) -> Iterator[_Pods]:
    """Yield what runs all the time besides RayClusters: the operator, and Redis where the chart brings it."""
    for manifest in manifests:
        if (manifest.group, manifest.kind) in {("apps", "Deployment"), ("apps", "StatefulSet")}:
            spec = _map(manifest.body.get("spec"))
            number = _int(spec.get("replicas"), 1)
            each = pod_requests(_map(_map(spec.get("template")).get("spec")))
            yield _Pods(each, number, number, number)


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _int(value: object, otherwise: int) -> int:
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else otherwise
