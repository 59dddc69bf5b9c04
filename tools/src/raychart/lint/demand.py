"""What a release asks of its namespace at least and at most, by the names of a ResourceQuota."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.lint.each import dig
from raychart.lint.effective import as_map
from raychart.lint.places import has_redis
from raychart.lint.pods import autoscales, other_containers, runs
from raychart.quantities import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Cluster, Pod, Subject

Amounts = dict[str, float]


class Group(NamedTuple):
    """Pods of one kind: what each asks for, and how many there are at least and at most."""

    who: str
    each: Amounts
    least: int
    most: int


class Demand(NamedTuple):
    """The pods of a release, with the cap that a cluster's workers have together."""

    fixed: list[Group]
    workers: list[tuple[int | None, list[Group]]]

    def least(self, name: str) -> float:
        """Return what is asked for while there is no work."""
        return sum(group.least * group.each.get(name, 0) for group in self._groups())

    def most(self, name: str) -> float:
        """Return what is asked for at most: under a cap, with as many of the largest workers as it admits."""
        total = sum(group.most * group.each.get(name, 0) for group in self.fixed)
        for cap, groups in self.workers:
            left = sum(group.most for group in groups) if cap is None else cap
            for group in sorted(groups, key=lambda group: -group.each.get(name, 0)):
                count = min(left, group.most)
                total += count * group.each.get(name, 0)
                left -= count
        return total

    def without(self, name: str) -> list[str]:
        """Return the pods that say nothing of a resource."""
        return [group.who for group in self._groups() if name not in group.each and group.most]

    def _groups(self) -> Iterator[Group]:
        yield from self.fixed
        for _, groups in self.workers:
            yield from groups


def demand(subject: Subject) -> Demand:
    """Add up the release; what Jobs ask for, which come and go, is left out."""
    fixed: list[Group] = []
    workers: list[tuple[int | None, list[Group]]] = []
    operator = subject.operator
    if operator.settings.get("enabled") is not False:
        count = int(operator.settings.get("replicas") or 0)
        fixed.append(Group("the operator", _each(operator), count, count))
    for cluster in filter(runs, subject.clusters):
        extra = as_map(dig(cluster.settings, "autoscaling", "resources")) if autoscales(cluster) else {}
        fixed.append(Group(f"{cluster.name}'s head", _each(cluster.head, extra), 1, 1))
        if has_redis(cluster):
            fixed.append(Group(f"{cluster.name}'s Redis", _each(cluster.redis), 1, 1))
        cap = cluster.settings.get("maxWorkers")
        groups = [_workers(cluster, pod) for pod in cluster.types]
        workers.append((None if cap is None else int(cap), groups))
    return Demand(fixed, workers)


def _workers(cluster: Cluster, pod: Pod) -> Group:
    hosts = int(pod.settings.get("numOfHosts") or 1)
    least, most = int(pod.settings.get("minWorkers") or 0), int(pod.settings.get("maxWorkers") or 0)
    if not autoscales(cluster):
        given = pod.settings.get("replicas")
        least = most = least if given is None else int(given)
    return Group(f"{cluster.name}'s workers {pod.name}", _each(pod), least * hosts, most * hosts)


def _each(pod: Pod, beside: dict[str, Any] | None = None) -> Amounts:
    """Return what one pod asks for, as a quota counts it: its containers together, or its largest init container."""
    running: list[dict[str, Any]] = [pod.resources]
    first: list[dict[str, Any]] = []
    if beside:
        running.append(beside)
    for container in other_containers(pod):
        (first if container.is_init else running).append(as_map(container.fields.get("resources")))
    total: defaultdict[str, float] = defaultdict(float)
    named = [_amounts(resources) for resources in running]
    for amounts in named:
        for name, amount in amounts.items():
            total[name] += amount
    # What one container leaves open, the pod leaves open.
    each = {name: amount for name, amount in total.items() if all(name in amounts for amounts in named) or "/" in name}
    for amounts in map(_amounts, first):
        each = {name: max(amount, amounts.get(name, 0)) for name, amount in each.items()}
    return {**each, "pods": 1, "count/pods": 1}


def _amounts(resources: dict[str, Any]) -> Amounts:
    limits = {str(name): number(amount) for name, amount in as_map(resources.get("limits")).items()}
    # A request that is not given is the limit.
    requests = limits | {str(name): number(amount) for name, amount in as_map(resources.get("requests")).items()}
    found = {f"limits.{name}": amount for name, amount in limits.items()}
    found |= {f"requests.{name}": amount for name, amount in requests.items()}
    found |= {name: amount for name, amount in requests.items() if name in {"cpu", "memory", "ephemeral-storage"}}
    return {name: amount for name, amount in found.items() if amount is not None}
