"""Multi-host groups: the pods of one replica come and go together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import count, islice
from typing import TYPE_CHECKING

from .health import describe, is_dead
from .names import Label

if TYPE_CHECKING:
    from .cluster import Group, Object


@dataclass(frozen=True, slots=True)
class Changes:
    """Pods to delete, and indexes of the replicas to create; `retry` says why the round ends after it."""

    delete: tuple[str, ...] = ()
    why: str = ""
    create: tuple[int, ...] = ()
    retry: str = ""


def plan_replicas(group: Group, live: list[Object], may_shrink: bool) -> Changes:
    """Return the changes of one round.

    A replica that lost a pod is deleted whole, and so is one that a listed or dead pod belongs to.
    """
    replicas = _by_name(live)
    for name, pods in replicas.items():
        if len(pods) < group.hosts:
            return Changes(_names(pods), "replica is incomplete", retry=f"replica {name} was incomplete")
    listed = {name for name, pods in replicas.items() if set(_names(pods)) & set(group.workers_to_delete)}
    dead = {name: next(map(describe, filter(is_dead, pods)), "") for name, pods in replicas.items()}
    gone = {name for name, text in dead.items() if text}
    if listed:
        names = tuple(pod for name in sorted(listed | gone) for pod in _names(replicas[name]))
        return Changes(names, "listed in workersToDelete", retry=f"{len(names)} pods were listed in workersToDelete")
    delete = tuple(pod for name in sorted(gone) for pod in _names(replicas[name]))
    why = "; ".join(dead[name] for name in sorted(gone))
    kept = [name for name in replicas if name not in gone]
    excess = len(kept) - group.wanted_replicas
    if excess > 0:
        shrunk = kept[:excess] if may_shrink else []
        return Changes(delete + tuple(pod for name in shrunk for pod in _names(replicas[name])), why or "scaling down")
    taken = {replicas[name][0]["metadata"]["labels"].get(Label.REPLICA_INDEX) for name in kept}
    free = (index for index in count() if str(index) not in taken)
    return Changes(delete, why, tuple(islice(free, -excess)))


def _by_name(live: list[Object]) -> dict[str, list[Object]]:
    replicas: dict[str, list[Object]] = defaultdict(list)
    for pod in live:
        name = pod["metadata"]["labels"].get(Label.REPLICA_NAME)
        if name:  # a pod from before the group had several hosts belongs to no replica
            replicas[name].append(pod)
    return dict(replicas)


def _names(pods: list[Object]) -> tuple[str, ...]:
    return tuple(pod["metadata"]["name"] for pod in pods)
