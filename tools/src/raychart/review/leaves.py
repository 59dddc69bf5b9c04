"""The values that differ between two revisions of one release, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from raychart.merging import is_given
from raychart.values import Values, given_values, load_defaults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from raychart.paths import ValuesPath
    from raychart.rendering.model import Job
    from raychart.values import Layer, Position

# Stands for a value that is not there.
GONE = object()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value that differs: what it was and is, GONE where there is none, and where that was written."""

    path: ValuesPath
    old: Any
    new: Any
    position: Position


class Differ:
    """Finds what differs; what differs between two charts' defaults is found once for all releases of both."""

    def __init__(self) -> None:
        self._defaults: dict[Path, Layer] = {}
        self._between: dict[tuple[Path, Path], list[tuple[ValuesPath, Any, Any]]] = {}

    def leaves(self, old: Job, new: Job) -> list[Leaf]:
        """Return what differs in the values of one release, mappings taken apart.

        What was taken out has the place of what is around it.
        """
        before, after = given_values(old.layers)[0], given_values(new.layers)[0]
        found = [
            (path, _or_default(one, path, self._of(old.chart)), _or_default(other, path, self._of(new.chart)))
            for path, one, other in _between(before, after, ())
        ]
        found += [entry for entry in self._of_defaults(old.chart, new.chart) if not is_given(after, entry[0])]
        if not found:
            return []
        values = Values({}, (self._of(new.chart), *new.layers))
        return [Leaf(path, one, other, values.position(path)) for path, one, other in found]

    def _of_defaults(self, old: Path, new: Path) -> list[tuple[ValuesPath, Any, Any]]:
        if old == new:
            return []
        if (old, new) not in self._between:
            self._between[old, new] = list(_between(self._of(old).data, self._of(new).data, ()))
        return self._between[old, new]

    def _of(self, chart: Path) -> Layer:
        if chart not in self._defaults:
            self._defaults[chart] = load_defaults(chart)
        return self._defaults[chart]


def _or_default(value: Any, path: ValuesPath, defaults: Layer) -> Any:
    if value is not GONE:
        return value
    found: Any = defaults.data
    for step in path:
        if not isinstance(found, dict) or step not in found:
            return GONE
        found = found[step]
    return found


def _between(old: Any, new: Any, path: ValuesPath) -> Iterator[tuple[ValuesPath, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*new, *old)):
            yield from _between(old.get(key, GONE), new.get(key, GONE), (*path, key))
    elif isinstance(new, dict) and new and old is GONE:
        # A block that is new, such as a worker type: its place is its key.
        yield path, old, new
    elif type(old) is not type(new) or old != new:
        yield path, old, new
