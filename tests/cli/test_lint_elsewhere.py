"""The linter in other repositories: as a hook of pre-commit, and in a workflow of GitHub."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SOUND = "clusters: {main: {workerTypes: {cpu: {maxWorkers: 2, cpu: 4, memory: 16Gi}}}}\n"
BROKEN = "clusters:\n  main:\n    workertypes: {cpu: {maxWorkers: 2, cpu: 4, memory: 16Gi}}\n"


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True, env=clean_env()
    )
    return done.stdout


def clean_env(**more: str) -> dict[str, str]:
    """The environment without what a surrounding git or this test run put there."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PYTEST_"))} | more


def project(folder: Path) -> Path:
    """A git repository with what of this checkout a user would get from it."""
    folder.mkdir()
    names = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, names):
        if not name.startswith(("tests/", "ci/")) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "all")
    return folder


def test_the_hook_lints_the_values_files_of_a_commit(tmp_path: Path) -> None:
    """pre-commit itself installs the hook from a clone and runs it on what is staged."""
    ours = project(tmp_path / "raychart")
    theirs = tmp_path / "theirs"
    (theirs / "values").mkdir(parents=True)
    git(theirs, "init", "-q")
    (theirs / "other.yaml").write_text("not: [values\n")
    (theirs / "values/team-a.yaml").write_text(SOUND)

    def run_hook() -> subprocess.CompletedProcess[str]:
        git(theirs, "add", "-A")
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "try-repo", str(ours), "raychart-lint", "--verbose"],
            cwd=theirs,
            env=clean_env(PRE_COMMIT_HOME=str(tmp_path / "cache"), PYTHONPATH=os.environ.get("PYTHONPATH", "")),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    done = run_hook()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing found in 1 file" in done.stdout
    (theirs / "values/team-b.yaml").write_text(BROKEN)
    done = run_hook()
    assert done.returncode == 1
    assert "values/team-b.yaml:3: clusters.main.workertypes: is not a known key" in done.stdout


@pytest.fixture
def workflow() -> Any:
    return yaml.safe_load((ROOT / ".github/workflows/lint-values.yml").read_text())


def test_every_action_of_the_workflow_is_pinned(workflow: Any) -> None:
    used = [step["uses"] for step in workflow["jobs"]["lint"]["steps"] if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}", name)] == []


def test_the_workflow_may_read_the_code_and_write_nothing_but_scan_results(workflow: Any) -> None:
    assert workflow["permissions"] == {"contents": "read", "security-events": "write"}
    # YAML 1.1 reads the key `on` as true.
    assert list(workflow[True]) == ["pull_request"]


def test_the_workflows_commands_annotate_what_is_wrong_and_fail(workflow: Any, tmp_path: Path) -> None:
    """Run the commands of its steps as the runner does, in a checkout of their own."""
    folder = project(tmp_path / "checkout")
    (folder / "values/team-c.yaml").write_text(BROKEN)
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    env = clean_env(
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"),
        GITHUB_WORKSPACE=str(folder),
        PATH=f"{tmp_path / 'venv/bin'}{os.pathsep}{os.environ['PATH']}",
        PYTHONPATH="",
    )
    commands = [step["run"] for step in workflow["jobs"]["lint"]["steps"] if "run" in step]
    install, lint = (
        subprocess.run(
            ["bash", "-e", "-c", command], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300
        )
        for command in commands
    )
    assert install.returncode == 0, install.stderr
    assert lint.returncode == 1, lint.stderr
    assert lint.stdout.startswith("::error file=values/team-c.yaml,line=3,col=5,title=values-schema::")
    assert lint.stdout.count("::error") == 1
    (run,) = json.loads((folder / "lint.sarif").read_text())["runs"]
    assert [result["ruleId"] for result in run["results"] if result["level"] == "error"] == ["values-schema"]
    assert "values/team-c.yaml:3" in (tmp_path / "summary.md").read_text()
