"""Fields that Kubernetes and KubeRay define: their types, from fields.json, and from here what is in no RayCluster."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

Shape = dict[str, Any]
# Where a shape is found: its number in fields.json, or its name among _OTHERS.
Key = int | str

TYPES = {
    "string": ("text", (str,)),
    "boolean": ("true or false", (bool,)),
    "integer": ("a whole number", (int, float)),
    "number": ("a number", (int, float)),
    "int-or-string": ("a number or text", (int, float, str)),
    "list": ("a list", (list,)),
    "map": ("a mapping", (dict,)),
    "object": ("a mapping", (dict,)),
}
# Kinds that are no part of a RayCluster: an Ingress's tls, an HTTPRoute's parentRefs, a Role's rules.
_OTHERS: dict[str, Shape] = {
    "text": {"type": "string"},
    "texts": {"type": "list", "of": "text"},
    "port": {"type": "integer"},
    "tls": {"type": "object", "fields": {"hosts": "texts", "secretName": "text"}},
    "parentRef": {
        "type": "object",
        "fields": {
            **dict.fromkeys(("group", "kind", "name", "namespace", "sectionName"), "text"),
            "port": "port",
        },
        "required": ["name"],
    },
    "rule": {
        "type": "object",
        "fields": dict.fromkeys(("apiGroups", "nonResourceURLs", "resourceNames", "resources", "verbs"), "texts"),
        "required": ["verbs"],
    },
}


@cache
def shape_of(kind: str, *fields: str) -> Key:
    """Return the shape of a kind, or of a field in it, looking through lists."""
    found: Key = _document()["kinds"][kind]
    for field in fields:
        found = shape(shape(found).get("of", found))["fields"][field]
    return found


@cache
def item_of(key: Key) -> Key:
    """Return the shape of a list's items."""
    item: Key = shape(key)["of"]
    return item


def shape(key: Key) -> Shape:
    """Return the shape itself: its type, the shapes of its fields or items, what is required, which words it takes."""
    found: Shape = _OTHERS[key] if isinstance(key, str) else _document()["shapes"][key]
    return found


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(files("raychart.lint").joinpath("fields.json").read_text(encoding="utf-8"))
    return document
