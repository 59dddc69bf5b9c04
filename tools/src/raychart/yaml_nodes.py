"""YAML values with the places where they were written."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from raychart.findings import Finding

# Levels of nesting: far beyond any values file, far below what would exhaust the stack of those who walk the data.
DEEPEST = 100
# What not_finite() finds.
NOT_FINITE = "a number that is infinite or none, which Helm and the API server cannot read"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; both numbers count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Node:
    """A value where it was written; `children` are by key or by index, each with the place of the key or the item.

    An alias shares the node of its anchor, so a small document may stand for a very large value: `size` tells.
    """

    mark: Mark
    data: Any
    children: dict[str | int, tuple[Mark, Node]] = field(default_factory=dict)
    size: int = 1


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document; `root` is None when it is empty or could not be read, which `findings` then say.

    `text` is that of the file the document was read from alone.
    """

    root: Node | None
    line: int
    findings: tuple[Finding, ...]
    text: str = ""

    @property
    def data(self) -> Any:
        """Return the document's value."""
        return None if self.root is None else self.root.data


def node_of(data: Any, mark: Mark) -> Node:
    """Make a node of data that stands in one place."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return Node(mark, data, {key: (mark, node_of(value, mark)) for key, value in items})


def not_finite(root: Node | None) -> Mark | None:
    """Return where there is a number that JSON has not, as which objects are sent; None where there is none."""
    todo = [] if root is None else [root]
    seen: set[int] = set()
    while todo:
        node = todo.pop()
        if isinstance(node.data, float) and not math.isfinite(node.data):
            return node.mark
        # Aliases share what they stand for.
        if id(node) not in seen:
            seen.add(id(node))
            todo += [child for _, child in node.children.values()]
    return None
