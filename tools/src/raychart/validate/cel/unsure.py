"""Rules of which it is not sure that they say here what they say to the API server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from raychart.validate.cel.names import escaped
from raychart.validate.reach import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

# Times to the API server's rules, texts to those here.
_TIMES = frozenset({"date", "date-time", "duration"})
# To the API server the order of their items does not count, and adding means merging.
_UNORDERED = frozenset({"set", "map"})
_SIGNS = r"(?:==|!=|\+)"
# How many there are, and whether there are any, is the same in any order.
_COUNTED = re.compile(r"\b(?:size|has)\([^()]*\)")


def unsure(expression: str, schema: Any) -> str:
    """Return why a rule at a schema may say something else to the API server; empty where it says the same."""
    compared = _COUNTED.sub("1", expression)
    for name, of in _all(schema, "self"):
        if not isinstance(of, dict):
            continue
        word = rf"(?<![\w])(?:{re.escape(escaped(name) or name)})(?![\w])"
        if of.get("format") in _TIMES and of.get("type") == "string" and re.search(word, expression):
            return f"{name} is a time, of which only texts are compared here"
        beside = rf"{word}\s*\)*\s*{_SIGNS}|{_SIGNS}\s*\(*\s*[\w.?\[\]]*{word}(?!\s*[.\[(?])"
        if of.get("x-kubernetes-list-type") in _UNORDERED and re.search(beside, compared):
            return f"{name} is a list whose order does not count"
    return ""


def _all(schema: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield a schema and all below it, each with the name by which a rule reaches it; items have their list's."""
    if not isinstance(schema, dict):
        return
    yield name, schema
    yield from _all(schema.get("items"), name)
    yield from _all(schema.get("additionalProperties"), name)
    for field, of in mapping(schema, "properties").items():
        yield from _all(of, field)
