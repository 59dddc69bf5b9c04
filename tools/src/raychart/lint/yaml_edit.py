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
_INDENT = re.compile(r" *")
_DASH = re.compile(r" *-[ \t]+")


class CannotEditError(Exception):
    """The text is written in a way that cannot be changed safely in place."""


def edited(text: str, fix: Fix) -> str:
    """Return the text with one change. Raises CannotEditError."""
    root = find_places(text)
    if root is None or not fix.path:
        raise CannotEditError
    if fix.kind == "set":
        return _with_value(text, root, fix.path, fix.value)
    within, depth = descend(root, fix.path[:-1])
    if depth < len(fix.path) - 1:
        raise CannotEditError
    if fix.kind == "rename":
        return _renamed(text, within, str(fix.path[-1]), str(fix.value))
    return _removed(text, _number_of(fix.path[-1], within), within, _entry_at(root, fix.path[:-1]))


def without_repeated_key(text: str, line: int, column: int) -> str:
    """Return the text without the entry whose key begins at a place. Raises CannotEditError."""
    root = find_places(text)
    for mapping in mappings(root) if root else ():
        for number, entry in enumerate(mapping.entries):
            if (entry.line, entry.column) == (line, column) and len(mapping.entries) > 1:
                return _removed(text, number, mapping, None)
    raise CannotEditError


def _entry_at(root: Place, path: ValuesPath) -> Entry | None:
    within, depth = descend(root, path[:-1])
    return within.entry(str(path[-1])) if path and depth == len(path) - 1 else None


def _number_of(step: str | int, within: Place) -> int:
    """Return which of the entries or items is meant."""
    if isinstance(step, int):
        numbers = [step] if 0 <= step < len(within.items) else []
    else:
        numbers = [number for number, entry in enumerate(within.entries) if entry.name == step][-1:]
    if not numbers:
        raise CannotEditError
    return numbers[0]


def _renamed(text: str, within: Place, old: str, new: str) -> str:
    entry = within.entry(old)
    if entry is None or not entry.key.is_plain or within.entry(new) is not None:
        raise CannotEditError
    return text[: entry.key.start] + _flow(new) + text[entry.key.end :]


def _removed(text: str, number: int, within: Place, holder: Entry | None) -> str:
    """Take an entry or item out of `within`, which is the value of `holder`."""
    parts = [(entry.key.start, _content_end(text, entry)) for entry in within.entries]
    parts += [(item.start, _visible_end(text, item.start, item.end)) for item in within.items]
    start, end = parts[number]
    if within.is_flow:
        start, end = _flow_range(parts, number, within)
        if re.search(r"[\r\n#]", text[start:end]):
            raise CannotEditError
        return text[:start] + text[end:]
    begin = _line_start(text, start)
    if not (_DASH if within.items else _INDENT).fullmatch(text, begin, start):
        raise CannotEditError
    end = _line_end(text, end)
    if len(parts) > 1:
        return text[:begin] + text[end:]
    # Without what is in it a block would become null, which takes a default away.
    colon = _COLON.match(text, holder.key.end) if holder else None
    if colon is None or holder is None or holder.value is not within:
        raise CannotEditError
    return text[: colon.end()] + (" []" if within.items else " {}") + text[colon.end() : begin] + text[end:]


def _flow_range(parts: list[tuple[int, int]], number: int, within: Place) -> tuple[int, int]:
    if number + 1 < len(parts):
        return parts[number][0], parts[number + 1][0]
    if number:
        return parts[number - 1][1], parts[number][1]
    return within.start + 1, within.end - 1


def _with_value(text: str, root: Place, path: ValuesPath, value: object) -> str:
    place, depth = descend(root, path)
    if depth < len(path):
        return _with_new(text, place, path[depth:], value)
    if not (place.is_plain or (place.is_flow and not re.search(r"[\r\n#]", text[place.start : place.end]))):
        raise CannotEditError
    if place.start == place.end:
        # Nothing is written: the value goes behind the colon.
        entry = _entry_at(root, path)
        colon = _COLON.match(text, entry.key.end) if entry else None
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
    return _visible_end(text, entry.key.start, entry.value.end)


def _visible_end(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _flow(value: Any) -> str:
    """Write a value on one line, so that Helm reads it as it is."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(of)}" for key, of in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and resolve(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)
