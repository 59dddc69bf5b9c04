"""A review as text: what a reviewer sees in ten seconds, the gravest first."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from raychart.paths import one_line
from raychart.review_report import wording
from raychart.review_report.amounts import pods_touched
from raychart.review_report.colours import painted
from raychart.review_report.lines import folded
from raychart.review_report.table import laid_out
from raychart.review_report.view import blockers_of, effects_of, name_of, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.findings import Finding
    from raychart.review.model import Group, Review
    from raychart.review_report.view import Told

# More than this is for the formats that fold and filter.
_ROWS = 40
_BLOCKERS = 10
_GROUPS = 8
_EFFECTS = 10
_FINDINGS = 5
_LINES = 4
_NAMES = 6
_ALL = "-o markdown or html shows all"


def as_text(review: Review, *, colour: bool = False, width: int | None = None) -> str:
    """Return the summary, what blocks, a table of namespaces, and the gravest groups with their effects.

    `colour` is for terminals; `width` is the terminal's, None for lines as long as they are.
    """
    lines = [*_summary(review)]
    for part in (_blockers(review), _table(review, width), *(_group(group, width) for group in _first(review))):
        found = list(part)
        lines += ["", *found] if found else []
    left = len(review.groups) - _GROUPS
    if left > 0:
        lines += ["", f"… {left:,} more groups of namespaces, {_ALL}"]
    return "\n".join(lines if not colour else painted(lines)) + "\n"


def _summary(review: Review) -> Iterator[str]:
    yield f"review of {one_line(review.base)}..{one_line(review.head)}: {wording.verdict(review)}"
    yield f"{wording.counted_namespaces(review)}" if review.groups or review.unchanged else "no values file is touched"
    if review.groups:
        yield "; ".join(wording.totals(review))
    yield from (f"note: {one_line(note)}" for note in review.notes)


def _first(review: Review) -> tuple[Group, ...]:
    return review.groups[:_GROUPS]


def _blockers(review: Review) -> Iterator[str]:
    found = blockers_of(review)
    if found:
        yield "BLOCKERS"
    for blocker in found[:_BLOCKERS]:
        extent = f" ({blocker.extent})" if blocker.extent else ""
        headline, *remedy = _finding(blocker.finding)
        yield f"  {headline}{extent}"
        yield from (f"  {line}" for line in remedy)
    if len(found) > _BLOCKERS:
        yield f"  … {len(found) - _BLOCKERS:,} more, {_ALL}"


def _table(review: Review, width: int | None) -> Iterator[str]:
    if not review.groups:
        return
    rows = [row_of(group) for group in review.groups[:_ROWS]]
    heads = ("NAMESPACE", "STATE", "WORST EFFECT", "PODS TOUCHED", "FINDINGS", "CAPACITY")
    cells = [(row.name, row.state, row.effect, row.pods, row.findings, row.capacity) for row in rows]
    yield from laid_out(heads, cells, width)
    if len(review.groups) > _ROWS:
        yield f"… {len(review.groups) - _ROWS:,} more rows, {_ALL}"


def _group(group: Group, width: int | None) -> Iterator[str]:
    one = group.first
    yield f"{name_of(group)}: {one_line(one.why or one.file)}"
    others = [member.namespace for member in group.members[1:]]
    if others:
        more = f", … {len(others) - _NAMES:,} more" if len(others) > _NAMES else ""
        yield f"  the same in {', '.join(others[:_NAMES])}{more}"
    effects = effects_of(one)
    for told in effects[:_EFFECTS]:
        yield from _effect(told, width)
    if len(effects) > _EFFECTS:
        yield f"  … {len(effects) - _EFFECTS:,} more effects, {_ALL}"
    # Errors are among the blockers already.
    further = [finding for finding in one.findings if finding.severity != "error"]
    for finding in further[:_FINDINGS]:
        yield from (f"  {line}" for line in _finding(finding))
    if len(further) > _FINDINGS:
        yield f"  … {len(further) - _FINDINGS:,} more findings, {_ALL}"
    if one.known:
        yield f"  {wording.known(one.known)}"


def _effect(told: Told, width: int | None) -> Iterator[str]:
    pods = f", {pods_touched(told.pods)}" if told.pods.most else ""
    place = f"  ({one_line(told.place)})" if told.place else ""
    yield f"  {told.effect:<16} {one_line(', '.join(told.subjects))}{pods}{place}"
    reason = one_line(told.reason) + (f" [{one_line(told.source)}]" if told.source else "")
    yield from _wrapped(reason, 6, width)
    shown, left = folded(told, _LINES)
    yield from (f"      {line}" for line in shown)
    if left:
        yield f"      … {left:,} more, {_ALL}"


def _wrapped(text: str, indent: int, width: int | None) -> list[str]:
    space = " " * indent
    if width is None or len(text) + indent <= width:
        return [space + text]
    return textwrap.wrap(
        text,
        max(width, indent + 20),
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _finding(finding: Finding) -> list[str]:
    return [one_line(line) for line in str(finding).splitlines()]
