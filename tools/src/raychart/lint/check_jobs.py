"""Check what is to be rendered: many jobs on all cores, those that say the same once."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from raychart.lint.check import checker_of
from raychart.spread import spread

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from raychart.lint.check import Linted
    from raychart.rendering.model import Job

# What rules look for in a namespace's name; what else they do with it is to look for it in the values.
_TELLING = re.compile(r"trial")


def check_jobs(jobs: Sequence[Job]) -> list[Linted]:
    """Check each job's layers as lint does, for its release and namespace."""
    checkers = {chart: checker_of(chart) for chart in dict.fromkeys(job.chart for job in jobs)}
    firsts: dict[Hashable, int] = {}
    for number, job in enumerate(jobs):
        firsts.setdefault(_sameness(job), number)

    def check(number: int) -> Linted:
        job = jobs[number]
        return checkers[job.chart](job.layers, job.release, job.namespace)

    numbers = list(firsts.values())
    checked = dict(zip(numbers, spread(check, numbers), strict=True))
    results = []
    for number, job in enumerate(jobs):
        first = firsts[_sameness(job)]
        results.append(checked[first] if first == number else _renamed(checked[first], jobs[first], job))
    return results


def _sameness(job: Job) -> Hashable:
    """Return what is the same for jobs in which the same is found, at the same lines of files with other names."""
    texts = tuple(layer.content for layer in job.layers)
    is_named = any(job.namespace in text or "raychart:" in text for text in texts)
    return (
        job.chart,
        job.release,
        texts,
        job.namespace if is_named or _TELLING.search(job.namespace) else "",
        job.file if is_named else "",
    )


def _renamed(linted: Linted, first: Job, job: Job) -> Linted:
    names = {one.file: other.file for one, other in zip(first.layers, job.layers, strict=True)}
    findings = tuple(replace(found, file=names.get(found.file or "", found.file)) for found in linted.findings)
    return replace(linted, file=names[linted.file], findings=findings, fixes=())
