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
from raychart.review_report.view import SHOWN_BLOCKERS, blockers_of, effects_of, name_of, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.findings import Finding
    from raychart.review.model import Group, NamespaceReview, Review
    from raychart.review_report.view import Told

# More than this is for the formats that fold and filter.
_ROWS = 40
_GROUPS = 8
_EFFECTS = 10
# Of namespaces that come or go; there is something to say of every object.
_EFFECTS_OF_WHOLE = 3
_FINDINGS = 5
_LINES = 4
_NAMES = 6
_ALL = "-o markdown or html shows all"


def as_text(review: Review, *, colour: bool = False, width: int | None = None) -> str:
    """Return the summary, what blocks, a table of namespaces, and the gravest groups with their effects.

    `colour` is for terminals; `width` is the terminal's, None for lines as long as they are.
    """
    parts = [_summary(review, width), _blockers(review, width), _table(review, width)]
    parts += [_group(group, width) for group in review.groups[:_GROUPS]]
    lines = "\n\n".join(text for part in parts if (text := "\n".join(part))).split("\n")
    left = len(review.groups) - _GROUPS
    if left > 0:
        lines += ["", f"… {left:,} more groups of namespaces, {_ALL}"]
    return "\n".join(painted(lines) if colour else lines) + "\n"


def _summary(review: Review, width: int | None) -> Iterator[str]:
    yield f"review of {one_line(review.base)}..{one_line(review.head)}: {wording.verdict(review)}"
    if not review.groups and not review.unchanged:
        yield "no values file is touched"
        return
    yield wording.counted_namespaces(review)
    if review.groups:
        yield from _wrapped("; ".join(wording.totals(review)), width, indent=0, hanging=4)
    for note in review.notes:
        yield from _wrapped(f"note: {one_line(note)}", width, indent=0, hanging=4)


def _blockers(review: Review, width: int | None) -> Iterator[str]:
    found = blockers_of(review)
    if found:
        yield "BLOCKERS"
    for blocker in found[:SHOWN_BLOCKERS]:
        extent = f" ({blocker.extent})" if blocker.extent else ""
        yield from _finding(blocker.finding, width, extent)
    if len(found) > SHOWN_BLOCKERS:
        yield f"  … {len(found) - SHOWN_BLOCKERS:,} more, {_ALL}"


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
    told = [*_others(group), *_effects(one, width), *_findings(one, width)]
    if told:
        yield f"{name_of(group)}: {one_line(one.why or one.file)}"
        yield from told


def _others(group: Group) -> Iterator[str]:
    others = [member.name for member in group.members[1:]]
    if others:
        more = f", … {len(others) - _NAMES:,} more" if len(others) > _NAMES else ""
        yield f"  the same in {', '.join(others[:_NAMES])}{more}"


def _effects(one: NamespaceReview, width: int | None) -> Iterator[str]:
    every = effects_of(one)
    effects = [told for told in every if told.effect != "none"]
    most = _EFFECTS_OF_WHOLE if one.state in {"new", "removed"} else _EFFECTS
    for told in effects[:most]:
        yield from _effect(told, width)
    if len(effects) > most:
        yield f"  … {len(effects) - most:,} more effects, {_ALL}"
    unnoticed = [subject for told in every if told.effect == "none" for subject in told.subjects]
    if unnoticed:
        names = one_line(", ".join(dict.fromkeys(unnoticed)))
        yield from _wrapped(f"{'none':<16} {names}", width, indent=2, hanging=17)


def _findings(one: NamespaceReview, width: int | None) -> Iterator[str]:
    # Errors are among the blockers already.
    further = [finding for finding in one.findings if finding.severity != "error"]
    for finding in further[:_FINDINGS]:
        yield from _finding(finding, width)
    if len(further) > _FINDINGS:
        yield f"  … {len(further) - _FINDINGS:,} more findings, {_ALL}"
    if one.known:
        yield f"  {wording.known(one.known)}"


def _effect(told: Told, width: int | None) -> Iterator[str]:
    pods = f", {pods_touched(told.pods)}" if told.pods.most else ""
    place = f"  ({one_line(told.place)})" if told.place else ""
    about = f"{told.effect:<16} {one_line(', '.join(told.subjects))}{pods}{place}"
    yield from _wrapped(about, width, indent=2, hanging=17)
    reason = one_line(told.reason) + (f" [{one_line(told.source)}]" if told.source else "")
    yield from _wrapped(reason, width, indent=6)
    shown, left = folded(told, _LINES)
    yield from (f"      {line}" for line in shown)
    if left:
        yield f"      … {left:,} more, {_ALL}"


def _finding(finding: Finding, width: int | None, further: str = "") -> Iterator[str]:
    """Yield a finding as it is written everywhere, two columns further in."""
    headline, *remedy = [one_line(line) for line in str(finding).splitlines()]
    yield from _wrapped(headline + further, width, indent=2, hanging=2)
    for line in remedy:
        yield from _wrapped(line.strip(), width, indent=6)


def _wrapped(text: str, width: int | None, *, indent: int, hanging: int = 0) -> list[str]:
    """Break a text between its words; what goes on is `hanging` columns further in."""
    if width is None or len(text) + indent <= width:
        return [" " * indent + text]
    return textwrap.wrap(
        text,
        max(width, indent + hanging + 20),
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
