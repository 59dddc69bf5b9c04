"""Say what each change of a comparison does to what runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from raychart.impact.absence import without_operator
from raychart.impact.context import Context
from raychart.impact.definitions import caveat
from raychart.impact.kinds import enter_effects
from raychart.impact.ledger import Because, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.diff.model import Comparison, ObjectDiff
    from raychart.impact.context import Deployer
    from raychart.impact.model import Impact


def judge(comparison: Comparison, *, deployer: Deployer = "helm") -> tuple[Impact, ...]:
    """Return the effects of all that differs, in the order of the objects, of one object the gravest first.

    Every change has at least one. Effects are those on what runs as the old manifests say; a head or worker that was
    changed by hand, or left out of date by an earlier change, is not known here.
    """
    context = Context(comparison, deployer)
    return tuple(impact for diff in comparison.objects for impact in _of_object(diff, context))


def _of_object(diff: ObjectDiff, context: Context) -> Iterator[Impact]:
    ledger = Ledger(diff)
    enter_effects(diff, context, ledger)
    left = ledger.uncovered()
    because = Because(
        "it is applied at once; no pod is known to be made anew for it", "Kubernetes: objects are applied as they are"
    )
    ledger.add("live", because, left)
    impacts = ledger.impacts()
    if not impacts:
        ledger.add("live", because)
        impacts = ledger.impacts()
    words = caveat(diff, context)
    for impact in impacts:
        besides = f"{words}{without_operator(impact, context)}"
        yield replace(impact, reason=f"{impact.reason}{besides}") if besides else impact
