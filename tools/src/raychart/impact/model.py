"""What a change does: an effect on a subject, its reason, and where the reason comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff
    from raychart.impact.effects import Effect


@dataclass(frozen=True, slots=True)
class Pods:
    """How many pods something makes, replaces or takes away: at least and at most, for manifests do not say it exactly.

    Pods that stay as they are, though others will be made from something else, are not counted.
    """

    least: int
    most: int

    def __add__(self, other: Pods) -> Pods:
        """Return both together."""
        return Pods(self.least + other.least, self.most + other.most)

    def at_most(self, limit: int | None) -> Pods:
        """Return it under a limit that holds for all of them, None for none; what is there at least is there."""
        return self if limit is None else Pods(self.least, max(self.least, min(self.most, limit)))


NO_PODS = Pods(0, 0)


@dataclass(frozen=True, slots=True)
class Impact:
    """One effect on one subject.

    `object` is the diff it comes from and `changes` those of its changes that have this effect (empty: all of the
    object). `cluster` is the RayCluster's name, `worker_type` the group's, where it is about one; `subject` is what
    people call it, such as "worker type gpu of main" or "Service main-head-svc". `reason` is one sentence, `source`
    says where it can be looked up.
    """

    effect: Effect
    subject: str
    reason: str
    source: str
    object: ObjectDiff
    changes: tuple[Change, ...] = ()
    cluster: str | None = None
    worker_type: str | None = None
    pods: Pods = NO_PODS
