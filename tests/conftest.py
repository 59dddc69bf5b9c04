"""What every test may use: the real Helm programs, and this checkout's raychart as a process."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable

# What a shell starts in the background ignores interrupts, and so would all that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What an earlier run has rendered must not decide a test.
os.environ["RAYCHART_CACHE"] = "off"

ROOT = Path(__file__).parents[1]

# No deadline: a busy machine is no defect. The same examples in every run: a red run can be repeated.
settings.register_profile("raychart", deadline=None, derandomize=True)
# For hours: pytest --hypothesis-profile=long
settings.register_profile("long", deadline=None, max_examples=20_000)
settings.load_profile("raychart")


@pytest.fixture(scope="session")
def helm3() -> str:
    """The Helm 3 on PATH."""
    return _helm("helm3", "v3.")


@pytest.fixture(scope="session")
def helm4() -> str:
    """The Helm 4 on PATH."""
    return _helm("helm4", "v4.")


@pytest.fixture
def raychart(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line as a user would, in the checkout unless `cwd` says otherwise."""

    def run(
        *arguments: str | Path, stdin: str | bytes = "", cwd: Path = ROOT, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "raychart", *map(str, arguments)],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=cwd,
            env=env,
            timeout=60,
            check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def _helm(program: str, version: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.fail(f"there is no {program} on PATH; ci/test puts the pinned ones there: run the tests with it")
    found = subprocess.run([path, "version", "--template", "{{.Version}}"], capture_output=True, text=True, check=True)
    if not found.stdout.startswith(version):
        pytest.fail(f"{program} on PATH is Helm {found.stdout}; remove it from PATH or run the tests with ci/test")
    return path
