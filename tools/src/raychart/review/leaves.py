"""The values that differ between two revisions of one release, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath
    from raychart.values import Position, Values

# Stands for a value that is not there.
GONE = object()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value that differs: what it was and is, GONE where there is none, and where that was written."""

    path: ValuesPath
    old: Any
    new: Any
    position: Position


def leaves_between(old: Values, new: Values) -> list[Leaf]:
    """Return what differs in merged values, mappings taken apart, in the order of the new ones.

    What was taken out has the place of what is around it.
    """
    return [Leaf(path, before, after, new.position(path)) for path, before, after in _between(old.data, new.data, ())]


def _between(old: Any, new: Any, path: ValuesPath) -> Iterator[tuple[ValuesPath, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*new, *old)):
            yield from _between(old.get(key, GONE), new.get(key, GONE), (*path, key))
    elif isinstance(new, dict) and new and old is GONE:
        # A block that is new, such as a worker type: its place is its key.
        yield path, old, new
    elif type(old) is not type(new) or old != new:
        yield path, old, new
