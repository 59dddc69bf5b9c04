"""How many pods a RayCluster has, at least and at most."""

from __future__ import annotations

from typing import Any, NamedTuple

from raychart.impact.model import Pods

# What the CRD fills in for a maxReplicas that is not said.
UNLIMITED = 2147483647


class Numbers(NamedTuple):
    """A worker group's numbers, in workers but for `hosts`, the pods that make up one."""

    replicas: int
    least: int
    most: int
    hosts: int

    @property
    def desired(self) -> int:
        """Return how many workers the operator makes (util.go: GetWorkerGroupDesiredReplicas)."""
        return self.least if self.replicas < self.least else min(self.replicas, self.most)


def numbers_of(group: dict[str, Any]) -> Numbers:
    """Return a group's numbers, with the CRD's defaults for what it does not say."""
    hosts = max(_whole(group.get("numOfHosts"), 1), 1)
    least, most = _whole(group.get("minReplicas"), 0), _whole(group.get("maxReplicas"), UNLIMITED)
    if group.get("suspend") is True:
        return Numbers(0, 0, 0, hosts)
    return Numbers(_whole(group.get("replicas"), 0), max(least, 0), max(most, 0), hosts)


def autoscales(spec: dict[str, Any]) -> bool:
    """Tell whether the autoscaler decides on the number of workers."""
    return spec.get("enableInTreeAutoscaling") is True


def workers_of(group: dict[str, Any], *, autoscaled: bool) -> Pods:
    """Return how many pods a group has."""
    numbers = numbers_of(group)
    if not autoscaled:
        return Pods(numbers.desired * numbers.hosts, numbers.desired * numbers.hosts)
    # Without a limit nobody can say how many; the number that is asked for is the best guess.
    most = numbers.desired if numbers.most == UNLIMITED else numbers.most
    return Pods(min(numbers.least, most) * numbers.hosts, most * numbers.hosts)


def pods_of(spec: dict[str, Any]) -> Pods:
    """Return how many pods a RayCluster has, its head included; none while it is suspended."""
    if spec.get("suspend") is True:
        return Pods(0, 0)
    autoscaled = autoscales(spec)
    return sum((workers_of(group, autoscaled=autoscaled) for group in groups_of(spec).values()), Pods(1, 1))


def groups_of(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the worker groups by name, as far as they are groups and have one."""
    groups = spec.get("workerGroupSpecs")
    found = [group for group in groups if isinstance(group, dict)] if isinstance(groups, list) else []
    return {group["groupName"]: group for group in found if isinstance(group.get("groupName"), str)}


def _whole(value: Any, default: int) -> int:
    # What is no number is no reason to fail here: the API server refuses it, and validation says so.
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else default
