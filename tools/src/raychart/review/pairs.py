"""Review pairs of releases: render both sides, check, compare and judge them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.rendering.jobs import check_release
from raychart.rendering.model import Job
from raychart.rendering.run import render_all
from raychart.review.findings import Checks
from raychart.review.namespaces import Reviewer, Side
from raychart.review.validation import Validator
from raychart.review.verdicts import Verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from raychart.prices import Prices
    from raychart.rendering.model import Rendered
    from raychart.review.affected import Pair
    from raychart.review.charts import Charts
    from raychart.review.layers import Layers
    from raychart.review.model import NamespaceReview
    from raychart.review.releases import Release
    from raychart.review.run import Request
    from raychart.review.settings import Settings
    from raychart.review.trees import Tree
    from raychart.values import Layer


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The reviews of pairs, None for those that say the same in other words, and notes on what was left out."""

    reviews: tuple[NamespaceReview | None, ...]
    notes: tuple[str, ...]


class Pairs:
    """Reviews pairs of one review, some at a time; what is the same in others is worked out once."""

    def __init__(
        self,
        request: Request,
        base: Tree,
        head: Tree,
        settings: Settings,
        charts: Charts,
        layers: Layers,
        prices: Prices | None,
    ) -> None:
        self.request = request
        self.base, self.head = base, head
        self.charts = charts
        self.layers = layers
        self.validator = Validator(settings.kubernetes_version, request.engine, request.program, stored=request.cache)
        self.reviewer = Reviewer(Verdicts(settings.deployer, prices), self._named, base.name)
        self.notes: dict[str, None] = {}

    def reviewed(self, pairs: Sequence[Pair], tell: Callable[[str], None] | None) -> Reviewed:
        """Return the reviews of pairs; `tell` takes what slows the rendering down."""
        differing = {at: pair for at, pair in enumerate(pairs) if not self._has_the_same_values(pair)}
        sides = zip(differing.items(), self._sides(list(differing.values()), tell), strict=True)
        reviews = {at: self.reviewer.review_of(pair, *both) for (at, pair), both in sides}
        notes = dict.fromkeys((*self.notes, *self.layers.notes, *self.charts.notes, *self.reviewer.notes))
        if differing and self.validator.note:
            notes[self.validator.note] = None
        return Reviewed(tuple(map(reviews.get, range(len(pairs)))), tuple(notes))

    def _has_the_same_values(self, pair: Pair) -> bool:
        """Tell whether nothing but comments and the like differs, so that there is nothing to render."""
        old, new = pair.base, pair.head
        if old is None or new is None or old.missing or new.missing or new.problem:
            return False
        charts = [
            self.charts.digest(one.chart_in or tree, one.chart) for tree, one in ((self.base, old), (self.head, new))
        ]
        if charts[0] != charts[1] or new.notice:
            return False
        return _says_the_same(self.layers.of(old), self.layers.of(new))

    def _sides(
        self, pairs: Sequence[Pair], tell: Callable[[str], None] | None
    ) -> list[tuple[Side | None, Side | None]]:
        """Render both sides of all pairs in one run, so that twins are known across them, then check them.

        The base is checked where there is something in the head that may have been there before.
        """
        made = [(self._made(self.base, pair.base), self._made(self.head, pair.head)) for pair in pairs]
        jobs = [one for both in made for one in both if isinstance(one, Job)]
        rendered = self._rendered(jobs, tell)
        heads = self._found(self.head, [rendered[id(new)] for _, new in made if isinstance(new, Job)])
        told = [old for old, new in made if isinstance(old, Job) and new and heads.get(id(new), True)]
        found = heads | self._found(self.base, [rendered[id(old)] for old in told])

        def side(one: Job | Finding | None) -> Side | None:
            if isinstance(one, Job):
                return Side(rendered[id(one)], found.get(id(one), ()))
            return None if one is None else Side(None, (), one)

        return [(side(old), side(new)) for old, new in made]

    def _rendered(self, jobs: Sequence[Job], tell: Callable[[str], None] | None) -> dict[int, Rendered]:
        request = self.request
        results = render_all(
            jobs, engine=request.engine, program=request.program, twice=True, tell=tell, stored=request.cache
        )
        return {id(job): one for job, one in zip(jobs, results, strict=True)}

    def _found(self, tree: Tree, rendered: Sequence[Rendered]) -> dict[int, tuple[Finding, ...]]:
        checks = Checks(tree, self.validator, self.request.today, self.charts.named)
        return {id(one.job): found for one, found in zip(rendered, checks.findings(rendered), strict=True)}

    def _made(self, tree: Tree, release: Release | None) -> Job | Finding | None:
        return None if release is None else self._job(tree, release)

    def _job(self, tree: Tree, release: Release) -> Job | Finding:
        """Return what to render, or why that cannot be done."""
        if release.problem is not None:
            return release.problem
        if release.missing and tree is self.head:
            what = f"{', '.join(release.missing)} is not there in {tree.name}, so Helm would fail"
            return Finding("values-yaml", "error", what, "bring the layer back, or name another", release.file)
        if release.missing:
            note = f"{', '.join(release.missing)}: is not there in {tree.name}, so it was left out there"
            self.notes[note] = None
        try:
            check_release(release.release)
            chart = self.charts.folder_of(release.chart_in or tree, release.chart)
            return Job(release.file, release.namespace, release.release, chart, self.layers.of(release))
        except RaychartError as error:
            return Finding("review-failed", "error", f"{error.where}: {error.what}", error.remedy, release.file)

    def _named(self, file: str) -> str | None:
        """Return what the repository calls a file, None for what it has not got."""
        name = self.charts.named(file)
        return name if name.startswith("--") or self.head.has(name) or self.base.has(name) else None


def _says_the_same(old: Sequence[Layer], new: Sequence[Layer]) -> bool:
    """Tell whether layers have the same values, and nothing that lint would tell of their text."""
    return len(old) == len(new) and all(
        not (one.findings or other.findings)
        and "raychart:" not in one.text
        and "raychart:" not in other.text
        and json.dumps(one.data) == json.dumps(other.data)
        for one, other in zip(old, new, strict=True)
    )
