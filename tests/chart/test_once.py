"""What templates work out once for all (templates/_once.tpl) is the same for all, and nobody else sees it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from raychart import helm as helm_program
from raychart import manifests

if TYPE_CHECKING:
    from collections.abc import Iterable

CHART = Path(__file__).parents[2] / "charts" / "ray"
PROBE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {values: {{ toJson .Values | quote }}}\n"


def _in_helms_order(templates: Iterable[Path]) -> list[Path]:
    """Sort as Helm renders: the deepest first, of these the last in the alphabet (sortTemplates in its engine)."""
    return sorted(templates, key=lambda path: (len(path.parts), str(path)), reverse=True)


@pytest.fixture(scope="module")
def backwards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chart, its templates named so that they are rendered in the opposite order."""
    chart = tmp_path_factory.mktemp("backwards") / "ray"
    shutil.copytree(CHART, chart)
    rendered = _in_helms_order(path for path in (chart / "templates").rglob("*.yaml"))
    for place, path in enumerate(rendered):
        path.rename(chart / "templates" / f"{place:02}-{path.parent.name}-{path.name}")
    return chart


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chart with a template before all others and one after them, which tell the values."""
    chart = tmp_path_factory.mktemp("watched") / "ray"
    shutil.copytree(CHART, chart)
    first, last = chart / "templates" / "z" / "z" / "first.yaml", chart / "templates" / "0.yaml"
    first.parent.mkdir(parents=True)
    first.write_text(PROBE % "first")
    last.write_text(PROBE % "last")
    order = _in_helms_order((chart / "templates").rglob("*.yaml"))
    assert (order[0], order[-1]) == (first, last)
    return chart


@pytest.mark.parametrize("helm", ["helm3", "helm4"])
def test_the_order_in_which_templates_run_changes_nothing(
    scenario: Path, backwards: Path, helm: str, request: pytest.FixtureRequest
) -> None:
    program: str = request.getfixturevalue(helm)
    one, other = (
        helm_program.render(chart, [scenario], release="ray", namespace="team", helm=program)
        for chart in (CHART, backwards)
    )
    # By identity: what Helm prints for objects of one kind follows the names of the templates.
    assert manifests.dump(manifests.load(one)) == manifests.dump(manifests.load(other))


@pytest.mark.parametrize("helm", ["helm3", "helm4"])
def test_no_template_changes_the_values(
    scenario: Path, watched: Path, helm: str, request: pytest.FixtureRequest
) -> None:
    program: str = request.getfixturevalue(helm)
    text = helm_program.render(watched, [scenario], release="ray", namespace="team", helm=program)
    told = {m.name: m.body["data"]["values"] for m in manifests.load(text) if m.name in {"first", "last"}}
    assert told["first"] == told["last"]
