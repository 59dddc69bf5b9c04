"""Write values as YAML that Helm reads back as the same, with the reasons as comments."""

from __future__ import annotations

import json
import re
import textwrap
from typing import TYPE_CHECKING, Any

from raychart.helm_scalars import resolve
from raychart.helm_yaml import read_documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from raychart.generate.choices import Choices
    from raychart.paths import ValuesPath

_WIDTH = 118
_INDENT = 2
# What no dialect of YAML takes for anything but text, unless Helm has another meaning for the word.
_PLAIN = re.compile(r"[A-Za-z_/][-A-Za-z0-9_./@+]*")
# What YAML wants escaped, beyond what JSON does.
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write_values(choices: Choices) -> str:
    """Return the values as block YAML, small mappings and lists in one line.

    Raises AssertionError when it would not be read back as the same: a defect here.
    """
    text = "".join(f"{line}\n" for line in _mapping(choices.values, (), choices.reasons))
    if [document.data for document in read_documents(text, "values")] != ([choices.values] if text else []):
        raise AssertionError(f"not read back as the same values:\n{text}")
    return text


def write_entry(key: str, value: Any, column: int) -> str:
    """Return one entry of a mapping whose keys begin in `column`, counted from 0."""
    return "".join(f"{' ' * column}{line}\n" for line in _entry(key, value, (), {}, room=_WIDTH - column))


def in_one_line(value: Any) -> str:
    """Return any value in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {in_one_line(of)}" for key, of in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(in_one_line, value)) + "]"
    return _scalar(value)


def _mapping(values: Mapping[str, Any], path: ValuesPath, reasons: Mapping[ValuesPath, str]) -> Iterator[str]:
    for key, value in values.items():
        room = _WIDTH - _INDENT * len(path)
        for line in textwrap.wrap(reasons.get((*path, key), ""), room - 2, break_long_words=False):
            yield f"{' ' * _INDENT * len(path)}# {line}"
        for line in _entry(key, value, path, reasons, room=room):
            yield f"{' ' * _INDENT * len(path)}{line}"


def _entry(key: str, value: Any, path: ValuesPath, reasons: Mapping[ValuesPath, str], *, room: int) -> Iterator[str]:
    below = (*path, key)
    line = f"{_scalar(key)}: {in_one_line(value)}"
    told = any(place[: len(below)] == below and place != below for place in reasons)
    if not value or not isinstance(value, (dict, list)) or (not told and _is_small(value) and len(line) <= room):
        yield line
        return
    yield f"{_scalar(key)}:"
    if isinstance(value, list):
        for item in value:
            yield f"{' ' * _INDENT}- {in_one_line(item)}"
        return
    for inner in _mapping(value, below, reasons):
        yield inner[_INDENT * len(path) :]


def _is_small(value: Any) -> bool:
    """Tell whether a mapping or list is fit for one line: two levels at most."""
    items = list(value.values()) if isinstance(value, dict) else value
    return not any(isinstance(deep, dict) for item in items if isinstance(item, dict) for deep in item.values())


def _scalar(value: Any) -> str:
    """Write a scalar; text in quotes unless it is a plain word."""
    if not isinstance(value, str):
        return json.dumps(value)
    is_word = _PLAIN.fullmatch(value) and resolve(value) == value
    # Sizes are the most frequent values, and no dialect has numbers that end in a unit.
    is_size = re.fullmatch(r"[0-9]+(m|Mi|Gi|Ti)", value)
    if is_word or is_size:
        return value
    return _ODD.sub(lambda odd: f"\\u{ord(odd[0]):04x}", json.dumps(value, ensure_ascii=False))
