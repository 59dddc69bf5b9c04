"""Lists of custom resources whose items are told apart by keys, as the API server holds them to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from raychart.validate.rule import Problem
from raychart.validate.structural import LIST_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath

_REFERENCE = "#/$defs/"


@dataclass(frozen=True, slots=True)
class Keyed:
    """Where below a value there are lists with keys: `keys` are its own with their defaults, where it is one itself."""

    keys: dict[str, Any] = field(default_factory=dict)
    items: Keyed | None = None
    fields: dict[str, Keyed] = field(default_factory=dict)
    others: Keyed | None = None


def keyed_lists(document: dict[str, Any]) -> Keyed | None:
    """Return where a schema has lists with keys; None where it has none."""
    return _Finder(document).find(document)


class _Finder:
    """Looks at each definition once; structural schemas do not contain themselves."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._definitions = document.get("$defs", {})
        self._found: dict[str, Keyed | None] = {}

    def find(self, schema: Any) -> Keyed | None:
        if not isinstance(schema, dict):
            return None
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(_REFERENCE)
            if name not in self._found:
                self._found[name] = self.find(self._definitions[name])
            return self._found[name]
        keys = schema.get(LIST_KEYS, {})
        items, others = self.find(schema.get("items")), self.find(schema.get("additionalProperties"))
        inner = ((name, self.find(of)) for name, of in schema.get("properties", {}).items())
        fields = {name: keyed for name, keyed in inner if keyed is not None}
        return Keyed(keys, items, fields, others) if keys or items or fields or others else None


def repeated_items(value: Any, keyed: Keyed, path: ValuesPath = ()) -> Iterator[Problem]:
    """Yield the items that have the keys of an item before them."""
    if isinstance(value, dict):
        for key, item in value.items():
            below = keyed.fields.get(key, keyed.others)
            if below is not None and item:
                yield from repeated_items(item, below, (*path, key))
    elif isinstance(value, list):
        if keyed.keys and len(value) > 1:
            yield from _repeated(value, keyed.keys, path)
        if keyed.items is not None:
            for index, item in enumerate(value):
                yield from repeated_items(item, keyed.items, (*path, index))


def _repeated(items: list[Any], keys: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    first: dict[tuple[str, ...], int] = {}
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            continue
        own = tuple([str(item.get(key, default)) for key, default in keys.items()])
        if own in first:
            shown = ", ".join(f"{key} {value}" for key, value in zip(keys, own, strict=True))
            message = f"{shown} is there already, in item {first[own]} of the list"
            yield Problem((*path, index), message, "keep one of the two: the API server refuses both together")
        first.setdefault(own, index)
