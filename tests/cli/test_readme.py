"""The README cannot lie: its values file is good, its commands exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_values_file_lints_clean_and_renders(
    raychart: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    block = next(block for block in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL) if "clusters:" in block)
    values = tmp_path / "team-a.yaml"
    values.write_text(block)
    for command in ("lint", "render"):
        done = raychart(command, values)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"\bmake ([a-z]+)", README)) - {"a"}
    assert targets
    assert targets <= set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_command_of_the_toolkit_takes_the_options_shown(
    raychart: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    lines = [line.strip().split("#")[0] for line in README.splitlines() if line.startswith("    raychart ")]
    assert {shlex.split(line)[1] for line in lines} == {
        "diff",
        "explain",
        "lint",
        "new",
        "render",
        "review",
        "rollout",
        "smoke",
        "validate",
        "values",
    }
    for line in lines:
        words = shlex.split(line)[1:]
        known = raychart(words[0], "--help").stdout
        assert all(word in known for word in words if word.startswith("-")), line


def test_nothing_is_left_to_fill_in() -> None:
    assert "@@" not in README
