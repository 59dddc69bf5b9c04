"""Check merged values against the chart's values.schema.json, as Helm does before it renders."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from raychart.errors import RaychartError
from raychart.findings import Finding, ordered
from raychart.paths import dotted
from raychart.schema_refusals import refusal_of, spelled_out
from raychart.schema_words import describe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jsonschema.exceptions import ValidationError

    from raychart.values import Values


@dataclass(frozen=True, slots=True)
class Schema:
    """A chart's values schema, ready to use."""

    document: dict[str, Any] | bool
    validator: Any


def load_schema(chart: Path, name: str = "values.schema.json") -> Schema | None:
    """Read a chart's values.schema.json; None when it has none. Raises RaychartError when it is not a schema."""
    import jsonschema
    import referencing

    file = chart / name
    try:
        document = json.loads(file.read_bytes())
        kind = jsonschema.validators.validator_for(document, default=jsonschema.Draft7Validator)
        kind.check_schema(document)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, jsonschema.SchemaError) as wrong:
        raise RaychartError(str(file), f"is not a schema ({str(wrong).splitlines()[0]})", "mend the chart") from wrong
    as_go: Any = jsonschema.validators.extend(kind, {"pattern": _pattern})  # type: ignore[no-untyped-call]
    # An empty registry: a $ref to elsewhere is an error here, never a download.
    document = spelled_out(document)
    return Schema(document, as_go(document, registry=referencing.Registry()))


def check_schema(values: Values, schema: Schema) -> list[Finding]:
    """Return what the schema refuses, each with the place that set it, sorted by place."""
    return ordered(
        Finding("values-schema", "error", problem.message, problem.remedy, *_place(values, problem.path))
        for error in _telling(schema.validator.iter_errors(values.data))
        for problem in describe(refusal_of(error, schema.document))
    )


def _place(values: Values, path: tuple[str | int, ...]) -> tuple[str, int, int, str]:
    position = values.position(path)
    return position.file, position.line, position.column, dotted(path)


def _telling(errors: Iterator[ValidationError]) -> list[ValidationError]:
    """Leave out what a wrong type brings along: 2.5 for a whole number is no multiple of 5 either."""
    found = list(errors)
    wrong_type = {tuple(error.absolute_path) for error in found if error.validator == "type"}
    return [error for error in found if error.validator == "type" or tuple(error.absolute_path) not in wrong_type]


def _pattern(_validator: Any, pattern: str, instance: object, _schema: object) -> Iterator[ValidationError]:
    """Match as Go does: `$` is the very end, where Python would let a line break follow."""
    from jsonschema.exceptions import ValidationError

    if isinstance(instance, str) and not re.search(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")
