"""Patterns as Argo CD's git generator matches them: three ways, for files and for directories."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Characters in brackets, what a backslash takes the meaning from, or any other.
_PIECE = re.compile(r"\[[\^!]?\]?(?:\\.|[^\]\\])*\]|\\.|.", re.DOTALL)
_STRICT_PIECE = re.compile(r"\[\^?(?:\\.|[^\]\\])+\]|\\.|.", re.DOTALL)
_ONE = re.compile(r"\\?(?P<low>.)(?:-\\?(?P<high>[^\]]))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Ways:
    """What wildcards of one kind of pattern stand for; `but` goes before a class, `negating` begins a negative one."""

    star: str
    any_one: str
    piece: re.Pattern[str] = _PIECE
    negating: str = "^!"
    but: str = ""


_GO = _Ways("[^/]*", "[^/]", _STRICT_PIECE, "^")
_GIT = _Ways(".*", ".")
_DOUBLESTAR = _Ways("[^/]*", "[^/]", but="(?!/)")


@lru_cache(maxsize=256)
def directory_pattern(pattern: str) -> re.Pattern[str]:
    """Translate a directory's pattern, as Go's path.Match has it: no * goes over a slash.

    Raises ValueError for one that Go refuses.
    """
    return _compiled(_translated(pattern, _GO))


@lru_cache(maxsize=256)
def pathspec_pattern(pattern: str) -> re.Pattern[str]:
    """Translate a file's pattern as git ls-files has it, Argo CD's default: * goes over slashes.

    What has no wildcard is a file, or a folder with all that is in it.
    """
    plain = pattern.removeprefix("./").rstrip("/")
    if plain in ("", "."):
        return _compiled(".*")
    if any(letter in plain for letter in "*?[\\"):
        return _compiled(_translated(pattern.removeprefix("./"), _GIT))
    return _compiled(f"{re.escape(plain)}{'/.*' if pattern.endswith('/') else '(?:/.*)?'}")


@lru_cache(maxsize=256)
def doublestar_pattern(pattern: str) -> re.Pattern[str]:
    """Translate a file's pattern as doublestar has it, which Argo CD can be told to use.

    ** alone between slashes stands for any folders, and {a,b} for one of several. Raises ValueError for one that it
    refuses.
    """
    return _compiled("|".join(map(_with_stars, _alternatives(pattern))))


def _with_stars(pattern: str) -> str:
    body = ""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        if part == "**":
            # Last of all, it stands for what is before it too.
            whole = "(?:/.*)?" if body.endswith("/") else ".*"
            body = body.removesuffix("/") + whole if is_last else f"{body}(?:.*/)?"
        else:
            body += _translated(part, _DOUBLESTAR) + ("" if is_last else "/")
    return f"(?:{body})"


def _alternatives(pattern: str) -> Iterator[str]:
    """Yield the patterns that one with {a,b} in it stands for."""
    depth, start, commas = 0, 0, []
    for found in _PIECE.finditer(pattern):
        if found[0] == "{":
            depth += 1
            if depth == 1:
                start, commas = found.start(), [found.start()]
        elif depth == 1 and found[0] == ",":
            commas.append(found.start())
        elif depth and found[0] == "}":
            depth -= 1
            if not depth:
                ends = [*commas[1:], found.start()]
                for begin, end in zip(commas, ends, strict=True):
                    yield from _alternatives(pattern[:start] + pattern[begin + 1 : end] + pattern[found.end() :])
                return
    if depth:
        raise ValueError(pattern)
    yield pattern


def _translated(pattern: str, ways: _Ways) -> str:
    body = ""
    meant = {"*": ways.star, "?": ways.any_one}
    for found in ways.piece.finditer(pattern):
        piece = found[0]
        if piece in ("[", "\\"):
            raise ValueError(pattern)
        if len(piece) == 1:
            body += meant.get(piece, re.escape(piece))
        else:
            body += _class(piece[1:-1], ways) if piece[0] == "[" else re.escape(piece[1])
    return body


def _class(inside: str, ways: _Ways) -> str:
    is_negative = inside[0] in ways.negating
    ranges = [(one["low"], one["high"] or one["low"]) for one in _ONE.finditer(inside[1:] if is_negative else inside)]
    body = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in ranges if low <= high)
    if not body:
        return f"{ways.but}." if is_negative else "(?!)"
    return f"{ways.but}[{'^' if is_negative else ''}{body}]"


def _compiled(body: str) -> re.Pattern[str]:
    return re.compile(body, re.DOTALL)
