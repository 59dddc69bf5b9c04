"""The workflow and the job that review pull and merge requests: their commands run as runners would run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from git_repository import SMALL_CHART, GitRepository

ROOT = Path(__file__).parents[2]
MARKER = "<!-- raychart review -->"
# A stand-in for GitHub's program: it keeps comments in a folder, one file each.
GH = """\
import json, pathlib, sys
words = sys.argv[1:]
comments = pathlib.Path(sys.argv[0]).parent / "comments"
method = words[words.index("--method") + 1] if "--method" in words else "GET"
url = next(word for word in words if word.startswith("repos/"))
body = words[words.index("--field") + 1].removeprefix("body=@") if "--field" in words else None
if method == "GET":
    mine = [c for c in sorted(comments.iterdir(), key=lambda c: int(c.name)) if c.read_text().startswith("MARKER")]
    assert "github-actions[bot]" in words[words.index("--jq") + 1]
    print("\\n".join(c.name for c in mine))
elif method == "POST":
    (comments / str(100 + len(list(comments.iterdir())))).write_text(pathlib.Path(body).read_text())
elif method == "PATCH":
    (comments / url.rpartition("/")[2]).write_text(pathlib.Path(body).read_text())
elif method == "DELETE":
    (comments / url.rpartition("/")[2]).unlink()
""".replace("MARKER", MARKER)


@pytest.fixture
def workflow() -> Any:
    return yaml.safe_load((ROOT / ".github/workflows/review-values.yml").read_text())


@pytest.fixture
def job() -> Any:
    return yaml.safe_load((ROOT / ".gitlab/review-values.gitlab-ci.yml").read_text())["review-values"]


@pytest.fixture
def merged(tmp_path: Path) -> GitRepository:
    """A repository in which a branch is merged, as a runner checks a pull request out."""
    made = GitRepository(tmp_path / "repository")
    made.commit({**SMALL_CHART, "values/team-a.yaml": "size: 1\n"})
    made.git("checkout", "--quiet", "-b", "feature")
    made.commit({"values/team-a.yaml": "size: 2\n"})
    made.git("checkout", "--quiet", "main")
    made.commit({"README.md": "x\n"})
    made.git("merge", "--quiet", "--no-ff", "--no-edit", "feature")
    return made


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with raychart, as this checkout has it."""
    folder = tmp_path / "programs"
    folder.mkdir()
    write_program(folder / "raychart", f'#!/bin/sh\nexec {sys.executable} -m raychart "$@"\n')
    return folder


def write_program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def bash(command: str, folder: Path, programs: Path, **env: str) -> subprocess.CompletedProcess[str]:
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "RAYCHART_CACHE": "off", **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def command_of(workflow: Any, job: str, name: str) -> str:
    (found,) = [step["run"] for step in workflow["jobs"][job]["steps"] if step.get("name") == name]
    return str(found)


def test_every_action_is_pinned_and_nothing_but_the_comment_may_write(workflow: Any) -> None:
    used = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}", name)] == []
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["comment"]["permissions"] == {"pull-requests": "write"}
    assert [name for name, job in workflow["jobs"].items() if "permissions" in job] == ["comment"]
    # YAML 1.1 reads the key `on` as true.
    assert list(workflow[True]) == ["pull_request"]


def test_nothing_of_a_pull_request_is_put_into_a_command(workflow: Any) -> None:
    commands = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert [command for command in commands if "${{" in command] == []


@pytest.mark.parametrize(("fail_on", "code"), [("rejected", 0), ("live", 1)])
def test_the_workflow_reviews_what_merging_brings(
    workflow: Any, merged: GitRepository, programs: Path, tmp_path: Path, fail_on: str, code: int
) -> None:
    # As actions/checkout has it: the merge commit, and its parents, alone.
    merged.git("clone", "--quiet", "--depth=2", f"file://{merged.path}", tmp_path / "checkout")
    done = bash(command_of(workflow, "review", "Review"), tmp_path / "checkout", programs, FAIL_ON=fail_on)
    assert done.returncode == code, done.stdout + done.stderr
    summary = tmp_path / "summary.md"
    done = bash(
        command_of(workflow, "review", "Summary"), tmp_path / "checkout", programs, GITHUB_STEP_SUMMARY=str(summary)
    )
    assert done.returncode == 0, done.stderr
    assert summary.read_text().startswith(MARKER)
    assert "team-a" in summary.read_text()


@pytest.mark.parametrize("parts", [1, 3])
def test_comments_are_found_again_written_anew_and_removed(
    workflow: Any, tmp_path: Path, programs: Path, parts: int
) -> None:
    comments = programs / "comments"
    comments.mkdir()
    (comments / "7").write_text("somebody else's")
    (comments / "8").write_text(f"{MARKER} old 1")
    (comments / "9").write_text(f"{MARKER} old 2")
    write_program(programs / "gh", f"#!{sys.executable}\n{GH}")
    reports = tmp_path / "reports"
    reports.mkdir()
    for number in range(1, parts + 1):
        name = "review.md" if number == 1 else f"review.md.{number}"
        (reports / name).write_text(f"{MARKER} new {number}")
    done = bash(
        command_of(workflow, "comment", "Comment"),
        reports,
        programs,
        COMMENTS="repos/a/b/issues/1/comments",
        COMMENT="repos/a/b/issues/comments",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    left = sorted(file.read_text() for file in comments.iterdir())
    assert left == [*(f"{MARKER} new {number}" for number in range(1, parts + 1)), "somebody else's"]


def test_the_gitlab_job_reviews_a_shallow_clone(
    job: Any, merged: GitRepository, programs: Path, tmp_path: Path
) -> None:
    base = merged.git("merge-base", "main^1", "feature")
    merged.git("clone", "--quiet", "--depth=1", "--branch=feature", f"file://{merged.path}", tmp_path / "clone")
    write_program(programs / "python", "#!/bin/sh\n[ \"$1 $2\" = '-m pip' ] && exit 0\nexec false\n")
    done = bash(
        "\n".join(job["script"]),
        tmp_path / "clone",
        programs,
        CI_MERGE_REQUEST_DIFF_BASE_SHA=base,
        RAYCHART_FAIL_ON="live",
        RAYCHART_PACKAGE="raychart",
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "team-a" in done.stdout
    for name in (*job["artifacts"]["reports"].values(), "review.html", "review.md"):
        assert "team-a" in (tmp_path / "clone" / name).read_text()
