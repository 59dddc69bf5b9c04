"""How many worker pods there are and may still come, counted as somebody outside would, and what room that leaves.

Ray's autoscaler counts the pods that it may use. Besides these there are pods that are leaving, pods of types that
are no longer in the RayCluster, and pods that its `replicas` promise and the operator has not made yet. They take room
under maxWorkers like all others.
"""

import time
from typing import NamedTuple

from autoscaler_limits import groups_of

HELD_SECONDS = 15  # so long the operator may still act on a promise that was taken back


class Census(NamedTuple):
    """Worker pods at one look. By group: those that are to stay, and how many the group promises."""

    pods: int  # all that there are, whichever group they belong to and whether or not they leave
    staying: dict
    promised: dict

    def unmade(self):
        """Return how many pods are promised and not there, by group."""
        return {name: max(number - self.staying.get(name, 0), 0) for name, number in self.promised.items()}

    def room(self, most):
        """Return how many more pods may come under a maximum; negative when there are too many."""
        return most - self.pods - sum(self.unmade().values())


class Sight:
    """The worker groups and pods as they were read last."""

    def __init__(self):
        self.groups = {}
        self.configured = None  # the types in Ray's configuration, which may come from an earlier look
        self.late = False  # whether reading took so long that what the head reported is out of date
        self.census = Census(0, {}, {})
        self.hosts_beside = {}  # by pod: the pods of its worker, where that has several hosts
        self._promises = Promises()

    def see_cluster(self, raycluster):
        """Note the worker groups."""
        self.groups = groups_of(raycluster)

    def see_pods(self, pods):
        """Count the pods, and note which belong together."""
        staying = count_staying(pods)
        self.census = Census(sum(map(is_worker, pods)), staying, self._promises.look(self.groups, staying))
        workers = {}
        for pod in filter(is_worker, pods):
            name = pod["metadata"]["labels"].get("ray.io/worker-group-replica-name")
            if name and "deletionTimestamp" not in pod["metadata"]:
                workers.setdefault(name, set()).add(pod["metadata"]["name"])
        self.hosts_beside = {pod: hosts for hosts in workers.values() for pod in hosts}

    def is_known(self, pod):
        """Say whether a pod is the head, or of a group that the RayCluster and Ray's configuration have."""
        if not is_worker(pod):
            return True
        group = pod["metadata"]["labels"].get("ray.io/group")
        return group in self.groups and (self.configured is None or group in self.configured)


def is_worker(pod):
    """Say whether a pod is a worker."""
    return pod["metadata"].get("labels", {}).get("ray.io/node-type") == "worker"


def count_staying(pods):
    """Count the pods of each worker group that are to stay."""
    count = {}
    for pod in filter(is_worker, pods):
        if "deletionTimestamp" not in pod["metadata"]:
            group = pod["metadata"]["labels"].get("ray.io/group")
            count[group] = count.get(group, 0) + 1
    return count


def promise(group):
    """Return how many pods the operator makes for a group (KubeRay's GetWorkerGroupDesiredReplicas)."""
    least = group.get("minReplicas", 0)
    number = min(max(group.get("replicas", least), least), group.get("maxReplicas", float("inf")))
    return number * group.get("numOfHosts", 1)


class Promises:
    """What the groups promise, look for look. A promise that was not kept and was taken back counts for a while."""

    def __init__(self):
        self._last = {}
        self._held = {}  # by group: number of pods, until when

    def look(self, groups, staying):
        """Return how many pods each group promises, or promised a moment ago."""
        now = time.monotonic()
        current = {name: promise(group) for name, group in groups.items()}
        for name, (number, made) in self._last.items():
            if current.get(name, 0) < number and made < number:
                self._held[name] = (max(number, self._held.get(name, (0,))[0]), now + HELD_SECONDS)
        self._held = {name: held for name, held in self._held.items() if now < held[1]}
        self._last = {name: (number, staying.get(name, 0)) for name, number in current.items()}
        names = {**current, **self._held}
        return {name: max(current.get(name, 0), self._held.get(name, (0,))[0]) for name in names}


def grant(wanted, room, sizes):
    """Return how many pods of each type may be launched so that no more than `room` come on top of what is known.

    `wanted` is by type, `sizes` by type the Size of it. What a type lacks to its minimum goes before everything else.
    Pods come in whole workers: with two hosts a worker, one pod more means two.
    """
    granted = dict.fromkeys(wanted, 0)
    for name, number in wanted.items():
        granted[name], room = _raise(0, min(number, sizes[name].lacking()), room, sizes[name])
    for name, number in wanted.items():
        granted[name], room = _raise(granted[name], number, room, sizes[name])
    return granted


class Size(NamedTuple):
    """A type in pods: those that are and stay, those that room is taken for already, its minimum, hosts a worker."""

    staying: int
    covered: int
    minimum: int
    hosts: int = 1

    def lacking(self):
        """Return how many pods it has too few."""
        return max(self.minimum - self.staying, 0)

    def cost(self, launched):
        """Return the room that launching so many takes."""
        workers = -(-(self.staying + launched) // self.hosts)
        return max(workers * self.hosts - self.covered, 0)


def _raise(number, to, room, size):
    """Return the most from `number` up to `to` that the room allows, and the room that is left."""
    paid = size.cost(number)
    while to > number and size.cost(to) - paid > max(room, 0):
        to -= 1
    to = max(to, number)
    return to, room - (size.cost(to) - paid)
