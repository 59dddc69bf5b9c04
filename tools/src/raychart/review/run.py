"""Review a change of a repository: render, check, compare and judge every release that it affects."""

from __future__ import annotations

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
        self.tell = tell
        self.progress = progress

    def review(self) -> Review:
        before, after = (find_releases(tree, self.settings) for tree in (self.base, self.head))
        self.notes += dict.fromkeys((*before.notes, *after.notes))
        _must_be_some(before, after, self.settings)
        pairs, untouched = self._affected(before, after)
        sides = self._sides(pairs)
        reviewer = Reviewer(Verdicts(self.settings.deployer, self._prices()), self._named, self.base.name)
        reviews = [reviewer.review_of(pair, *both) for pair, both in zip(pairs, sides, strict=True)]
        told = [one for one in reviews if one.state != "unchanged" or one.findings]
        notes = dict.fromkeys((*self.notes, *self.layers.notes, *self.charts.notes, *reviewer.notes))
        unchanged = untouched + len(reviews) - len(told)
        return Review(self.base.name, self.head.name, grouped(told), unchanged, tuple(notes))

    def _affected(self, before: Found, after: Found) -> tuple[list[Pair], int]:
        def chart_in(tree: Tree) -> Callable[[Release], str]:
            return lambda release: self.charts.digest(tree, release.chart)

        charts = (chart_in(self.base), chart_in(self.head))
        return affected(before.releases, after.releases, charts, self.head.blobs)

    def _sides(self, pairs: Sequence[Pair]) -> list[tuple[Side | None, Side | None]]:
        """Render both sides of all pairs in one run, so that twins are known across them, then check each."""
        self.layers.fetch([release for pair in pairs for release in (pair.base, pair.head) if release])
        wanted = [
            (tree, release)
            for pair in pairs
            for tree, release in ((self.base, pair.base), (self.head, pair.head))
            if release is not None
        ]
        made = [self._job(tree, release) for tree, release in wanted]
        jobs = [job for job in made if isinstance(job, Job)]
        self.progress(f"rendering {len(jobs)} releases")
        rendered = iter(
            render_all(
                jobs,
                engine=self.request.engine,
                program=self.request.program,
                twice=True,
                tell=self.tell,
                stored=self.request.cache,
            )
        )
        by_tree: dict[int, list[Rendered]] = {id(self.base): [], id(self.head): []}
        results: dict[int, Rendered] = {}
        for number, (tree, _) in enumerate(wanted):
            if isinstance(made[number], Job):
                results[number] = next(rendered)
                by_tree[id(tree)].append(results[number])
        self.progress(f"checking {len(jobs)} releases")
        found = {id(tree): iter(self._checks(tree).findings(by_tree[id(tree)])) for tree in (self.base, self.head)}
        sides = iter(
            [
                Side(results[number], next(found[id(tree)]))
                if number in results
                else Side(None, (), _problem(made[number]))
                for number, (tree, _) in enumerate(wanted)
            ]
        )
        return [(next(sides) if pair.base else None, next(sides) if pair.head else None) for pair in pairs]

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

    def _checks(self, tree: Tree) -> Checks:
        return Checks(tree, self.settings.kubernetes_version, self.request.today, self.charts.named)

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


def _problem(made: Job | Finding) -> Finding | None:
    return made if isinstance(made, Finding) else None


def _must_be_some(before: Found, after: Found, settings: Settings) -> None:
    if before.releases or after.releases:
        return
    patterns = ", ".join(dict.fromkeys(selection.files for selection in settings.selections))
    remedy = "name them with --values-dir, or in .raychart.yaml: {review: {values: [envs/*.yaml]}}"
    raise RaychartError(patterns, "there is no values file of this name in either revision", remedy)
