"""Put people's text into Markdown as text and nothing else: no markup, no HTML, no mention, no link."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from raychart.diff.values_text import cut
from raychart.paths import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

# No message is longer; what gets here is a value that one was made of.
_LONGEST = 2000
# Backslashes and pipes as references: what a table makes of a backslash before a pipe depends on who reads it.
_SPECIAL = {ord(char): f"\\{char}" for char in "`*_[]~#"} | {ord(char): f"&#{ord(char)};" for char in "\\|<&"}
# Mentions, references to issues, addresses, mathematics and emoji are made of what is text already.
_ACTIVE = re.compile(r"@|\$|#(?=\d)|GH(?=-\d)|:(?=//)|www(?=\.)|:(?=[\w+-]+:)", re.IGNORECASE)
_APART = "\N{ZERO WIDTH SPACE}"
_TICKS = re.compile("`+")


def prose(text: str) -> str:
    """Return text on one line that reads as it is, in a paragraph, an item or a cell of a table."""
    return _ACTIVE.sub(lambda found: found[0] + _APART, _bounded(text)).translate(_SPECIAL)


def code(text: str) -> str:
    """Return text on one line as code, in a paragraph, an item or a cell of a table."""
    bounded = _bounded(text)
    if not bounded:
        return ""
    if any(char in bounded for char in "`|\\"):
        return f"<code>{bounded.translate(_SPECIAL)}</code>"
    return f"`{bounded}`"


def html_code(text: str) -> str:
    """Return text on one line as code where HTML stands, such as the summary of a fold."""
    return f"<code>{html.escape(_bounded(text), quote=False)}</code>"


def row(cells: Iterable[str]) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |"


def fence_for(lines: Iterable[str]) -> str:
    """Return the backticks that no line of a block can end."""
    longest = max((len(ticks) for line in lines for ticks in _TICKS.findall(line)), default=0)
    return "`" * max(3, longest + 1)


def _bounded(text: str) -> str:
    return cut(one_line(" ".join(text.split())), _LONGEST)
