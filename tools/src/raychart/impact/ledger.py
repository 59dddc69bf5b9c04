"""Collect what the changes of one object do, so that none is left without an effect."""

from __future__ import annotations

from dataclasses import dataclass, field
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


@dataclass
class _Entry:
    changes: dict[int, Change] = field(default_factory=dict)
    besides: dict[str, None] = field(default_factory=dict)
    pods: Pods = NO_PODS


class Ledger:
    """The effects of one object's changes."""

    def __init__(self, diff: ObjectDiff) -> None:
        """Begin with none; what nobody says otherwise is about the object as such."""
        self.diff = diff
        self.itself = Whom(f"{diff.manifest.kind} {diff.manifest.name}")
        self._entries: dict[tuple[Effect, Whom, Because], _Entry] = {}
        self._whole = False

    def add(
        self,
        effect: Effect,
        because: Because,
        changes: Iterable[Change] | None = None,
        *,
        whom: Whom | None = None,
        pods: Pods = NO_PODS,
        besides: str = "",
    ) -> None:
        """Enter an effect of some changes, of the whole object where they are None; no changes have none.

        What is said besides follows the reason, each thing once.
        """
        chosen = None if changes is None else {id(change): change for change in changes}
        if chosen is None:
            self._whole, chosen = True, {}
        elif not chosen:
            return
        entry = self._entries.setdefault((effect, whom or self.itself, because), _Entry())
        entry.changes |= chosen
        entry.besides |= dict.fromkeys(filter(None, [besides]))
        entry.pods = Pods(max(entry.pods.least, pods.least), max(entry.pods.most, pods.most))

    def uncovered(self) -> list[Change]:
        """Return the changes that have no effect yet."""
        if self._whole:
            return []
        covered = {key for entry in self._entries.values() for key in entry.changes}
        return [change for change in self.diff.changes if id(change) not in covered]

    def impacts(self) -> list[Impact]:
        """Return what was entered, the gravest first."""
        found = []
        for (effect, whom, because), entry in self._entries.items():
            reason = "; ".join((because.reason, *entry.besides))
            changes = tuple(entry.changes.values())
            about = (whom.cluster, whom.worker_type)
            found.append(Impact(effect, whom.subject, reason, because.source, self.diff, changes, *about, entry.pods))
        return sorted(found, key=lambda impact: -rank(impact.effect))
