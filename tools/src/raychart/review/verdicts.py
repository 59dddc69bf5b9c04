"""What a change of manifests comes to: what differs, what that does, and what it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.capacity import capacity_of
from raychart.diff.compare import compare
from raychart.impact.judge import judge

if TYPE_CHECKING:
    from raychart.capacity import Capacity
    from raychart.diff.model import Comparison
    from raychart.impact.model import Impact
    from raychart.prices import Prices
    from raychart.rendering.model import Rendered
    from raychart.review.settings import Deployer


@dataclass(frozen=True, slots=True)
class Verdict:
    """The change of one release, with its capacity on both sides; None where there is no such side."""

    comparison: Comparison
    impacts: tuple[Impact, ...]
    before: Capacity | None
    after: Capacity | None


class Verdicts:
    """Reaches verdicts, one for all releases whose manifests differ in nothing but the namespace."""

    def __init__(self, deployer: Deployer, prices: Prices | None) -> None:
        self._deployer = deployer
        self._prices = prices
        self._known: dict[tuple[str, str, str], Verdict] = {}
        self._capacities: dict[str, Capacity] = {}

    def of(self, old: Rendered | None, new: Rendered | None, deployer: Deployer | None = None) -> Verdict:
        """Return what becomes of `old`, or of nothing, when `deployer` replaces it by `new`, or by nothing."""
        applied_by = deployer or self._deployer
        twins = (old.twins if old else "-", new.twins if new else "-", applied_by)
        known = self._known.get(twins)
        if known is not None:
            return known
        comparison = compare(
            old.manifests if old else (),
            new.manifests if new else (),
            old_again=old.again if old else None,
            new_again=new.again if new else None,
        )
        impacts = judge(comparison, deployer=applied_by)
        verdict = Verdict(comparison, impacts, self._capacity(old), self._capacity(new))
        if all(twins):
            self._known[twins] = verdict
        return verdict

    def _capacity(self, rendered: Rendered | None) -> Capacity | None:
        if rendered is None:
            return None
        if not rendered.twins:
            return capacity_of(rendered.manifests, self._prices)
        if rendered.twins not in self._capacities:
            self._capacities[rendered.twins] = capacity_of(rendered.manifests, self._prices)
        return self._capacities[rendered.twins]
