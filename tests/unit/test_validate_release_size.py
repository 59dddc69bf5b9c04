"""The estimate of what Helm stores of a release."""

from __future__ import annotations

import base64
import gzip
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from raychart import process
from raychart.chart import find_chart
from raychart.lint.explain import explain
from raychart.rendering.jobs import job_for
from raychart.rendering.run import render_all
from raychart.validate.check import Options, checker_for
from raychart.validate.release_size import MOST, release_size
from raychart.validate.rules import BY_ID
from raychart.validate.run import validate_rendered

if TYPE_CHECKING:
    from raychart.findings import Finding
    from raychart.rendering.model import Rendered


def rendered(values: str, folder: Path, helm: str) -> Rendered:
    file = folder / "team-a.yaml"
    file.write_text(values)
    (one,) = render_all([job_for(file, chart=find_chart())], engine="helm", program=helm, stored=False)
    assert one.findings == ()
    return one


def with_data(size: int) -> str:
    """The bad example with so many bytes that cannot be compressed."""
    drawn = random.Random(1).randbytes(size)  # noqa: S311 (no secret)
    data = base64.b64encode(drawn).decode()
    return BY_ID["release-size"].example("bad").replace("%s", data)


def findings(values: str, folder: Path, helm: str) -> list[Finding]:
    one = rendered(values, folder, helm)
    (found,) = validate_rendered([one], checker_for(Options()), render=lambda _: [], sources=lambda _: {})
    return list(found.findings)


@pytest.mark.parametrize(("size", "severity"), [(200_000, None), (330_000, "warning"), (450_000, "error")])
def test_a_release_that_is_too_large_is_told(size: int, severity: str | None, tmp_path: Path, helm4: str) -> None:
    found = findings(with_data(size), tmp_path, helm4)
    assert [finding.severity for finding in found] == [severity][: bool(severity)]
    assert all("1,048,576 fit" in finding.message for finding in found)


def test_the_good_example_is_small(tmp_path: Path, helm4: str) -> None:
    assert findings(BY_ID["release-size"].example("good"), tmp_path, helm4) == []
    assert "1,048,576" in explain("release-size")


def test_a_small_release_is_not_compressed_to_know_it(tmp_path: Path, helm4: str) -> None:
    one = rendered("clusters: {}\n", tmp_path, helm4)
    quick, exact = release_size(one, at_least=MOST), release_size(one)
    assert exact < quick < MOST


def test_the_estimate_is_near_what_helm_stores(tmp_path: Path, helm4: str) -> None:
    """What is stored cannot be had without a cluster, but a dry run writes the release that would be."""
    one = rendered(Path("values/gpu.yaml").read_text(), tmp_path, helm4)
    argv = [helm4, "install", "ray", str(find_chart()), "--dry-run=client", "-o", "json"]
    stored = json.loads(process.run([*argv, "-n", "team-a", "-f", str(tmp_path / "team-a.yaml")]).stdout)
    assert {"chart", "config", "manifest", "info"} <= stored.keys()
    size = len(base64.b64encode(gzip.compress(json.dumps(stored).encode(), 9)))
    assert abs(release_size(one) - size) < size * 0.1
