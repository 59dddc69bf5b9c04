"""The values that an Argo CD Application has in itself, as layers with the Application's own lines."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raychart.layer_checks import rounded
from raychart.review.releases import Source
from raychart.values import Layer, load_flags, load_layer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raychart.findings import Finding
    from raychart.review.trees import Tree
    from raychart.yaml_nodes import Mark, Node

# A comma outside of braces, which Helm would take for the end of the value.
_COMMA = re.compile(r"(?<!\\),")
# Lines that have no indentation, or are others with it.
_MARKERS = re.compile(r"^(?:---|\.\.\.|%)", re.MULTILINE)


class InlineValues:
    """Reads what stands in the Applications of one file; `findings` are what is wrong with that file."""

    def __init__(self, tree: Tree, file: str, findings: Sequence[Finding]) -> None:
        self._tree = tree
        self._file = file
        self._findings = findings
        self._lines: list[str] | None = None
        self._known: dict[Mark, tuple[str, tuple[Finding, ...]]] = {}

    def values(self, node: Node) -> Source:
        """Return what `values`, a text, or `valuesObject` gives."""
        layer = self._written(node) if isinstance(node.data, str) else self._object(node)
        return Source(self._file, self._tree.blobs.add(json.dumps(node.data).encode()), layer)

    def parameters(self, nodes: Sequence[Node]) -> Iterator[Source]:
        """Yield what parameters give, in the order in which Helm takes them: those that are no strings first.

        Raises RaychartError where Helm refuses one.
        """
        for node in sorted((node for node in nodes if isinstance(node.data, dict)), key=_is_text):
            # What it is set to may be a password, and is not told.
            name, value = str(node.data.get("name")), _as_written(node.data.get("value", ""))
            value = value if value.startswith("{") else _COMMA.sub(r"\,", value)
            flag = f"--set{'-string' if _is_text(node) else ''}={name}={value}"
            (layer,) = load_flags([flag])
            mark = node.mark
            findings = tuple(
                replace(one, file=self._file, line=mark.line, column=mark.column) for one in layer.findings
            )
            named = replace(layer, file=self._file, findings=findings, place=mark)
            yield Source(f"{self._file} (parameter {name})", self._tree.blobs.add(flag.encode()), named)

    def _written(self, node: Node) -> Layer:
        line, text = self._line(node.mark.line), node.data
        if line[node.mark.column - 1 : node.mark.column] in ("|", ">"):
            content = next(filter(str.strip, self._file_lines()[node.mark.line :]), "")
            indent = 0 if _MARKERS.search(text) else len(content) - len(content.lstrip(" "))
            return _read(self._file, node.mark.line, indent, text)
        # In quotes, or in none, it begins right there.
        quoted = line[node.mark.column - 1 : node.mark.column] in ("'", '"')
        indent = 0 if "\n" in text.strip() or _MARKERS.search(text) else node.mark.column - 1 + quoted
        return _read(self._file, node.mark.line - 1, indent, text)

    def _object(self, node: Node) -> Layer:
        if node.mark not in self._known:
            last = _last_line(node)
            lines = self._file_lines()[node.mark.line - 1 : last]
            wrong = tuple(one for one in self._findings if one.line and node.mark.line <= one.line <= last)
            self._known[node.mark] = ("\n" * (node.mark.line - 1) + "\n".join(lines), wrong)
        text, wrong = self._known[node.mark]
        findings = (*wrong, *rounded(node, self._file))
        return Layer(self._file, node, findings, text=text, place=node.mark)

    def _line(self, number: int) -> str:
        lines = self._file_lines()
        return lines[number - 1] if number <= len(lines) else ""

    def _file_lines(self) -> list[str]:
        if self._lines is None:
            text = self._tree.content(self._file).decode("utf-8-sig", "replace")
            self._lines = text.replace("\r\n", "\n").split("\n")
        return self._lines


@lru_cache(maxsize=4096)
def _read(file: str, line: int, indent: int, text: str) -> Layer:
    """Read values that stand in a file below a line of it, as far from its left side."""
    if indent:
        text = "".join(f"{' ' * indent}{one}" if one.strip() else one for one in text.splitlines(keepends=True))
    return load_layer(Path(file), "\n" * line + text)


def _last_line(node: Node) -> int:
    return max((node.mark.line, *(max(mark.line, _last_line(child)) for mark, child in node.children.values())))


def _as_written(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _is_text(node: Node) -> bool:
    return node.data.get("forceString") is True
