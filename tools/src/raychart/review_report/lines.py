"""Write what differs as lines, for every format that shows it."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from raychart.diff.model import ABSENT, Change
from raychart.diff.show import lines
from raychart.review_report.view import title_of

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.review_report.view import Told

# No text in a manifest has as many lines: the API server takes 1.5 MiB at most.
_ALL = 2_000_000


def folded(told: Told, room: int) -> tuple[list[str], int]:
    """Return a few lines on what has an effect, and how many changes and objects were left out."""
    shown: list[str] = []
    count = 0
    for entry in chain((lines(change, longest=2) for change in told.changes), ([title_of(o)] for o in told.objects)):
        if len(shown) >= room:
            break
        shown += entry
        count += 1
    return shown, len(told.changes) + len(told.objects) - count


def diff_lines(diff: ObjectDiff) -> list[str]:
    """Return all that differs in an object, old and new on lines of their own, as a diff fence colours them."""
    if diff.kind in {"changed", "renamed"}:
        return [line for change in diff.changes for line in lines(change, arrows=False, longest=_ALL)]
    from raychart.diff.secrets import hidden

    body = hidden(diff.manifest)
    whole = Change((), diff.kind, body, ABSENT) if diff.kind == "removed" else Change((), diff.kind, ABSENT, body)
    first, *rest = lines(whole, longest=_ALL)
    # The path is empty: the first line has nothing to say, or all of it.
    return [f"{line[0]} {line[6:]}" for line in rest] or [f"{first[0]} {first[4:]}"]
