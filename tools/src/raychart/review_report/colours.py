"""Colour a text report, line by line, by what each line begins with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.impact.effects import EFFECTS
from raychart.review_report.view import severity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RED, _GREEN, _YELLOW, _CYAN, _BOLD, _DIM = "31", "32", "33", "36", "1", "2"
_SEVERITIES = {"error": _RED, "warning": _YELLOW, "info": _CYAN}
_EFFECTS = {effect: _SEVERITIES[severity_of(effect)] for effect in EFFECTS} | {"unknown": _RED}
_EFFECT = re.compile(rf"(?<=  )({'|'.join(sorted(_EFFECTS, key=len, reverse=True))})(?=  |$)")
_RULE = re.compile(r"\[([a-z0-9/-]+)(, (warning|info))?\](?=$| \()")
_DIFF = {"+": _GREEN, "-": _RED, "~": _YELLOW}


def painted(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with the colours of terminals; without these they are what they were."""
    for number, line in enumerate(lines):
        yield _painted(line, first=number == 0)


def _painted(line: str, *, first: bool) -> str:
    mark = line[6:8].rstrip() if line.startswith("      ") else ""
    if first or line.isupper() or (line and not line[0].isspace() and line.startswith("NAMESPACE")):
        return _in(_BOLD, line)
    if mark in _DIFF and line[:6].isspace():
        return line[:6] + _in(_DIFF[mark], line[6:])
    if line.lstrip().startswith("…"):
        return _in(_DIM, line)
    line = _RULE.sub(lambda found: _in(_SEVERITIES[found[3] or "error"], found[0]), line)
    return _EFFECT.sub(lambda found: _in(_EFFECTS[found[0]], found[0]), line)


def _in(colour: str, text: str) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m"
