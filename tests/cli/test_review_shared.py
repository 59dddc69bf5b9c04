"""A review that is shared out among processes says what one process says of the same namespaces."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest
from git_repository import SMALL_CHART, GitRepository

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Raychart = Callable[..., subprocess.CompletedProcess[str]]

# It has a field that comes and goes.
CHART = {
    **SMALL_CHART,
    "charts/ray/templates/all.yaml": SMALL_CHART["charts/ray/templates/all.yaml"]
    + "{{- with .Values.more }}\n  more: {{ . | quote }}\n{{- end }}\n",
}
NAMES = [f"team-{number:02}" for number in range(90)]


def values(name: str, *, changed: bool) -> str | None:
    """Return a namespace's values file before or after the change; None where there is none."""
    number = int(name[-2:])
    size: object = number + changed
    if number % 10 == 1:
        # The same in other words, but for one.
        return f"size: {number}{' # said' if changed else ''}\n"
    if number % 10 == 2:
        # Like others but for the name.
        size = 7 + changed
    if number % 30 == 3:
        return f"size: {size}\n" if changed else None
    if number % 30 == 4:
        return None if changed else f"size: {size}\n"
    if number % 30 == 5:
        return "size: null\n" if changed else f"size: {size}\n"
    if number % 30 == 6:
        return f"size: {size}\n" if changed else "size: [\n"
    if number % 10 in {7, 8}:
        more = f"more: {name}\n" if changed == (number % 10 == 7) else ""
        return f"size: {number}\n{more}"
    return f"size: {size}\nnote: {name}\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepository:
    monkeypatch.setenv("RAYCHART_CACHE", "off")
    made = GitRepository(tmp_path / "repository")
    before = {f"values/{name}.yaml": text for name in NAMES if (text := values(name, changed=False)) is not None}
    made.commit({**CHART, **before})
    made.write({f"values/{name}.yaml": values(name, changed=True) for name in NAMES})
    return made


def members(report: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of each file, without the number of the group that it is in."""
    return {one["file"]: one | {"group": 0} for one in report["namespaces"]}


def test_all_together_are_reviewed_as_ten_by_ten(raychart: Raychart, repository: GitRepository) -> None:
    whole = raychart("review", "HEAD", "-o", "json", cwd=repository.path)
    assert (whole.returncode, whole.stderr) == (1, "")
    report = json.loads(whole.stdout)
    parts = [
        json.loads(
            raychart(
                "review", "HEAD", "--values-dir", f"values/team-{ten}?.yaml", "-o", "json", cwd=repository.path
            ).stdout
        )
        for ten in range(9)
    ]
    expected: dict[str, Any] = {}
    for part in parts:
        expected |= members(part)
    assert members(report) == expected
    assert {one["state"] for one in expected.values()} == {"changed", "new", "removed", "failed"}
    assert report["summary"]["unchangedFiles"] == sum(part["summary"]["unchangedFiles"] for part in parts) == 9
    assert sorted(report["notes"]) == sorted(note for part in parts for note in part["notes"])
    assert len(report["notes"]) == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--helm", "no-such-helm", "--engine", "helm"], "there is no program no-such-helm"),
        (["--prices", "no-such.yaml"], "no-such.yaml"),
    ],
)
def test_what_keeps_all_from_being_reviewed_is_told_once(
    raychart: Raychart, repository: GitRepository, arguments: list[str], told: str
) -> None:
    done = raychart("review", "HEAD", *arguments, cwd=repository.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count(told) == 1
    assert "Traceback" not in done.stderr


def test_a_slow_engine_is_told_of_once(raychart: Raychart, repository: GitRepository, tmp_path: Path) -> None:
    (tmp_path / "without" / "helm_python").mkdir(parents=True)
    (tmp_path / "without" / "helm_python" / "__init__.py").write_text("raise ImportError\n")
    env = {"PYTHONPATH": f"{tmp_path / 'without'}:{':'.join(filter(None, sys.path))}"}
    done = raychart("review", "HEAD", cwd=repository.path, env={**os.environ, **env})
    assert done.returncode == 1
    assert done.stderr.count("rendering with the helm command, which is slower") == 1
