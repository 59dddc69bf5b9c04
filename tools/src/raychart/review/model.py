"""What a review consists of; every report is made from this and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from raychart.impact.effects import Effect, worst
from raychart.impact.touched import touched

if TYPE_CHECKING:
    from raychart.capacity import Capacity
    from raychart.diff.model import Comparison
    from raychart.findings import Finding
    from raychart.impact.model import Impact, Pods
    from raychart.values import Position

State = Literal["new", "removed", "changed", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Placed:
    """An impact with the place in the values file that caused it, where one did."""

    impact: Impact
    position: Position | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class NamespaceReview:
    """One values file at both revisions.

    `findings` are those that the change brings, of lint and validate; `known` counts those that were there before.
    A namespace that could not be rendered has state "failed" and its findings say why. `why` says what made it part
    of the review, such as "values/team-a.yaml changed" or "the chart changed". `shared` says that the review has
    others for a namespace of this name, as where each cluster has a folder of its own.
    """

    file: str
    namespace: str
    state: State
    comparison: Comparison | None = None
    impacts: tuple[Placed, ...] = ()
    findings: tuple[Finding, ...] = ()
    known: int = 0
    before: Capacity | None = None
    after: Capacity | None = None
    why: str = ""
    shared: bool = False

    @property
    def name(self) -> str:
        """Return what people call it: the namespace, and the file where that would not do."""
        return f"{self.namespace} ({self.file})" if self.shared else self.namespace

    @property
    def effect(self) -> Effect:
        """Return the worst effect there is."""
        return worst([placed.impact.effect for placed in self.impacts])

    @property
    def pods(self) -> Pods:
        """Return how many running pods are touched."""
        return touched(placed.impact for placed in self.impacts)


@dataclass(frozen=True, slots=True)
class Group:
    """Namespaces in which the same changes: the first stands for all (its manifests differ in the namespace alone)."""

    first: NamespaceReview
    members: tuple[NamespaceReview, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A whole review: `base` and `head` as people name them, the groups gravest first, and what was left out.

    `unchanged` counts values files that were looked at and give the same manifests. `notes` are lines about the run
    itself, such as that the history was cut off.
    """

    base: str
    head: str
    groups: tuple[Group, ...]
    unchanged: int = 0
    notes: tuple[str, ...] = ()

    @property
    def namespaces(self) -> tuple[NamespaceReview, ...]:
        """Return every namespace of every group."""
        return tuple(member for group in self.groups for member in group.members)
