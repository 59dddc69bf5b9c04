"""Lay an ApplicationSet's templatePatch over what its template made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.helm_yaml import read_documents
from raychart.review.appsets.model import RefusedError
from raychart.yaml_nodes import Node

if TYPE_CHECKING:
    from raychart.yaml_nodes import Mark

_REMEDY = "write it as a mapping with what differs from the template"


def patched(node: Node, text: str, patch: Node | None, file: str) -> Node:
    """Return a node with a patch over it: mappings merge, null takes away, all else is replaced.

    That is Kubernetes' strategic merge for Applications, whose lists have no keys to merge by.
    """
    line = patch.mark.line if patch else 0
    document = next(iter(read_documents("\n" * line + text, file)), None)
    mark = patch.mark if patch else None
    if document is not None and document.root is None and document.findings:
        raise RefusedError(f"templatePatch is no YAML ({document.findings[0].message})", _REMEDY, mark)
    root = document.root if document else None
    if root is None or root.data is None:
        return node
    if not isinstance(root.data, dict):
        raise RefusedError("templatePatch is no mapping", _REMEDY, mark)
    return _over(node, root)


def _over(below: Node, above: Node) -> Node:
    if not (isinstance(below.data, dict) and isinstance(above.data, dict)):
        return above
    children: dict[str | int, tuple[Mark, Node]] = dict(below.children)
    for key, (mark, child) in above.children.items():
        if isinstance(key, str) and key.startswith("$"):
            raise RefusedError(f"templatePatch has {key}, which is not supported here", "write it without", mark)
        if child.data is None:
            children.pop(key, None)
        elif key in below.children:
            children[key] = (mark, _over(below.children[key][1], child))
        else:
            children[key] = (mark, child)
    return Node(below.mark, {key: child.data for key, (_, child) in children.items()}, children, below.size)
