"""Find what is wrong with the content of one values file, whatever the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.findings import Finding
from raychart.paths import ValuesPath, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.yaml_nodes import Document, Mark, Node

# Beyond this a float64, which is what Helm keeps numbers in, no longer holds every integer.
_EXACT = 2**53


def wrong_top(document: Document, file: str) -> Iterator[Finding]:
    """Find a file that holds no values, or something else than keys with values."""
    if document.root is None or document.data is None:
        if not document.findings:
            message = "the file holds no values, so the chart's defaults alone would apply"
            yield Finding("values-empty", "warning", message, "write the values, or remove the file", file, 1, 1)
        return
    if not isinstance(document.data, dict):
        # Text may be a password as well as anything else.
        found = "a list" if isinstance(document.data, list) else "text"
        if isinstance(document.data, (int, float)):
            found = repr(document.data)
        message = f"the file is not a mapping of keys to values (found {found})"
        mark = document.root.mark
        remedy = "begin with keys of the chart's values, such as clusters:"
        yield Finding("values-yaml", "error", message, remedy, file, mark.line, mark.column)


def rounded(root: Node | None, file: str) -> Iterator[Finding]:
    """Find numbers that Helm cannot keep: it holds every number as float64 and cannot write infinity."""
    todo: list[tuple[ValuesPath, Mark, Node]] = []
    seen: set[int] = set()
    if root is not None:
        todo.append(((), root.mark, root))
    while todo:
        path, mark, node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        todo += [((*path, key), place, child) for key, (place, child) in node.children.items()]
        problem = _number_problem(node.data)
        if problem:
            remedy = "put it in quotes if it is a name, or use a smaller number"
            yield Finding("values-yaml", "error", problem, remedy, file, mark.line, mark.column, dotted(path))


def _number_problem(data: Any) -> str | None:
    if isinstance(data, int) and abs(data) > _EXACT and int(float(data)) != data:
        return f"Helm rounds {data} to {int(float(data))} (it keeps numbers as 64-bit floats)"
    if isinstance(data, float) and (data != data or abs(data) == float("inf")):
        return f"Helm cannot read {data} (only finite numbers)"
    return None
