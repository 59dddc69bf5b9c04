"""Review a change of a repository: find the releases that it affects, and review each."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.review.affected import affected
from raychart.review.appsets.go_templates import GoTemplates
from raychart.review.charts import Charts
from raychart.review.git import open_repository
from raychart.review.groups import grouped
from raychart.review.layers import Layers
from raychart.review.model import Review
from raychart.review.pairs import Pairs
from raychart.review.pins import Pins
from raychart.review.releases import find_releases, keep_refused
from raychart.review.revisions import find_revisions
from raychart.review.settings import settings_of
from raychart.review.shares import share_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from raychart.prices import Prices
    from raychart.review.affected import Pair
    from raychart.review.releases import Found, Release
    from raychart.review.revisions import Revisions
    from raychart.review.settings import Settings, Words
    from raychart.review.trees import Tree


@dataclass(frozen=True, slots=True)
class Request:
    """What to review and how; `head` is None for the working tree, `today` decides which ignores have expired."""

    start: Path
    base: str
    head: str | None
    words: Words
    today: date
    engine: str = "auto"
    program: str = "helm"
    cache: bool = True


def review(
    request: Request, tell: Callable[[str], None] | None = None, progress: Callable[[str], None] | None = None
) -> Review:
    """Review what changed in a repository; `tell` takes what slows the run down, `progress` how far it is.

    What is wrong with one namespace is among its findings and ends no other's review. Raises RaychartError where the
    repository, a revision or the settings cannot be used.
    """
    repository = open_repository(request.start)
    revisions = find_revisions(repository, request.base, request.head)
    settings = settings_of(revisions.base, revisions.head, repository, request.words)
    with tempfile.TemporaryDirectory(prefix="raychart-review-") as folder:
        return _Run(request, revisions, settings, Charts(Path(folder))).review(tell, progress or _silent)


def _silent(_: str) -> None:
    return None


class _Run:
    """One review, with what its steps share."""

    def __init__(
        self, request: Request, revisions: Revisions, settings: tuple[Settings, Settings], charts: Charts
    ) -> None:
        self.request = request
        self.base, self.head = revisions.base, revisions.head
        self.notes = list(revisions.notes)
        self.before, self.settings = settings
        self.charts = charts
        self.layers = Layers(self.head.blobs, request.words.sets)

    def review(self, tell: Callable[[str], None] | None, progress: Callable[[str], None]) -> Review:
        before, after = self._found()
        self.notes += dict.fromkeys((*before.notes, *after.notes, *after.elsewhere))
        _must_be_some(before, after, self.settings)
        found, untouched = self._affected(before, after)
        self._read_ahead(found)
        pairs = Pairs(self.request, self.base, self.head, self.settings, self.charts, self.layers, self._prices())
        reviewed = share_out(found, pairs.reviewed, tell, progress)
        told = [one for one in reviewed.reviews if one and (one.state != "unchanged" or one.findings)]
        notes = dict.fromkeys((*self.notes, *reviewed.notes))
        unchanged = untouched + len(found) - len(told)
        return Review(self.base.name, self.head.name, grouped(told), unchanged, tuple(notes))

    def _found(self) -> tuple[Found, Found]:
        templates = GoTemplates(self.request.engine, self.request.program)
        try:
            before = find_releases(self.base, self.before, templates)
            after = find_releases(self.head, self.settings, templates)
        finally:
            templates.close()
        keep_refused(before, after)
        return before, after

    def _affected(self, before: Found, after: Found) -> tuple[list[Pair], int]:
        def chart_in(tree: Tree) -> Callable[[Release], str]:
            return lambda release: self.charts.digest(tree, release.chart)

        charts = (chart_in(self.base), chart_in(self.head))
        pairs, same = affected(before.releases, after.releases, charts, self.head.blobs)
        return list(map(Pins(self.head.blobs).applied, pairs)), same

    def _read_ahead(self, pairs: Sequence[Pair]) -> None:
        """Read the values, and lay out the charts: once, before the work is shared out."""
        sides = [(tree, one) for pair in pairs for tree, one in ((self.base, pair.base), (self.head, pair.head)) if one]
        self.layers.fetch([release for _, release in sides])
        for tree, chart in dict.fromkeys((release.chart_in or tree, release.chart) for tree, release in sides):
            # Each release that wants a chart that is not there gets the reason.
            with suppress(RaychartError):
                self.charts.folder_of(tree, chart)

    def _prices(self) -> Prices | None:
        path = self.settings.prices
        if path is None:
            return None
        from raychart.prices import load_prices

        if path.startswith("/"):
            return load_prices(Path(path))
        return load_prices(Path(path), self.head.content(path))


def _must_be_some(before: Found, after: Found, settings: Settings) -> None:
    if before.releases or after.releases:
        return
    patterns = ", ".join(dict.fromkeys(selection.files for selection in settings.selections))
    remedy = "name them with --values-dir, or in .raychart.yaml: {review: {values: [envs/*.yaml]}}"
    what = "there is no values file of this name in either revision"
    notes = dict.fromkeys((*before.notes, *after.notes, *after.elsewhere))
    raise RaychartError(patterns, "".join((what, *(f"\n  {note}" for note in notes))), remedy)
