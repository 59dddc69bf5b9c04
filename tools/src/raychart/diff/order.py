"""Find which items of a list kept their order, so that the fewest are said to have moved.

Of several answers the same one is given whichever list is the old one: the other way round is the mirror image.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

from raychart.diff.list_rules import references
from raychart.diff.model import Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.diff.list_rules import Order

# What is the same for items that are the same.
_Token = TypeVar("_Token", bytes, str)
# Items of both lists multiplied, beyond which the best match of what differs in between is not looked for.
_MOST = 40_000
Pairs = list[tuple[int, int]]
Lists = tuple[list[Any], list[Any]]
# The index of each item in the old list, and in the new one.
Places = tuple[dict[Item, int], dict[Item, int]]


def moved(order: Order, lists: Lists, places: Places, origin: dict[Item, Item]) -> list[Item] | None:
    """Return the items of the new list that stand elsewhere in a sense that matters; None where order does not.

    `origin` says what an item that is in both lists was called in the old one.
    """
    before, after = places
    if order == "none" or (order == "references" and not _refer_otherwise(lists, places)):
        return None
    if order == "first":
        return [item for item, was in origin.items() if (before[was] == 0) != (after[item] == 0)]
    names = {item: "\0".join(sorted((item.value, was.value))) for item, was in origin.items()}
    old = [names[item] for item in sorted(origin, key=lambda item: before[origin[item]])]
    new = [names[item] for item in sorted(origin, key=after.__getitem__)]
    if old == new:
        return []
    stay = _in_order(old, new)
    return [item for item in after if item in origin and names[item] not in stay]


def _refer_otherwise(lists: Lists, places: Places) -> bool:
    """Tell whether a $(VAR) of an environment finds a variable before it in one list and not in the other."""
    pairs = {(name, used) for side in lists for name, names in references(side).items() for used in names}
    return any(len({_found(place, *pair) for place in places}) > 1 for pair in pairs)


def _found(place: dict[Item, int], name: str, used: str) -> bool | None:
    user, variable = place.get(Item("name", name)), place.get(Item("name", used))
    return None if user is None or variable is None else variable < user


def sequences(old: list[_Token], new: list[_Token]) -> tuple[Pairs, Pairs]:
    """Return which items of two lists are the same and in the same order, and which are the same elsewhere."""
    kept = _aligned(old, new)
    stay = {one for one, _ in kept}, {other for _, other in kept}
    waiting: dict[_Token, deque[int]] = {}
    for index, item in enumerate(old):
        if index not in stay[0]:
            waiting.setdefault(item, deque()).append(index)
    elsewhere = []
    for index, item in enumerate(new):
        if index not in stay[1] and waiting.get(item):
            elsewhere.append((waiting[item].popleft(), index))
    return kept, elsewhere


def _in_order(old: list[str], new: list[str]) -> set[str]:
    """Return the most items that stand in the same order in two lists; each item is once in either."""
    if old > new:
        old, new = new, old
    place = {item: index for index, item in enumerate(new)}
    return {old[index] for index in increasing([place[item] for item in old])}


def increasing(numbers: Sequence[int]) -> list[int]:
    """Return the indexes of the longest increasing part of a sequence of different numbers."""
    ends: list[int] = []
    ends_at: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        place = bisect_left(ends, number)
        before.append(ends_at[place - 1] if place else -1)
        if place == len(ends):
            ends.append(number)
            ends_at.append(index)
        else:
            ends[place], ends_at[place] = number, index
    found: list[int] = []
    at = ends_at[-1] if ends_at else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]


def _aligned(old: list[_Token], new: list[_Token]) -> Pairs:
    """Return the indexes of equal items of two lists, increasing on both sides; items may be there several times."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    middle = old[start : len(old) - end], new[start : len(new) - end]
    pairs = [(index, index) for index in range(start)]
    pairs += [(start + one, start + other) for one, other in _middle(*middle)]
    return pairs + [(len(old) - end + step, len(new) - end + step) for step in range(end)]


def _middle(old: list[_Token], new: list[_Token]) -> Pairs:
    if not old or not new:
        return []
    if old > new:
        return sorted((one, other) for other, one in _middle(new, old))
    if len(old) * len(new) > _MOST:
        return [(index, index) for index in range(min(len(old), len(new))) if old[index] == new[index]]
    return _common(old, new)


def _common(old: list[_Token], new: list[_Token]) -> Pairs:
    """Return a longest common part of two short lists."""
    # How much the rest of both lists has in common, from each pair of indexes on.
    rest = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for one in range(len(old) - 1, -1, -1):
        for other in range(len(new) - 1, -1, -1):
            same = old[one] == new[other]
            rest[one][other] = rest[one + 1][other + 1] + 1 if same else max(rest[one + 1][other], rest[one][other + 1])
    pairs = []
    one = other = 0
    while one < len(old) and other < len(new):
        if old[one] == new[other]:
            pairs.append((one, other))
            one, other = one + 1, other + 1
        elif rest[one + 1][other] >= rest[one][other + 1]:
            one += 1
        else:
            other += 1
    return pairs
