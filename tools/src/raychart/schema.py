"""Check merged values against the chart's values.schema.json, as Helm does before it renders."""

from __future__ import annotations

import json
import re
from functools import reduce
from operator import getitem
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from raychart.errors import RaychartError
from raychart.findings import Finding, ordered
from raychart.paths import dotted
from raychart.schema_refusals import refusal_of, spelled_out
from raychart.schema_words import UNQUOTE, describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from jsonschema.exceptions import ValidationError

    from raychart.schema_words import Problem
    from raychart.values import Values


class Keyword(NamedTuple):
    """A keyword of texts that JSON Schema has not: with what it says, it makes what tells whether a text is fine."""

    makes: Callable[[Any], Callable[[str], bool]]


class Schema:
    """A chart's values schema, ready to use.

    Most values are in order, which jsonschema-rs tells a hundred times faster than jsonschema, whose errors are the
    better ones: it is imported when there is something to tell, or where there is no jsonschema-rs for the platform.
    """

    def __init__(self, document: dict[str, Any] | bool, keywords: Mapping[str, Keyword] | None = None) -> None:
        """Take a schema that is one, and what it has besides JSON Schema's keywords; raises ValueError otherwise."""
        self._keywords = keywords or {}
        self._quick = compiled(document, self._keywords)
        self._document = document
        self._slow: Any = None
        if self._quick is None:
            self._slow = _slow(document, self._keywords, is_checked=False)

    def problems(self, data: object) -> list[Problem]:
        """Return what the schema refuses in `data`, in the words of someone who writes values."""
        if self._quick is not None and _accepts(self._quick, data):
            return []
        if self._slow is None:
            self._slow = _slow(self._document, self._keywords, is_checked=True)
        errors = _telling(self._slow.iter_errors(data))
        found = [problem for error in errors for problem in describe(refusal_of(error, self._slow.schema))]
        # What is below a key that belongs elsewhere is known there.
        moved = [problem.path for problem in found if problem.is_misplaced]
        return [one for one in found if not any(one.path[: len(path)] == path != one.path for path in moved)]


def load_schema(chart: Path, name: str = "values.schema.json") -> Schema | None:
    """Read a chart's values.schema.json; None when it has none. Raises RaychartError when it is not a schema."""
    file = chart / name
    try:
        return Schema(json.loads(file.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as wrong:
        raise RaychartError(str(file), f"is not a schema ({str(wrong).splitlines()[0]})", "mend the chart") from wrong


def check_schema(values: Values, schema: Schema) -> list[Finding]:
    """Return what the schema refuses, each with the place that set it, sorted by place."""
    return ordered(refused(values, problem) for problem in schema.problems(values.data))


def refused(values: Values, problem: Problem) -> Finding:
    """Put a problem that the schema has into its place."""
    at = values.position(problem.path)
    place = (at.file, at.line, at.column, dotted(problem.path))
    remedy = problem.remedy
    if at.line is None and remedy.startswith(UNQUOTE):
        # A flag has no quotes to remove: --set takes 1.5 for text, --set-string everything.
        in_json = f"--set-json {dotted(problem.path)}={reduce(getitem, problem.path, values.data)}"  # type: ignore[arg-type]
        remedy = remedy.replace(UNQUOTE, f"write it in JSON: {in_json}", 1)
    return Finding("values-schema", "error", problem.message, remedy, *place)


def compiled(document: dict[str, Any] | bool, keywords: Mapping[str, Keyword] | None = None) -> Any:
    """Compile the schema to native code; None where that cannot be had."""
    try:
        import jsonschema_rs
    except ImportError:
        return None
    options: dict[str, Any] = {"validate_formats": False, "retriever": _no_download}
    if keywords:
        options["keywords"] = {name: _quick_keyword(keyword) for name, keyword in keywords.items()}
    try:
        if isinstance(document, dict) and "$schema" in document:
            return jsonschema_rs.validator_for(document, **options)
        return jsonschema_rs.Draft7Validator(document, **options)
    except (ValueError, OSError):
        return None


def _quick_keyword(keyword: Keyword) -> type:
    """Return a keyword as jsonschema-rs takes it."""

    class Quick:
        def __init__(self, _parent: Any, wanted: Any, _path: Any) -> None:
            self._fits = keyword.makes(wanted)

        def validate(self, instance: Any) -> None:
            if isinstance(instance, str) and not self._fits(instance):
                raise ValueError("has another form")

    return Quick


def _slow_keyword(keyword: Keyword) -> Any:
    """Return a keyword as jsonschema takes it."""
    from jsonschema.exceptions import ValidationError

    def check(_validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not keyword.makes(wanted)(instance):
            yield ValidationError(f"{instance!r} has another form")

    return check


def _accepts(validator: Any, data: object) -> bool:
    try:
        return bool(validator.is_valid(data))
    except ValueError:
        # Numbers and text that are not JSON.
        return False


def _no_download(uri: str) -> NoReturn:
    raise OSError(f"{uri} is not part of the schema")


def _slow(document: dict[str, Any] | bool, keywords: Mapping[str, Keyword], *, is_checked: bool) -> Any:
    import jsonschema
    import referencing

    kind: Any = jsonschema.validators.validator_for(document, default=jsonschema.Draft7Validator)
    try:
        if not is_checked:
            kind.check_schema(document)
    except jsonschema.SchemaError as wrong:
        raise ValueError(str(wrong)) from wrong
    as_go: Any = jsonschema.validators.extend(
        kind, {"pattern": _pattern, **{name: _slow_keyword(keyword) for name, keyword in keywords.items()}}
    )  # type: ignore[no-untyped-call]
    # An empty registry: a $ref to elsewhere is an error here, never a download.
    return as_go(spelled_out(document), registry=referencing.Registry())


def _telling(errors: Iterable[ValidationError]) -> list[ValidationError]:
    """Leave out what a wrong type brings along: 2.5 for a whole number is no multiple of 5 either."""
    found = list(errors)
    wrong_type = {tuple(error.absolute_path) for error in found if error.validator == "type"}
    return [error for error in found if error.validator == "type" or tuple(error.absolute_path) not in wrong_type]


def _pattern(_validator: Any, pattern: str, instance: object, _schema: object) -> Iterator[ValidationError]:
    """Match as Go does: `$` is the very end, where Python would let a line break follow."""
    from jsonschema.exceptions import ValidationError

    if isinstance(instance, str) and not re.search(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")
