"""Where in a CRD's schema there are rules in CEL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from raychart.validate.reach import entries, mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = "x-kubernetes-validations"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as the CRD has it; `expression` is the rule itself, and what is not there is empty."""

    expression: str
    message: str = ""
    message_expression: str = ""
    reason: str = ""
    field_path: str = ""

    @property
    def words(self) -> str:
        """Return what the API server says where an object breaks it, unless an expression says something else."""
        return self.message.strip() or f"failed rule: {self.expression.strip()}"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a schema with the rules there and below: of an object's fields, a list's items, a map's values."""

    schema: dict[str, Any]
    rules: tuple[Rule, ...] = ()
    fields: dict[str, Place] = field(default_factory=dict)
    items: Place | None = None
    others: Place | None = None

    def __iter__(self) -> Iterator[tuple[Place, Rule]]:
        """Yield the rules of this place and those below, each with its place."""
        yield from ((self, rule) for rule in self.rules)
        for below in (*self.fields.values(), self.items, self.others):
            if below is not None:
                yield from below


def place_of(schema: Any, says: Any = None) -> Place | None:
    """Return the rules of a schema and of all below; None where there are none.

    `says` is what holds the rules, by default the schema itself: a branch of an allOf may have some too.
    """
    holders = _with_branches(schema if says is None else says)
    if not isinstance(schema, dict) or not holders:
        return None
    rules = tuple(rule for one in holders for rule in _rules(one))
    inner: dict[str, list[dict[str, Any]]] = {}
    for one in holders:
        for name, of in mapping(one, "properties").items():
            if isinstance(of, dict):
                inner.setdefault(name, []).append(of)
    below = ((name, place_of(at, inner[name])) for name, at in mapping(schema, "properties").items() if name in inner)
    fields = {name: place for name, place in below if place is not None}
    items = place_of(schema.get("items"), [one["items"] for one in holders if isinstance(one.get("items"), dict)])
    more = [one["additionalProperties"] for one in holders if isinstance(one.get("additionalProperties"), dict)]
    others = place_of(schema.get("additionalProperties"), more)
    return Place(schema, rules, fields, items, others) if rules or fields or items or others else None


def _with_branches(says: Any) -> list[dict[str, Any]]:
    """Return schemas and all that have to hold besides."""
    found = [one for one in (says if isinstance(says, list) else [says]) if isinstance(one, dict)]
    return [*found, *(branch for one in found for branch in _with_branches(entries(one, "allOf")))]


def _rules(schema: dict[str, Any]) -> Iterator[Rule]:
    for one in entries(schema, RULES):
        if text(one, "rule").strip():
            yield Rule(
                text(one, "rule"),
                text(one, "message"),
                text(one, "messageExpression"),
                text(one, "reason"),
                text(one, "fieldPath"),
            )
