"""Collect what the changes of one object do, so that none is left without an effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from raychart.impact.effects import rank
from raychart.impact.model import NO_PODS, Impact, Pods

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raychart.diff.model import Change, ObjectDiff
    from raychart.impact.effects import Effect


class Whom(NamedTuple):
    """Whom an effect is on: what people call it, and the RayCluster and worker type where it is about one."""

    subject: str
    cluster: str | None = None
    worker_type: str | None = None


class Because(NamedTuple):
    """Why, in one sentence, and where it can be looked up."""

    reason: str
    source: str


class Ledger:
    """The effects of one object's changes."""

    def __init__(self, diff: ObjectDiff) -> None:
        """Begin with none; what nobody says otherwise is about the object as such."""
        self.diff = diff
        self.itself = Whom(f"{diff.manifest.kind} {diff.manifest.name}")
        self._entries: dict[tuple[Effect, Whom, Because], tuple[dict[int, Change], Pods]] = {}
        self._whole = False

    def add(
        self,
        effect: Effect,
        because: Because,
        changes: Iterable[Change] | None = None,
        *,
        whom: Whom | None = None,
        pods: Pods = NO_PODS,
    ) -> None:
        """Enter an effect of some changes, of the whole object where they are None; no changes have none."""
        chosen = None if changes is None else {id(change): change for change in changes}
        if chosen is None:
            self._whole, chosen = True, {}
        elif not chosen:
            return
        key = (effect, whom or self.itself, because)
        before, touched = self._entries.get(key, ({}, NO_PODS))
        self._entries[key] = (before | chosen, Pods(max(touched.least, pods.least), max(touched.most, pods.most)))

    def uncovered(self) -> list[Change]:
        """Return the changes that have no effect yet."""
        if self._whole:
            return []
        covered = {key for changes, _ in self._entries.values() for key in changes}
        return [change for change in self.diff.changes if id(change) not in covered]

    def impacts(self) -> list[Impact]:
        """Return what was entered, the gravest first."""
        found = [
            Impact(
                effect, whom.subject, *because, self.diff, tuple(changes.values()), whom.cluster, whom.worker_type, pods
            )
            for (effect, whom, because), (changes, pods) in self._entries.items()
        ]
        return sorted(found, key=lambda impact: -rank(impact.effect))
