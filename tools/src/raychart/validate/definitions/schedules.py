"""When a CronJob or a RayCronJob runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.lint.cron import problems_of
from raychart.schema_words import show
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath

_NAMED = re.compile(r"@(yearly|annually|monthly|weekly|daily|midnight|hourly|every .+)")


def wrong_schedule(schedule: str, path: ValuesPath) -> Iterator[Problem]:
    """Yield what is wrong with a schedule of cron, which may have a name."""
    if "TZ" in schedule:
        yield Problem(path, "names a time zone", "set timeZone instead")
    elif schedule and not _NAMED.fullmatch(schedule):
        fields = schedule.split()
        wrong = problems_of(" ".join(fields)) if len(fields) == 5 else [f"it has {len(fields)} fields"]
        # That it never comes nobody refuses.
        if wrong and not wrong[0].startswith("no month"):
            message = f"{show(schedule)} is no schedule ({'; '.join(wrong)})"
            yield Problem(path, message, "write five fields, as cron has them")
