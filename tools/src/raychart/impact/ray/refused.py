"""What of a changed object of KubeRay's the API server refuses, and what the operator stops at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.impact.ledger import Because
from raychart.impact.mappings import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context
    from raychart.manifests import Manifest
    from raychart.validate.rule import Problem, Rule

_CRD = "KubeRay v1.7.0 CRD: x-kubernetes-validations self == oldSelf"
# The one of these rules that the CRD itself enforces.
_OF_THE_CRD = "kuberay-managed-by"
# The one that the operator's own checks do not have.
_OF_THE_WEBHOOK = "kuberay-group-name"
# What the operator does with an object that the API server has taken and it has not.
STOPS = {
    "": "makes nothing of it, until it is put right",
    "RayCluster": "does nothing more for the cluster, not even after a lost head, until it is put right",
    "RayJob": (
        "sets the job to ValidationFailed and never looks at it again, not even when it is put right: what runs is "
        "left to itself"
    ),
    "RayService": "calls the service not ready and changes nothing of it, until it is put right",
    "RayCronJob": "starts no more jobs, until it is put right",
}


def refusal(diff: ObjectDiff, context: Context) -> Because | None:
    """Return why a change is refused that the former object was not; None where nobody refuses it."""
    return held_up(diff, context)[0]


def held_up(diff: ObjectDiff, context: Context) -> tuple[Because | None, bool]:
    """Return why a change is refused, and whether the operator had stopped at the object as it was already."""
    before, after = diff.old, diff.new
    if after is None:
        return None, False
    for field in _fixed(after) if before else ():
        old, new = text(before.body if before else None, *field), text(after.body, *field)
        if old and new and old != new:
            reason = f"{'.'.join(field[1:])} cannot be changed once it is set: {context.refusal}"
            return Because(reason, _CRD), False
    known = {said for said, _ in problems_of(before, context.comparison.old)} if before else set()
    for said, rule in problems_of(after, context.comparison.new):
        if said not in known:
            then = _then(rule, after.kind if before else "", context)
            return Because(f"{said}: {then}", rule.source), bool(known)
    return None, bool(known)


def _then(rule: Rule, kind: str, context: Context) -> str:
    """Say what comes of it that a rule is broken."""
    if rule.id == _OF_THE_CRD:
        return context.refusal
    if rule.id == _OF_THE_WEBHOOK:
        return (
            "KubeRay's webhook refuses it where it is installed, else the operator cannot tell the pods apart, or "
            "make them"
        )
    return f"the API server takes it, but the operator {STOPS[kind]}"


def _fixed(manifest: Manifest) -> Iterator[tuple[str, ...]]:
    """Yield the fields that the CRD lets nobody change."""
    from raychart.validate.subject import cluster_of

    yield ("spec", "managedBy")
    if manifest.kind == "RayCronJob":
        yield ("spec", "jobTemplate", "managedBy")
    if cluster := cluster_of(manifest):
        path = tuple(map(str, cluster.path))
        yield (*path, "managedBy")
        yield (*path, "gcsFaultToleranceOptions", "backend")


def problems_of(manifest: Manifest, beside: Sequence[Manifest]) -> Iterator[tuple[str, Rule]]:
    """Yield what the operator stops at, in words, with the rule; `beside` is all that is deployed with it."""
    from raychart.validate.rules import (
        ray_cluster,
        ray_deletion,
        ray_fault_tolerance,
        ray_gates,
        ray_jobs,
        ray_settings,
    )
    from raychart.validate.subject import Subject

    # These rules look at the object alone, and at no schema.
    schemas: Any = None
    subject = Subject(manifest, schemas)
    for module in (ray_cluster, ray_settings, ray_gates, ray_fault_tolerance, ray_jobs, ray_deletion):
        for rule in module.RULES:
            found = list(rule.check(subject)) if rule.check else []
            found += [problem for one, problem in rule.check_all(beside) if one is manifest] if rule.check_all else []
            yield from ((_said(problem), rule) for problem in found if (problem.severity or rule.severity) == "error")


def _said(problem: Problem) -> str:
    from raychart.paths import dotted

    return f"{dotted(problem.path)} {problem.message}"
