"""A review as Markdown for comments on a pull request, in parts that each fit into one."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from raychart.impact.effects import MEANINGS
from raychart.review_report import wording
from raychart.review_report.amounts import span
from raychart.review_report.lines import diff_lines
from raychart.review_report.markdown_text import code, fence_for, html_code, prose, row
from raychart.review_report.parts import Frame, Piece, divided
from raychart.review_report.view import (
    SHOWN_BLOCKERS,
    blockers_of,
    effects_by_object,
    effects_of,
    gravest_first,
    name_of,
    row_of,
    title_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raychart.diff.model import ObjectDiff
    from raychart.findings import Finding
    from raychart.review.model import Group, NamespaceReview, Review
    from raychart.review_report.view import ObjectEffects

# What finds the comments again in order to write them anew.
MARKER = "<!-- raychart review -->"
# GitHub takes 65,536 characters; bytes are never fewer. The rest is for the marker, and for whoever adds a line.
ROOM = 63_000
# Characters in a fence that stay together.
_LONGEST_TEXT = 4_000
_NAMES = 40


def as_markdown_parts(review: Review) -> list[str]:
    """Return the parts, each below 65,536 bytes, with a marker that tells its number."""
    texts = divided(_pieces(review), ROOM)
    first = f"### raychart review: {prose(wording.verdict(review))}"
    return [_part(text, number, len(texts), first) for number, text in enumerate(texts, 1)]


def _part(text: str, number: int, count: int, first: str) -> str:
    place = f"part {number} of {count}"
    heading = first if number == 1 else f"#### raychart review, {place}"
    end = f"\n{place}\n" if count > 1 else ""
    return f"{MARKER}<!-- {place} -->\n{heading}\n\n{text.strip()}\n{end}"


def _pieces(review: Review) -> Iterator[Piece]:
    yield Piece(f"{code(review.base)} to {code(review.head)}: {prose(wording.counted_namespaces(review))}\n\n")
    if review.groups:
        yield Piece(f"{prose('; '.join(wording.totals(review)))}\n\n")
    for note in review.notes:
        yield Piece(f"Note: {prose(note)}\n\n")
    yield from _blockers(review)
    yield from _table(review)
    for group in review.groups:
        yield from _group(group)


def _blockers(review: Review) -> Iterator[Piece]:
    frame = Frame("**Blockers**\n\n", "\n")
    found = blockers_of(review)
    fold = Frame(f"\n<details><summary>{len(found) - SHOWN_BLOCKERS:,} more</summary>\n\n", "\n</details>\n")
    for number, blocker in enumerate(found):
        extent = f" ({blocker.extent})" if blocker.extent else ""
        frames = (frame,) if number < SHOWN_BLOCKERS else (frame, fold)
        yield Piece(f"- **{blocker.label}**{extent}: {_finding(blocker.finding)}\n", frames)


def _table(review: Review) -> Iterator[Piece]:
    heads = ("namespace", "state", "worst effect", "pods touched", "capacity", "findings")
    frame = Frame(f"{row(heads)}\n{row(['---'] * len(heads))}\n", "\n")
    for group in review.groups:
        one = row_of(group)
        name = f"**{prose(one.name)}**"
        cells = (name, one.state, one.effect, one.pods, prose(one.capacity), one.findings)
        yield Piece(f"{row(cells)}\n", (frame,))


def _group(group: Group) -> Iterator[Piece]:
    one = group.first
    what = "cannot be rendered" if one.state == "failed" else f"{one.effect}, {one.state}"
    about = f"<details><summary><b>{html_code(name_of(group))}</b>: {what}"
    fold = Frame(f"{about}</summary>\n\n", "</details>\n\n", f"{about} (continued)</summary>\n\n")
    if one.why:
        yield Piece(f"In the review because {prose(one.why)}.\n\n", (fold,))
    yield from _names(group, fold)
    yield from _effects(one, fold)
    yield from _findings(one, fold)
    yield from _differences(one, fold)


def _names(group: Group, fold: Frame) -> Iterator[Piece]:
    others = [member.name for member in group.members[1:]]
    if not others:
        return
    count = wording.namespaces(len(group.members))
    inner = Frame(f"<details><summary>the same in {count}</summary>\n\n", "\n</details>\n\n")
    for start in range(0, len(others), _NAMES):
        yield Piece(f"{', '.join(map(code, others[start : start + _NAMES]))}\n", (fold, inner))


def _effects(one: NamespaceReview, fold: Frame) -> Iterator[Piece]:
    frame = Frame(f"{row(('effect', 'on', 'pods', 'why', 'value'))}\n{row(['---'] * 5)}\n", "\n")
    for told in effects_of(one):
        source = f" ({prose(told.source)})" if told.source else ""
        why = (prose(told.reason) or MEANINGS[told.effect]) + source
        pods = span(told.pods.least, told.pods.most)
        cells = (told.effect, prose(", ".join(told.subjects)), pods, why, code(told.place))
        yield Piece(f"{row(cells)}\n", (fold, frame))


def _findings(one: NamespaceReview, fold: Frame) -> Iterator[Piece]:
    frame = Frame("", "\n")
    for finding in one.findings:
        yield Piece(f"- {finding.severity}: {_finding(finding)}\n", (fold, frame))
    if one.known:
        yield Piece(f"{prose(wording.known(one.known))}.\n\n", (fold,))


def _finding(finding: Finding) -> str:
    place = ": ".join(filter(None, (finding.where, finding.path)))
    said = prose("; ".join(filter(None, (finding.message, finding.remedy))))
    return f"{code(place)}: {said} ({code(finding.rule)})" if place else f"{said} ({code(finding.rule)})"


def _differences(one: NamespaceReview, fold: Frame) -> Iterator[Piece]:
    if one.state in {"new", "removed"}:
        # There is an effect for every object already, and the values file says the rest in fewer words.
        yield Piece("Every object as a whole is in what `-o html` and `-o json` write.\n\n", (fold,))
        return
    effects = effects_by_object(one)
    texts = [(_object_title(diff, effects), diff_lines(diff)) for diff in gravest_first(one, effects)]
    ticks = fence_for(line for title, lines in texts for line in (title, *lines))
    fence = Frame(f"{ticks}diff\n", f"{ticks}\n\n")
    for title, lines in texts:
        yield from _object(title, lines, (fold, fence))


def _object_title(diff: ObjectDiff, effects: ObjectEffects) -> str:
    found = effects.get(diff.manifest.identity, [])
    return f"{title_of(diff)}: {', '.join(found)}" if found else title_of(diff)


def _object(title: str, lines: Sequence[str], frames: tuple[Frame, Frame]) -> Iterator[Piece]:
    frame = Frame(f"@@ {title} @@\n")
    text = ""
    for line in chain.from_iterable(map(_short, lines)):
        if len(text) + len(line) > _LONGEST_TEXT:
            yield Piece(text, (*frames, frame))
            text = ""
        text += f"{line}\n"
    yield Piece(text, (*frames, frame))


def _short(line: str) -> Iterator[str]:
    """Yield a line as several when it is so long that a part might not hold it."""
    yield line[:_LONGEST_TEXT]
    for start in range(_LONGEST_TEXT, len(line), _LONGEST_TEXT):
        yield f"{line[0]} {line[start : start + _LONGEST_TEXT]}"
