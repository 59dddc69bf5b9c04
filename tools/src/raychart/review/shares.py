"""Share a review out among the cores, where there is enough to do for each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from raychart.review.pairs import Reviewed
from raychart.spread import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from raychart.review.affected import Pair
    from raychart.review.model import NamespaceReview
    from raychart.review.releases import Release

# So many take longer than anybody wants to wait without a word.
_LONG = 25
# Fewer different pairs are as quickly reviewed by one process, which works out once what they have in common.
_MANY = 60
# Different pairs in a share: enough to be rendered together, and few enough that no core waits long for the last one.
_SHARE = 24


def share_out(
    pairs: Sequence[Pair],
    review: Callable[[Sequence[Pair], Callable[[str], None] | None], Reviewed],
    tell: Callable[[str], None] | None,
    progress: Callable[[str], None],
) -> Reviewed:
    """Return what `review` makes of all pairs, in order; `progress` is told how far it is.

    Pairs that differ in nothing but the namespace stay together. Where the Helm library is loaded already, all is done
    in this process, for the library does not work in a copy of it.
    """
    if len(pairs) >= _LONG:
        progress(f"reviewing {len(pairs)} namespaces")
    shares = list(_shares(pairs))
    if len(shares) < 2 or "helm_python" in sys.modules:
        return review(pairs, tell)

    def reviewed(number: int) -> Reviewed:
        # What slows all of them down is told once.
        return review([pairs[at] for at in shares[number]], None if number else tell)

    reviews: dict[int, NamespaceReview | None] = {}
    notes: dict[str, None] = {}
    for share, result in zip(shares, spread(reviewed, range(len(shares)), at_least=2), strict=True):
        reviews |= zip(share, result.reviews, strict=True)
        notes |= dict.fromkeys(result.notes)
        progress(f"{len(reviews)} of {len(pairs)} namespaces reviewed")
    return Reviewed(tuple(reviews[at] for at in range(len(pairs))), tuple(notes))


def _shares(pairs: Sequence[Pair]) -> Iterator[list[int]]:
    """Yield the numbers of the pairs in each share; all in one where few are different."""
    alike: dict[Hashable, list[int]] = {}
    for number, pair in enumerate(pairs):
        alike.setdefault((_content(pair.base), _content(pair.head)), []).append(number)
    groups = list(alike.values())
    size = _SHARE if len(groups) >= _MANY else len(groups) or 1
    for at in range(0, len(groups), size):
        yield [number for group in groups[at : at + size] for number in group]


def _content(release: Release | None) -> Hashable:
    """Return what is the same for releases that differ in nothing but file and namespace."""
    if release is None:
        return None
    sources = tuple(source.id if source.layer is None else (source.path, source.id) for source in release.sources)
    return (release.release, release.chart, release.missing, release.deployer, release.revision, sources)
