"""Write values on one line, the way people read them: 4Gi, "1", {name: http, port: 80}."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from raychart.diff.model import ABSENT, Hidden
from raychart.helm_scalars import resolve
from raychart.paths import one_line

# Of one value on a line; what is longer is cut.
LONGEST = 120
# What stays on both sides of the place where two long texts differ.
_AROUND = 30
# Up to here every whole number is a float of its own, and Python writes it without an exponent.
_LARGEST_PLAIN = 1e15
_ODD = frozenset("\"'{}[],:")


def on_one_line(value: object) -> str:
    """Write a value without cutting it; text that could be taken for something else is in quotes."""
    if value is ABSENT or isinstance(value, Hidden):
        return str(value)
    if isinstance(value, str):
        return value if _is_plain(value) and value[0] not in "\"'[{" else _quoted(value)
    return _in_flow(value)


def _in_flow(value: object) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_in_flow(str(key))}: {_in_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_in_flow, value))}]"
    if isinstance(value, str):
        plain = _is_plain(value) and not _ODD.intersection(value)
        return value if plain else _quoted(value)
    if isinstance(value, Hidden):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_PLAIN:
        # As JSON, in which the API server gets it, has no other way for it.
        value = int(value)
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    return one_line(json.dumps(text, ensure_ascii=False))


def cut(text: str, longest: int = LONGEST) -> str:
    """Shorten a text that is too long for a line, saying how long it is."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - 20]}… ({len(text):,} characters)"


def pair(old: Any, new: Any) -> tuple[str, str]:
    """Write two values that differ; of long ones the part that does."""
    return parts(on_one_line(old), on_one_line(new))


def parts(old: str, new: str) -> tuple[str, str]:
    """Write two texts that differ; of long ones the part that does."""
    if unicodedata.normalize("NFKC", old) == unicodedata.normalize("NFKC", new):
        # They look the same: a letter with an accent, and a letter with an accent after it.
        old, new = ("".join(c if c.isascii() else ascii(c)[1:-1] for c in text) for text in (old, new))
    if max(len(old), len(new)) <= LONGEST - 2 * _AROUND:
        return old, new
    before = _common(old, new)
    after = _common(old[before:][::-1], new[before:][::-1])
    if before + after < 2 * _AROUND:
        return cut(old), cut(new)
    first, second = (_middle(text, before - _AROUND, len(text) - after + _AROUND) for text in (old, new))
    return first, second


def _middle(text: str, start: int, end: int) -> str:
    part = cut(text[max(start, 0) : end], 2 * LONGEST)
    return f"{'…' if start > 0 else ''}{part}{'…' if end < len(text) else ''}"


def _common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _is_plain(text: str) -> bool:
    """Tell whether a text can be taken for nothing else when it stands on a line without quotes."""
    return text.isprintable() and text == text.strip() and text not in {"", "absent"} and isinstance(resolve(text), str)
