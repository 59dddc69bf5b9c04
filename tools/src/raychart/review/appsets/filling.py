"""Find the texts with templates in YAML, and put in their place what they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.yaml_nodes import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from raychart.yaml_nodes import Mark


def texts_in(node: Node) -> Iterator[tuple[str, Mark]]:
    """Yield each text that has a template in it, keys too, with its place."""
    if isinstance(node.data, str):
        if "{{" in node.data:
            yield node.data, node.mark
        return
    for key, (mark, child) in node.children.items():
        if isinstance(key, str) and "{{" in key:
            yield key, mark
        yield from texts_in(child)


def filled(node: Node, said: Callable[[str], str]) -> Node:
    """Return a node with every text that has a template in it replaced by what `said` makes of it.

    Places stay those of the text; what has no template is shared.
    """
    if isinstance(node.data, str):
        return Node(node.mark, said(node.data)) if "{{" in node.data else node
    children: dict[str | int, tuple[Mark, Node]] = {}
    differs = False
    for key, (mark, child) in node.children.items():
        named = said(key) if isinstance(key, str) and "{{" in key else key
        one = filled(child, said)
        differs = differs or one is not child or named != key
        children[named] = (mark, one)
    if not differs:
        return node
    data: Any = {key: child.data for key, (_, child) in children.items()}
    return Node(node.mark, list(data.values()) if isinstance(node.data, list) else data, children, node.size)


def laid_under(node: Node | None, base: Node | None) -> Node | None:
    """Return a node with what it lacks, or has empty, taken from another, mappings merged.

    That is how Argo CD lays a generator's own template over that of the ApplicationSet (mergo's Merge).
    """
    if node is None or base is None or not (isinstance(node.data, dict) and isinstance(base.data, dict)):
        return base if node is None or node.data in (None, "", 0, False, [], {}) else node
    children = dict(base.children)
    for key, (mark, child) in node.children.items():
        other = base.children.get(key)
        # Kept as it was written there: Argo CD knows nothing of what is in it.
        merged = child if key == "valuesObject" and child.data else laid_under(child, other[1] if other else None)
        if merged is not None:
            children[key] = (mark, merged) if other is None or merged is not other[1] else other
    return Node(node.mark, {key: child.data for key, (_, child) in children.items()}, children, node.size)
