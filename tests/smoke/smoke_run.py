"""Run `raychart smoke` on the test cluster with the images that ci/test found or built."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class SmokeRun:
    """A `raychart smoke` that has ended: what it printed, its JSON report, and its folder of evidence."""

    code: int
    stdout: str
    stderr: str
    seconds: float
    report: dict[str, Any]
    evidence: Path

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Return the findings of all parts."""
        return [finding for part in self.report["parts"] for finding in part["findings"]]

    def part(self, namespace: str) -> dict[str, Any]:
        """Return what the report says of a namespace."""
        return next(part for part in self.report["parts"] if part["namespace"] == namespace)


def setting(name: str) -> str:
    """Return what ci/test found or built."""
    value = os.environ.get(f"RAYCHART_TEST_{name}")
    if value is None:
        pytest.fail(f"RAYCHART_TEST_{name} is not set: run the cluster tests with ci/test", pytrace=False)
    return value


def run_smoke(kube_config: str, folder: Path, *words: str | Path, timeout: float = 240) -> SmokeRun:
    """Run it to its end."""
    began = time.monotonic()
    argv = smoke_argv(kube_config, folder, *words)
    done = subprocess.run(argv, capture_output=True, text=True, timeout=timeout, check=False)
    sys.stderr.write(done.stderr)  # shown by pytest when a test fails
    report = folder / "report.json"
    body = json.loads(report.read_text()) if report.exists() else {"parts": []}
    return SmokeRun(done.returncode, done.stdout, done.stderr, time.monotonic() - began, body, folder / "evidence")


def smoke_argv(kube_config: str, folder: Path, *words: str | Path) -> list[str]:
    """Return the command line, with text on standard output and the other reports in the folder."""
    where = ["--provider", "existing", "--kubeconfig", kube_config, "-f", setting("LAYER")]
    out = ["--logs", f"{folder}/evidence", "-o", "text", "-o", f"json={folder}/report.json"]
    argv = ["smoke", *map(str, words), *where, *out, "-o", f"junit={folder}/junit.xml"]
    return [sys.executable, "-m", "raychart", *argv]
