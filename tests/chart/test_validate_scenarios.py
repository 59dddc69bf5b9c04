"""What the chart makes of every scenario is what each version of Kubernetes takes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from raychart.chart import find_chart
from raychart.rendering.jobs import job_for
from raychart.rendering.run import render_all
from raychart.validate import kubernetes
from raychart.validate.check import Options, checker_for
from raychart.validate.run import validate_rendered

if TYPE_CHECKING:
    from raychart.rendering.model import Rendered

ROOT = Path(__file__).parents[2]
FILES = [*sorted((ROOT / "values").glob("*.yaml")), *sorted((ROOT / "tests" / "chart" / "scenarios").glob("*.yaml"))]
VERSIONS = sorted(version for version in kubernetes._folders() if version >= (1, 28))
# Kinds of other projects, whose CRDs are not here.
OTHERS = {"HTTPRoute", "Middleware", "PodMonitor", "ServiceMonitor", "Certificate"}


@pytest.fixture(scope="module")
def rendered(helm4: str) -> list[Rendered]:
    jobs = [job_for(file, chart=find_chart()) for file in FILES]
    return render_all(jobs, engine="helm", program=helm4, stored=False)


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: f"{version[0]}.{version[1]}")
def test_every_scenario_is_valid(version: tuple[int, int], rendered: list[Rendered]) -> None:
    checker = checker_for(Options(f"{version[0]}.{version[1]}"))
    for one in rendered:
        assert one.manifests
        found = [str(each.finding(one.job.file)) for each in checker.check(one.manifests)]
        assert found == []


def test_twins_are_validated_as_each_by_itself(helm4: str) -> None:
    base = job_for(ROOT / "values" / "gpu.yaml", chart=find_chart())
    jobs = [replace(base, namespace=f"team-{letter}", file=f"{letter}.yaml") for letter in "abcd"]
    render = partial(render_all, engine="helm", program=helm4, stored=False)
    together = render(jobs)
    assert len({one.twins for one in together}) == 1
    alone = [one for job in jobs for one in render([job])]
    checker = checker_for(Options())
    results = [validate_rendered(some, checker, render=render, sources=lambda _: {}) for some in (together, alone)]
    assert results[0] == results[1]
    assert [one.file for one in results[0]] == [job.file for job in jobs]


def test_what_is_not_validated_is_of_other_projects(rendered: list[Rendered]) -> None:
    checker = checker_for(Options())
    skipped = {manifest.kind for one in rendered for manifest in one.manifests if not checker.is_known(manifest)}
    assert skipped <= OTHERS
