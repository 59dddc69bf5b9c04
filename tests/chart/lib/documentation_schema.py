"""values.schema.json walked: every key with its path and what the schema says of it."""

from __future__ import annotations

import json
from functools import cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

CHART = Path(__file__).parents[3] / "charts" / "ray"


@cache
def schema() -> dict[str, Any]:
    """Return the schema as it is written."""
    document: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())
    return document


@cache
def defaults() -> dict[str, Any]:
    """Return values.yaml."""
    document: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
    return document


def resolve(node: Any) -> dict[str, Any]:
    """Follow references, also those in allOf; what stands beside them goes first. A schema that is true is empty."""
    if not isinstance(node, dict):
        return {}
    parts = [resolve(part) for part in node.get("allOf", [])]
    if name := node.get("$ref", "").removeprefix("#/definitions/"):
        parts.append(resolve(schema()["definitions"][name]))
    return reduce(_both, [*parts, node])


def _both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return two schemas as one; of keys that both name, allOf what they say."""
    mine, others = one.get("properties", {}), other.get("properties", {})
    shared = {key: {"allOf": [mine[key], others[key]]} for key in mine.keys() & others.keys()}
    joined = {"properties": mine | others | shared, "required": [*one.get("required", []), *other.get("required", [])]}
    return one | other | {key: value for key, value in joined.items() if value}


def keys(node: dict[str, Any] | None = None, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every key under a schema: its dotted path and its schema, with `needed` for what must be there.

    Keys of the user's choice are written <name>.
    """
    node = resolve(schema() if node is None else node)
    children = dict(node.get("properties", {}))
    if isinstance(node.get("additionalProperties"), dict):
        children["<name>"] = node["additionalProperties"]
    for key, child in children.items():
        if child is not False:
            yield f"{path}{key}", resolve(child) | {"needed": key in node.get("required", [])}
            yield from keys(child, f"{path}{key}.")


def knows(path: list[str], node: dict[str, Any] | None = None) -> bool:
    """Tell whether the schema knows a key: by name, or as one of the user's choice."""
    node = resolve(schema() if node is None else node)
    if not path:
        return True
    first, *rest = path
    if first in node.get("properties", {}):
        return knows(rest, node["properties"][first])
    allowed = node.get("additionalProperties", True)
    return allowed is not False and (not isinstance(allowed, dict) or knows(rest, allowed))


def types(node: dict[str, Any]) -> set[str]:
    """Return the types that a schema allows, as far as it names them."""
    named = node.get("type", [])
    return {named} if isinstance(named, str) else set(named)


def nullable(node: dict[str, Any]) -> bool:
    """Tell whether a key may be null: the schema says so, and null would not remove what must be there."""
    return not node["needed"] and ("null" in types(node) or None in node.get("enum", []))
