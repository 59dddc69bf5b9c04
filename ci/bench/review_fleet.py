"""Make a git repository with the chart and many values files, changed from one commit to the next."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

_ROOT = Path(__file__).parents[2]
# How the namespaces of a fleet differ, and what the second commit does to each of them.
CASES = {
    "alike": "the same values in each namespace, one number changed in all",
    "distinct": "no two namespaces alike, one number changed in each",
    "untouched": "no two namespaces alike, a comment changed in each: the same manifests",
}
_VALUES = """\
# Team {team}{comment}
clusters:
  main:
    maxWorkers: {cap}
    idleTimeoutMinutes: {idle}
    head: {{cpu: 2, memory: 4Gi}}
    workerTypes:
      cpu: {{minWorkers: 1, maxWorkers: {cap}, cpu: {cpu}, memory: {memory}Gi, env: {{TEAM: "{team}"}}}}
      big: {{minWorkers: 0, maxWorkers: 2, cpu: 8, memory: 32Gi}}
"""


def make_fleet(folder: Path, case: str, count: int) -> None:
    """Make the repository; its commits are `base` and `head`."""
    shutil.copytree(_ROOT / "charts", folder / "charts")
    (folder / "values").mkdir()
    _git(folder, "init", "-q", "-b", "main")
    for tag in ("base", "head"):
        for number in range(count):
            text = _values(0 if case == "alike" else number, case, changed=tag == "head")
            (folder / "values" / f"team-{number:04}.yaml").write_text(text)
        _git(folder, "add", ".")
        _git(folder, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", tag)
        _git(folder, "tag", tag)


def _values(number: int, case: str, *, changed: bool) -> str:
    more = int(changed and case != "untouched")
    return _VALUES.format(
        team=f"team-{number}",
        comment=", reviewed" if changed and case == "untouched" else "",
        cap=5 + number % 40 + more,
        idle=5 + number % 11,
        cpu=1 + number % 7,
        memory=4 + number % 13,
    )


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)  # noqa: S603, S607 (our own words)
