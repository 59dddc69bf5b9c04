"""What the releases of a namespace may use: pods, CPU, memory and GPUs, at least and at most."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from raychart.capacity_pods import clusters_of
from raychart.quantities import as_float

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from raychart.capacity_pods import AlikePods, ClusterPods
    from raychart.manifests import Manifest
    from raychart.pod_requests import Requests
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

    Heads, workers, the operator and Redis count, Kubernetes' Jobs do not: they come and go. A RayService has two
    clusters at most, while the next one takes over; the cluster of a RayJob that is cleaned up, or of a RayCronJob, is
    there at times only, of each once. Under a cap on all workers each figure of `most` is the highest that it can be,
    which need not be at the same time. `scheduled` is the least in the hours
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


def capacity_of(manifests: Sequence[Manifest], prices: Prices | None = None) -> Capacity:
    """Add up what manifests ask for; what in them is not as it should be counts for nothing."""
    clusters = clusters_of(manifests)
    scheduled = any(cluster.scheduled for cluster in clusters)
    priced = prices is not None
    price = prices.of if prices is not None else _nothing
    return Capacity(
        least=_amount(clusters, lambda pods: pods.least),
        most=_amount(clusters, None),
        least_price=as_float(_sum(clusters, price, lambda pods: pods.least)) if priced else None,
        most_price=as_float(_sum(clusters, price, None)) if priced else None,
        scheduled=_amount(clusters, lambda pods: pods.scheduled) if scheduled else None,
        scheduled_price=(
            as_float(_sum(clusters, price, lambda pods: pods.scheduled)) if priced and scheduled else None
        ),
        currency=prices.currency if prices is not None else "",
    )


def _nothing(_: Requests) -> Fraction:
    return Fraction(0)


def _amount(clusters: Sequence[ClusterPods], number: Callable[[AlikePods], int] | None) -> Amount:
    def of(name: str) -> float:
        return as_float(_sum(clusters, lambda each: each.amount(name), number))

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
    clusters: Iterable[ClusterPods], share: Callable[[Requests], Fraction], number: Callable[[AlikePods], int] | None
) -> Fraction:
    """Add up a share of every pod; without `number` as many pods as there may be, the greediest first under a cap."""
    total = Fraction(0)
    for cluster in clusters:
        groups = (*cluster.fixed, *cluster.workers)
        if number:
            total += sum((share(pods.each) * number(pods) for pods in groups), Fraction(0))
            continue
        total += sum((share(pods.each) * pods.most for pods in cluster.fixed), Fraction(0))
        total += sum((share(pods.each) * pods.least for pods in cluster.workers), Fraction(0))
        left = sum(pods.most - pods.least for pods in cluster.workers)
        if cluster.cap is not None:
            left = min(left, max(0, cluster.cap - sum(pods.least for pods in cluster.workers)))
        for pods in sorted(cluster.workers, key=lambda pods: share(pods.each), reverse=True):
            more = min(left, pods.most - pods.least)
            total += share(pods.each) * more
            left -= more
    return total
