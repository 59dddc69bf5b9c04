"""The command line as such: help, versions, exit codes, and errors in the form of the house."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from raychart import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    Raychart = Callable[..., subprocess.CompletedProcess[str]]

HOUSE_FORM = re.compile(r"[^\n]+: [^A-Z\n][^\n]*[^.\n]\n    \S[^\n]*\n")


def test_the_version_is_printed(raychart: Raychart) -> None:
    done = raychart("--version")
    assert (done.returncode, done.stdout) == (0, f"raychart {__version__}\n")


def test_the_console_script_is_the_same_program() -> None:
    script = Path(sys.executable).parent / "raychart"
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"raychart {__version__}\n"


def test_start_up_imports_nothing_that_only_some_commands_need() -> None:
    code = (
        "import sys; from raychart.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "raychart" in loaded
    assert not loaded & {"jsonschema", "kubernetes", "referencing", "subprocess", "xml", "yaml"}


@pytest.mark.parametrize("command", ["lint", "new", "render", "rollout", "smoke"])
def test_every_command_explains_itself_with_examples_and_exit_codes(raychart: Raychart, command: str) -> None:
    done = raychart(command, "--help")
    assert done.returncode == 0
    begins = {"rollout": "--namespace", "new": "team-a.spec.yaml"}.get(command, "values/")
    assert f"  raychart {command} {begins}" in done.stdout
    assert "exit codes:" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["lnt"],
        ["lint"],
        ["lint", "--no-such-option", "x.yaml"],
        ["lint", "missing.yaml"],
        ["lint", "values/team-a.yaml", "-o", "yaml"],
        ["lint", "values/team-a.yaml", "-o", "json=/nowhere/at/all.json"],
        ["lint", "values/team-a.yaml", "--chart", "values"],
        ["lint", "-", "-"],
        ["lint", "tests/fixtures/strict/templates/validation", "ci/images/node/nothing"],
        ["render", "missing.yaml"],
        ["render", "values"],
        ["render", "-"],
        ["render", "values/team-a.yaml", "--namespace", "Not_A_Name"],
        ["render", "values/team-a.yaml", "--helm", "no-such-helm"],
        ["render", "pyproject.toml", "--set"],
        ["rollout"],
        ["rollout", "--namespace", "team-a", "--watch", "--dry-run"],
        ["rollout", "--namespace", "team-a", "--kubeconfig", "missing"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_one_error_with_a_remedy_and_exit_code_2(raychart: Raychart, words: list[str]) -> None:
    done = raychart(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert HOUSE_FORM.fullmatch(done.stderr), done.stderr


@pytest.mark.parametrize(
    "command", ["lint values/team-a.yaml", "render values/team-a.yaml", "smoke values/team-a.yaml"]
)
@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("Ray", "lower-case letters, digits, - and ."),
        ("ray-", "with a letter or digit at both ends"),
        ("ray_1", "lower-case letters, digits, - and ."),
        ("", "lower-case letters, digits, - and ."),
        ("r" * 55, "has 55 characters, Helm takes 53\n    shorten it by 2"),
    ],
)
def test_a_release_that_helm_would_refuse_is_refused_with_what_is_allowed(
    raychart: Raychart, command: str, release: str, words: str
) -> None:
    done = raychart(*command.split(), f"--release={release}")
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert HOUSE_FORM.fullmatch(done.stderr)


def test_the_longest_release_is_taken(raychart: Raychart) -> None:
    assert raychart("lint", "values/team-a.yaml", "--release", "r" * 53).returncode == 0


def test_a_reader_that_has_gone_away_is_no_crash() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-m", "raychart", "lint", "-"]
    done = subprocess.run(words, input=b"unknown: 1\n", stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, b"")


def test_an_interrupt_ends_with_130_and_one_line(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    with subprocess.Popen([sys.executable, "-m", "raychart", "lint", pipe], stderr=subprocess.PIPE) as process:
        # Opening the other end waits until raychart has begun to read.
        with pipe.open("wb"):
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            assert process.stderr.read() == b"raychart: interrupted\n"
        assert process.wait() == 130


def test_a_defect_is_told_in_one_line_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "yaml.py").write_text("1 / 0\n")
    done = subprocess.run(
        [sys.executable, "-m", "raychart", "lint", Path("values/team-a.yaml").absolute()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "unexpected ZeroDivisionError" in done.stderr
    assert "RAYCHART_DEBUG=1" in done.stderr
    assert "Traceback" not in done.stderr
