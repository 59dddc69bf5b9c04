"""What differs, as Markdown for the summary of a CI job or a comment."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from raychart.diff.result import headline, summary
from raychart.diff.secrets import hidden, printable
from raychart.diff.show import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.diff.model import ObjectDiff
    from raychart.diff.result import Compared
    from raychart.impact.model import Impact

# What a comment may hold, with some room for what is around it.
_LONGEST = 60_000
_LONGEST_MANIFEST = 60
# What the frame of one namespace takes at most.
_LEAST = 1_000
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#&])")


def as_markdown(results: list[Compared]) -> str:
    """Return a table of the namespaces that differ, then what differs in each, folded; as much as a comment holds."""
    differing = [one for one in results if one.comparison.objects]
    parts = [f"### raychart diff: {summary(results)}\n"]
    if differing:
        parts += ["| namespace | added | changed | removed | effect |", "| --- | --- | --- | --- | --- |"]
        parts += _fitting([_row(one) for one in differing], _LONGEST // 2)
    room = _LONGEST - sum(len(part) + 1 for part in parts)
    for number, one in enumerate(differing):
        if room < _LEAST:
            parts.append(f"\n{len(differing) - number} more are left out here.")
            break
        parts.append(_details(one, room))
        room -= len(parts[-1]) + 1
    return "\n".join(parts) + "\n"


def _row(one: Compared) -> str:
    counts = one.counts
    effect = one.effect if one.impacts else ""
    return f"| {_escaped(one.name)} | {counts['+']} | {counts['~']} | {counts['-']} | {effect} |"


def _details(one: Compared, room: int) -> str:
    body = _fitting([line for found, impacts in one.objects for line in _object(found, impacts)], room - _LEAST)
    longest = max((len(run) for line in body for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    title = html.escape(one.title)
    return "\n".join(["", f"<details><summary>{title}</summary>", "", f"{fence}diff", *body, fence, "", "</details>"])


def _fitting(lines_of_text: list[str], room: int) -> list[str]:
    for number, line in enumerate(lines_of_text):
        room -= len(line) + 1
        if room < 0:
            return [*lines_of_text[:number], f"  … {len(lines_of_text) - number} more lines"]
    return lines_of_text


def _object(found: ObjectDiff, impacts: list[Impact]) -> Iterator[str]:
    yield headline(found)
    yield from dict.fromkeys(f"#     {impact.effect}: {impact.subject}: {impact.reason}" for impact in impacts)
    for change in found.changes:
        yield from (f"{line[:2]}    {line[2:]}" for line in lines(change, arrows=False))
    if found.kind in {"added", "removed"}:
        yield from _manifest(found)


def _manifest(found: ObjectDiff) -> Iterator[str]:
    from raychart.manifest_text import to_yaml

    written = to_yaml([printable(hidden(found.manifest))]).splitlines()[1:]
    mark = "+" if found.kind == "added" else "-"
    for line in written[:_LONGEST_MANIFEST]:
        yield f"{mark}     {line[:200]}"
    if len(written) > _LONGEST_MANIFEST:
        yield f"      … {len(written) - _LONGEST_MANIFEST} more lines"


def _escaped(text: str) -> str:
    return " ".join(_SPECIAL.sub(r"\\\1", text).split())
