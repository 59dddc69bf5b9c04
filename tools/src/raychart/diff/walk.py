"""Compare two values by meaning, down to the smallest parts that differ."""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any

from raychart.diff import order, secrets
from raychart.diff.identity import keyed
from raychart.diff.list_rules import Rule, rules_for
from raychart.diff.meaning import same, same_bytes
from raychart.diff.model import ABSENT, Change, ChangePath
from raychart.diff.secret_arguments import heat_of_argument
from raychart.diff.secret_names import Heat, below
from raychart.diff.similar import renamed_items

if TYPE_CHECKING:
    from raychart.diff.order import Lists as _Lists
    from raychart.diff.order import Places as _Places

# Of these kinds Kubernetes makes the pods anew when their template differs in anything, the order of a list included
# (deployment_util.go: EqualIgnoreHash); of a Job it refuses that.
_COMPARED = frozenset(("Deployment", "StatefulSet", "DaemonSet", "Job"))
_TEMPLATE = ("spec", "template")


def differences(old: dict[str, Any], new: dict[str, Any], kind: str) -> list[Change]:
    """Return what differs between two objects of a kind, in the order in which they have it, masked."""
    walk = _Walk(kind, hashed=_recreates(kind, old) or _recreates(kind, new))
    walk.values(old, new, (), heat=Heat.COLD)
    return walk.changes


class _Walk:
    """One pass over two values side by side, which collects changes."""

    def __init__(self, kind: str, *, hashed: bool) -> None:
        self.kind = kind
        # Whether something follows from the text: from the order of any list, from how a quantity is written.
        self.hashed = hashed
        self.changes: list[Change] = []

    def of_template(self, path: ChangePath) -> bool:
        """Tell whether a list is in a template that Kubernetes takes for another one when its order is another."""
        return self.kind in _COMPARED and path[:2] == _TEMPLATE

    def values(self, old: Any, new: Any, path: ChangePath, *, heat: Heat) -> None:
        if not _identical(old, new):
            self.changed(old, new, path, heat=heat)

    def changed(self, old: Any, new: Any, path: ChangePath, *, heat: Heat) -> None:
        """Compare two values that are not the same in every way."""
        if isinstance(old, dict) and isinstance(new, dict):
            self.mappings(old, new, path, heat=heat)
        elif isinstance(old, list) and isinstance(new, list):
            self.lists(old, new, path, heat=heat)
        elif (
            isinstance(old, (dict, list))
            or isinstance(new, (dict, list))
            or not same(old, new, path, by_text=self.hashed)
        ):
            self.add(path, old, new, heat=heat)

    def add(self, path: ChangePath, old: Any, new: Any, *, heat: Heat, at: int | None = None) -> None:
        """Keep a change of a value; null is the same as absent."""
        kind: Any = "added" if old is ABSENT else "removed" if new is ABSENT else "changed"
        code = isinstance(path[-1], str) and secrets.is_code(path[-1]) if path else False
        before, after = (side if side is ABSENT else secrets.shown(side, heat, code=code) for side in (old, new))
        self.changes.append(Change(path, kind, before, after, at=at))

    def mappings(self, old: dict[str, Any], new: dict[str, Any], path: ChangePath, *, heat: Heat) -> None:
        for key, before in old.items():
            if not _identical(before, new.get(key)):
                self.entry(key, (old, new), path, heat=heat)
        for key, after in new.items():
            if after is not None and key not in old:
                self.entry(key, (old, new), path, heat=heat)

    def entry(self, key: str, sides: tuple[dict[str, Any], dict[str, Any]], path: ChangePath, *, heat: Heat) -> None:
        """Compare what two mappings have under a key, which is not both times null or absent."""
        heat = max(below(side, key, heat) for side in sides)
        old, new = (ABSENT if side.get(key) is None else side[key] for side in sides)
        if old is ABSENT or new is ABSENT:
            self.add((*path, key), old, new, heat=heat)
        else:
            self.changed(old, new, (*path, key), heat=heat)

    def lists(self, old: list[Any], new: list[Any], path: ChangePath, *, heat: Heat) -> None:
        for rule in rules_for(self.kind, path, [*old, *new]):
            before, after = keyed(old, rule.key), keyed(new, rule.key)
            if before is None or after is None:
                continue
            tokens = [[item.value for item in side] for side in (before, after)]
            if rule.key == "content" and not order.sequences(*tokens)[1]:
                # What differs inside of items that stayed where they are is less to read than the items.
                self.sequence((old, new), tokens, path, heat=heat)
            else:
                best = rule._replace(order="all") if self.hashed or self.of_template(path) else rule
                self.keyed(best, (old, new), (before, after), path, heat=heat)
            return
        self.sequence((old, new), [[_token(item) for item in side] for side in (old, new)], path, heat=heat)

    def keyed(self, rule: Rule, lists: _Lists, places: _Places, path: ChangePath, *, heat: Heat) -> None:
        """Compare lists whose items are known by something."""
        (old, new), (before, after) = lists, places
        # What each item of the new list was called in the old one.
        origin = {item: item for item in after if item in before}
        gone = [(item, old[index]) for item, index in before.items() if item not in after]
        came = [(item, new[index]) for item, index in after.items() if item not in before]
        for one, other in renamed_items(rule.key, gone, came):
            origin[other] = one
            self.changes.append(Change((*path, other), "renamed", one.value, other.value))
        moved = order.moved(rule.order, lists, places, origin)
        kept = set(origin.values())
        for item, value in gone:
            if item not in kept:
                self.add((*path, item), value, ABSENT, heat=heat, at=None if moved is None else before[item])
        for item, index in after.items():
            if item not in origin:
                self.add((*path, item), ABSENT, new[index], heat=heat, at=None if moved is None else index)
            elif rule.key not in {"content", "value"}:
                was = old[before[origin[item]]], new[index]
                if origin[item] != item:
                    was = _nameless(was[0], rule.key), _nameless(was[1], rule.key)
                self.values(*was, (*path, item), heat=heat)
        for item in moved or ():
            self.changes.append(Change((*path, item), "moved", before[origin[item]], after[item]))

    def sequence(self, lists: _Lists, tokens: list[list[Any]], path: ChangePath, *, heat: Heat) -> None:
        """Compare lists whose items are known by where they stand; the index of a change is that in the new list.

        `tokens` are the same for items that are the same.
        """
        kept, moved = order.sequences(*tokens)
        for one, other in moved:
            self.changes.append(Change((*path, other), "moved", one, other))
        settled = {one for one, _ in moved}, {other for _, other in moved}
        at = (0, 0)
        for end in [*kept, (len(lists[0]), len(lists[1]))]:
            gap = [[i for i in range(at[side], end[side]) if i not in settled[side]] for side in (0, 1)]
            self.gap(lists, gap[0], gap[1], path, heat=heat)
            at = end[0] + 1, end[1] + 1

    def gap(self, lists: _Lists, gone: list[int], came: list[int], path: ChangePath, *, heat: Heat) -> None:
        """Compare what stands between items that are the same: one by one, as far as both sides go."""
        old, new = lists
        both = min(len(gone), len(came))
        for one, other in zip(gone, came, strict=False):
            argument = max(heat_of_argument(old, one), heat_of_argument(new, other))
            self.values(old[one], new[other], (*path, other), heat=max(heat, argument))
        for one in gone[both:]:
            self.add((*path, one), old[one], ABSENT, heat=max(heat, heat_of_argument(old, one)), at=one)
        for other in came[both:]:
            self.add((*path, other), ABSENT, new[other], heat=max(heat, heat_of_argument(new, other)), at=other)


def _recreates(kind: str, body: dict[str, Any]) -> bool:
    """Tell whether KubeRay makes all pods of an object anew when the text of its spec is another one.

    Source: ray-operator util.go, GenerateHashWithoutReplicasAndWorkersToDelete.
    """
    spec = body.get("spec")
    strategy = spec.get("upgradeStrategy") if isinstance(spec, dict) else None
    found = strategy.get("type") if isinstance(strategy, dict) else None
    # A RayService makes another cluster unless it is told not to.
    return found == "Recreate" if kind == "RayCluster" else kind == "RayService" and found != "None"


def _identical(old: Any, new: Any) -> bool:
    """Tell quickly whether two values are the same in every way; False may be wrong."""
    if old is new:
        return True
    if isinstance(old, str):
        return isinstance(new, str) and old == new
    return type(old) is type(new) and isinstance(old, (dict, list)) and same_bytes(old, new)


def _nameless(item: dict[str, Any], key: str) -> dict[str, Any]:
    return {field: value for field, value in item.items() if field != key}


def _token(value: Any) -> bytes:
    """Return the same bytes for the same meaning."""
    return marshal.dumps(_normal(value), 2)


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        return [(key, _normal(value[key])) for key in sorted(value) if value[key] is not None]
    if isinstance(value, list):
        return [_normal(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
