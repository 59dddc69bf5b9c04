"""Rules for schedules: windows that change nothing, never close, or overlap."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from raychart.lint.cron_windows import open_minutes
from raychart.lint.each import per_cluster
from raychart.lint.effective import as_map
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.each import Here
    from raychart.lint.subject import Cluster

_UTC = {"UTC", "Etc/UTC"}


def _windows(cluster: Cluster) -> dict[str, dict[str, Any]]:
    """Return the cluster's windows; one that is null is removed."""
    return {name: window for name, window in as_map(cluster.settings.get("schedules")).items() if as_map(window)}


def _never_closes(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    for name, window in _windows(cluster).items():
        start, end = window.get("start"), window.get("end")
        if start is not None and str(start).split() == str(end).split():
            yield Problem(
                cluster.place("schedules", name, "end"),
                f'it ends when it begins ("{start}"), so it begins again at once and never closes',
                "set end to when the numbers should be the types' own again",
            )


def _without_effect(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    own = {pod.name: pod.settings.get("minWorkers") or 0 for pod in cluster.types}
    windows = _windows(cluster)
    for name, window in windows.items():
        numbers = as_map(window.get("minWorkers"))
        others = {type_ for other, one in windows.items() if other != name for type_ in as_map(one.get("minWorkers"))}
        # Beside another window of the type it may well be there to go before that.
        if numbers and all(own.get(type_) == number and type_ not in others for type_, number in numbers.items()):
            said = ", ".join(f"{type_} {number}" for type_, number in numbers.items())
            yield Problem(
                cluster.place("schedules", name, "minWorkers"),
                f"the window asks for what is so anyway ({said})",
                "ask for another number, or remove the window",
            )


def _overlap(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    for (one, window), (other, later) in combinations(_windows(cluster).items(), 2):
        numbers, theirs = as_map(window.get("minWorkers")), as_map(later.get("minWorkers"))
        types = sorted(name for name in numbers if name in theirs and numbers[name] != theirs[name])
        if not types or _zone(window) != _zone(later):
            continue
        minutes = open_minutes(window.get("start"), window.get("end"))
        others = open_minutes(later.get("start"), later.get("end"))
        both = len(minutes & others) if minutes and others else 0
        if both:
            yield Problem(
                cluster.place("schedules", other),
                f"it overlaps {one} for {both // 60} h {both % 60} min a week, with other numbers for "
                f"{', '.join(types)}: "
                "the window that began last decides",
                "leave it if that is what you want, else end one before the other begins",
            )


def _zone(window: dict[str, Any]) -> str:
    zone = str(window.get("timeZone") or "UTC")
    return "UTC" if zone in _UTC else zone


_SOURCE = "charts/ray/files/schedule.py, open_windows"
RULES = (
    Rule(
        "schedule-never-closes",
        "warning",
        "A window's start and end are the same.",
        "A window is open from its start to its next end. Where the two fire together it is open again in the moment "
        "in which it closes: its numbers hold always.",
        _SOURCE,
        per_cluster(_never_closes),
    ),
    Rule(
        "schedule-without-effect",
        "info",
        "A window asks for the numbers that hold anyway.",
        "Outside of all windows a type keeps its own minWorkers. A window with the same number changes nothing.",
        _SOURCE,
        per_cluster(_without_effect),
    ),
    Rule(
        "schedules-overlap",
        "info",
        "Two windows overlap and ask for different numbers.",
        "Where windows overlap the one that began last decides; of two that began at the same moment, the last in the "
        "alphabet. Windows in different time zones, or by the day of the month, are not compared.",
        _SOURCE,
        per_cluster(_overlap),
    ),
)
