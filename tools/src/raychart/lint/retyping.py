"""What to write instead of a value that is not of its field's type, so that it is right when written literally."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from raychart.lint.field_shapes import TYPES, shape
from raychart.schema_forms import in_unit_of

if TYPE_CHECKING:
    from raychart.lint.field_shapes import Key, Shape
    from raychart.paths import ValuesPath

_SHOWN = 4
# Programs get their words one by one.
_WORDS = ("args", "command")


def retyped(value: Any, key: Key, path: ValuesPath) -> str:
    """Return the remedy for a value of another type than the shape at `key` asks for."""
    about = shape(key)
    kind = about["type"]
    if kind == "string" and isinstance(value, (bool, int, float)):
        return "put it in quotes"
    if kind == "list":
        return _as_list(value, about["of"], path)
    if kind in ("map", "object"):
        return _as_map(about)
    if kind in ("integer", "number") and isinstance(value, str) and (number := in_unit_of(str(path[-1]), value)):
        return f"write {number}"
    if isinstance(value, str) and _plain(value, kind) is not None:
        return f"write {_plain(value, kind)}, without quotes"
    return f"write {TYPES[kind][0]}"


def _as_list(value: Any, item: Key, path: ValuesPath) -> str:
    about = shape(item)
    if about["type"] != "object":
        if isinstance(value, dict) or about["type"] != "string":
            return f"write a list, each item of it {TYPES[about['type']][0]}"
        words = _split(value) if path[-1] in _WORDS and isinstance(value, str) else [value]
        texts = [word if isinstance(word, str) else json.dumps(word) for word in words]
        return f"write it as a list: {json.dumps(texts, ensure_ascii=False)}"
    if isinstance(value, dict) and set(value) <= set(about["fields"]):
        return "write it as a list: put - before its first key, and the other keys below that"
    return f"write a list of mappings, each with {_keys(about)}"


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text) or [text]
    except ValueError:
        return [text]


def _as_map(about: Shape) -> str:
    if about["type"] == "map":
        return f"write a mapping, from names to {TYPES[shape(about['of'])['type']][0]}"
    return f"write a mapping, with {_keys(about)}"


def _keys(about: Shape) -> str:
    """Name the keys that a mapping must have, or some that it may have."""
    if about.get("required"):
        return " and ".join(about["required"])
    fields = sorted(about["fields"])
    return f"keys such as {', '.join(fields[:_SHOWN])}"


def _plain(text: str, kind: str) -> str | None:
    """Return a text without the quotes that made it one, where that is of the type."""
    if kind == "boolean":
        return text.lower() if text.lower() in ("true", "false") else None
    plain = text.strip()
    return str(int(plain)) if plain.removeprefix("-").isdecimal() and kind in ("integer", "number") else None
