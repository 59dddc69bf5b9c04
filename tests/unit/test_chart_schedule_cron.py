"""The chart's files/schedule_cron.py against the library that Kubernetes reads cron expressions with."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

Cron: Any = runpy.run_path(str(Path(__file__).parents[2] / "charts" / "ray" / "files" / "schedule_cron.py"))["Cron"]
# Clocks that go forward and back by an hour, by half an hour, by two, and not at all. None that skips midnight: there
# the library also fires on the day after the one that was asked for, a run that changes nothing, since the numbers
# follow from the clock. Nor one that skipped a day, where the library never comes to an end.
ZONES = {
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Australia/Lord_Howe": ("2026-10-04", "2026-04-05"),
    "Antarctica/Troll": ("2026-03-29", "2026-10-25"),
    "Pacific/Chatham": ("2026-09-27", "2026-04-05"),
    "Asia/Kolkata": ("2026-01-01", "2026-07-01"),
}
FIVE_YEARS = timedelta(days=5 * 365)


def number(low: int, high: int, names: tuple[str, ...]) -> SearchStrategy[str]:
    numbers = st.integers(low, high).map(str)
    return st.one_of(numbers, st.sampled_from(names)) if names else numbers


@st.composite
def parts(draw: DrawFn, low: int, high: int, names: tuple[str, ...] = ()) -> str:
    """One part of a field, now and then one that is wrong."""
    first, last = sorted((draw(st.integers(low, high)), draw(st.integers(low, high))))
    span = draw(st.one_of(st.just("*"), number(low, high + 1, names), st.just(f"{first}-{last}"), st.just("4-2")))
    return span + draw(st.sampled_from(["", "", "", "/1", "/2", "/7", "/40", "/0"]))


def field(low: int, high: int, *names: str) -> SearchStrategy[str]:
    lists = st.lists(parts(low, high, names), min_size=1, max_size=3).map(",".join)
    return st.one_of(st.just("*"), number(low, high, names), lists)


expressions = st.tuples(
    field(0, 59),
    field(0, 23),
    st.one_of(st.just("?"), field(1, 31)),
    st.one_of(st.just("*"), field(1, 12, "jan", "FEB", "Nov")),
    st.one_of(st.just("?"), field(0, 6, "sun", "MON", "Sat")),
).map(" ".join)


@st.composite
def moments(draw: DrawFn) -> tuple[str, datetime]:
    """A time zone and a moment within days of a change of its clocks."""
    zone = draw(st.sampled_from(sorted(ZONES)))
    change = datetime.fromisoformat(draw(st.sampled_from(ZONES[zone]))).replace(tzinfo=UTC)
    return zone, change + timedelta(minutes=draw(st.integers(-2 * 1440, 3 * 1440)))


@given(expressions, moments())
@settings(max_examples=200)
def test_it_fired_last_when_kubernetes_would_have_run_it_last(expression: str, when: tuple[str, datetime]) -> None:
    zone, now = when
    try:
        last = Cron(expression).last(now, ZoneInfo(zone))
    except ValueError:
        assert first_after(expression, zone, [now]) == ["invalid"]
        return
    if last is None:
        (following,) = first_after(expression, zone, [now - FIVE_YEARS])
        assert following == "0" or int(following) > now.timestamp()
        return
    found, following = first_after(expression, zone, [last - timedelta(seconds=1), last])
    assert int(found) == last.timestamp()
    assert following == "0" or int(following) > now.timestamp()


@pytest.mark.parametrize(
    ("expression", "zone", "now", "last"),
    [
        # The hour from two to three is skipped in spring, and shown twice in autumn.
        ("30 2 * * *", "Europe/Berlin", "2026-03-29T12:00", "2026-03-28T01:30"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T01:29", "2026-10-25T00:30"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T01:30", "2026-10-25T01:30"),
        # There was no 30 December 2011 in Samoa.
        ("0 12 * * *", "Pacific/Apia", "2011-12-30T20:00", "2011-12-29T22:00"),
        ("0 0 29 2 *", "UTC", "2027-06-01T00:00", "2024-02-29T00:00"),
        # The first of the month or a Monday; and a Monday among every day.
        ("0 0 1 * 1", "UTC", "2026-11-20T00:00", "2026-11-16T00:00"),
        ("0 0 */1 * 1", "UTC", "2026-11-20T00:00", "2026-11-16T00:00"),
        ("0 0 */2 * 1", "UTC", "2026-11-20T00:00", "2026-11-19T00:00"),
    ],
)
def test_it_fired_last_at_a_known_moment(expression: str, zone: str, now: str, last: str) -> None:
    found = Cron(expression).last(datetime.fromisoformat(now).replace(tzinfo=UTC), ZoneInfo(zone))
    assert found == datetime.fromisoformat(last).replace(tzinfo=UTC)


def test_a_day_that_no_month_has_never_fires() -> None:
    assert Cron("0 0 31 2 *").last(datetime(2026, 1, 1, tzinfo=UTC), UTC) is None


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("60 * * * *", "'60' is no minute: 0 to 59"),
        ("* * 0 * *", "'0' is no day of month: 1 to 31"),
        ("* * * foo *", "'foo' is no month"),
        ("* * * * 7", "'7' is no day of week: 0 to 6"),
        ("* 5-1 * * *", "'5-1' is no hour: 0 to 23"),
        ("*/0 * * * *", "'*/0' is no minute: 0 to 59"),
        ("1,,2 * * * *", "'' is no minute"),
        ("* * * *", "has 4 fields, not 5"),
    ],
)
def test_a_mistake_is_named(expression: str, what: str) -> None:
    with pytest.raises(ValueError, match=re.escape(what)):
        Cron(expression)


def first_after(expression: str, zone: str, moments: list[datetime]) -> list[str]:
    """Return the first firings after these moments by Kubernetes' library."""
    program = shutil.which("cron-firings")
    if program is None:
        pytest.fail("there is no cron-firings on PATH; ci/test builds it: run the tests with it")
    lines = "".join(f"{expression}\t{zone}\t{int(moment.timestamp())}\n" for moment in moments)
    return subprocess.run([program], input=lines, capture_output=True, text=True, check=True, timeout=60).stdout.split()
