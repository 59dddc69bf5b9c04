"""Patterns for values paths and for files, as ignore files use them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_WILD = re.compile(r"\*\*/|\*\*|\*|\?")
_ANY_KEY = r'(?:"(?:[^"\\]|\\.)*"|[^.\["]*)'


def path_pattern(glob: str) -> re.Pattern[str]:
    """Translate a glob over values paths; it covers what lies below as well.

    `*` stands for one key, or for a part of one; `**` for any keys.
    """
    body = _translated(glob, {"**/": ".*/", "**": ".*", "*": _ANY_KEY, "?": r"[^.]"})
    return re.compile(body + r"(?:[.\[].*)?")


def file_pattern(glob: str) -> re.Pattern[str]:
    """Translate a glob over files; without a slash it stands for a name in any folder, else it begins at the top.

    A folder stands for what is in it.
    """
    body = _translated(glob.strip("/").removeprefix("./"), {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"})
    anywhere = "" if "/" in glob.rstrip("/") else "(?:.*/)?"
    return re.compile(f"{anywhere}{body}(?:/.*)?")


def _translated(glob: str, wild: Mapping[str, str]) -> str:
    pattern, end = "", 0
    for found in _WILD.finditer(glob):
        pattern += re.escape(glob[end : found.start()]) + wild[found[0]]
        end = found.end()
    return pattern + re.escape(glob[end:])
