"""Go's patterns in rules, where Python's find the same.

Both take the first way that fits, from the left. What only one of them has, or has in another sense, is not taken.
"""

from __future__ import annotations

import re
from functools import cache

from raychart.validate.cel.errors import NotHereError

# Flags, classes and ends of text that Python has not or reads otherwise, and groups that Go has not.
_OTHER = re.compile(r"\\[AzZpPQECGkK]|\\[0-9]|\\[xu]|\[\[:|\[\^?\[|\(\?(?![:)])|[*+?}]\+|&&|\|\||~~|--")


def find(text: str, pattern: str) -> str:
    """Return the first match in a text, an empty one where there is none."""
    found = _compiled(pattern).search(text)
    return found[0] if found else ""


def find_all(text: str, pattern: str, most: int = -1) -> list[str]:
    """Return the matches in a text, or as many of them as are asked for."""
    found: list[str] = []
    end = -1
    for match in _compiled(pattern).finditer(text):
        # Go leaves out an empty match where the one before it ended.
        if match.end() == match.start() == end:
            continue
        found.append(match[0])
        end = match.end()
    return found if most < 0 else found[:most]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    if _OTHER.search(pattern):
        raise NotHereError(f"{pattern} may be another pattern to Go")
    try:
        # A dollar is the end of the text alone.
        return re.compile(_ends(pattern), re.ASCII)
    except re.error as wrong:
        raise NotHereError(f"{pattern} cannot be read") from wrong


def _ends(pattern: str) -> str:
    parts, in_class = [], False
    for part in re.findall(r"\\.|.", pattern, re.DOTALL):
        in_class = (in_class or part == "[") and part != "]"
        parts.append(r"\Z" if part == "$" and not in_class else part)
    return "".join(parts)
