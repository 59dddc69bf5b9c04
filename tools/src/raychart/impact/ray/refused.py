"""What of a changed RayCluster the API server refuses, and what the operator stops at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.impact.ledger import Because
from raychart.impact.mappings import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raychart.impact.ray.sides import Sides
    from raychart.manifests import Manifest
    from raychart.validate.rule import Problem, Rule

_CRD = "KubeRay v1.7.0 CRD: x-kubernetes-validations self == oldSelf"
# The one of these rules that the CRD itself enforces.
_OF_THE_CRD = "kuberay-managed-by"
_NO_RECONCILING = (
    "the API server takes it, but the operator does nothing more for the cluster, not even after a lost "
    "head, until it is put right"
)


def refusal(sides: Sides) -> Because | None:
    """Return why a change is refused that the former object was not; None where nobody refuses it."""
    for field in (("managedBy",), ("gcsFaultToleranceOptions", "backend")):
        old, new = text(sides.old, *field), text(sides.new, *field)
        if old and new and old != new:
            reason = f"{'.'.join(field)} cannot be changed once it is set: {sides.context.refusal}"
            return Because(reason, _CRD)
    before, after = sides.diff.old, sides.diff.new
    if before is None or after is None:
        return None
    known = {said for said, _ in _problems(before, sides.context.comparison.old)}
    for said, rule in _problems(after, sides.context.comparison.new):
        if said not in known:
            then = sides.context.refusal if rule.id == _OF_THE_CRD else _NO_RECONCILING
            return Because(f"{said}: {then}", rule.source)
    return None


def _problems(manifest: Manifest, beside: Sequence[Manifest]) -> Iterator[tuple[str, Rule]]:
    """Yield what the operator stops at, in words, with the rule."""
    from raychart.validate.rules import ray_cluster, ray_gates, ray_settings
    from raychart.validate.subject import Subject

    # These rules look at the object alone, and at no schema.
    schemas: Any = None
    subject = Subject(manifest, schemas)
    for rule in (*ray_cluster.RULES, *ray_settings.RULES, *ray_gates.RULES):
        found = list(rule.check(subject)) if rule.check else []
        found += [problem for one, problem in rule.check_all(beside) if one is manifest] if rule.check_all else []
        yield from ((_said(problem), rule) for problem in found if (problem.severity or rule.severity) == "error")


def _said(problem: Problem) -> str:
    from raychart.paths import dotted

    return f"{dotted(problem.path)} {problem.message}"
