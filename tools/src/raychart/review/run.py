"""Review a change of a repository: render, check, compare and judge every release that it affects."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.rendering.jobs import check_release
from raychart.rendering.model import Job
from raychart.rendering.run import render_all
from raychart.review.affected import affected
from raychart.review.charts import Charts
from raychart.review.findings import Checks
from raychart.review.git import open_repository
from raychart.review.groups import grouped
from raychart.review.layers import Layers
from raychart.review.model import Review
from raychart.review.namespaces import Reviewer, Side
from raychart.review.releases import find_releases
from raychart.review.revisions import find_revisions
from raychart.review.settings import settings_of
from raychart.review.validation import Validator
from raychart.review.verdicts import Verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from raychart.prices import Prices
    from raychart.rendering.model import Rendered
    from raychart.review.affected import Pair
    from raychart.review.releases import Found, Release
    from raychart.review.revisions import Revisions
    from raychart.review.settings import Settings, Words
    from raychart.review.trees import Tree
    from raychart.values import Layer


# So many renderings take longer than anybody wants to wait without a word.
_MANY = 50


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
        return _Run(request, revisions, settings, Charts(Path(folder)), tell, progress or _silent).review()


def _silent(_: str) -> None:
    return None


class _Run:
    """One review, with what its steps share."""

    def __init__(
        self,
        request: Request,
        revisions: Revisions,
        settings: Settings,
        charts: Charts,
        tell: Callable[[str], None] | None,
        progress: Callable[[str], None],
    ) -> None:
        self.request = request
        self.base, self.head = revisions.base, revisions.head
        self.notes = list(revisions.notes)
        self.settings = settings
        self.charts = charts
        self.layers = Layers(self.head.blobs, request.words.sets)
        self.validator = Validator(settings.kubernetes_version, request.engine, request.program, stored=request.cache)
        self.tell = tell
        self.progress = progress

    def review(self) -> Review:
        before, after = (find_releases(tree, self.settings) for tree in (self.base, self.head))
        self.notes += dict.fromkeys((*before.notes, *after.notes))
        _must_be_some(before, after, self.settings)
        found, untouched = self._affected(before, after)
        self.layers.fetch([release for pair in found for release in (pair.base, pair.head) if release])
        pairs = [pair for pair in found if not self._has_the_same_values(pair)]
        untouched += len(found) - len(pairs)
        sides = self._sides(pairs)
        reviewer = Reviewer(Verdicts(self.settings.deployer, self._prices()), self._named, self.base.name)
        reviews = [reviewer.review_of(pair, *both) for pair, both in zip(pairs, sides, strict=True)]
        told = [one for one in reviews if one.state != "unchanged" or one.findings]
        notes = dict.fromkeys((*self.notes, *self.layers.notes, *self.charts.notes, *reviewer.notes))
        if pairs and self.validator.note:
            notes[self.validator.note] = None
        unchanged = untouched + len(reviews) - len(told)
        return Review(self.base.name, self.head.name, grouped(told), unchanged, tuple(notes))

    def _affected(self, before: Found, after: Found) -> tuple[list[Pair], int]:
        def chart_in(tree: Tree) -> Callable[[Release], str]:
            return lambda release: self.charts.digest(tree, release.chart)

        charts = (chart_in(self.base), chart_in(self.head))
        return affected(before.releases, after.releases, charts, self.head.blobs)

    def _has_the_same_values(self, pair: Pair) -> bool:
        """Tell whether nothing but comments and the like differs, so that there is nothing to render."""
        old, new = pair.base, pair.head
        if old is None or new is None or old.missing or new.missing:
            return False
        if self.charts.digest(self.base, old.chart) != self.charts.digest(self.head, new.chart):
            return False
        return _says_the_same(self.layers.of(old), self.layers.of(new))

    def _sides(self, pairs: Sequence[Pair]) -> list[tuple[Side | None, Side | None]]:
        """Render both sides of all pairs in one run, so that twins are known across them, then check them.

        The base is checked where there is something in the head that may have been there before.
        """
        made = [(self._made(self.base, pair.base), self._made(self.head, pair.head)) for pair in pairs]
        jobs = [one for both in made for one in both if isinstance(one, Job)]
        if len(jobs) >= _MANY:
            self.progress(f"rendering {len(jobs)} releases, both revisions counted")
        rendered = self._rendered(jobs)
        if len(jobs) >= _MANY:
            self.progress("checking what was rendered")
        heads = self._found(self.head, [rendered[id(new)] for _, new in made if isinstance(new, Job)])
        told = [old for old, new in made if isinstance(old, Job) and new and heads.get(id(new), True)]
        found = heads | self._found(self.base, [rendered[id(old)] for old in told])

        def side(one: Job | Finding | None) -> Side | None:
            if isinstance(one, Job):
                return Side(rendered[id(one)], found.get(id(one), ()))
            return None if one is None else Side(None, (), one)

        return [(side(old), side(new)) for old, new in made]

    def _rendered(self, jobs: Sequence[Job]) -> dict[int, Rendered]:
        request = self.request
        results = render_all(
            jobs, engine=request.engine, program=request.program, twice=True, tell=self.tell, stored=request.cache
        )
        return {id(job): one for job, one in zip(jobs, results, strict=True)}

    def _found(self, tree: Tree, rendered: Sequence[Rendered]) -> dict[int, tuple[Finding, ...]]:
        checks = Checks(tree, self.validator, self.request.today, self.charts.named)
        return {id(one.job): found for one, found in zip(rendered, checks.findings(rendered), strict=True)}

    def _made(self, tree: Tree, release: Release | None) -> Job | Finding | None:
        return None if release is None else self._job(tree, release)

    def _job(self, tree: Tree, release: Release) -> Job | Finding:
        """Return what to render, or why that cannot be done."""
        if release.missing and tree is self.head:
            what = f"{', '.join(release.missing)} is not there in {tree.name}, so Helm would fail"
            return Finding("values-yaml", "error", what, "bring the layer back, or name another", release.file)
        if release.missing:
            self.notes.append(f"{', '.join(release.missing)}: is not there in {tree.name}, so it was left out there")
        try:
            check_release(release.release)
            chart = self.charts.folder_of(tree, release.chart)
            return Job(release.file, release.namespace, release.release, chart, self.layers.of(release))
        except RaychartError as error:
            return Finding("review-failed", "error", f"{error.where}: {error.what}", error.remedy, release.file)

    def _prices(self) -> Prices | None:
        path = self.settings.prices
        if path is None:
            return None
        from raychart.prices import load_prices

        if path.startswith("/"):
            return load_prices(Path(path))
        return load_prices(Path(path), self.head.content(path))

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


def _must_be_some(before: Found, after: Found, settings: Settings) -> None:
    if before.releases or after.releases:
        return
    patterns = ", ".join(dict.fromkeys(selection.files for selection in settings.selections))
    remedy = "name them with --values-dir, or in .raychart.yaml: {review: {values: [envs/*.yaml]}}"
    raise RaychartError(patterns, "there is no values file of this name in either revision", remedy)
