"""Find what was renamed: pairs of things that are gone and things that came, with nearly the same in them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raychart.diff.model import Item

# What both must have in common for one to be the other under a new name: of 1, by what names them. Worker types of
# one cluster are alike already, so that they must be nearly the same.
_NEARLY = {"name": 0.8, "groupName": 0.9}
# Steps to all leaves below which what two have in common says nothing, as a value alone.
_FEWEST = 2
# Pairs up to which each one is looked at; beyond, only those that have something in common that few others have.
_MOST_PAIRS = 400
_FEW = 10
_BEST = 5


class Candidate(NamedTuple):
    """Something with its name, and how often each thing is said in it."""

    name: str
    features: Counter[tuple[Any, ...]]

    def likeness(self, other: Candidate) -> float:
        """Return how much two have in common, from 0 to 1."""
        total = self.features.total() + other.features.total()
        return 2 * (self.features & other.features).total() / total if total else 0.0


def candidate(name: str, value: Any, without: str = "") -> Candidate:
    """Describe a value by its leaves, of texts with several lines by these; its own name counts as any name."""
    if isinstance(value, dict):
        value = {key: item for key, item in value.items() if key != without}
    return Candidate(name, Counter(_leaves(value, (), name)))


def _leaves(value: Any, path: tuple[str, ...], name: str) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key), name)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, (*path, "[]"), name)
    elif isinstance(value, str):
        for line in value.split("\n"):
            yield (*path, line.replace(name, "\0"))
    elif value is not None:
        yield (*path, type(value) is bool, value)


def pairs(gone: Sequence[Candidate], came: Sequence[Candidate], least: float) -> list[tuple[Candidate, Candidate]]:
    """Pair what is most alike, the most alike first, each once and as long as it is alike by `least`.

    The answer does not depend on which side is which.
    """
    found = _identical(gone, came)
    taken = {id(one) for pair in found for one in pair}
    gone = [one for one in gone if id(one) not in taken]
    came = [other for other in came if id(other) not in taken]
    scored = [(one.likeness(other), one, other) for one, other in _promising(gone, came)]
    for score, one, other in sorted(scored, key=lambda entry: (-entry[0], sorted((entry[1].name, entry[2].name)))):
        if score >= least and id(one) not in taken and id(other) not in taken:
            taken |= {id(one), id(other)}
            found.append((one, other))
    return found


def _identical(gone: Sequence[Candidate], came: Sequence[Candidate]) -> list[tuple[Candidate, Candidate]]:
    waiting: dict[frozenset[Any], list[Candidate]] = {}
    for one in sorted(gone, key=lambda one: one.name, reverse=True):
        waiting.setdefault(frozenset(one.features.items()), []).append(one)
    found = []
    for other in sorted(came, key=lambda other: other.name):
        same = waiting.get(frozenset(other.features.items()))
        if same:
            found.append((same.pop(), other))
    return found


def _promising(gone: Sequence[Candidate], came: Sequence[Candidate]) -> list[tuple[Candidate, Candidate]]:
    if len(gone) * len(came) <= _MOST_PAIRS:
        return [(one, other) for one in gone for other in came]
    frequency = Counter(feature for one in (*gone, *came) for feature in one.features)
    rare = {feature for feature, count in frequency.items() if count <= _FEW}
    found = {(id(one), id(other)): (one, other) for one, other in _nearest(gone, came, rare)}
    found |= {(id(one), id(other)): (one, other) for other, one in _nearest(came, gone, rare)}
    return list(found.values())


def _nearest(
    these: Sequence[Candidate], those: Sequence[Candidate], rare: set[tuple[Any, ...]]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Pair each of these with the few of those with which it has the most that is rare."""
    having: dict[tuple[Any, ...], list[int]] = {}
    for index, one in enumerate(those):
        for feature in rare.intersection(one.features):
            having.setdefault(feature, []).append(index)
    for one in these:
        common = Counter(index for feature in rare.intersection(one.features) for index in having.get(feature, ()))
        best = sorted(common, key=lambda index: (-common[index], those[index].name))[:_BEST]
        yield from ((one, those[index]) for index in best)


def renamed_items(
    key: str, gone: Sequence[tuple[Item, Any]], came: Sequence[tuple[Item, Any]]
) -> Iterator[tuple[Item, Item]]:
    """Yield which item of a list was renamed to which, as far as both are large enough to tell."""
    if key not in _NEARLY or not gone or not came:
        return
    items: dict[int, Item] = {}

    def described(side: Sequence[tuple[Item, Any]]) -> list[Candidate]:
        named = [(item, value) for item, value in side if value.get(key) == item.value]
        all_of_them = [(item, candidate(item.value, value, key)) for item, value in named]
        large = [(item, one) for item, one in all_of_them if _steps(one) >= _FEWEST]
        items.update({id(one): item for item, one in large})
        return [one for _, one in large]

    for one, other in pairs(described(gone), described(came), _NEARLY[key]):
        yield items[id(one)], items[id(other)]


def _steps(one: Candidate) -> int:
    return sum(sum(isinstance(step, str) for step in feature[:-1]) * count for feature, count in one.features.items())
