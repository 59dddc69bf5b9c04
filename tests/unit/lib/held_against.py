"""Hold a comparison to what it says: applied it gives the new side, the other way round it is the mirror image."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from raychart.diff.apply import apply
from raychart.diff.compare import compare
from raychart.diff.meaning import quantity
from raychart.diff.model import Change, Item, ObjectDiff
from raychart.diff.secrets import as_stored

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raychart.diff.model import ChangePath
    from raychart.manifests import Manifest

_OTHER = {"added": "removed", "removed": "added"}


def must_apply(old: list[Manifest], new: list[Manifest]) -> None:
    """Hold what applying gives against the new manifests: by our own comparison, and by one that knows nothing."""
    made = apply(old, compare(old, new))
    assert compare(made, new).objects == ()
    assert [one.identity for one in made] == [one.identity for one in new]
    assert [_bag(one) for one in made] == [_bag(one) for one in new]


def _bag(manifest: Manifest) -> str:
    return repr(_sorted({**as_stored(manifest), "metadata": None}))


def _sorted(value: Any) -> Any:
    """Leave out every order, nulls, and how quantities are written."""
    if isinstance(value, dict):
        return sorted((key, _sorted(item)) for key, item in value.items() if item is not None)
    if isinstance(value, list):
        return sorted((_sorted(item) for item in value), key=repr)
    amount = quantity(value)
    return value if amount is None else amount


def must_mirror(old: list[Manifest], new: list[Manifest]) -> None:
    """Hold what differs against what differs the other way round."""
    there, back = compare(old, new), compare(new, old)
    assert _shown(map(_mirrored, there.objects)) == _shown(back.objects)


def _shown(diffs: Iterable[ObjectDiff]) -> Counter[str]:
    return Counter(
        repr((diff.kind, diff.old and diff.old.identity, diff.new and diff.new.identity, _placeless(change)))
        for diff in diffs
        for change in (diff.changes or [None])
    )


def _placeless(change: Change | None) -> Change | None:
    """Leave indexes out: what changes in a list without keys has those of the new list."""
    steps = change.path if change is not None else ()
    return change and replace(change, path=tuple("#" if isinstance(step, int) else step for step in steps))


def _mirrored(diff: ObjectDiff) -> ObjectDiff:
    old_names = {
        change.path: (*change.path[:-1], Item(change.path[-1].key, change.old))
        for change in diff.changes
        if change.kind == "renamed" and isinstance(change.path[-1], Item)
    }
    changes = [_mirrored_change(change, old_names) for change in diff.changes]
    kind: Any = _OTHER.get(diff.kind, diff.kind)
    return ObjectDiff(kind, diff.new, diff.old, tuple(changes))


def _mirrored_change(change: Change, old_names: dict[ChangePath, ChangePath]) -> Change:
    kind: Any = _OTHER.get(change.kind, change.kind)
    path = change.path
    for length in range(len(path), 0, -1):
        if path[:length] in old_names:
            path = (*old_names[path[:length]], *path[length:])
    return replace(change, path=path, kind=kind, old=change.new, new=change.old)
