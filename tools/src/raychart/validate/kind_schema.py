"""The schema of one kind, ready to use."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from raychart.schema import Schema, compiled
from raychart.schema_refusals import Refusal
from raychart.schema_words import describe
from raychart.validate.defaults import with_defaults
from raychart.validate.definitions.walk import Walk
from raychart.validate.go_keywords import KEYWORDS, matches_surely
from raychart.validate.keyed_lists import Keyed, keyed_lists, repeated_items
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from raychart.schema_words import Problem as Refused
    from raychart.validate.cel.apply import Rules

# What jsonschema-rs tells of these is not enough to say which alternative was meant.
_CHOICES = frozenset({"anyOf", "oneOf", "allOf", "not"})
_WITH_ALTERNATIVES = {"anyOf", "oneOf", "allOf", "not", "if", "then", "else"}


class KindSchema:
    """Tells what a kind's schema refuses; made ready when the first object comes.

    jsonschema-rs finds what is wrong, hundreds of times faster than jsonschema, which is only asked where there are
    alternatives, or where there is no jsonschema-rs for the platform. What is said of equal values is said once.
    """

    def __init__(
        self, document: dict[str, Any], *, custom: bool = False, kuberay: bool = False, rules: Rules | None = None
    ) -> None:
        self.custom = custom
        self.kuberay = kuberay
        self.rules = rules
        self._document = document
        self._told: dict[tuple[Any, ...], tuple[Problem, ...]] = {}

    def problems(self, value: Any) -> Iterator[Problem]:
        """Yield what the schema refuses of a value of the kind."""
        refused = list(self._refused(value))
        yield from refused
        if self._keyed is not None:
            yield from repeated_items(value, self._keyed)
        if not self.custom:
            told = {problem.path for problem in refused}
            yield from (problem for problem in self._walk.problems(value) if problem.path not in told)

    @cached_property
    def _quick(self) -> Any:
        return compiled(self._document, KEYWORDS if self.custom else None)

    @cached_property
    def _has_choices(self) -> bool:
        """Tell whether there are defaults, and combinations in which they may count."""
        return self.custom and _names(self._document, {"default"}) and _names(self._document, _CHOICES)

    @cached_property
    def _slow(self) -> Schema:
        return Schema(self._document, KEYWORDS if self.custom else None)

    @cached_property
    def _walk(self) -> Walk:
        return Walk(self._document)

    @cached_property
    def _keyed(self) -> Keyed | None:
        return keyed_lists(self._document) if self.custom else None

    def _refused(self, value: Any) -> Iterable[Problem]:
        try:
            if self._quick is None:
                return _taken_over(self._slow.problems(self._complete(value)))
            # Where defaults decide between alternatives, what is not written counts.
            value = self._complete(value) if self._has_choices else value
            if self._quick.is_valid(value):
                return ()
            value = self._complete(value)
            errors = [error for error in self._quick.iter_errors(value) if not self._fits_in_go(error)]
        except ValueError:
            # Numbers and text that are not JSON.
            return _taken_over(self._slow.problems(self._complete(value)))
        if any(error.schema_path[-1] in _WITH_ALTERNATIVES for error in errors):
            return _taken_over(self._slow.problems(value))
        wrong_type = {tuple(error.instance_path) for error in errors if error.schema_path[-1] == "type"}
        telling = (e for e in errors if e.schema_path[-1] == "type" or tuple(e.instance_path) not in wrong_type)
        return [problem for error in telling for problem in self._words(error)]

    def _fits_in_go(self, error: Any) -> bool:
        """Tell whether a text has the form that a CRD's pattern asks for when it is read as Go reads it."""
        is_pattern = self.custom and error.schema_path[-1] == "pattern"
        return is_pattern and matches_surely(self._refusal(error).wanted, error.instance)

    def _complete(self, value: Any) -> Any:
        """Return a custom resource with its defaults, which may decide between alternatives."""
        return with_defaults(value, self._document, self._document) if self.custom else value

    def _words(self, error: Any) -> tuple[Problem, ...]:
        refusal = self._refusal(error)
        key = (refusal.path, refusal.schema_path, refusal.message, json.dumps(refusal.value))
        if key not in self._told:
            self._told[key] = tuple(_taken_over(describe(refusal)))
        return self._told[key]

    def _refusal(self, error: Any) -> Refusal:
        path, schema_path = tuple(error.instance_path), tuple(error.schema_path)
        schema: Any = self._document
        for step in schema_path[:-1]:
            # The numbers of definitions are texts there.
            schema = schema[step] if isinstance(schema, list) else schema[str(step)]
        keyword, value, message = str(schema_path[-1]), error.instance, error.message
        if keyword == "additionalProperties":
            value = dict.fromkeys(error.kind.unexpected)
        elif keyword == "required":
            message, value = f"{error.kind.property!r} is a required property", {}
        return Refusal(keyword, schema.get(keyword), value, schema, path, schema_path, (), (), message, self._document)


def _names(schema: Any, keys: AbstractSet[str]) -> bool:
    """Tell whether one of some keywords, or a field of the name, is anywhere in a schema."""
    if isinstance(schema, list):
        return any(_names(one, keys) for one in schema)
    if not isinstance(schema, dict):
        return False
    return not keys.isdisjoint(schema) or any(_names(one, keys) for one in schema.values())


def _taken_over(refused: Iterable[Refused]) -> Iterator[Problem]:
    for one in refused:
        yield Problem(one.path, one.message, one.remedy)
