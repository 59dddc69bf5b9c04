"""Reach into objects of any shape: what is not there, or is something else than it should be, is as if empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raychart.paths import ValuesPath


def at(value: Any, path: Sequence[str | int]) -> Any:
    """Return what is at a path, None where it does not lead anywhere."""
    for step in path:
        of_list = isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)
        if of_list or (isinstance(value, dict) and step in value):
            value = value[step]
        else:
            return None
    return value


def mapping(value: Any, *path: str | int) -> dict[str, Any]:
    """Return the mapping at a path."""
    found = at(value, path)
    return found if isinstance(found, dict) else {}


def entries(value: Any, *path: str | int) -> list[Any]:
    """Return the list at a path."""
    found = at(value, path)
    return found if isinstance(found, list) else []


def text(value: Any, *path: str | int) -> str:
    """Return the text at a path."""
    found = at(value, path)
    return found if isinstance(found, str) else ""


def number(value: Any, *path: str | int) -> int | None:
    """Return the whole number at a path, None where there is none."""
    found = at(value, path)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def mappings(value: Any, path: ValuesPath) -> Iterator[tuple[ValuesPath, dict[str, Any]]]:
    """Yield the mappings in the list at a path, each with its own path."""
    for index, item in enumerate(entries(value, *path)):
        if isinstance(item, dict):
            yield (*path, index), item
