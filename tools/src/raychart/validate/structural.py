"""CRDs' structural schemas as JSON Schema that refuses what the API server drops or refuses."""

from __future__ import annotations

import re
from typing import Any

from raychart.validate.go_keywords import FORMAT, PATTERN

# Of a custom resource's top level; `metadata` is the same for all kinds and is checked as such.
TOP = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
# Facts that have the same name in both.
_SAME = ("default", "enum", "pattern", "multipleOf")
_SIZES = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "uniqueItems")
# What Go's patterns have and those of JSON Schema have not; the others say the same in both.
_OF_GO = re.compile(r"\(\?[a-zA-Z]*(-[a-zA-Z]+)?[:)](?<!\(\?:)|\(\?P<|\\[AzpPQC]|\[\[:")
INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}
# Line breaks are left out when it is decoded.
BASE64 = r"^[\r\n]*(X{4})*(X{2}=[\r\n]*=|X{3}=)?[\r\n]*$".replace("X", r"([A-Za-z0-9+/][\r\n]*)")
# The pattern that marks a quantity, wherever it stands.
_QUANTITY = "[KMGTPE]i"
QUANTITY_WORDS = "write a quantity such as 500m, 2 or 4Gi"
# Which keys tell the items of a list apart, each with its default; read by keyed_lists.py.
LIST_KEYS = "x-kubernetes-list-map-keys"


def root_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a whole custom resource; its status is not looked at, which nobody writes."""
    converted = as_json_schema(schema)
    properties = converted.get("properties", {}) | TOP
    if "status" in properties:
        properties["status"] = {}
    return converted | {"properties": properties}


def opened(schema: Any) -> Any:
    """Return a structural schema that keeps unknown fields everywhere."""
    if isinstance(schema, list):
        return [opened(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: opened(value) for key, value in schema.items()}
    return (
        inner | {"x-kubernetes-preserve-unknown-fields": True} if isinstance(inner.get("properties"), dict) else inner
    )


def as_json_schema(schema: Any) -> dict[str, Any]:
    """Return a structural schema with types, limits and words, and nothing allowed that it does not name.

    Descriptions are left out. What is required but has a default need not be written. Rules in CEL are in cel/.
    """
    if not isinstance(schema, dict):
        return {}
    converted: dict[str, Any] = {key: schema[key] for key in (*_SAME, *_SIZES) if key in schema}
    converted |= _text_facts(schema) | _open_ends(schema)
    if PATTERN in converted:
        del converted["pattern"]
    if schema.get("x-kubernetes-int-or-string"):
        converted |= {"type": ["integer", "string"]}
    elif "type" in schema:
        converted["type"] = schema["type"]
    if _QUANTITY in str(schema.get("pattern")):
        converted["description"] = QUANTITY_WORDS
    if "items" in schema:
        converted["items"] = as_json_schema(schema["items"])
    converted |= _list_facts(schema) | _object_facts(schema)
    converted |= {
        key: [_alternative(one) for one in schema[key]] for key in ("allOf", "anyOf", "oneOf") if _own(schema, key)
    }
    if "not" in schema:
        converted["not"] = _alternative(schema["not"])
    return _nullable(converted, in_words=False) if schema.get("nullable") else converted


def _text_facts(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what is asked of texts in Go's terms."""
    from raychart.validate.formats import format_of

    facts: dict[str, Any] = {}
    if known := format_of(schema.get("format")):
        facts |= {FORMAT: schema["format"], "description": known.remedy}
    if _OF_GO.search(str(schema.get("pattern"))):
        facts[PATTERN] = schema["pattern"]
    return facts


def _open_ends(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the limits of a number; in CRDs it is a flag that tells whether one is excluded itself."""
    limits = INT32 if schema.get("format") == "int32" else {}
    limits = limits | {key: schema[key] for key in ("minimum", "maximum") if key in schema}
    for key, excluded in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(excluded) is True and key in limits:
            limits[excluded] = limits.pop(key)
    return limits


def _in_mapping(schema: Any, *, required: bool = False) -> dict[str, Any]:
    """Return the schema of a value in a mapping, whose null is as if it were not there.

    The API server takes it out, and puts the default in its place (PruneNonNullableNullsWithoutDefaults).
    """
    converted = as_json_schema(schema)
    stays = isinstance(schema, dict) and schema.get("nullable")
    return converted if required or stays else _nullable(converted)


def _list_facts(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("x-kubernetes-list-type") == "set":
        return {"uniqueItems": True}
    keys, items = schema.get(LIST_KEYS) or (), schema.get("items", {})
    defaults = {key: items.get("properties", {}).get(key, {}).get("default") for key in keys}
    return {LIST_KEYS: defaults} if keys else {}


def _object_facts(schema: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    fields = schema.get("properties", {})
    # Some say a name twice, which JSON Schema does not take.
    required = [name for name in dict.fromkeys(schema.get("required", ())) if "default" not in fields.get(name, {})]
    if fields:
        facts["properties"] = {name: _in_mapping(of, required=name in required) for name, of in fields.items()}
    if {"annotations", "labels"} <= fields.keys():
        # Programs that write manifests leave this in the metadata of templates.
        facts["properties"]["creationTimestamp"] = {"type": "null"}
    if schema.get("x-kubernetes-embedded-resource"):
        facts["properties"] = TOP | facts.get("properties", {})
        required = sorted({*required, "apiVersion", "kind"})
    if required:
        facts["required"] = required
    if "additionalProperties" in schema:
        more = schema["additionalProperties"]
        facts["additionalProperties"] = _in_mapping(more) if isinstance(more, dict) else more
    elif fields and not schema.get("x-kubernetes-preserve-unknown-fields"):
        facts["additionalProperties"] = False
    return facts


def _alternative(schema: Any) -> Any:
    """Return a branch of a logical combination: it names facts about values, and closes nothing."""
    if isinstance(schema, list):
        return [_alternative(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _alternative(value) for key, value in schema.items() if key not in {"description", "format"}}
    facts = _text_facts(schema)
    if isinstance(kept.get("required"), list):
        kept["required"] = list(dict.fromkeys(kept["required"]))
    return {key: value for key, value in kept.items() if key != "pattern" or PATTERN not in facts} | facts


def _own(schema: dict[str, Any], key: str) -> bool:
    """Tell whether a combination says more than that a value is a number or a text, which its type says already."""
    return bool(schema.get(key)) and not (schema.get("x-kubernetes-int-or-string") and key == "anyOf")


def _nullable(schema: dict[str, Any], *, in_words: bool = True) -> dict[str, Any]:
    """Return a schema that takes null besides, as one of its words too."""
    combined = {key: schema.pop(key) for key in ("allOf", "anyOf", "oneOf", "not") if key in schema}
    if combined:
        schema |= {"if": {"type": "null"}, "else": combined}
    if in_words and "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    types = schema.get("type", "null")
    types = [types] if isinstance(types, str) else types
    if "null" not in types:
        schema["type"] = [*types, "null"]
    return schema
