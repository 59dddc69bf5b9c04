"""Mark what the templates give anew each time: random names, certificates, times, and digests of these."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from raychart.diff.model import Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.diff.model import Change, ChangePath, ObjectDiff

    Identity = tuple[str, str, str, str]


class _Unstable:
    """What differs between two renderings of the same: paths in objects, and objects that get other names."""

    def __init__(self, diffs: Sequence[ObjectDiff]) -> None:
        self.paths: dict[Identity, set[ChangePath]] = {}
        self.names: set[Identity] = set()
        for diff in diffs:
            identity = diff.manifest.identity if diff.old is None else diff.old.identity
            self.paths[identity] = {_settled(change.path) for change in diff.changes}
            if diff.kind != "changed":
                self.names.add(identity)

    def has(self, identity: Identity, path: ChangePath) -> bool:
        paths = self.paths.get(identity, set())
        return any(path[:length] in paths for length in range(1, len(path) + 1))


def marked(
    found: Sequence[ObjectDiff], old: Sequence[ObjectDiff] | None, new: Sequence[ObjectDiff] | None
) -> list[ObjectDiff]:
    """Mark what is unstable on both sides; `old` and `new` are what differs between two renderings of each.

    What is unstable on one side only is a difference: a password that was fixed is drawn at random from now on. Of a
    side that was rendered once nothing is known, and the other one counts.
    """
    sides = [None if side is None else _Unstable(side) for side in (old, new)]
    return [_marked(diff, sides[0], sides[1]) for diff in found]


def _marked(diff: ObjectDiff, old: _Unstable | None, new: _Unstable | None) -> ObjectDiff:
    known = [
        (side, manifest.identity)
        for side, manifest in ((old, diff.old), (new, diff.new))
        if side is not None and manifest is not None
    ]
    if not known:
        return diff

    def mark(change: Change) -> Change:
        unstable = all(side.has(identity, change.path) for side, identity in known)
        return replace(change, unstable=True) if unstable else change

    renamed = diff.kind != "changed" and all(identity in side.names for side, identity in known)
    return replace(diff, changes=tuple(map(mark, diff.changes)), unstable=renamed)


def _settled(path: ChangePath) -> ChangePath:
    """Name the list where the step into it is what the item says, which is another one each time."""
    for index, step in enumerate(path):
        if isinstance(step, Item) and step.key in {"content", "value"}:
            return path[:index]
    return path
