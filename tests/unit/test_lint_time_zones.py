"""A schedule's time zone is one of the IANA database, whatever the machine knows of it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from raychart.findings import Finding

    FindingsIn = Callable[..., list[Finding]]

VALUES = (
    "clusters: {main: {workerTypes: {w: {maxWorkers: 2, cpu: 4, memory: 16Gi}}, "
    "schedules: {m: {start: 0 6 * * *, end: 0 9 * * *, minWorkers: {w: 1}, timeZone: %s}}}}"
)


@pytest.mark.parametrize(
    ("zone", "remedy"),
    [
        ("Berlin", "did you mean Europe/Berlin?"),
        ("europe/berlin", "did you mean Europe/Berlin?"),
        ("America/NewYork", "did you mean America/New_York?"),
        ("UTC+2", "did you mean Etc/GMT-2?"),
        ("GMT-0530", "write one such as Europe/Berlin or Etc/UTC"),
        ("CEST", "write one such as Europe/Berlin or Etc/UTC"),
        ("Local", "write one such as Europe/Berlin or Etc/UTC"),
    ],
)
def test_what_is_no_zone_is_told_with_one_that_is_meant(zone: str, remedy: str, findings_in: FindingsIn) -> None:
    (found,) = [found for found in findings_in(VALUES % zone) if found.severity == "error"]
    assert (found.path, found.remedy) == ("clusters.main.schedules.m.timeZone", remedy)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "US/Eastern", "Etc/GMT-2", "UTC", "America/Coyhaique"])
def test_a_zone_is_one_on_a_machine_without_a_database_of_zones(tmp_path: Path, zone: str) -> None:
    values = tmp_path / "team-a.yaml"
    values.write_text(VALUES % zone)
    argv = [sys.executable, "-m", "raychart", "lint", str(values), "--fail-on", "error"]
    done = subprocess.run(argv, env={**os.environ, "PYTHONTZPATH": ""}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
