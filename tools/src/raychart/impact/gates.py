"""What an operator that is told otherwise makes of Ray's objects that stay as they are: feature gates that go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.ledger import Because, Ledger, Whom
from raychart.impact.ray.refused import STOPS, problems_of
from raychart.validate.subject import KINDS, RAY

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context

_TOLD = ("args", "command")


def objects_refused(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter which objects that nobody changes the operator stops at from now on, by what it is told when it starts."""
    changes = [change for change in diff.changes if any(step in _TOLD for step in change.path)]
    if not changes:
        return
    changed = {one.manifest.identity for one in context.comparison.objects}
    before = {one.identity: one for one in context.comparison.old if one.group == RAY}
    for after in context.comparison.new:
        if after.group != RAY or after.kind not in KINDS or after.identity in changed or after.identity not in before:
            continue
        known = {said for said, _ in problems_of(before[after.identity], context.comparison.old)}
        for said, rule in problems_of(after, context.comparison.new):
            if said not in known:
                reason = f"{said}: as it stands, the operator {STOPS[after.kind]}"
                cluster = after.name if after.kind == "RayCluster" else None
                whom = Whom(f"{after.kind} {after.name}", cluster)
                ledger.add("rejected", Because(reason, rule.source), changes, whom=whom)
                break
