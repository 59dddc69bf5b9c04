"""Three-way merge of values: what raychart wrote, what the team made of it, what raychart would write now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from raychart.paths import ValuesPath


class Missing(Enum):
    """Stands for no value; null is one."""

    MISSING = "missing"


MISSING = Missing.MISSING


class Decision(Enum):
    """What becomes of a value."""

    KEEP = "the team's"
    TAKE = "the new one"
    DESCEND = "key by key"
    CONFLICT = "the team's, and say so"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that both sides changed, each another way; what is not there is MISSING."""

    path: ValuesPath
    old: Any
    edited: Any
    new: Any


def decide(old: Any, edited: Any, new: Any) -> Decision:
    """Say which of the three values is to be."""
    if same(new, old) or same(edited, new):
        return Decision.KEEP
    if same(edited, old):
        return Decision.TAKE
    if isinstance(edited, dict) and isinstance(new, dict) and (old is MISSING or isinstance(old, dict)):
        return Decision.DESCEND
    return Decision.CONFLICT


def merge_values(old: Any, edited: Any, new: Any, path: ValuesPath = ()) -> tuple[Any, list[Conflict]]:
    """Merge three values; the team's stays where both sides changed it."""
    decision = decide(old, edited, new)
    if decision is Decision.TAKE:
        return new, []
    if decision is not Decision.DESCEND:
        return edited, [Conflict(path, old, edited, new)] if decision is Decision.CONFLICT else []
    merged: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    below = {} if old is MISSING else old
    for key in dict.fromkeys((*edited, *new)):
        before, own, after = (side.get(key, MISSING) for side in (below, edited, new))
        value, inner = merge_values(before, own, after, (*path, key))
        conflicts += inner
        if value is not MISSING:
            merged[key] = value
    return merged, conflicts


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same to Helm: 5 and 5.0 are, 1 and true are not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and one == other
