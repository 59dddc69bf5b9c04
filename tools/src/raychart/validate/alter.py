"""Values without some of them, or with other ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raychart.paths import ValuesPath


def leaves(value: Any, path: ValuesPath = ()) -> Iterator[ValuesPath]:
    """Yield the path of every value that has none below it."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    empty = True
    for step, inner in steps:
        empty = False
        yield from leaves(inner, (*path, step))
    if empty and path:
        yield path


def without(data: dict[str, Any], paths: Sequence[ValuesPath]) -> dict[str, Any]:
    """Return values without those at some paths; the items of a list behind one that goes move up."""
    tree: dict[Any, Any] = {}
    for path in paths:
        inner = tree
        for step in path[:-1]:
            inner = inner.setdefault(step, {})
        inner[path[-1]] = None
    left: dict[str, Any] = _pruned(data, tree)
    return left


def altered(data: dict[str, Any], path: ValuesPath) -> dict[str, Any] | None:
    """Return values with another one of the same type at a path; None where there is no other one."""
    value: Any = data
    for step in path:
        value = value[step]
    if isinstance(value, bool):
        other: Any = not value
    elif isinstance(value, (int, float)):
        other = value + 1
    elif isinstance(value, str):
        other = f"{value}x"
    else:
        return None
    changed: dict[str, Any] = _changed(data, path, other)
    return changed


def _pruned(value: Any, tree: dict[Any, Any]) -> Any:
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key not in tree or tree[key] is not None}
        return {key: _pruned(item, tree[key]) if key in tree else item for key, item in kept.items()}
    return [
        _pruned(item, tree[index]) if index in tree else item
        for index, item in enumerate(value)
        if index not in tree or tree[index] is not None
    ]


def _changed(value: Any, path: ValuesPath, other: Any) -> Any:
    if not path:
        return other
    copy = value.copy()
    copy[path[0]] = _changed(value[path[0]], path[1:], other)
    return copy
