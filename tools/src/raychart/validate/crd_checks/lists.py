"""How lists and maps in a CRD's schema are merged: x-kubernetes-list-type and its like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.validate.reach import entries, mapping
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath

_LIST, _KEYS, _MAP = "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"


def list_problems(schema: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    """Yield what is wrong with what a schema says of merging."""
    for key, kind, known in ((_LIST, "array", ("atomic", "set", "map")), (_MAP, "object", ("atomic", "granular"))):
        found = schema.get(key)
        if found is None:
            continue
        if schema.get("type") != kind:
            yield Problem((*path, key), f"type has to be {kind} where {key} is", f"write type: {kind}")
        if found not in known:
            yield Problem((*path, key), f"{found} is not one of {', '.join(known)}", "choose one of them")
    merged, items = schema.get(_LIST), mapping(schema, "items")
    if schema.get(_KEYS) and merged != "map":
        yield Problem((*path, _KEYS), f"{_LIST} has to be map where there are keys", f"write {_LIST}: map")
    if merged in {"map", "set"} and items.get("nullable"):
        yield Problem((*path, "items", "nullable"), f"items cannot be null where {_LIST} is {merged}", "remove it")
    if merged == "map":
        yield from _keyed(schema, items, path)
    if merged == "set":
        yield from _set(items, (*path, "items"))


def _set(items: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    for kind, key, wrong in (("array", _LIST, {"set", "map"}), ("object", _MAP, {None, "granular"})):
        if items.get("type") == kind and items.get(key) in wrong:
            yield Problem(path, f"{key} has to be atomic in items of a set", f"write {key}: atomic")


def _keyed(schema: dict[str, Any], items: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    keys = [key for key in entries(schema, _KEYS) if isinstance(key, str)]
    if not keys:
        yield Problem(path, f"{_KEYS} is missing", "name what tells the items apart")
    if items and items.get("type") != "object":
        yield Problem((*path, "items"), f"items have to be objects where {_LIST} is map", "write type: object")
    if len(set(keys)) < len(keys):
        yield Problem((*path, _KEYS), "names a key twice", "name it once")
    fields = mapping(items, "properties")
    for key in dict.fromkeys(keys) if items.get("type") == "object" else ():
        of, where = fields.get(key), (*path, "items", "properties", key)
        if not isinstance(of, dict):
            yield Problem((*path, _KEYS), f"{key} is not a property of the items", "define it there")
            continue
        if of.get("type") in {"array", "object"}:
            yield Problem(
                (*where, "type"), "a key of items has to be a text, a number or a boolean", "choose another key"
            )
        if key not in entries(items, "required") and of.get("default") is None:
            yield Problem(where, "a key of items has to be required or have a default", "add one of them")
        if of.get("nullable"):
            yield Problem((*where, "nullable"), "a key of items cannot be null", "remove it")
