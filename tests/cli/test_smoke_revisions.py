"""What `raychart smoke --scenario upgrade` starts from: a revision of the chart and of the values, or other values."""

from __future__ import annotations

import argparse
import shutil
import subprocess
from pathlib import Path

import pytest

from raychart.errors import RaychartError
from raychart.smoke import command
from raychart.smoke.draft import Draft
from raychart.smoke.options import read_options
from raychart.smoke.revisions import older_release

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with a chart and a values file in two commits, the first of which is tagged."""
    top = tmp_path / "repository"
    (top / "values").mkdir(parents=True)
    shutil.copytree(ROOT / "tests" / "fixtures" / "strict", top / "charts" / "ray")
    git(top, "init", "--quiet")
    write(top, "1")
    git(top, "tag", "v1")
    write(top, "2")
    return top


def write(top: Path, number: str) -> None:
    (top / "values" / "team.yaml").write_text(f"# {number}\nsize: {number}\n")
    (top / "charts" / "ray" / "NOTE").write_text(number)
    git(top, "add", ".")
    git(top, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "-m", number)


def git(top: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(top), *words], check=True, capture_output=True)


def older(top: Path, folder: Path, *words: str, values: Path | None = None) -> Draft:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    file = values or top / "values" / "team.yaml"
    options = read_options(parser.parse_args([str(file), "--chart", str(top / "charts" / "ray"), *words]))
    return older_release(Draft(options, "team", file, folder, options.chart))


def told(draft: Draft) -> tuple[str, str]:
    return (draft.chart / "NOTE").read_text(), draft.values.read_text()[2]


def test_it_is_the_newest_tag_behind_head(checkout: Path, tmp_path: Path) -> None:
    write(checkout, "3")
    assert told(older(checkout, tmp_path / "f")) == ("1", "1")
    git(checkout, "tag", "v3")
    assert told(older(checkout, tmp_path / "g")) == ("1", "1"), "a tag at HEAD is no older release"


def test_without_a_tag_it_is_the_commit_before(checkout: Path, tmp_path: Path) -> None:
    git(checkout, "tag", "--delete", "v1")
    write(checkout, "3")
    assert told(older(checkout, tmp_path / "f")) == ("2", "2")


def test_a_revision_is_taken_as_named_and_the_working_tree_left_alone(checkout: Path, tmp_path: Path) -> None:
    (checkout / "charts" / "ray" / "NOTE").write_text("dirty")
    assert told(older(checkout, tmp_path / "f", "--from", "v1")) == ("1", "1")
    assert (checkout / "charts" / "ray" / "NOTE").read_text() == "dirty"


def test_values_that_the_revision_has_not_are_those_at_hand(checkout: Path, tmp_path: Path) -> None:
    new = checkout / "values" / "new.yaml"
    new.write_text("# n\n")
    outside = tmp_path / "outside.yaml"
    outside.write_text("# o\n")
    assert told(older(checkout, tmp_path / "f", values=new)) == ("1", "n")
    assert told(older(checkout, tmp_path / "f", values=outside)) == ("1", "o")


def test_other_values_go_with_the_chart_at_hand_unless_a_revision_is_named(checkout: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("# x\n")
    assert told(older(checkout, tmp_path / "f", "--from-values", str(other))) == ("2", "x")
    assert told(older(checkout, tmp_path / "g", "--from-values", str(other), "--from", "v1")) == ("1", "x")


def test_what_is_not_there_is_said_with_the_remedy(checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(RaychartError, match="no chart charts/ray at nothing") as refused:
        older(checkout, tmp_path / "f", "--from", "nothing")
    assert "--from REV" in refused.value.remedy
    shutil.rmtree(checkout / ".git")
    with pytest.raises(RaychartError, match="not in a git repository") as refused:
        older(checkout, tmp_path / "f")
    assert "--from-values FILE" in refused.value.remedy
