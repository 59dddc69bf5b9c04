"""What schemas refuse, as problems of manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from raychart.schema_words import Problem as Refused


def in_words(refused: Iterable[Refused]) -> Iterator[Problem]:
    """Yield a problem for each thing that is refused."""
    for one in refused:
        yield Problem(one.path, one.message, one.remedy)
