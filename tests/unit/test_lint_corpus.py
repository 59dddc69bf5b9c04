"""Files as people write them, each with one mistake that its rule finds on its line; and sound ones, which are let be.

In tests/fixtures/mistakes a comment such as `#! worker-range` ends the line where a rule has to find something.
A layer over a file is beside it, as <file>.layer.yaml.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from raychart.findings import reaches
from raychart.lint.check import check_files

if TYPE_CHECKING:
    from raychart.findings import Finding

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "ray"
MARK = "#! "


def files_in(folder: str) -> list[Path]:
    """Return the values files of a folder, without the layers over them."""
    found = sorted((ROOT / "tests" / "fixtures" / folder).glob("*.yaml"))
    return [file for file in found if not file.stem.endswith(".layer")]


def grave(file: Path) -> list[Finding]:
    """Return the findings in a file, with its layer, but for remarks."""
    layer = file.with_suffix(".layer.yaml")
    (linted,) = check_files([file], [layer] if layer.is_file() else [], CHART)
    return [finding for finding in linted.findings if reaches(finding.severity, "warning")]


@pytest.mark.parametrize("file", files_in("mistakes"), ids=lambda file: file.stem)
def test_a_mistake_is_found_on_its_line_and_nothing_else(file: Path) -> None:
    layer = file.with_suffix(".layer.yaml")
    marked = layer if layer.is_file() else file
    lines = enumerate(marked.read_bytes().decode().splitlines(), 1)
    expected = {(at, rule) for at, line in lines if MARK in line for rule in line.partition(MARK)[2].split()}
    assert expected
    assert {(finding.line, finding.rule) for finding in grave(file)} == expected


@pytest.mark.parametrize("file", files_in("sound"), ids=lambda file: file.stem)
def test_a_sound_file_is_let_be(file: Path) -> None:
    assert [str(finding) for finding in grave(file)] == []
