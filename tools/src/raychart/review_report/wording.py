"""The words of a review that all formats share: the verdict, and what is counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from raychart.findings import SEVERITIES
from raychart.findings_report.model import plural
from raychart.impact.effects import EFFECTS
from raychart.impact.model import NO_PODS
from raychart.review_report.amounts import pods_touched, total_change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raychart.findings import Finding
    from raychart.impact.effects import Effect
    from raychart.review.model import NamespaceReview, Review, State

# What comes first in a count of namespaces.
STATES: tuple[State, ...] = ("failed", "changed", "new", "removed", "unchanged")
NOTHING = "nothing differs"

_VERDICTS: dict[Effect, str] = {
    "none": "nothing that runs notices",
    "live": "applied to what runs, no pod is touched",
    "scale-up": "pods may be added",
    "new-pods": "only pods made from now on differ",
    "ignored": "without effect until an object is deleted",
    "head-deferred": "waits until a head pod is made again",
    "operator-restart": "the operator restarts, clusters keep serving",
    "access": "who may reach or do something changes",
    "scale-down": "pods may be taken away",
    "roll": "worker pods are replaced",
    "remove-type": "a worker type goes",
    "head-restart": "the head pod is replaced",
    "replace": "an object is deleted and its state lost",
    "rejected": "it will be refused",
}


def verdict(review: Review) -> str:
    """Say in one line what a reviewer has to know first."""
    every = review.namespaces
    if not every:
        return NOTHING
    effect = worst_effect(review)
    said = _VERDICTS[effect] + _extent(sum(one.effect == effect for one in every), len(every))
    failed = sum(one.state == "failed" for one in every)
    faulty = sum(_has_errors(one) for one in every)
    blocking = [f"cannot be rendered{_extent(failed, len(every))}"] if failed else []
    blocking += [f"errors{_extent(faulty, len(every))}"] if faulty else []
    if failed == len(every) or (blocking and effect == "none"):
        return "; ".join(blocking)
    return "; ".join((said, *blocking) if effect == "rejected" else (*blocking, said))


def _has_errors(one: NamespaceReview) -> bool:
    return one.state != "failed" and any(finding.severity == "error" for finding in one.findings)


def _extent(number: int, total: int) -> str:
    return f" in {namespaces(number)}" if number == total else f" in {number:,} of {namespaces(total)}"


def namespaces(count: int) -> str:
    """Write a number of namespaces."""
    return "1 namespace" if count == 1 else f"{count:,} namespaces"


def worst_effect(review: Review) -> Effect:
    """Return the worst effect in any namespace."""
    found = {one.effect for one in review.namespaces}
    return next((effect for effect in reversed(EFFECTS) if effect in found), "none")


def counted_namespaces(review: Review) -> str:
    """Count namespaces by what becomes of them."""
    states = Counter(one.state for one in review.namespaces)
    said = ", ".join(f"{states[state]:,} {state}" for state in STATES if states[state])
    total = namespaces(len(review.namespaces)) + (f": {said}" if said else "")
    return f"{total}; {_same(review.unchanged)}" if review.unchanged else total


def _same(unchanged: int) -> str:
    return f"{plural(unchanged, 'other values file')} {'gives' if unchanged == 1 else 'give'} the same as before"


def counted_findings(findings: Iterable[Finding]) -> str:
    """Count findings by severity, gravest first; empty when there are none."""
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(
        f"{counts[severity]:,} info" if severity == "info" else plural(counts[severity], severity)
        for severity in SEVERITIES
        if counts[severity]
    )


def totals(review: Review) -> list[str]:
    """Say what all namespaces come to: their worst effects, the pods touched, what changes of the capacity."""
    counts = Counter(one.effect for one in review.namespaces if one.state != "failed")
    effects = ", ".join(f"{effect} in {counts[effect]:,}" for effect in reversed(EFFECTS) if counts[effect])
    pods = sum((one.pods for one in review.namespaces), NO_PODS)
    said = [f"worst effect {effects}"] if effects else []
    return [*said, f"{pods_touched(pods)} touched", f"capacity {total_change(review.namespaces)}"]


def known(count: int) -> str:
    """Say how many findings were there before."""
    return f"{plural(count, 'finding')} {'was' if count == 1 else 'were'} there before"
