"""The chart's README: its table of values is up to date, and its recipes do what they say."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml
from documentation_recipes import ARGO_CD, SHOWS, recipes
from documentation_schema import CHART

from raychart import helm, manifests

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RECIPES = recipes((CHART / "README.md").read_text())
TABLE = CHART.parents[1] / "ci" / "values_table.py"


def test_the_readme_has_the_table_of_values_up_to_date() -> None:
    done = subprocess.run([sys.executable, TABLE, "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_readme_out_of_date_is_told(tmp_path: Path) -> None:
    copy = tmp_path / "ci" / "values_table.py"
    for file in (TABLE, CHART / "values.yaml", CHART / "values.schema.json", CHART / "README.md"):
        place = tmp_path / file.relative_to(CHART.parents[1])
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(file.read_text().replace("replicas: 1", "replicas: 2"))
    done = subprocess.run([sys.executable, copy, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the table of values is out of date" in done.stderr


def test_every_recipe_is_known() -> None:
    assert RECIPES.keys() == {*SHOWS, ARGO_CD}


@pytest.mark.parametrize("title", SHOWS)
def test_a_recipe_lints_clean_and_does_what_it_says(
    raychart: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, helm3: str, helm4: str, title: str
) -> None:
    file = tmp_path / "team-a.yaml"
    file.write_text(RECIPES[title])
    done = raychart("lint", file)
    assert done.returncode == 0, done.stdout + done.stderr
    texts = [helm.render(CHART, [file], release="ray", namespace="team-a", helm=program) for program in (helm3, helm4)]
    assert manifests.load(texts[0]) == manifests.load(texts[1])
    assert all(SHOWS[title] in text for text in texts)


def test_the_application_for_argo_cd_finds_chart_and_values() -> None:
    spec = yaml.safe_load(RECIPES[ARGO_CD])["spec"]
    assert CHART.parents[1] / spec["source"]["path"] == CHART
    (values,) = spec["source"]["helm"]["valueFiles"]
    assert (CHART / values).resolve().stem == spec["destination"]["namespace"]
    assert (CHART / values).is_file()
