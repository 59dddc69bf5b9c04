"""A baseline hides what was there before, wherever it has moved, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.lint.baseline import as_baseline, split_known

FOLDER = Path("/repo")
ONE = Finding("values-schema", "error", "is not a known key", "remove it", "/repo/values/a.yaml", 3, 5, "clusters.x")
TWICE = Finding("values-duplicate-key", "error", "again (first on line 7)", "keep one", "/repo/values/a.yaml", 8, 1)


def recorded(tmp_path: Path, *findings: Finding) -> Path:
    file = tmp_path / "baseline.json"
    file.write_text(as_baseline([replace(one, file=str(tmp_path / "a.yaml")) for one in findings], file))
    return file


def left(tmp_path: Path, baseline: Path, *findings: Finding) -> list[Finding]:
    placed = [replace(one, file=str(tmp_path / "a.yaml")) for one in findings]
    return split_known(placed, baseline)[0]


def test_a_finding_that_moved_is_known(tmp_path: Path) -> None:
    baseline = recorded(tmp_path, ONE, TWICE)
    moved = replace(TWICE, line=30, message="again (first on line 29)")
    assert left(tmp_path, baseline, replace(ONE, line=20, column=9), moved) == []


@pytest.mark.parametrize(
    "other", [replace(ONE, path="clusters.y"), replace(ONE, rule="values-yaml"), replace(ONE, message="is text")]
)
def test_another_finding_is_new(tmp_path: Path, other: Finding) -> None:
    assert len(left(tmp_path, recorded(tmp_path, ONE), ONE, other)) == 1


def test_a_second_one_of_the_same_kind_is_new(tmp_path: Path) -> None:
    assert len(left(tmp_path, recorded(tmp_path, TWICE), TWICE, replace(TWICE, line=20))) == 1
    assert left(tmp_path, recorded(tmp_path, TWICE, replace(TWICE, line=20)), TWICE, replace(TWICE, line=20)) == []


def test_files_are_named_from_the_baselines_folder(tmp_path: Path) -> None:
    names = [entry["file"] for entry in json.loads(recorded(tmp_path, ONE).read_text())["findings"]]
    assert names == ["a.yaml"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"apiVersion": "raychart/v1", "kind": "Findings", "findings": []}'])
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "b.json"
    file.write_text(text)
    with pytest.raises(RaychartError, match="is not a baseline"):
        split_known([], file)
    with pytest.raises(RaychartError, match="--write-baseline"):
        split_known([], tmp_path / "none.json")
