"""Read a document that differs from another in nothing but single values by what is known of the other.

Of a thousand namespaces with a number of their own each, most of what is rendered is alike, line by line, and parsing
YAML is slow.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.helm_scalars import resolve
from raychart.helm_yaml import read_documents

if TYPE_CHECKING:
    from raychart.paths import ValuesPath
    from raychart.yaml_nodes import Node

# What is a whole value on a line and can be nothing else: a word without signs, or a text in quotes without escapes.
_PLAIN = re.compile(r"[A-Za-z0-9_/](?:[A-Za-z0-9_/.=@+:-]*[A-Za-z0-9_/.=@+-])?")
_QUOTED = re.compile(r"\"[^\"\\]*\"|'[^']*'")
# Line breaks of YAML's besides the usual one.
_OTHER_BREAKS = re.compile("[\r\x85\u2028\u2029]")
# More lines than this that differ are as quickly parsed.
_MOST = 40


class _Place(NamedTuple):
    """Where on a line a value begins, and the path of it in the document."""

    column: int
    path: ValuesPath


class Kin:
    """A document that has been read, as the model for others of as many lines."""

    def __init__(self, text: str) -> None:
        self._text = text

    def read(self, text: str) -> Any:
        """Return what a document says, None where it differs in other things than single values.

        What is the same in both is the same object, so it must not be changed.
        """
        if self._root is None or _OTHER_BREAKS.search(text):
            return None
        lines = text.split("\n")
        if len(lines) != len(self._lines):
            return None
        differing = [number for number, line in enumerate(lines) if line != self._lines[number]]
        if len(differing) > _MOST:
            return None
        data = self._root.data
        for number in differing:
            place = self._places.get(number)
            if place is None or lines[number][: place.column] != self._lines[number][: place.column]:
                return None
            found = _value(lines[number][place.column :])
            if found is None:
                return None
            data = _put(data, place.path, found[0])
        return data

    @cached_property
    def _lines(self) -> list[str]:
        return self._text.split("\n")

    @cached_property
    def _root(self) -> Node | None:
        """Return the document, None where it is not one that others can be read by."""
        documents = [] if _OTHER_BREAKS.search(self._text) else read_documents(self._text, "")
        if len(documents) != 1 or documents[0].findings:
            return None
        return documents[0].root

    @cached_property
    def _places(self) -> dict[int, _Place]:
        places: dict[int, _Place] = {}
        seen: set[int] = set()
        todo: list[tuple[ValuesPath, Node]] = [((), self._root)] if self._root else []
        while todo:
            path, node = todo.pop()
            if id(node) in seen:
                # An alias: one value in several places.
                return {}
            seen.add(id(node))
            todo += [((*path, step), child) for step, (_, child) in node.children.items()]
            line, column = node.mark.line - 1, node.mark.column - 1
            found = _value(self._lines[line][column:])
            # Where the value goes on below, or is another one by its tag, what is read on the line is not it.
            if path and found is not None and type(found[0]) is type(node.data) and found[0] == node.data:
                places[line] = _Place(column, path)
        return places


def _value(text: str) -> tuple[Any] | None:
    """Return the value that is written, None where it is not plainly one."""
    if _QUOTED.fullmatch(text):
        return (text[1:-1],)
    return (resolve(text),) if _PLAIN.fullmatch(text) else None


def _put(data: Any, path: ValuesPath, value: Any) -> Any:
    if not path:
        return value
    copy = data.copy()
    copy[path[0]] = _put(data[path[0]], path[1:], value)
    return copy
