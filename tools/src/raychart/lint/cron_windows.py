"""When a schedule's windows are open, minute by minute of a week."""

from __future__ import annotations

from functools import lru_cache

WEEK = 7 * 24 * 60
_WEEKDAYS = {name: at for at, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}


def open_minutes(start: object, end: object) -> frozenset[int] | None:
    """Return the minutes of a week, from Sunday on, in which a window is open.

    None where one week is not like another, or an expression is wrong.
    """
    begins, ends = firings(str(start)), firings(str(end))
    if not begins or not ends:
        return None
    minutes: set[int] = set()
    for begin in begins:
        length = min((after - begin) % WEEK for after in ends)
        # Both at one moment: the window is open until the next end.
        length = length or min(((after - begin) % WEEK or WEEK) for after in ends)
        minutes.update(minute % WEEK for minute in range(begin, begin + length))
    return frozenset(minutes)


@lru_cache(maxsize=256)
def firings(expression: str) -> frozenset[int]:
    """Return the minutes of a week at which an expression fires; none where it goes by the day of the month."""
    fields = expression.split()
    if len(fields) != 5 or not set(fields[2:4]) <= {"*", "?"}:
        return frozenset()
    minutes, hours = _numbers(fields[0], 0, 59), _numbers(fields[1], 0, 23)
    days = _numbers(fields[4], 0, 6)
    return frozenset(day * 1440 + hour * 60 + minute for day in days for hour in hours for minute in minutes)


def _numbers(text: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.lower().split(","):
        span, _, step = part.partition("/")
        first, hyphen, last = span.partition("-")
        if span in {"*", "?"}:
            lowest, highest = low, high
        else:
            lowest = _number(first)
            highest = _number(last) if hyphen else high if step else lowest
        if not (low <= lowest <= highest <= high) or (step and not (step.isdigit() and int(step))):
            return frozenset()
        found.update(range(lowest, highest + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str) -> int:
    return _WEEKDAYS.get(text, int(text) if text.isascii() and text.isdigit() else -1)
