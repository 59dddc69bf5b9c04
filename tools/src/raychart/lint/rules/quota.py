"""Rules for quotas: whether a namespace has room for its clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from raychart.lint.demand import demand
from raychart.lint.each import dig
from raychart.lint.effective import as_map
from raychart.lint.rule import Problem, Rule
from raychart.lint.settings import KEY, lint_settings
from raychart.quantities import count, number, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject
    from raychart.paths import ValuesPath

_PODS = {"pods", "count/pods"}
# What every pod has to name where a quota counts it; devices are counted where they are asked for.
_WANTED = {f"{kind}{name}" for kind in ("", "requests.", "limits.") for name in ("cpu", "memory")}


class _Limit(NamedTuple):
    path: ValuesPath
    name: str
    hard: float


def _limits(subject: Subject) -> Iterator[_Limit]:
    for name, hard in lint_settings(subject.values).quota.items():
        yield _Limit((KEY, "quota", name), name, hard)
    for key, found in as_map(subject.values.data.get("extraObjects")).items():
        # A quota with scopes counts some pods only.
        if dig(found, "kind") == "ResourceQuota" and not (
            dig(found, "spec", "scopes") or dig(found, "spec", "scopeSelector")
        ):
            for name, written in as_map(dig(found, "spec", "hard")).items():
                amount = number(written)
                if amount is not None:
                    yield _Limit(("extraObjects", key, "spec", "hard", str(name)), str(name), amount)


def _is_counted(name: str) -> bool:
    kind, _, resource = name.partition(".")
    return name in _PODS | _WANTED or (kind in {"requests", "limits"} and resource != "storage" and bool(resource))


def _shown(name: str, amount: float) -> str:
    return size(amount) if name.endswith(("memory", "ephemeral-storage")) else count(amount)


def _minimum(subject: Subject) -> Iterator[Problem]:
    limits = [limit for limit in _limits(subject) if _is_counted(limit.name)]
    asked = demand(subject) if limits else None
    for limit in limits:
        if asked and asked.least(limit.name) > limit.hard:
            least, hard = (_shown(limit.name, amount) for amount in (asked.least(limit.name), limit.hard))
            yield Problem(
                limit.path,
                f"operator, heads and minWorkers alone ask for {least} of {limit.name}, and the quota is {hard}",
                f"lower minWorkers or what the pods ask for, or raise the quota to {least} or more",
            )


def _maximum(subject: Subject) -> Iterator[Problem]:
    limits = [limit for limit in _limits(subject) if _is_counted(limit.name)]
    asked = demand(subject) if limits else None
    for limit in limits:
        if asked and asked.least(limit.name) <= limit.hard < asked.most(limit.name):
            most, hard = (_shown(limit.name, amount) for amount in (asked.most(limit.name), limit.hard))
            yield Problem(
                limit.path,
                f"with all their workers the clusters ask for {most} of {limit.name}, and the quota is {hard}: workers "
                "over it are refused, and the autoscaler waits for them",
                f"lower maxWorkers of the clusters or types, or raise the quota to {most}",
            )


def _unsaid(subject: Subject) -> Iterator[Problem]:
    limits = [limit for limit in _limits(subject) if limit.name in _WANTED]
    ranges = [dig(found, "kind") for found in as_map(subject.values.data.get("extraObjects")).values()]
    asked = demand(subject) if limits and "LimitRange" not in ranges else None
    for limit in limits:
        silent = asked.without(limit.name) if asked else []
        if silent:
            yield Problem(
                limit.path,
                f"under a quota of {limit.name} every container has to give it, and these do not: {', '.join(silent)}",
                f"give it under resources.{limit.name if '.' in limit.name else f'requests.{limit.name}'}, or have a "
                "LimitRange with a default in the namespace",
            )


_SOURCE = "Kubernetes, Resource Quotas; a ResourceQuota under extraObjects, or x-raychart.quota"
_WHERE = (
    "The quota is read from ResourceQuotas under extraObjects, and from `x-raychart: {quota: {pods: 20, limits.memory: "
    "128Gi}}`, which has the names that a ResourceQuota has. Counted are the operator, heads with their autoscaler, "
    "workers and Redis; what the chart's Jobs ask for, a twentieth of a CPU each for as long as they run, is not."
)
RULES = (
    Rule(
        "quota-below-minimum",
        "error",
        "The quota has no room for what always runs.",
        "Kubernetes refuses the pods that come last, be it a worker or the head itself.\n\n" + _WHERE,
        _SOURCE,
        _minimum,
    ),
    Rule(
        "quota-below-maximum",
        "warning",
        "The quota has no room for all workers that the clusters may have.",
        "KubeRay makes the pods that the autoscaler asks for, and Kubernetes refuses those over the quota. The tasks "
        "that they were meant for wait, and the autoscaler, which believes that they are on their way, tries nothing "
        "else.\n\n" + _WHERE,
        _SOURCE,
        _maximum,
    ),
    Rule(
        "quota-needs-number",
        "warning",
        "The quota wants a number that a pod does not give.",
        "Where a quota counts a request or limit of CPU or memory, Kubernetes refuses every pod that does not give it, "
        "unless a LimitRange of the namespace fills it in.\n\n" + _WHERE,
        _SOURCE,
        _unsaid,
    ),
)
