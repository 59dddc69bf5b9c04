"""What lint and validation find in a release at one revision, without what that revision ignores."""

from __future__ import annotations

import posixpath
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from raychart.findings import ordered
from raychart.lint.baseline import fingerprint
from raychart.lint.check_jobs import check_jobs
from raychart.lint.ignore_file import NAME, read_ignore_file
from raychart.lint.ignores import suppress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from raychart.findings import Finding
    from raychart.lint.check import Linted
    from raychart.lint.ignore_file import IgnoreEntry
    from raychart.lint.ignores import Ignore
    from raychart.rendering.model import Job, Rendered
    from raychart.review.trees import Tree
    from raychart.review.validation import Validator


class Checks:
    """Checks the releases of one revision; `named` gives a chart's folder its name in the repository."""

    def __init__(self, tree: Tree, validator: Validator, today: date, named: Callable[[str], str]) -> None:
        self._tree = tree
        self._validator = validator
        self._today = today
        self._named = named
        self._ignore_files: dict[str, tuple[tuple[IgnoreEntry, ...], tuple[Finding, ...]]] = {}

    def findings(self, rendered: Sequence[Rendered]) -> list[tuple[Finding, ...]]:
        """Return what is found in each, sorted."""
        jobs = [one.job for one in rendered]
        found = zip(rendered, check_jobs(jobs), self._validator.findings(rendered), strict=True)
        return [self._left(one, linted, further) for one, linted, further in found]

    def _left(self, rendered: Rendered, linted: Linted, further: Iterable[Finding]) -> tuple[Finding, ...]:
        all_of = [*linted.findings, *rendered.findings, *rendered.warnings, *further]
        entries, wrong = self._ignored(rendered.job)
        ignores: list[Ignore] = [*linted.ignores, *entries]

        def has_to_be_of_use(ignore: Ignore) -> bool:
            # What a shared layer or an ignore file says may be of use to others.
            return ignore.place[0] == rendered.job.file and ignore not in entries

        left = suppress(ordered([*all_of, *wrong]), ignores, self._today, has_to_be_of_use)
        return tuple(ordered(map(self._renamed, left.findings)))

    def _ignored(self, job: Job) -> tuple[list[IgnoreEntry], list[Finding]]:
        entries: list[IgnoreEntry] = []
        wrong: list[Finding] = []
        files = [job.file, *(layer.file for layer in job.layers if layer.flag is None)]
        for path in dict.fromkeys(filter(None, map(self._nearest, files))):
            if path not in self._ignore_files:
                self._ignore_files[path] = read_ignore_file(Path(path), None, self._tree.content(path))
            entries += self._ignore_files[path][0]
            wrong += self._ignore_files[path][1]
        return entries, wrong

    def _nearest(self, file: str) -> str | None:
        folder = posixpath.dirname(file)
        while not file.startswith("/"):
            if self._tree.has(path := posixpath.join(folder, NAME)):
                return path
            if not folder:
                break
            folder = posixpath.dirname(folder)
        return None

    def _renamed(self, finding: Finding) -> Finding:
        file = finding.file and self._named(finding.file)
        return replace(finding, file=file, message=self._named(finding.message), remedy=self._named(finding.remedy))


def new_findings(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[tuple[Finding, ...], int]:
    """Return the findings that were not there before, and how many were; what moved to another line was there."""
    known = Counter(map(_print, before))
    new = []
    count = 0
    for finding in after:
        key = _print(finding)
        if known[key] > 0:
            known[key] -= 1
            count += 1
        else:
            new.append(finding)
    return tuple(new), count


def _print(finding: Finding) -> str:
    return fingerprint(finding, finding.file or "")
