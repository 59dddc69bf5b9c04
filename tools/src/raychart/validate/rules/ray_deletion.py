"""What KubeRay's operator refuses of what a RayJob deletes when it has ended, ported from its validation code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.validate.reach import entries, mapping, mappings, number
from raychart.validate.rule import Problem
from raychart.validate.rules.ray_cluster import autoscales, operators_rule
from raychart.validate.rules.ray_jobs import job_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath
    from raychart.validate.subject import Subject

# In the order in which they may happen.
_POLICIES = ("DeleteWorkers", "DeleteCluster", "DeleteSelf")


def _deletion(subject: Subject) -> Iterator[Problem]:
    found = job_in(subject)
    strategy = found[1].get("deletionStrategy") if found else None
    if found is None or not isinstance(strategy, dict):
        return
    path, job = (*found[0], "deletionStrategy"), found[1]
    rules = entries(strategy, "deletionRules")
    older = [key for key in ("onSuccess", "onFailure") if isinstance(strategy.get(key), dict)]
    shuts_down = job.get("shutdownAfterJobFinishes") is True
    if rules and shuts_down:
        message = "does not go with shutdownAfterJobFinishes"
        yield Problem((*path, "deletionRules"), message, "remove shutdownAfterJobFinishes")
    if rules and older:
        yield Problem((*path, "deletionRules"), f"does not go with {' and '.join(older)}", "keep deletionRules alone")
    elif older:
        if len(older) == 1:
            yield Problem(path, "onSuccess and onFailure go together", "add the other one, or use deletionRules")
        for key in older:
            policy = strategy[key].get("policy")
            where = (*path, key, "policy")
            if policy is None:
                yield Problem((*path, key), "policy is missing", f"add one of {', '.join((*_POLICIES, 'DeleteNone'))}")
            yield from _policy(subject, job, policy, where)
            if policy == "DeleteNone" and shuts_down:
                yield Problem(where, "contradicts shutdownAfterJobFinishes", "remove one of the two")
    elif not rules:
        yield Problem(path, "says nothing", "add deletionRules")
    yield from _deletion_rules(subject, job, path)


def _policy(subject: Subject, job: dict[str, Any], policy: Any, path: ValuesPath) -> Iterator[Problem]:
    if mapping(job, "clusterSelector") and policy in {"DeleteCluster", "DeleteWorkers"}:
        yield Problem(
            path,
            f"{policy} does not go with clusterSelector: the cluster is not the job's",
            "use DeleteSelf or DeleteNone",
        )
    elif policy == "DeleteWorkers" and subject.cluster and autoscales(subject.cluster):
        yield Problem(path, "DeleteWorkers does not go with the autoscaler", "use DeleteCluster, or no autoscaler")


def _deletion_rules(subject: Subject, job: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    seen: dict[tuple[str, str], dict[str, int]] = {}
    for where, rule in mappings(job, ("deletionStrategy", "deletionRules")):
        place = (*path, *where[1:])
        condition = mapping(rule, "condition")
        states = [(key, str(condition[key])) for key in ("jobStatus", "jobDeploymentStatus") if condition.get(key)]
        if len(states) != 1:
            message = "needs either jobStatus or jobDeploymentStatus" + (
                " (found both)" if states else " (found neither)"
            )
            yield Problem((*place, "condition"), message, "keep one of the two" if states else "add one of the two")
            continue
        policy, seconds = str(rule.get("policy")), number(condition, "ttlSeconds") or 0
        yield from _policy(subject, job, policy, (*place, "policy"))
        others = seen.setdefault(states[0], {})
        if policy in others:
            yield Problem(place, f"there is a rule for {policy} and {states[0][1]} already", "remove one of the two")
        elif policy in _POLICIES:
            order = _POLICIES.index(policy)
            for other, its in others.items():
                earlier = other in _POLICIES and _POLICIES.index(other) < order
                if (earlier and its > seconds) or (other in _POLICIES and not earlier and its < seconds):
                    message = f"{policy} after {seconds} s does not go with {other} after {its} s"
                    yield Problem(
                        (*place, "condition", "ttlSeconds"), message, f"delete in this order: {', '.join(_POLICIES)}"
                    )
        others.setdefault(policy, seconds)


RULES = (
    operators_rule(
        "kuberay-deletion",
        "What a RayJob deletes when it has ended contradicts itself.",
        "Either onSuccess and onFailure or deletionRules say it, and workers go before the cluster, the cluster before "
        "the job.",
        "validateDeletionConfiguration, validateDeletionRules; CEL rules of deletionStrategy in the CRD",
        _deletion,
    ),
)
