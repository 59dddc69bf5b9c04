"""Where problems are told: each once, in the words that rules share."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING

from raychart.lint.each import once
from raychart.lint.effective import as_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from raychart.lint.rule import Problem
    from raychart.lint.subject import Cluster, Pod, Subject
    from raychart.paths import ValuesPath


def once_a_place(check: Callable[[Subject], Iterable[Problem]]) -> Callable[[Subject], Iterator[Problem]]:
    """Tell only the first problem of a rule at a place: what defaults say wrong is wrong of every cluster and pod."""

    @functools.wraps(check)
    def checked(subject: Subject) -> Iterator[Problem]:
        told: set[ValuesPath] = set()
        for problem in check(subject):
            yield from once(problem, told)

    return checked


def ray_pods(subject: Subject) -> Iterator[tuple[Cluster, Pod]]:
    """Yield every head and worker type with its cluster."""
    for cluster in subject.clusters:
        for pod in cluster.pods:
            yield cluster, pod


def all_pods(subject: Subject, *, made: bool = False) -> Iterator[tuple[Cluster | None, Pod]]:
    """Yield every pod with its cluster: the operator, and of each cluster the head, the worker types and the Redis.

    With `made` only those that the release has: an operator and a Redis may be switched off, and yet have settings.
    """
    if not made or subject.operator.settings.get("enabled") is not False:
        yield None, subject.operator
    for cluster in subject.clusters:
        yield from ((cluster, pod) for pod in cluster.pods)
        if not made or has_redis(cluster):
            yield cluster, cluster.redis


def has_redis(cluster: Cluster) -> bool:
    """Tell whether the cluster runs a Redis of its own."""
    tolerance = as_map(cluster.settings.get("faultTolerance"))
    return bool(tolerance.get("enabled")) and not tolerance.get("redisAddress")


def quoted(value: object) -> str:
    """Write a text in quotes, on one line, shortened."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f'{text[:76]}..."'


def listed(names: Iterable[str]) -> str:
    """Write names as a list, "none" for no name."""
    return ", ".join(sorted(names)) or "none"
