"""Go through a value along its schema, and apply what is known of each definition on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.validate.definitions.tables import CHECKS
from raychart.validate.lean import ROOT, references
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath


class Walk:
    """Knows of a schema which of its definitions lead to something that is known."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._definitions: dict[str, Any] = document.get("$defs", {})
        self._telling = set(self._definitions) & set(CHECKS)
        uses = {name: set(references(schema)) for name, schema in self._definitions.items()}
        while more := {name for name in uses if name not in self._telling and uses[name] & self._telling}:
            self._telling |= more

    def problems(self, value: Any) -> Iterator[Problem]:
        """Yield what is wrong with a value of the kind."""
        schema = {key: inner for key, inner in self._document.items() if key != "$defs"}
        if isinstance(value, dict):
            yield from _of_definition(schema.get("title", ""), value, ())
        yield from self._inside(value, schema, ())

    def _inside(self, value: Any, schema: Any, path: ValuesPath) -> Iterator[Problem]:
        if not isinstance(schema, dict) or not isinstance(value, (dict, list)):
            return
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(ROOT)
            if name in self._telling:
                if isinstance(value, dict):
                    yield from _of_definition(name, value, path)
                yield from self._inside(value, self._definitions[name], path)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if item is None:
                    yield from self._nothing(schema.get("items"), (*path, index))
                yield from self._inside(item, schema.get("items"), (*path, index))
        else:
            yield from self._fields(value, schema, path)

    def _fields(self, value: dict[str, Any], schema: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
        for field in schema.get("required", ()):
            # That it is not there at all is the schema's to tell.
            if field in value and value[field] is None:
                yield Problem((*path, field), "is empty, and has to be there", "write it")
        fields, others = schema.get("properties", {}), schema.get("additionalProperties")
        for key, inner in value.items():
            yield from self._inside(inner, fields.get(key, others), (*path, key))

    def _nothing(self, schema: Any, path: ValuesPath) -> Iterator[Problem]:
        """Yield what is missing of an item that is null, which Kubernetes takes for one without anything in it."""
        name = str(schema.get("$ref", "")).removeprefix(ROOT) if isinstance(schema, dict) else ""
        missing = ", ".join(self._definitions.get(name, {}).get("required", ()))
        if missing:
            yield Problem(path, f"is empty: {missing} is missing", "remove it, or write it")


def _of_definition(name: str, value: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    for check in CHECKS.get(name, ()):
        for problem in check(value):
            yield problem._replace(path=(*path, *problem.path))
