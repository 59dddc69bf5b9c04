"""What differs, as text for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.diff.result import headline, summary
from raychart.diff.show import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.diff.result import Compared

_COLOURS = {"+": "32", "-": "31", "~": "33"}
_BOLD = "1"


def as_text(results: list[Compared], *, colour: bool = False) -> str:
    """Return each namespace that differs with its counts, then its objects, each with what that does and what it is."""
    found: list[str] = []
    for one in results:
        if one.comparison.objects:
            effect = f"  {one.effect}" if one.impacts else ""
            found.append(_painted(f"{one.title}{effect}", _BOLD, colour=colour))
            found += [_painted_line(line, colour=colour) for line in _objects(one)]
    if len(results) != 1 or not found:
        found.append(summary(results))
    return "\n".join(found) + "\n"


def _objects(one: Compared) -> Iterator[str]:
    for found, impacts in one.objects:
        yield f"  {headline(found)}"
        yield from dict.fromkeys(f"      {impact.effect}: {impact.subject}: {impact.reason}" for impact in impacts)
        for change in found.changes:
            yield from (f"      {line}" for line in lines(change))


def _painted_line(line: str, *, colour: bool) -> str:
    mark = line.lstrip(" ")[:2]
    return _painted(line, _COLOURS[mark[0]], colour=colour) if mark in {"+ ", "- ", "~ "} else line


def _painted(text: str, code: str, *, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text
