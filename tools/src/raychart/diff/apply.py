"""Make the new manifests of the old ones and what differs: the proof that a comparison leaves nothing out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from raychart.diff.identity import keyed
from raychart.diff.model import Change, Hidden, Item, Masked
from raychart.diff.secrets import as_stored
from raychart.manifests import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.diff.model import ChangePath, Comparison, ObjectDiff, Step
    from raychart.manifests import Manifest

    # Changes below some place, each with the rest of its path.
    _Below = list[tuple[ChangePath, Change]]


def apply(old: Sequence[Manifest], comparison: Comparison) -> list[Manifest]:
    """Return `old` with everything done that a comparison says, sorted by identity.

    `old` are the manifests that were compared. What a change must not show is taken from the comparison's new
    manifests. Secrets come out as the API server keeps them, without stringData.
    """
    diffs = {id(diff.old): diff for diff in comparison.objects if diff.old is not None}
    found = [diff.new for diff in comparison.objects if diff.kind == "added" and diff.new is not None]
    for manifest in old:
        diff = diffs.get(id(manifest))
        if diff is None:
            found.append(manifest)
        elif diff.new is not None:
            found.append(_changed(manifest, diff, diff.new))
    return in_order(found)


def _changed(manifest: Manifest, diff: ObjectDiff, new: Manifest) -> Manifest:
    source = as_stored(new)
    body = _Patch(source).mapping(as_stored(manifest), [(change.path, change) for change in diff.changes])
    metadata = dict(body.get("metadata") or {})
    if diff.kind == "renamed":
        for field in ("name", "namespace"):
            metadata.pop(field, None)
            if field in source["metadata"]:
                metadata[field] = source["metadata"][field]
        body["metadata"] = metadata
    return replace(
        manifest, group=new.group, version=new.version, namespace=new.namespace, name=new.name, body=body, alike=""
    )


def at(body: dict[str, Any], path: ChangePath) -> Any:
    """Return what an object has at a path. Raises LookupError where it has nothing."""
    found: Any = body
    for step in path:
        found = found[(keyed(found, step.key) or {})[step]] if isinstance(step, Item) else found[step]
    return found


class _Patch:
    """Carries changes out in one object; `source` is its new body, for what the changes must not show."""

    def __init__(self, source: dict[str, Any]) -> None:
        self.source = source

    def value(self, old: Any, changes: _Below) -> Any:
        """Return a value with the changes in it made; their paths begin there."""
        path, change = changes[0]
        if not path:
            return self.new(change)
        if isinstance(path[0], str):
            return self.mapping(old, changes)
        return self.keyed(old, changes) if isinstance(path[0], Item) else self.sequence(old, changes)

    def new(self, change: Change) -> Any:
        return at(self.source, change.path) if _hides(change.new) else change.new

    def mapping(self, old: dict[str, Any], changes: _Below) -> dict[str, Any]:
        found = dict(old)
        for key, inner in _by_step(changes).items():
            path, change = inner[0]
            if not path and change.kind == "removed":
                del found[str(key)]
            else:
                found[str(key)] = self.value(found.get(str(key)), inner)
        return found

    def keyed(self, old: list[Any], changes: _Below) -> list[Any]:
        steps = _by_step(changes)
        key = next(step.key for step in steps if isinstance(step, Item))
        renamed = {
            Item(key, change.old): path[0] for path, change in changes if len(path) == 1 and change.kind == "renamed"
        }
        places = keyed(old, key)
        assert places is not None  # noqa: S101 (or there would be no steps by this key)
        items = {renamed.get(item, item): old[index] for item, index in places.items()}
        placed: dict[int, Any] = {}
        for item, inner in steps.items():
            own = {change.kind: change for path, change in inner if not path}
            deeper = [(path, change) for path, change in inner if path]
            if deeper:
                items[item] = self.value(items[item], deeper)
            if "renamed" in own:
                items[item] = {**items[item], key: own["renamed"].new}
            if "moved" in own:
                placed[own["moved"].new] = items.pop(item)
            if "removed" in own:
                del items[item]
            if "added" in own and own["added"].at is not None:
                placed[own["added"].at] = self.new(own["added"])
            elif "added" in own:
                items[item] = self.new(own["added"])
        return _laid_out(list(items.values()), placed)

    def sequence(self, old: list[Any], changes: _Below) -> list[Any]:
        placed: dict[int, Any] = {}
        gone: set[int] = set()
        deeper: _Below = []
        for path, change in changes:
            if len(path) == 1 and change.kind == "removed":
                gone.add(_index(path[0]))
            elif len(path) == 1 and change.kind == "moved":
                gone.add(change.old)
                placed[change.new] = old[change.old]
            elif len(path) == 1 and change.kind == "added":
                placed[_index(path[0])] = self.new(change)
            else:
                deeper.append((path, change))
        found = _laid_out([item for index, item in enumerate(old) if index not in gone], placed)
        for step, inner in _by_step(deeper).items():
            found[_index(step)] = self.value(found[_index(step)], inner)
        return found


def _laid_out(rest: list[Any], placed: dict[int, Any]) -> list[Any]:
    """Put items at their positions among the rest, which keeps its order."""
    others = iter(rest)
    return [placed[index] if index in placed else next(others) for index in range(len(rest) + len(placed))]


def _by_step(changes: _Below) -> dict[Step, _Below]:
    found: dict[Step, _Below] = {}
    for path, change in changes:
        found.setdefault(path[0], []).append((path[1:], change))
    return found


def _index(step: Step) -> int:
    assert isinstance(step, int)  # noqa: S101 (a list is stepped into in one way only)
    return step


def _hides(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_hides, value.values()))
    if isinstance(value, list):
        return any(map(_hides, value))
    return isinstance(value, (Hidden, Masked))
