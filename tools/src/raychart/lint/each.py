"""Checks of one pod, worker type or cluster, applied to all of a subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.lint.effective import MISSING, look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from raychart.lint.rule import Problem
    from raychart.lint.subject import Cluster, Pod, Subject
    from raychart.paths import ValuesPath
    from raychart.values import Values

    Check = Callable[[Subject], Iterator[Problem]]


def dig(value: object, *keys: str | int) -> Any:
    """Return what is at the keys of maps and lists; None where nothing is, or something else on the way."""
    found = look_up(value, keys)
    return None if found is MISSING else found


def layers_with(values: Values, path: ValuesPath) -> list[int]:
    """Return the layers over the chart's defaults that set a path, by their number."""
    return [at for at, layer in enumerate(values.layers) if at and look_up(layer.data, path) is not MISSING]


def together(*checks: Check) -> Check:
    """Make one check of several."""

    def all_of_them(subject: Subject) -> Iterator[Problem]:
        for check in checks:
            yield from check(subject)

    return all_of_them


class Here(NamedTuple):
    """What a check looks at: a head or worker type in its cluster. `pod` is the head where the cluster is looked at."""

    subject: Subject
    cluster: Cluster
    pod: Pod


def per_pod(check: Callable[[Here], Iterable[Problem]]) -> Check:
    """Check each head and worker type; a problem that pods share because they inherit it is told once."""
    return _per(check, lambda cluster: cluster.pods)


def per_type(check: Callable[[Here], Iterable[Problem]]) -> Check:
    """Check each worker type; a problem that types share because they inherit it is told once."""
    return _per(check, lambda cluster: cluster.types)


def per_cluster(check: Callable[[Here], Iterable[Problem]]) -> Check:
    """Check each cluster; a problem that clusters share because they inherit it is told once."""
    return _per(check, lambda cluster: (cluster.head,))


def _per(check: Callable[[Here], Iterable[Problem]], pods: Callable[[Cluster], Iterable[Pod]]) -> Check:
    def checks(subject: Subject) -> Iterator[Problem]:
        told: set[ValuesPath] = set()
        for cluster in subject.clusters:
            for pod in pods(cluster):
                for problem in check(Here(subject, cluster, pod)):
                    yield from once(own(subject, cluster, pod, problem), told)

    return checks


def once(problem: Problem, told: set[ValuesPath]) -> Iterator[Problem]:
    """Yield a problem unless its place is among those that were told, and put it there."""
    if problem.path not in told:
        told.add(problem.path)
        yield problem


def own(subject: Subject, cluster: Cluster | None, pod: Pod, problem: Problem) -> Problem:
    """Move a problem that the chart's defaults make to where the user would set it otherwise."""
    path = problem.path
    if path[:1] not in {("podDefaults",), ("clusterDefaults",)} or layers_with(subject.values, path):
        return problem
    owner = pod if path[0] == "podDefaults" or cluster is None else cluster
    return problem._replace(path=(*owner.path, *path[1:]))
