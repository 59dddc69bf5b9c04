"""What the chart makes of every scenario is what each version of Kubernetes takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from raychart.chart import find_chart
from raychart.rendering.jobs import job_for
from raychart.rendering.run import render_all
from raychart.validate import kubernetes
from raychart.validate.check import Options, checker_for

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


def test_what_is_not_validated_is_of_other_projects(rendered: list[Rendered]) -> None:
    checker = checker_for(Options())
    skipped = {manifest.kind for one in rendered for manifest in one.manifests if not checker.is_known(manifest)}
    assert skipped <= OTHERS
