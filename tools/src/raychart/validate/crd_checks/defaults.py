"""The defaults of a CRD: each has to be what its own schema says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath
    from raychart.validate.rule import Problem

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SIMPLE = {"string": str, "boolean": bool}
# What else a schema may ask of a simple value.
_MORE = ("enum", "pattern", "format", "minLength", "maxLength", "allOf", "anyOf", "oneOf", "not")


def default_problems(schema: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    """Yield what is wrong with the default that a schema has."""
    default = schema.get("default")
    is_odd = bool(schema.get("x-kubernetes-int-or-string") and schema.get("type"))
    if default is None or is_odd or _is_plainly_fine(default, schema):
        return
    from raychart.validate.kind_schema import KindSchema
    from raychart.validate.structural import as_json_schema

    found = KindSchema({"$schema": _DRAFT} | as_json_schema(schema), custom=True).problems(default)
    for problem in found:
        yield problem._replace(path=(*path, "default", *problem.path), message=f"the default {problem.message}")


def _is_plainly_fine(default: Any, schema: dict[str, Any]) -> bool:
    """Tell of most defaults at once that they are in order."""
    wanted = _SIMPLE.get(str(schema.get("type")))
    return wanted is not None and isinstance(default, wanted) and not any(key in schema for key in _MORE)
