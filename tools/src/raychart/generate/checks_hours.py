"""What is wrong with busy hours: their names, their workers, and hours that get into each other's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.generate.hours import minutes_of
from raychart.schema_keys import nearest
from raychart.schema_words import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.generate.model import Spec
    from raychart.paths import ValuesPath

_LONGEST_CRONJOB = 52


def problems_of_hours(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with the busy hours of a spec."""
    kinds = {one.name: one for one in spec.workers}
    for window in spec.windows:
        path: ValuesPath = ("busyHours", window.name)
        spare = len(f"{spec.cluster}-{window.name}-start") - _LONGEST_CRONJOB
        if spare > 0:
            message = f"with the cluster's name it is {spare} characters too long for a CronJob"
            yield Problem(path, message, "choose a shorter name for the hours, or the cluster")
        if window.begin == window.end:
            yield Problem((*path, "to"), "the hours end when they begin", "use another time")
        for name, number in window.workers.items():
            if name not in kinds:
                guess = nearest(name, tuple(kinds))
                remedy = f"did you mean {guess}?" if guess else f"use one of {', '.join(kinds)}"
                yield Problem((*path, "workers", name), "there are no such workers", remedy)
            elif number > kinds[name].at_most:
                message = f"{number} is more than their atMost ({kinds[name].at_most})"
                yield Problem((*path, "workers", name), message, f"raise workers.{name}.atMost, or lower the number")
            elif number == kinds[name].always:
                message = f"{number} are up always, so the hours change nothing"
                yield Problem((*path, "workers", name), message, "give another number, or remove the hours")
    yield from _at_once(spec)
    yield from _together(spec)


def _together(spec: Spec) -> Iterator[Problem]:
    cap = spec.workers_at_most
    if cap is not None and spec.windows:
        most = {one.name: one.always for one in spec.workers}
        for window in spec.windows:
            most |= {name: max(number, most.get(name, 0)) for name, number in window.workers.items()}
        if sum(most.values()) > cap:
            message = f"{cap} is less than the busy hours need ({sum(most.values())})"
            yield Problem(("workersAtMost",), message, "raise it, or lower the numbers under busyHours")


def _at_once(spec: Spec) -> Iterator[Problem]:
    """Find hours that overlap: the chart goes by the window that began last, and not by the higher number."""
    for index, window in enumerate(spec.windows):
        for other in spec.windows[:index]:
            kinds = [name for name, number in window.workers.items() if other.workers.get(name, number) != number]
            if kinds and minutes_of(window) & minutes_of(other):
                message = f"they overlap with {other.name}, which has another number of {kinds[0]}"
                remedy = "make hours of their own of the common ones, so that they follow each other"
                yield Problem(("busyHours", window.name), message, remedy)
