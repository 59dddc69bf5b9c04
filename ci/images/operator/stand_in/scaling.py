"""Which pods to create and delete: a plan made from a RayCluster and the pods that exist."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, islice
from typing import TYPE_CHECKING

from .cluster import HEAD_GROUP, Group, Object, RayCluster
from .conditions import PROVISIONED, SUSPENDED, SUSPENDING, is_true, suspend_state
from .digest import spec_digest
from .health import describe, is_dead, node_type
from .names import Annotation, Label
from .pods import Seat
from .replicas import plan_replicas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .switches import Switches


@dataclass(frozen=True, slots=True)
class Create:
    """Create the head (`seat` is None) or one worker of a group."""

    group: str
    seat: Seat | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete one pod of a group."""

    group: str
    pod: str
    why: str


@dataclass(frozen=True, slots=True)
class DeleteAll:
    """Delete the pods of one group, or of the whole cluster (`group` is None)."""

    why: str
    group: str | None = None


Action = Create | Delete | DeleteAll


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions in their order; a `retry` says why the round ends after them and is to be repeated soon."""

    actions: tuple[Action, ...] = ()
    retry: str = ""


def plan(
    cluster: RayCluster,
    pods: list[Object],
    awaited: Mapping[str, set[str]],
    switches: Switches,
    replica_name: Callable[[str], str],
) -> Plan:
    """Return what brings the pods closer to the spec.

    `awaited` holds, by group, pods this operator deleted before: a group rests until they are gone, or one
    excess pod would be counted twice. Pods of groups that left the spec are nobody's: they stay.
    """
    state = suspend_state(cluster)
    if state == SUSPENDING:
        return Plan((DeleteAll("due to suspension"),))
    if state == SUSPENDED or cluster.suspend:
        return Plan()
    heads = [pod for pod in pods if node_type(pod) == "head"]
    if _is_outdated(cluster, heads):
        return Plan((DeleteAll("due to spec change with Recreate upgradeStrategy"),))
    found = _plan_head(cluster, heads, bool(awaited.get(HEAD_GROUP)))
    if found is None:
        return Plan()
    for group in cluster.workers:
        if found.retry:
            break
        if not awaited.get(group.name):
            live = [pod for pod in pods if pod["metadata"]["labels"].get(Label.GROUP) == group.name]
            further = _plan_group(cluster, group, live, switches, replica_name)
            found = Plan(found.actions + further.actions, further.retry)
    return found


def _is_outdated(cluster: RayCluster, heads: list[Object]) -> bool:
    """Say whether a Recreate cluster's head was made from another spec; image changes count like any other."""
    if not cluster.recreates or not heads:
        return False
    stamped = (heads[0]["metadata"].get("annotations") or {}).get(Annotation.HASH)
    return bool(stamped) and stamped != spec_digest(cluster.spec)


def _plan_head(cluster: RayCluster, heads: list[Object], awaited: bool) -> Plan | None:
    """Return what the head needs, None where a lost head stays lost and the workers with it."""
    if awaited:
        return Plan()
    if len(heads) > 1:
        names = ", ".join(sorted(pod["metadata"]["name"] for pod in heads))
        return Plan(retry=f"{len(heads)} head pods ({names}); delete all but one")
    if heads:
        name = heads[0]["metadata"]["name"]
        if is_dead(heads[0]):
            return Plan((Delete(HEAD_GROUP, name, describe(heads[0])),), f"head pod {name} was dead")
        return Plan()
    provisioned = is_true(cluster.status.get("conditions") or [], PROVISIONED)
    if provisioned and cluster.annotations.get(Annotation.NO_HEAD_RESTART) == "true":
        return None
    return Plan((Create(HEAD_GROUP),))


def _plan_group(
    cluster: RayCluster, group: Group, live: list[Object], switches: Switches, replica_name: Callable[[str], str]
) -> Plan:
    if group.suspended:
        return Plan((DeleteAll("of suspended worker group", group.name),))
    may_shrink = not cluster.autoscaling or switches.random_pod_delete
    if group.hosts > 1:
        return _from_replicas(group, live, may_shrink, replica_name)
    dead = [pod for pod in live if is_dead(pod)]
    if dead:
        actions = tuple(Delete(group.name, pod["metadata"]["name"], describe(pod)) for pod in dead)
        return Plan(actions, f"{len(dead)} worker pods of group {group.name} were dead")
    asked = tuple(Delete(group.name, name, "listed in workersToDelete") for name in group.workers_to_delete)
    left = [pod for pod in live if pod["metadata"]["name"] not in group.workers_to_delete]
    excess = len(left) - group.wanted_replicas
    if excess > 0:
        shrunk = [pod["metadata"]["name"] for pod in left[:excess]] if may_shrink else []
        return Plan(asked + tuple(Delete(group.name, name, "more than replicas") for name in shrunk))
    taken = {pod["metadata"]["labels"].get(Label.REPLICA_INDEX) for pod in left}
    free = (index for index in count() if str(index) not in taken)
    return Plan(asked + tuple(Create(group.name, Seat(index)) for index in islice(free, -excess)))


def _from_replicas(group: Group, live: list[Object], may_shrink: bool, replica_name: Callable[[str], str]) -> Plan:
    changes = plan_replicas(group, live, may_shrink)
    deletions = tuple(Delete(group.name, name, changes.why) for name in changes.delete)
    creations = []
    for index in changes.create:
        name = replica_name(group.name)
        creations += [Create(group.name, Seat(index, name, host)) for host in range(group.hosts)]
    return Plan(deletions + tuple(creations), changes.retry)
