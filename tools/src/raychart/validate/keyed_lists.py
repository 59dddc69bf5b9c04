"""Lists of custom resources whose items are told apart by keys, as the API server holds them to it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from raychart.schema_keys import resolved
from raychart.validate.rule import Problem
from raychart.validate.structural import LIST_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath


def repeated_items(value: Any, schema: Any, root: dict[str, Any], path: ValuesPath = ()) -> Iterator[Problem]:
    """Yield the items that have the keys of an item before them; `schema` is a part of the document `root`."""
    schema = resolved(schema, root)
    if not isinstance(schema, dict):
        return
    if isinstance(value, dict):
        fields = schema.get("properties", {})
        more = schema.get("additionalProperties")
        for key, item in value.items():
            if isinstance(item, (dict, list)):
                yield from repeated_items(item, fields.get(key, more), root, (*path, key))
    elif isinstance(value, list):
        if keys := schema.get(LIST_KEYS):
            yield from _repeated(value, keys, path, _defaults(tuple(keys)))
        for index, item in enumerate(value):
            if isinstance(item, (dict, list)):
                yield from repeated_items(item, schema.get("items"), root, (*path, index))


def _repeated(items: list[Any], keys: list[str], path: ValuesPath, defaults: dict[str, Any]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], int] = {}
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            continue
        own = tuple(str(item.get(key, defaults.get(key))) for key in keys)
        if own in first:
            shown = ", ".join(f"{key} {value}" for key, value in zip(keys, own, strict=True))
            message = f"{shown} is there already, in item {first[own]} of the list"
            yield Problem((*path, index), message, "keep one of the two: the API server refuses both together")
        first.setdefault(own, index)


@cache
def _defaults(keys: tuple[str, ...]) -> dict[str, Any]:
    # The one key in these lists that has a default.
    return {"protocol": "TCP"} if "protocol" in keys else {}
