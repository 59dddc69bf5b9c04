"""Write what differs as lines, for every format that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.diff.show import lines
from raychart.review_report.whole import ALL_LINES, whole_lines

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.review_report.view import Told


def folded(told: Told, room: int) -> tuple[list[str], int]:
    """Return a few lines on the changes that have an effect, and how many were left out.

    Of objects that are new or gone their names among the subjects say enough.
    """
    shown: list[str] = []
    count = 0
    for change in told.changes:
        if len(shown) >= room:
            break
        shown += lines(change, longest=2)
        count += 1
    return shown, len(told.changes) - count


def diff_lines(diff: ObjectDiff) -> list[str]:
    """Return all that differs in an object, old and new on lines of their own, as a diff fence colours them."""
    if diff.kind in {"changed", "renamed"}:
        return [line for change in diff.changes for line in lines(change, arrows=False, longest=ALL_LINES)]
    mark = "-" if diff.kind == "removed" else "+"
    return [f"{mark} {line}" for line in whole_lines(diff.manifest)]
