"""The chart's files/schedule.py, a script that runs in a pod: what is in force when, and what it writes."""

from __future__ import annotations

import json
import random
import runpy
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

FILES = Path(__file__).parents[2] / "charts" / "ray" / "files"
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(FILES)
    SCRIPT = runpy.run_path(str(FILES / "schedule.py"))
open_windows, numbers_in_force = SCRIPT["open_windows"], SCRIPT["numbers_in_force"]

Schedules = dict[str, dict[str, Any]]


def window(start: str, end: str, zone: str = "Etc/UTC", **workers: int) -> dict[str, Any]:
    return {"start": start, "end": end, "timeZone": zone, "minWorkers": workers}


# Overlapping, overnight, over the weekend, in several zones, some at the same moments; weeks with changes of clocks.
SCHEDULES: Schedules = {
    "mornings": window("30 6 * * 1-5", "0 10 * * 1-5", "Europe/Berlin", cpu=2),
    "office": window("0 8 * * 1-5", "0 18 * * 1-5", "Europe/Berlin", cpu=1, gpu=1),
    "nights": window("0 22 * * *", "0 6 * * *", "Europe/Berlin", cpu=5),
    "small-hours": window("30 2 * * *", "30 3 * * *", "Europe/Berlin", gpu=3),
    "weekends": window("0 20 * * FRI", "0 6 * * MON", "America/New_York", cpu=0, gpu=0),
    "months-end": window("0 0 28-31 * *", "0 0 1 * *", cpu=4),
    "always": window("0 12 * * *", "0 12 * * *", batch=1),
    "same-moment": window("0 22 * * *", "0 23 * * *", "Europe/Berlin", cpu=7),
}
WEEKS = [datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 10, 16, tzinfo=UTC)]


@pytest.mark.parametrize("begin", WEEKS, ids=["spring", "autumn"])
def test_the_clock_alone_says_what_following_every_event_would(begin: datetime) -> None:
    end = begin + timedelta(days=17)
    events = follow(SCHEDULES, begin - timedelta(days=40), end)
    checked = 0
    chance = random.Random(begin.timestamp())  # noqa: S311 (moments to look at)
    for (moment, numbers), (following, _) in pairwise(events):
        between = moment + (following - moment) * chance.random()
        for now in (moment, between, following - timedelta(seconds=1)):
            if now >= begin:
                assert numbers_in_force(SCHEDULES, now) == numbers, now
                checked += 1
    assert checked > 400


def follow(schedules: Schedules, begin: datetime, end: datetime) -> list[tuple[datetime, dict[str, int]]]:
    """Return the numbers in force from each moment on at which Kubernetes would run a boundary, one event at a time."""
    firings: dict[datetime, list[tuple[str, str]]] = {}
    for name, schedule in schedules.items():
        for boundary in ("end", "start"):
            for moment in all_firings(schedule[boundary], schedule["timeZone"], begin, end):
                firings.setdefault(moment, []).append((boundary, name))
    began: dict[str, datetime] = {}
    numbers = []
    for moment in sorted(firings):
        for boundary, name in sorted(firings[moment]):  # ends before starts: a window may begin where it ends
            if boundary == "start":
                began[name] = moment
            else:
                began.pop(name, None)
        force: dict[str, int] = {}
        for name in sorted(began, key=lambda name: (began[name], name)):
            force.update(schedules[name]["minWorkers"])
        numbers.append((moment, force))
    return numbers


def all_firings(expression: str, zone: str, begin: datetime, end: datetime) -> list[datetime]:
    """Ask Kubernetes' own library."""
    program = shutil.which("cron-firings")
    if program is None:
        pytest.fail("there is no cron-firings on PATH; ci/test builds it: run the tests with it")
    minutes = range(int(begin.timestamp()) - 1, int(end.timestamp()), 1800)  # every expression above is of half hours
    lines = "".join(f"{expression}\t{zone}\t{moment}\n" for moment in minutes)
    done = subprocess.run([program], input=lines, capture_output=True, text=True, check=True, timeout=60)
    firings = {datetime.fromtimestamp(int(found), UTC) for found in done.stdout.split()}
    return sorted(firing for firing in firings if firing < end)


def test_of_windows_that_began_together_the_last_in_the_alphabet_decides() -> None:
    schedules = {"b": window("0 8 * * *", "0 9 * * *", cpu=1, gpu=2), "a": window("0 8 * * *", "0 9 * * *", cpu=3)}
    assert numbers_in_force(schedules, datetime(2026, 1, 1, 8, tzinfo=UTC)) == {"cpu": 1, "gpu": 2}


def test_outside_of_all_windows_nothing_is_in_force() -> None:
    schedules = {"a": window("0 8 * * *", "0 9 * * *", cpu=3), "never": window("0 0 31 2 *", "* * * * *", cpu=9)}
    assert numbers_in_force(schedules, datetime(2026, 1, 1, 9, tzinfo=UTC)) == {}


def test_a_window_that_never_ends_stays_open() -> None:
    schedules = {"a": window("0 8 1 1 *", "0 0 31 2 *", cpu=3)}
    assert numbers_in_force(schedules, datetime(2026, 11, 1, tzinfo=UTC)) == {"cpu": 3}


class Server:
    """An API server with one RayCluster, which may be late, and a clock beside it that every wait moves on."""

    def __init__(self, now: str, annotations: dict[str, str] | None = None, *, late: int = 0) -> None:
        self.now = datetime.fromisoformat(f"2026-01-01T{now}").replace(tzinfo=UTC)
        self.annotations, self.late = annotations, late
        self.written: list[dict[str, int]] = []

    def run(self, monkeypatch: pytest.MonkeyPatch, schedule: dict[str, Any]) -> None:
        """Run the script."""
        monkeypatch.setattr("time.sleep", self.sleep)
        SCRIPT["main"]("team", "main", json.dumps({"a": schedule}), lambda: self.now, self.call)

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def call(self, method: str, path: str, body: Any = None, content_type: str = "") -> Any:
        assert path.partition("?")[0] == "/apis/ray.io/v1/namespaces/team/rayclusters/main"
        if self.late:
            self.late -= 1
            return None
        if method == "PATCH":
            assert content_type == "application/merge-patch+json"
            self.written.append(json.loads(body["metadata"]["annotations"]["raychart/min-workers"]))
            self.annotations = {**(self.annotations or {}), **body["metadata"]["annotations"]}
        return {"metadata": {} if self.annotations is None else {"annotations": self.annotations}}


DAY = window("0 8 * * *", "0 9 * * *", gpu=1, cpu=2)


@pytest.mark.parametrize("annotations", [None, {}, {"raychart/min-workers": "{}"}, {"mine": "kept"}])
def test_the_numbers_are_written_once(monkeypatch: pytest.MonkeyPatch, annotations: dict[str, str] | None) -> None:
    server = Server("08:10:00", annotations)
    server.run(monkeypatch, DAY)
    server.run(monkeypatch, DAY)
    assert server.annotations == {**(annotations or {}), "raychart/min-workers": '{"cpu": 2, "gpu": 1}'}
    assert server.written == [{"cpu": 2, "gpu": 1}]


def test_the_end_of_a_window_is_written_too(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server("09:10:00", {"raychart/min-workers": '{"cpu": 2}'})
    server.run(monkeypatch, DAY)
    assert server.annotations == {"raychart/min-workers": "{}"}


def test_what_counts_is_the_time_when_a_late_raycluster_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server("08:59:20", late=30)
    server.run(monkeypatch, DAY)
    assert server.written == [{}]


@pytest.mark.parametrize(
    ("now", "written"),
    [
        ("07:59:20", [{}]),
        ("07:59:40", [{}, {"cpu": 2, "gpu": 1}]),
        ("08:00:00", [{"cpu": 2, "gpu": 1}]),
        ("08:59:59", [{"cpu": 2, "gpu": 1}, {}]),
        ("09:00:00", [{}]),
    ],
)
def test_what_is_due_within_half_a_minute_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, now: str, written: list[dict[str, int]]
) -> None:
    # A node's clock may be behind the one that started the Job; and nothing may begin before its time.
    server = Server(now)
    server.run(monkeypatch, DAY)
    assert server.written == written


def test_a_zone_that_the_image_has_no_data_on_is_told_with_the_remedy() -> None:
    with pytest.raises(SystemExit, match=r"timeZone Mars/Base: .*\n    install tzdata"):
        open_windows({"a": window("0 8 * * *", "0 9 * * *", "Mars/Base", cpu=1)}, datetime(2026, 1, 1, tzinfo=UTC))


def test_utc_takes_no_zone_data(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    monkeypatch.setattr("zoneinfo.ZoneInfo", refuse)
    assert SCRIPT["time_zone"]("Etc/UTC").utcoffset(None) == timedelta(0)
