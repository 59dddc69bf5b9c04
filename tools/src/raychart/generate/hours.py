"""Busy hours as cron expressions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raychart.generate.model import Window

_DAY = 24 * 60
_STEP = 5


def crons(window: Window, launch_seconds: float) -> tuple[str, str, int]:
    """Return when a schedule starts and ends, and by how many minutes it starts before the hours begin."""
    early = max(_STEP, math.ceil(launch_seconds / 60 / _STEP) * _STEP)
    overnight = _DAY if window.end <= window.begin else 0
    return _cron(window.days, window.begin - early), _cron(window.days, window.end + overnight), early


def minutes_of(window: Window) -> set[int]:
    """Return the minutes of a week, from Sunday on, that the hours are made of."""
    length = (window.end - window.begin) % _DAY
    begins = [day * _DAY + window.begin for day in window.days]
    return {(begin + minute) % (7 * _DAY) for begin in begins for minute in range(length)}


def _cron(days: Iterable[int], minutes: int) -> str:
    """Write a time on days of the week; minutes below 0 are of the day before, those above 1439 of the day after."""
    shift, minutes = divmod(minutes, _DAY)
    return f"{minutes % 60} {minutes // 60} * * {_weekdays({(day + shift) % 7 for day in days})}"


def _weekdays(days: set[int]) -> str:
    if len(days) == 7:
        return "*"
    ordered = sorted(days)
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{ordered[0]}-{ordered[-1]}"
    return ",".join(map(str, ordered))
