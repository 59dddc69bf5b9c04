"""Tell which releases a change may affect: those whose own files, layers, chart or names are not the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from raychart.review.releases import Release
    from raychart.review.trees import Blobs

# What of two files has to be the same for one to be taken for the other, renamed; git has 50 %.
_ALIKE = 0.5
# Pairs of files that are held against each other.
_MOST_PAIRS = 10_000


@dataclass(frozen=True, slots=True)
class Pair:
    """One release at both revisions, None where it is not there; `why` says what made it part of the review."""

    base: Release | None
    head: Release | None
    why: str

    @property
    def release(self) -> Release:
        """Return the release as it will be, or as it was when it goes."""
        found = self.head or self.base
        assert found is not None  # noqa: S101 (one of them is there by construction)
        return found


def affected(
    base: Mapping[str, Release],
    head: Mapping[str, Release],
    chart_of: tuple[Callable[[Release], str], Callable[[Release], str]],
    blobs: Blobs,
) -> tuple[list[Pair], int]:
    """Pair the releases of both revisions, and count those in which nothing that counts differs.

    A file that is for another namespace, or another release, than before is one that goes and one that is new; a
    release that another file describes than before is the same. `chart_of` tell charts of base and head from each
    other.
    """
    pairs: list[Pair] = []
    same = 0
    moved = _moved(base, head)
    for file in sorted({*base, *head} - set(moved.values())):
        old, new = base.get(moved.get(file, file)), head.get(file)
        if old and new and (old.namespace, old.release) != (new.namespace, new.release):
            what = f"{file} is for {_name(new)} now, it was for {_name(old)}"
            pairs += [Pair(old, None, what), Pair(None, new, what)]
        elif new and new.problem:
            pairs.append(Pair(old, new, f"{new.problem.file} changed"))
        elif old and new:
            # A file may be the values and what an ApplicationSet goes by at once.
            reasons = list(dict.fromkeys(_reasons(old, new, chart_of[0](old), chart_of[1](new))))
            pairs += [Pair(old, new, ", ".join(reasons))] if reasons else []
            same += not reasons
        else:
            pairs.append(Pair(old, new, f"{file} {'is new' if new else 'was removed'}"))
    stay = {_own(base[file]) for file in base if file in head}
    return _renamed(pairs, stay, blobs), same


def _moved(base: Mapping[str, Release], head: Mapping[str, Release]) -> dict[str, str]:
    """Return by its new name what a release's file was called, where each side has one for it alone."""
    sides = []
    for one, other in ((base, head), (head, base)):
        left = {file: _name(release) for file, release in one.items() if file not in other}
        counts = Counter(left.values())
        sides.append({name: file for file, name in left.items() if counts[name] == 1})
    gone, come = sides
    return {come[name]: gone[name] for name in come if name in gone}


def _reasons(old: Release, new: Release, old_chart: str, new_chart: str) -> Iterator[str]:
    yield from _reasons_of_layers(old, new)
    if moves_pin(old, new):
        yield f"the chart's revision is {new.revision} now, it was {old.revision}"
    if old.chart != new.chart:
        yield f"the chart is {new.chart or 'the one that raychart brings'} now"
    elif old_chart != new_chart:
        yield f"the chart {new.chart} changed"


def moves_pin(old: Release, new: Release) -> bool:
    """Tell whether Argo CD takes the chart from another revision than before."""
    return bool(old.revision and new.revision) and old.revision != new.revision


def _reasons_of_layers(old: Release, new: Release) -> Iterator[str]:
    before = {source.path: source.id for source in old.sources}
    after = {source.path: source.id for source in new.sources}
    parameters = list(_reasons_of_parameters(old, new))
    written = {source.path for source in (*old.sources, *new.sources) if source.layer is not None}
    if parameters and any(before.get(path) != after.get(path) for path in written):
        # What an ApplicationSet fills in is told by what it takes that from.
        yield from parameters
        before, after = ({path: oid for path, oid in one.items() if path not in written} for one in (before, after))
    if old.file != new.file and old.file not in after and new.file not in before:
        yield f"{old.file} was renamed to {new.file}"
        before = {new.file if path == old.file else path: oid for path, oid in before.items()}
    for path in dict.fromkeys((*before, *after)):
        if path not in before:
            yield f"{path} was added"
        elif path not in after:
            yield f"{path} was removed"
        elif before[path] != after[path]:
            yield f"{path} changed"
    for path in new.missing:
        if path not in before and path not in old.missing:
            yield f"{path} is not there"
    if list(before) != list(after) and set(before) == set(after):
        yield "the order of its layers changed"


def _reasons_of_parameters(old: Release, new: Release) -> Iterator[str]:
    before = {source.path: source.id for source in old.parameters}
    after = {source.path: source.id for source in new.parameters}
    for path in dict.fromkeys((*before, *after)):
        if path in before and path in after and before[path] != after[path]:
            yield f"{path} changed"
        elif path not in before or path not in after:
            yield f"{path} was {'added' if path in after else 'removed'}"


def _name(release: Release) -> str:
    return f"release {release.release} in {release.namespace}"


def _renamed(pairs: list[Pair], stay: set[str], blobs: Blobs) -> list[Pair]:
    """Say of a file that went and one that came that it is the same, renamed, unless it is a copy of one that stays."""
    gone = [pair for pair in pairs if pair.head is None and pair.base is not None]
    come = [pair for pair in pairs if pair.base is None and pair.head is not None]
    told: dict[int, str] = {}
    for old, new in _alike(gone, come, blobs):
        if _own(new.release) in stay and _own(new.release) != _own(old.release):
            continue
        what = f"{old.release.file} was renamed to {new.release.file}"
        told |= {id(old): what, id(new): what}
    return [replace(pair, why=told.get(id(pair), pair.why)) for pair in pairs]


def _alike(gone: Sequence[Pair], come: Sequence[Pair], blobs: Blobs) -> Iterator[tuple[Pair, Pair]]:
    lines = {}
    if len(gone) * len(come) <= _MOST_PAIRS:
        owns = {own for pair in (*gone, *come) if (own := _own(pair.release))}
        blobs.fetch(owns)
        lines = {own: Counter(blobs.content(own).splitlines()) for own in owns}
    scores = [
        (score, number, other)
        for number, old in enumerate(gone)
        for other, new in enumerate(come)
        if old.release.file != new.release.file
        and (score := _score(_own(old.release), _own(new.release), lines)) >= _ALIKE
    ]
    taken: set[tuple[str, int]] = set()
    for _, number, other in sorted(scores, key=lambda entry: (-entry[0], *entry[1:])):
        if not taken & {("old", number), ("new", other)}:
            taken |= {("old", number), ("new", other)}
            yield gone[number], come[other]


def _own(release: Release) -> str:
    return next((source.id for source in release.sources if source.path == release.file), "")


def _score(old: str, new: str, lines: Mapping[str, Counter[bytes]]) -> float:
    if old == new:
        return float(bool(old))
    one, other = lines.get(old, Counter()), lines.get(new, Counter())
    return 2 * (one & other).total() / max(one.total() + other.total(), 1)
