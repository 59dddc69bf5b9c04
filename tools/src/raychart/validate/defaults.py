"""Fill in a custom resource what its CRD has defaults for, as the API server does before it validates."""

from __future__ import annotations

from typing import Any

_REFERENCE = "#/$defs/"


def with_defaults(value: Any, schema: Any, document: dict[str, Any]) -> Any:
    """Return a value with the defaults of a schema in a document, as a copy where there are any."""
    schema = _resolved(schema, document)
    if isinstance(value, list):
        return [with_defaults(item, schema.get("items"), document) for item in value]
    if not isinstance(value, dict):
        return value
    fields, others = schema.get("properties", {}), schema.get("additionalProperties")
    filled = {key: with_defaults(inner, fields.get(key, others), document) for key, inner in value.items()}
    for name, field in fields.items():
        of = _resolved(field, document)
        if filled.get(name) is None and "default" in of:
            filled[name] = with_defaults(of["default"], of, document)
    return filled


def _resolved(schema: Any, document: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(schema, dict):
        return {}
    name = schema.get("$ref")
    found: dict[str, Any] = document["$defs"][name.removeprefix(_REFERENCE)] if isinstance(name, str) else schema
    return found
