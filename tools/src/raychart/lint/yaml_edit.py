"""Change one key or value in a YAML text and leave every other byte as it is, or say that it cannot be done."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from raychart.helm_scalars import resolve
from raychart.lint.yaml_places import Entry, Place, descend, find_places, mappings

if TYPE_CHECKING:
    from raychart.lint.rule import Fix
    from raychart.paths import ValuesPath

_PLAIN = re.compile(r"[A-Za-z0-9_./-][A-Za-z0-9_./ -]*[A-Za-z0-9_./-]|[A-Za-z0-9_./]")
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_COLON = re.compile(r"[ \t]*:")


class CannotEditError(Exception):
    """The text is written in a way that cannot be changed safely in place."""


def edited(text: str, fix: Fix) -> str:
    """Return the text with one change. Raises CannotEditError."""
    root = find_places(text)
    if root is None:
        raise CannotEditError
    if fix.kind == "rename":
        entry, within, _ = _entry_at(root, fix.path)
        if within.entry(str(fix.value)) is not None:
            raise CannotEditError
        return _renamed(text, entry, str(fix.value))
    if fix.kind == "remove":
        entry, within, holder = _entry_at(root, fix.path)
        return _removed(text, entry, within, holder)
    return _with_value(text, root, fix.path, fix.value)


def without_repeated_key(text: str, line: int, column: int) -> str:
    """Return the text without the entry whose key begins at a place. Raises CannotEditError."""
    root = find_places(text)
    for mapping in mappings(root) if root else ():
        for entry in mapping.entries:
            if (entry.line, entry.column) == (line, column) and len(mapping.entries) > 1:
                return _removed(text, entry, mapping, None)
    raise CannotEditError


def _entry_at(root: Place, path: ValuesPath) -> tuple[Entry, Place, Entry | None]:
    """Return the entry at a path, the mapping it is in, and the entry that holds that mapping."""
    within, depth = descend(root, path[:-1])
    entry = within.entry(str(path[-1])) if path and depth == len(path) - 1 else None
    if entry is None:
        raise CannotEditError
    outer, _ = descend(root, path[:-2])
    holder = outer.entry(str(path[-2])) if len(path) > 1 and isinstance(path[-2], str) else None
    return entry, within, holder


def _renamed(text: str, entry: Entry, name: str) -> str:
    key = entry.key
    if not key.is_plain:
        raise CannotEditError
    return text[: key.start] + _flow(name) + text[key.end :]


def _removed(text: str, entry: Entry, within: Place, holder: Entry | None) -> str:
    if within.is_flow:
        start, end = _flow_range(entry, within)
        if re.search(r"[\r\n#]", text[start:end]):
            raise CannotEditError
        return text[:start] + text[end:]
    begin = _line_start(text, entry.key.start)
    if text[begin : entry.key.start].strip(" "):
        raise CannotEditError
    end = _line_end(text, _content_end(text, entry))
    if len(within.entries) > 1:
        return text[:begin] + text[end:]
    # Without its last key a mapping would become null, which takes a default away.
    colon = _COLON.match(text, holder.key.end) if holder else None
    if colon is None or holder is None or holder.value is not within or not within.is_mapping:
        raise CannotEditError
    return text[: colon.end()] + " {}" + text[colon.end() : begin] + text[end:]


def _flow_range(entry: Entry, within: Place) -> tuple[int, int]:
    at = next(number for number, one in enumerate(within.entries) if one is entry)
    if at + 1 < len(within.entries):
        return entry.key.start, within.entries[at + 1].key.start
    if at:
        return within.entries[at - 1].value.end, entry.value.end
    return within.start + 1, within.end - 1


def _with_value(text: str, root: Place, path: ValuesPath, value: object) -> str:
    place, depth = descend(root, path)
    if depth < len(path):
        return _with_new(text, place, path[depth:], value)
    if not (place.is_plain or (place.is_flow and not re.search(r"[\r\n#]", text[place.start : place.end]))):
        raise CannotEditError
    if place.start == place.end:
        # Nothing is written: the value goes behind the colon.
        entry, *_ = _entry_at(root, path)
        colon = _COLON.match(text, entry.key.end)
        if colon is None:
            raise CannotEditError
        return text[: colon.end()] + f" {_flow(value)}" + text[colon.end() :]
    return text[: place.start] + _flow(value) + text[place.end :]


def _with_new(text: str, place: Place, missing: ValuesPath, value: object) -> str:
    if not place.is_mapping or not all(isinstance(step, str) for step in missing):
        raise CannotEditError
    if place.is_flow:
        for step in reversed(missing[1:]):
            value = {step: value}
        written = f"{_flow(missing[0])}: {_flow(value)}"
        if not place.entries:
            return text[: place.start] + f"{{{written}}}" + text[place.end :]
        at = place.entries[-1].value.end
        return text[:at] + f", {written}" + text[at:]
    first, last = place.entries[0], place.entries[-1]
    indent = " " * (first.column - 1)
    line_break = "\r\n" if "\r\n" in text else "\n"
    lines = [f"{indent}{'  ' * deeper}{_flow(step)}:" for deeper, step in enumerate(missing)]
    lines[-1] += f" {_flow(value)}"
    end = _line_end(text, _content_end(text, last))
    before = text[:end] if text[:end].endswith(("\n", "\r")) else text[:end] + line_break
    return before + line_break.join(lines) + line_break + text[end:]


def _line_start(text: str, index: int) -> int:
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1


def _line_end(text: str, index: int) -> int:
    """Return where the next line begins; behind `index` there may only be a comment."""
    rest = _REST_OF_LINE.match(text, index)
    if rest is None:
        raise CannotEditError
    return rest.end()


def _content_end(text: str, entry: Entry) -> int:
    """Return the end of an entry's last visible character: a block scalar takes the empty lines along."""
    if entry.value.end <= entry.key.end:
        colon = _COLON.match(text, entry.key.end)
        return colon.end() if colon else entry.key.end
    return entry.key.start + len(text[entry.key.start : entry.value.end].rstrip())


def _flow(value: Any) -> str:
    """Write a value on one line, so that Helm reads it as it is."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(of)}" for key, of in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and resolve(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)
