"""Cron expressions as a CronJob reads them, with the rules of the chart's own check (ray.cronProblem)."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# Of each field: what it is called, its lowest and highest number, and the names of its numbers from the lowest on.
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, _WEEKDAYS),
)
_PART = re.compile(r"(?P<span>[*?]|(?P<first>[0-9a-z]+)(-(?P<last>[0-9a-z]+))?)(/0*(?P<step>[1-9][0-9]{0,8}))?")
_ANY = re.compile(r"(^|,)[*?](/1)?(,|$)")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def problems_of(expression: str) -> list[str]:
    """Return what is wrong with an expression of five fields: parts that Kubernetes refuses, or that it never fires."""
    problems: list[str] = []
    fields = expression.split(" ")
    read: list[set[int]] = []
    for text, field in zip(fields, _FIELDS, strict=False):
        numbers: set[int] = set()
        for part in text.split(","):
            found = _numbers(part.lower(), field)
            numbers.update(found)
            if not found:
                problems.append(f'"{part}" is no {field[0]}')
        read.append(numbers)
    if problems or len(fields) != len(_FIELDS):
        return problems
    # Days that no month has. A day of the week beside it would fire without it.
    longest, first = max(_DAYS[month - 1] for month in read[3]), min(read[2])
    return [f"no month of these has a day {first}"] if _ANY.search(fields[-1]) and first > longest else []


@cache
def time_zones() -> frozenset[str]:
    """Return the names of the IANA database, as they have to be written, whatever this machine has installed."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


def _numbers(part: str, field: tuple[str, int, int, tuple[str, ...]]) -> range:
    _, lowest, highest, names = field
    found = _PART.fullmatch(part)
    if not found:
        return range(0)
    first, last = lowest, highest
    if found["first"]:
        first = _number(found["first"], lowest, names)
        if found["last"] or not found["step"]:
            last = _number(found["last"] or found["first"], lowest, names)
    return range(first, last + 1, int(found["step"] or 1)) if lowest <= first <= last <= highest else range(0)


def _number(text: str, lowest: int, names: tuple[str, ...]) -> int:
    if text in names:
        return lowest + names.index(text)
    return int(text) if re.fullmatch(r"0*[0-9]{1,2}", text) else -1
