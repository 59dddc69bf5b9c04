"""Paths into values, and how they are written."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from raychart.errors import RaychartError

if TYPE_CHECKING:
    from collections.abc import Sequence

ValuesPath = tuple[str | int, ...]

_STEP = re.compile(
    r"""\[(?P<index>[0-9]+)\]
    | (?P<dot>^|\.)(?:"(?P<double>(?:[^"\\]|\\.)*)" | '(?P<single>[^']*)' | (?P<key>[^."'\[\]]+))""",
    re.VERBOSE,
)
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_/<>-]+")


def dotted(path: Sequence[str | int]) -> str:
    """Write a path as users do: `clusters.main.head.env[0]`, with odd keys in quotes."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{shown_key(step)}" if text else shown_key(step)
    return text


def shown_key(key: str) -> str:
    """Write one key, in quotes and on one line if it is not a plain word."""
    return key if _PLAIN_KEY.fullmatch(key) else one_line(json.dumps(key, ensure_ascii=False))


def one_line(text: str) -> str:
    """Write line breaks and what else cannot be seen as escapes."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def parse_path(text: str) -> ValuesPath:
    """Read a path as users write it, the opposite of `dotted`. Raises RaychartError for what is none."""
    path: list[str | int] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if not found or (found["index"] and not path) or (found["dot"] == "." and not path):
            what = f"is not a path (at its character {at + 1})"
            remedy = 'write keys with dots between them, an odd key in quotes: a.b[0]."odd.key"'
            raise RaychartError(repr(text) if not text.strip() else text, what, remedy)
        at = found.end()
        path.append(int(found["index"][:9]) if found["index"] else _key(found))
    return tuple(path)


def _key(step: re.Match[str]) -> str:
    if step["double"] is None:
        return step["key"] if step["single"] is None else step["single"]
    try:
        return str(json.loads(f'"{step["double"]}"'))
    except ValueError:
        return step["double"]
