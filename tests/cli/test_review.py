"""`raychart review`: arguments, exit codes, reports, from where it is run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from git_repository import SMALL_CHART, GitRepository

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Raychart = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is rendered out of the user's cache."""
    monkeypatch.setenv("RAYCHART_CACHE", "off")


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository whose branch feature has changed one of two namespaces."""
    made = GitRepository(tmp_path / "repository")
    made.commit({**SMALL_CHART, "values/team-a.yaml": "size: 1\n", "values/team-b.yaml": "size: 1\n"})
    made.git("checkout", "--quiet", "-b", "feature")
    made.commit({"values/team-a.yaml": "size: 2\n"})
    return made


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["main"], 1),
        (["main", "feature"], 1),
        (["main...feature"], 1),
        (["feature"], 0),
        (["main", "--fail-on", "head-restart"], 0),
        (["main", "--fail-on", "none"], 1),
        (["main", "--fail-on", "sideways"], 2),
        (["nowhere"], 2),
        (["--", "-x"], 2),
        (["main", "-o", "pdf"], 2),
        (["main", "--release", "No Name"], 2),
        (["main", "--set", "size=3"], 0),
        (["main", "--values-dir", "values/team-b.yaml"], 0),
        (["main", "--values-dir", "envs"], 2),
        (["main", "--chart", "values"], 1),
    ],
)
def test_the_exit_code_says_whether_anything_differs(
    raychart: Raychart, repository: GitRepository, arguments: list[str], code: int
) -> None:
    done = raychart("review", *arguments, cwd=repository.path)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert bool(done.stderr) == (code == 2), done.stderr


def test_findings_fail_at_the_severity_that_is_asked_for(raychart: Raychart, repository: GitRepository) -> None:
    repository.write({"values/team-a.yaml": "size: null\n"})
    done = raychart("review", "feature", "--fail-on", "rejected", cwd=repository.path)
    assert done.returncode == 1
    assert "size is needed" in done.stdout


def test_a_revision_that_is_not_there_says_what_to_do(raychart: Raychart, repository: GitRepository) -> None:
    done = raychart("review", "origin/stable", cwd=repository.path)
    assert done.returncode == 2
    assert "git fetch --depth=50 origin stable && raychart review FETCH_HEAD" in done.stderr


def test_every_report_is_written_in_one_run(raychart: Raychart, repository: GitRepository, tmp_path: Path) -> None:
    (tmp_path / "review.md.2").write_text("of an earlier run")
    outputs = {
        style: tmp_path / name
        for style, name in {
            "json": "review.json",
            "markdown": "review.md",
            "github": "review.txt",
            "html": "review.html",
            "sarif": "review.sarif",
            "junit": "review.xml",
        }.items()
    }
    arguments = [word for style, path in outputs.items() for word in ("-o", f"{style}={path}")]
    done = raychart("review", "main", *arguments, cwd=repository.path)
    assert done.returncode == 1, done.stderr
    assert "team-a" in done.stdout
    assert [style for style, path in outputs.items() if style != "github" and "team-a" not in path.read_text()] == []
    assert not (tmp_path / "review.md.2").exists()
    assert json.loads(outputs["json"].read_text())["kind"] == "Review"


def test_a_long_markdown_has_further_parts_beside_it(
    raychart: Raychart, repository: GitRepository, tmp_path: Path
) -> None:
    template = SMALL_CHART["charts/ray/templates/all.yaml"] + "  {{- .Values.many | toYaml | nindent 2 }}\n"
    old, new = ("".join(f"  key-{number}: {text * 20}\n" for number in range(2000)) for text in ("old ", "new "))
    repository.commit({"charts/ray/templates/all.yaml": template, "values/team-a.yaml": f"many:\n{old}"})
    repository.write({"values/team-a.yaml": f"many:\n{new}"})
    done = raychart("review", "HEAD", "-o", f"markdown={tmp_path / 'r.md'}", cwd=repository.path)
    assert done.returncode == 1, done.stderr
    parts = [tmp_path / "r.md", *sorted(tmp_path.glob("r.md.*"))]
    assert len(parts) > 1
    assert all(part.stat().st_size < 65_536 for part in parts)


def test_it_works_in_a_folder_below_and_names_files_from_the_top(raychart: Raychart, repository: GitRepository) -> None:
    done = raychart("review", "main", cwd=repository.path / "values")
    assert done.returncode == 1
    assert "values/team-a.yaml:1" in done.stdout


def test_layers_may_be_named(raychart: Raychart, repository: GitRepository) -> None:
    repository.commit({"base.yaml": "size: 5\n", "over.yaml": "size: 7\n", "values/team-b.yaml": "{}\n"})
    repository.write({"base.yaml": "size: 6\n"})
    done = raychart("review", "HEAD", "--layer", "base.yaml", cwd=repository.path)
    assert done.returncode == 1
    assert "base.yaml:1" in done.stdout
    assert "team-b" in done.stdout
    assert "team-a" not in done.stdout
    assert raychart("review", "HEAD", "--layer", "base.yaml", "-f", "over.yaml", cwd=repository.path).returncode == 0


def test_outside_of_a_repository_it_cannot_work(raychart: Raychart, tmp_path: Path) -> None:
    done = raychart("review", "main", cwd=tmp_path)
    assert done.returncode == 2
    assert "not a git repository" in done.stderr


def test_the_projects_own_chart_and_values_are_reviewed(raychart: Raychart, tmp_path: Path) -> None:
    made = GitRepository(tmp_path / "ours")
    for folder in ("charts/ray", "values"):
        shutil.copytree(ROOT / folder, made.path / folder)
    made.commit()
    values = made.path / "values/team-a.yaml"
    values.write_text(values.read_text().replace("maxWorkers: 3", "maxWorkers: 6"))
    done = raychart("review", "HEAD", cwd=made.path)
    assert done.returncode == 1, done.stderr
    assert "clusters.main.workerTypes.cpu.maxWorkers" in done.stdout
    assert "3 -> 6" in done.stdout
    (made.path / "charts/ray/values.yaml").write_text(
        (made.path / "charts/ray/values.yaml").read_text().replace("idleTimeoutMinutes: 5", "idleTimeoutMinutes: 7")
    )
    done = raychart("review", "HEAD", "-o", "json", cwd=made.path)
    assert done.returncode == 1, done.stderr
    assert len(json.loads(done.stdout)["namespaces"]) > 1


def test_help_shows_examples(raychart: Raychart) -> None:
    done = raychart("review", "--help")
    assert done.returncode == 0
    assert "raychart review HEAD^1 HEAD" in done.stdout
