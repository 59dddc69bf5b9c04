"""What a report shows of a group of namespaces, before any format lays it out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from raychart.diff.values_text import cut
from raychart.findings import Finding
from raychart.impact.effects import rank, worst
from raychart.impact.model import NO_PODS
from raychart.paths import one_line
from raychart.review_report.amounts import capacity_change, span
from raychart.review_report.wording import counted_findings, namespaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.diff.model import Change, ObjectDiff
    from raychart.findings import Severity
    from raychart.impact.effects import Effect
    from raychart.impact.model import Impact, Pods
    from raychart.review.model import Group, NamespaceReview, Placed, Review

# By an object's identity.
ObjectEffects = dict[tuple[str, str, str, str], list["Effect"]]

# Of the blockers those that are not folded.
SHOWN_BLOCKERS = 10

# Effects that stop a reviewer, and those that reach people's work.
BLOCKING: frozenset[Effect] = frozenset({"replace", "rejected"})
_GRAVE: frozenset[Effect] = frozenset({"access", "scale-down", "roll", "remove-type", "head-restart"})
# Kubernetes takes no name with more than 253 characters; what is rendered may have one.
_LONGEST_TITLE = 600
_SIGNS = {"added": "+", "removed": "-", "changed": "~", "renamed": "~"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of namespaces."""

    name: str
    state: str
    effect: str
    pods: str
    capacity: str
    findings: str


@dataclass(frozen=True, slots=True)
class Told:
    """One effect of a group, on all subjects that have it for the same reason and from the same place."""

    effect: Effect
    subjects: tuple[str, ...]
    reason: str
    source: str
    place: str
    pods: Pods
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Blocker:
    """What has to be settled before this is merged, as a finding; `count` and `extent` tell how many have it."""

    label: str
    finding: Finding
    count: int
    extent: str


def name_of(group: Group) -> str:
    """Return what a group is called: its name, or how many there are and the first's."""
    if len(group.members) == 1:
        return group.first.name
    return f"{namespaces(len(group.members))}, as {group.first.name}"


def extent_of(group: Group) -> str:
    """Return in how many namespaces the same is, empty for one."""
    return _extent(len(group.members))


def _extent(count: int) -> str:
    return "" if count == 1 else f"the same in {namespaces(count)}"


def row_of(group: Group) -> Row:
    """Return a group's line in the table."""
    one = group.first
    failed = one.state == "failed"
    return Row(
        name=name_of(group),
        state=one.state,
        effect="unknown" if failed else one.effect,
        pods="unknown" if failed else span(one.pods.least, one.pods.most),
        capacity="unknown" if failed else capacity_change(one.before, one.after),
        findings=counted_findings(one.findings),
    )


def effects_of(one: NamespaceReview) -> list[Told]:
    """Return a namespace's effects, the gravest first."""
    together: dict[tuple[str, str, str, str], list[Impact]] = {}
    for placed in one.impacts:
        impact = placed.impact
        together.setdefault((impact.effect, impact.reason, impact.source, place_of(placed)), []).append(impact)
    told = [_told(alike, key[-1]) for key, alike in together.items()]
    return sorted(told, key=lambda effect: -rank(effect.effect))


def _told(impacts: list[Impact], place: str) -> Told:
    first = impacts[0]
    return Told(
        effect=first.effect,
        subjects=tuple(dict.fromkeys(impact.subject for impact in impacts)),
        reason=first.reason,
        source=first.source,
        place=place,
        pods=sum((impact.pods for impact in impacts), NO_PODS),
        changes=tuple(change for impact in impacts for change in impact.changes or impact.object.changes),
    )


def place_of(placed: Placed) -> str:
    """Return the file, line and path of the value that caused an impact, as far as they are known."""
    position = placed.position
    if position is None:
        return placed.path or ""
    where = position.file if position.line is None else f"{position.file}:{position.line}"
    return f"{where}: {placed.path}" if placed.path else where


def as_finding(placed: Placed, one: NamespaceReview) -> Finding:
    """Return an impact in the form of findings, for formats that know nothing else."""
    impact, position = placed.impact, placed.position
    return Finding(
        rule=f"impact/{impact.effect}",
        severity=severity_of(impact.effect),
        message=f"{impact.subject}: {impact.reason}",
        remedy=f"source: {impact.source}" if impact.source else "",
        file=position.file if position else one.file,
        line=position.line if position else None,
        column=position.column if position else None,
        path=placed.path,
    )


def severity_of(effect: Effect) -> Severity:
    """Return how grave an effect is, in the words of findings."""
    if effect in BLOCKING:
        return "error"
    return "warning" if effect in _GRAVE else "info"


def blockers_of(review: Review) -> list[Blocker]:
    """Return what blocks, group by group; what a file that several share has wrong is told once."""
    told: dict[tuple[str, Finding], Blocker] = {}
    for group in review.groups:
        for blocker in _blockers(group):
            key = (blocker.label, blocker.finding)
            known = told.get(key)
            count = blocker.count + (known.count if known else 0)
            told[key] = replace(blocker, count=count, extent=_extent(count))
    return list(told.values())


def _blockers(group: Group) -> Iterator[Blocker]:
    one = group.first
    about = len(group.members), extent_of(group)
    errors = [finding for finding in one.findings if finding.severity == "error"]
    if one.state == "failed" and not errors:
        what = "cannot be rendered, and no reason was given"
        yield Blocker("failed", Finding("review-failed", "error", what, "render it by itself", one.file), *about)
    for placed in sorted(one.impacts, key=lambda placed: -rank(placed.impact.effect)):
        if placed.impact.effect in BLOCKING:
            yield Blocker(placed.impact.effect, as_finding(placed, one), *about)
    for finding in errors:
        yield Blocker("failed" if one.state == "failed" else "error", finding, *about)


def title_of(diff: ObjectDiff) -> str:
    """Return what an object that differs is called: `~ RayCluster main`."""
    manifest = diff.manifest
    title = f"{_SIGNS[diff.kind]} {manifest.kind} {manifest.name}"
    if diff.kind == "renamed" and diff.old is not None:
        title += f" (was {diff.old.kind} {diff.old.name})"
    return cut(one_line(title), _LONGEST_TITLE)


def effects_by_object(one: NamespaceReview) -> ObjectEffects:
    """Return the effects on each object by its identity, the gravest first."""
    found: dict[tuple[str, str, str, str], set[Effect]] = {}
    for placed in one.impacts:
        found.setdefault(placed.impact.object.manifest.identity, set()).add(placed.impact.effect)
    return {identity: sorted(effects, key=lambda effect: -rank(effect)) for identity, effects in found.items()}


def gravest_first(one: NamespaceReview, effects: ObjectEffects) -> list[ObjectDiff]:
    """Return the objects that differ, those with the gravest effect first."""
    objects = one.comparison.objects if one.comparison else ()
    return sorted(objects, key=lambda diff: -rank(worst(effects.get(diff.manifest.identity, []))))
