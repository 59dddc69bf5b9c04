"""A kind's rules in CEL, applied to its objects; what cannot be applied is named, neither passed nor failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from raychart.validate.cel.tree import Place, place_of
from raychart.validate.cel.typed import filled, resource, typed
from raychart.validate.cel.unsure import unsure
from raychart.validate.reach import mapping
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from raychart.paths import ValuesPath
    from raychart.validate.cel.tree import Rule

NOT_INSTALLED = "cel-expr-python is not installed"
ABOUT_CHANGES = "it is about changes (oldSelf)"
# By reason, how the API server begins.
_BEGINNINGS = {
    "FieldValueForbidden": "Forbidden",
    "FieldValueRequired": "Required value",
    "FieldValueDuplicate": "Duplicate value",
}
_OLD = re.compile(r"\boldSelf\b")
_STEP = re.compile(r"\.?([^.\[\]']+)|\['((?:\\.|[^'\\])*)'\]")


class Rules:
    """The rules of one kind, from the schema in its CRD; `drops_status` where the API server takes no status."""

    def __init__(self, schema: dict[str, Any], *, drops_status: bool = False) -> None:
        self._schema = resource(schema)
        self._root = place_of(schema)
        self._drops_status = drops_status
        # Rules that are applied to no object, and those that could not be applied to one of them.
        self._never: dict[str, str] = {}
        self._failed: dict[str, str] = {}
        self._looked_at = False

    @property
    def unapplied(self) -> dict[str, str]:
        """Return the rules that were not applied to an object so far, each with why."""
        return self._failed | self._never

    def problems(self, value: Any, told: Collection[ValuesPath] = ()) -> Iterator[Problem]:
        """Yield the rules that an object breaks, but for rules about what is known to be wrong, at or below `told`."""
        if self._root is None or not isinstance(value, dict):
            return
        if not self._looked_at:
            self._looked_at = True
            self._never |= {rule.expression: why for place, rule in self._root if (why := _why_not(rule, place))}
        if self._drops_status:
            value = {key: inner for key, inner in value.items() if key != "status"}
        wrong = {path[:length] for path in told if _knows(self._schema, path) for length in range(len(path) + 1)}
        yield from self._at(self._root, filled(value, self._schema), (), wrong)

    def _at(self, place: Place, value: Any, path: ValuesPath, wrong: Collection[ValuesPath]) -> Iterator[Problem]:
        if value is None:
            return
        if place.rules and path not in wrong:
            seen = typed(value, place.schema if path else self._schema)
            for rule in place.rules:
                yield from self._broken(rule, seen, path)
        if isinstance(value, dict):
            for key, inner in value.items():
                below = place.fields.get(key, place.others)
                if below is not None:
                    yield from self._at(below, inner, (*path, key), wrong)
        elif isinstance(value, list) and place.items is not None:
            for index, item in enumerate(value):
                yield from self._at(place.items, item, (*path, index), wrong)

    def _broken(self, rule: Rule, seen: Any, path: ValuesPath) -> Iterator[Problem]:
        from raychart.validate.cel.program import compiled

        if rule.expression in self._never:
            return
        found = compiled(rule.expression).outcome(seen)
        if found.unknown:
            self._failed[rule.expression] = found.unknown
            return
        shown = " ".join(rule.expression.split())
        if found.error:
            words = f"Invalid value: {found.error} evaluating rule: {rule.message.strip() or shown}"
            yield Problem(path, words, f"the CRD has the rule: {shown}")
        elif found.value is not True:
            begins = _BEGINNINGS.get(rule.reason, "Invalid value")
            words = f"{begins}: {_words(rule, seen)}"
            yield Problem((*path, *_steps(rule.field_path)), words, f"the CRD has the rule: {shown}")


def _why_not(rule: Rule, place: Place) -> str:
    """Return why a rule is not applied to any object, empty where it is."""
    from raychart.validate.cel.program import NotCompiledError, compiled, is_installed

    if _OLD.search(rule.expression):
        return ABOUT_CHANGES
    if not is_installed():
        return NOT_INSTALLED
    try:
        compiled(rule.expression)
    except NotCompiledError as wrong:
        return str(wrong)
    return unsure(rule.expression, place.schema)


def _words(rule: Rule, seen: Any) -> str:
    """Return what the CRD has to say of an object that breaks a rule."""
    from raychart.validate.cel.program import NotCompiledError, compiled

    if rule.message_expression and not _OLD.search(rule.message_expression):
        try:
            said = compiled(rule.message_expression).outcome(seen).value
        except NotCompiledError:
            said = None
        words = said.strip() if isinstance(said, str) else ""
        if words and len(words.splitlines()) == 1:
            return words
    return " ".join(rule.words.split())


def _steps(field_path: str) -> ValuesPath:
    """Return the steps of the path of a field, such as .spec['a-b']."""
    found = _STEP.finditer(field_path)
    return tuple(one[1] if one[1] is not None else re.sub(r"\\(.)", r"\1", one[2]) for one in found)


def _knows(schema: Any, path: ValuesPath) -> bool:
    """Tell whether a schema has anything to say of what is at a path: a key that it does not know is dropped."""
    for step in path:
        if not isinstance(schema, dict):
            return False
        if isinstance(step, int):
            schema = schema.get("items")
        else:
            fields = mapping(schema, "properties")
            schema = fields[step] if step in fields else schema.get("additionalProperties")
    return isinstance(schema, dict)
