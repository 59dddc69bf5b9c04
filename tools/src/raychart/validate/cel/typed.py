"""What a rule in CEL sees of an object: with its defaults, of the types that the schema says, and no more than that."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from raychart.validate.cel.names import escaped
from raychart.validate.reach import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXT = {"type": "string"}
_META = {"type": "object", "properties": {"name": _TEXT, "generateName": _TEXT}}
_ROOT = {"apiVersion": _TEXT, "kind": _TEXT, "metadata": _META}
_MOST = 2**63


def filled(value: Any, schema: Any) -> Any:
    """Return a value as the API server has it before it looks at rules: with defaults, without nulls that say nothing.

    Fields that the schema does not name stay where they are: rules do not see them.
    """
    if not isinstance(schema, dict):
        return value
    if isinstance(value, list):
        return [filled(item, schema.get("items")) for item in value]
    if not isinstance(value, dict):
        return value
    fields, others = mapping(schema, "properties"), schema.get("additionalProperties")
    found = {key: filled(inner, fields.get(key, others)) for key, inner in _kept(value, fields, others)}
    for name, of in fields.items():
        if name not in found and isinstance(of, dict) and "default" in of:
            found[name] = filled(of["default"], of)
    return found


def _kept(value: dict[str, Any], fields: dict[str, Any], others: Any) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        of = fields.get(key, others)
        if inner is not None or not isinstance(of, dict) or of.get("nullable"):
            yield key, inner


def resource(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a whole object, of whose metadata a rule sees the name alone."""
    return {**schema, "type": "object", "properties": {**mapping(schema, "properties"), **_ROOT}}


def typed(value: Any, schema: Any) -> Any:
    """Return what a rule sees of a filled value; what does not fit the schema is left as it is."""
    if value is None or not isinstance(schema, dict):
        return value
    if schema.get("x-kubernetes-embedded-resource"):
        schema = resource(schema)
    if isinstance(value, dict):
        return _object(value, schema)
    if isinstance(value, list):
        return [typed(item, schema.get("items")) for item in value]
    if isinstance(value, str):
        return _bytes(value) if schema.get("format") == "byte" and schema.get("type") == "string" else value
    return value if isinstance(value, bool) or schema.get("x-kubernetes-int-or-string") else _number(value, schema)


def _object(value: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    fields, others = mapping(schema, "properties"), schema.get("additionalProperties")
    if isinstance(others, dict) and not fields:
        return {key: typed(inner, others) for key, inner in value.items()}
    seen = {}
    for key, of in fields.items():
        name = escaped(key)
        # To has() a null is not there.
        if name is not None and value.get(key) is not None and is_seen(of):
            seen[name] = typed(value[key], of)
    return seen


def _number(value: Any, schema: dict[str, Any]) -> Any:
    if schema.get("type") == "number" and isinstance(value, int):
        return float(value)
    is_whole = schema.get("type") == "integer" and isinstance(value, float) and value.is_integer()
    return int(value) if is_whole and abs(value) < _MOST else value


def _bytes(value: str) -> bytes | str:
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return value


def is_seen(schema: Any) -> bool:
    """Tell whether rules see a field of a schema: not where the schema does not say what it is."""
    if not isinstance(schema, dict):
        return False
    if schema.get("x-kubernetes-int-or-string") or schema.get("x-kubernetes-embedded-resource"):
        return True
    kind, others = schema.get("type"), schema.get("additionalProperties")
    if kind == "array":
        return is_seen(schema.get("items"))
    if kind == "object":
        return is_seen(others) if isinstance(others, dict) else True
    return kind in {"string", "boolean", "number", "integer"}
