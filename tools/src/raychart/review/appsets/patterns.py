"""Patterns as Argo CD's git generator matches them: three ways, for files and for directories."""

from __future__ import annotations

import re
from functools import lru_cache

# Characters in brackets, of which the first may be ] itself; what a backslash takes the meaning from; or any other.
_PIECE = re.compile(r"\[[\^!]?\]?(?:\\.|[^\]\\])*\]|\\.|.", re.DOTALL)


@lru_cache(maxsize=256)
def directory_pattern(pattern: str) -> re.Pattern[str]:
    """Translate a directory's pattern, as Go's path.Match has it: no * goes over a slash.

    Raises ValueError for one that Go refuses.
    """
    return re.compile(_translated(pattern, star="[^/]*", any_one="[^/]"), re.DOTALL)


@lru_cache(maxsize=256)
def pathspec_pattern(pattern: str) -> re.Pattern[str]:
    """Translate a file's pattern as git ls-files has it, Argo CD's default: * goes over slashes.

    What has no wildcard is a file, or a folder with all that is in it.
    """
    pattern = pattern.removeprefix("./").rstrip("/")
    if pattern in ("", "."):
        return re.compile(".*", re.DOTALL)
    return re.compile(
        f"{_translated(pattern, star='.*', any_one='.')}{'' if _is_wild(pattern) else '(?:/.*)?'}", re.DOTALL
    )


@lru_cache(maxsize=256)
def doublestar_pattern(pattern: str) -> re.Pattern[str]:
    """Translate a file's pattern as doublestar has it, which Argo CD can be told to use.

    ** alone between slashes stands for any folders, and {a,b} for one of several.
    """
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    body = ""
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        if part == "**":
            body += ".*" if is_last else "(?:.*/)?"
        else:
            body += _translated(re.sub(r"\*\*+", "*", part), star="[^/]*", any_one="[^/]", braces=True)
            body += "" if is_last else "/"
    return re.compile(body, re.DOTALL)


def _is_wild(pattern: str) -> bool:
    return any(letter in pattern for letter in "*?[\\")


def _translated(pattern: str, *, star: str, any_one: str, braces: bool = False) -> str:
    body, depth = "", 0
    meant = {"*": star, "?": any_one} | ({"{": "(?:"} if braces else {})
    for found in _PIECE.finditer(pattern):
        piece = found[0]
        if piece in ("[", "\\"):
            raise ValueError(pattern)
        if depth and piece in (",", "}"):
            body += "|" if piece == "," else ")"
            depth -= piece == "}"
        elif len(piece) > 1:
            body += _class(piece) if piece[0] == "[" else re.escape(piece[1])
        else:
            body += meant.get(piece, re.escape(piece))
            depth += braces and piece == "{"
    if depth:
        raise ValueError(pattern)
    return body


def _class(piece: str) -> str:
    inside = piece[1:-1].replace("[", "\\[")
    return f"[{'^' + inside[1:] if inside[0] in ('^', '!') else inside}]"
