#!/usr/bin/env python3
"""Write the table of values in charts/ray/README.md from the schema and the defaults: --write, or --check."""

from __future__ import annotations

import json
import sys
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

CHART = Path(__file__).parents[1] / "charts" / "ray"
README = CHART / "README.md"
BEGIN = "<!-- made by ci/values_table.py from values.schema.json and values.yaml -->"
END = "<!-- end of what ci/values_table.py made -->"
SCHEMA = json.loads((CHART / "values.schema.json").read_text())
DEFAULTS = yaml.safe_load((CHART / "values.yaml").read_text())
POD = list(SCHEMA["definitions"]["podSettings"]["properties"])
# Written as one value, whatever the schema says of what is inside.
WHOLE = {"resources", "env", "volumes", "rayStartParams", "rayResources"}
# Keys that take the settings of a pod, which the table has once, under podDefaults.
PODS = (
    "operator",
    "clusterDefaults.head",
    "clusterDefaults.workerTypes.<name>",
    "clusterDefaults.faultTolerance.redis",
)
ABSENT = object()


def main(arguments: list[str]) -> int:
    """Write the table, or tell whether the README has it as it would be written."""
    text = README.read_text()
    before, _, rest = text.partition(f"{BEGIN}\n")
    _, _, after = rest.partition(END)
    new = f"{before}{BEGIN}\n\n{table()}\n{END}{after}"
    if arguments == ["--write"]:
        README.write_text(new)
        return 0
    if arguments == ["--check"]:
        if new == text:
            return 0
        print(f"{README}: the table of values is out of date\n    run ci/values_table.py --write", file=sys.stderr)
        return 1
    print("usage: ci/values_table.py --write | --check", file=sys.stderr)
    return 2


def table() -> str:
    """Return the table, a part for each key at the top."""
    return "\n".join(_part(key) for key in _ordered(SCHEMA["properties"], DEFAULTS))


def _part(key: str) -> str:
    rows = _rows(key, _resolve(SCHEMA["properties"][key]), _get(DEFAULTS, key))
    cells = [("key", "value", "default", "what it is"), ("---", "---", "---", "---"), *rows]
    return "\n".join([f"### {key}\n", *(f"| {' | '.join(row)} |" for row in cells)]) + "\n"


def _rows(path: str, node: dict[str, Any], default: Any) -> Iterator[tuple[str, str, str, str]]:
    """Yield a key's row, then those of the keys below it."""
    children = _children(path, node)
    shown = "" if children and isinstance(default, dict) and default else _code(default)
    yield f"`{path}`", _kind(node), shown, node.get("description", "").replace("<", "&lt;")
    elsewhere = []
    for key in _ordered(children, default):
        if path in PODS and key in POD and _get(default, key) is ABSENT:
            elsewhere.append(key)
        else:
            yield from _rows(f"{path}.{key}", _resolve(children[key]), _get(default, key))
    if elsewhere:
        yield f"`{path}.*`", "", "", f"As under podDefaults: {', '.join(elsewhere)}."


def _children(path: str, node: dict[str, Any]) -> dict[str, Any]:
    """Return the keys below one that get rows of their own."""
    if path == "clusters" or path.rpartition(".")[2] in WHOLE:
        return {}
    entries = _resolve(node.get("additionalProperties"))
    children = node.get("properties", {}) | ({"<name>": entries} if "properties" in entries else {})
    return {key: child for key, child in children.items() if child is not False}


def _ordered(children: dict[str, Any], default: Any) -> list[str]:
    """Return keys in the order of values.yaml, then those that it leaves out."""
    written = [key for key in default if key in children] if isinstance(default, dict) else []
    return [*written, *(key for key in children if key not in written)]


def _resolve(node: Any) -> dict[str, Any]:
    """Follow references, also those in allOf; what stands beside them goes first."""
    if not isinstance(node, dict):
        return {}
    parts = [_resolve(part) for part in node.get("allOf", [])]
    if "$ref" in node:
        parts.append(_resolve(SCHEMA["definitions"][node["$ref"].removeprefix("#/definitions/")]))
    return reduce(_both, [*parts, node])


def _both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return two schemas as one; of keys that both name, allOf what they say."""
    mine, others = one.get("properties", {}), other.get("properties", {})
    shared = {key: {"allOf": [mine[key], others[key]]} for key in mine.keys() & others.keys()}
    return one | other | ({"properties": mine | others | shared} if mine or others else {})


def _get(values: Any, key: str) -> Any:
    return values.get(key, ABSENT) if isinstance(values, dict) else ABSENT


def _kind(node: dict[str, Any]) -> str:
    """Return the values that a key takes, in words."""
    if "enum" in node:
        return ", ".join(_code(value) for value in node["enum"])
    kinds = [node["type"]] if isinstance(node.get("type"), str) else node.get("type", [])
    names = {"object": "map", "array": "list", "integer": "whole number", "boolean": "true, false"}
    words = [names.get(kind, kind) for kind in kinds if kind != "null"]
    if {"string", "number"} <= set(kinds):
        words = ["quantity"]
    if "enum" in _resolve(node.get("items")):
        words = [f"list of {_kind(node['items'])}"]
    return ", ".join(words) + _range(node) + (", null" if "null" in kinds else "")


def _range(node: dict[str, Any]) -> str:
    if "exclusiveMinimum" in node:
        return f" over {node['exclusiveMinimum']}"
    if "integer" not in node.get("type", []) or "minimum" not in node:
        return ""
    return f", {node['minimum']} to {node['maximum']}" if "maximum" in node else f", {node['minimum']} or more"


def _code(value: Any) -> str:
    """Return a value as one writes it in YAML on one line; nothing where there is no default."""
    if value is ABSENT:
        return ""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**6).removesuffix("...\n").strip()
    return f"`{text}`".replace("|", "\\|") if value != "" else '`""`'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
