"""Put namespaces together in which the same changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from raychart.findings import SEVERITIES
from raychart.impact.effects import rank
from raychart.review.model import Group

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from raychart.diff.model import ObjectDiff
    from raychart.findings import Finding
    from raychart.impact.model import Impact
    from raychart.review.model import NamespaceReview

_LEAST = len(SEVERITIES)


def grouped(reviews: Iterable[NamespaceReview]) -> tuple[Group, ...]:
    """Group reviews whose objects change in the same way, with the same effects and findings; the gravest first.

    What does not change may differ, so the first of a group stands for what the others have in common.
    """
    told = tuple(reviews)
    counts = Counter(one.namespace for one in told)
    groups: dict[Hashable, list[NamespaceReview]] = {}
    for one in told:
        named = replace(one, shared=True) if counts[one.namespace] > 1 else one
        groups.setdefault(_sameness(one), []).append(named)
    made = [Group(members[0], tuple(members)) for members in groups.values()]
    return tuple(sorted(made, key=lambda group: (*_gravity(group.first), -len(group.members), group.first.file)))


def _gravity(one: NamespaceReview) -> tuple[int, ...]:
    """Sort failures first, then by effect, then by the gravest finding, then what goes."""
    gravest = min((SEVERITIES.index(finding.severity) for finding in one.findings), default=_LEAST)
    return (one.state != "failed", -rank(one.effect), gravest, one.state != "removed")


def _sameness(one: NamespaceReview) -> Hashable:
    objects = one.comparison.objects if one.comparison else ()
    return (
        one.state,
        tuple(_object(diff, one.namespace) for diff in objects),
        tuple(_impact(placed.impact) for placed in one.impacts),
        tuple(_finding(finding, one) for finding in one.findings),
        (one.before, one.after) if one.before != one.after else None,
    )


def _object(diff: ObjectDiff, namespace: str) -> Hashable:
    body = "" if diff.changes else repr(diff.manifest.body).replace(namespace, "*")
    return (
        diff.kind,
        *diff.manifest.identity[:2],
        diff.manifest.name.replace(namespace, "*"),
        _changes(diff, namespace),
        body,
    )


def _changes(diff: ObjectDiff, namespace: str) -> str:
    said = [(change.path, change.kind, change.unstable or (change.old, change.new)) for change in diff.changes]
    return repr(said).replace(namespace, "*")


def _impact(impact: Impact) -> Hashable:
    return (impact.effect, impact.cluster, impact.worker_type, impact.reason, impact.pods)


def _finding(finding: Finding, one: NamespaceReview) -> Hashable:
    message = finding.message.replace(one.namespace, "*")
    is_own = finding.file == one.file
    return (finding.rule, finding.severity, finding.path, message, None if is_own else (finding.file, finding.line))
