"""What `raychart diff` found: the comparison of each namespace, and what it does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.impact.effects import rank, worst

if TYPE_CHECKING:
    from raychart.diff.model import Comparison, ObjectDiff
    from raychart.impact.effects import Effect
    from raychart.impact.model import Impact

MARKS = {"added": "+", "removed": "-", "changed": "~", "renamed": "~"}


@dataclass(frozen=True, slots=True)
class Compared:
    """One namespace: where it comes from, what differs, and the effects of that.

    `shared` says that there are others for a namespace of this name, as where each cluster has a folder of its own.
    """

    file: str
    namespace: str
    comparison: Comparison
    impacts: tuple[Impact, ...] = ()
    shared: bool = False

    @property
    def counts(self) -> Counter[str]:
        """Count what differs by its mark; what only differs each time it is rendered does not count."""
        return Counter(MARKS[found.kind] for found in self.comparison.objects if found.counts)

    @property
    def title(self) -> str:
        """Return the name with the counts."""
        counts = self.counts
        return f"{self.name}: +{counts['+']} ~{counts['~']} -{counts['-']}"

    @property
    def name(self) -> str:
        """Return the namespace, or where it comes from when nothing names one, or both when one would not do."""
        return f"{self.namespace} ({self.file})" if self.shared and self.namespace else self.namespace or self.file

    @property
    def effect(self) -> Effect:
        """Return the worst effect there is."""
        return worst([impact.effect for impact in self.impacts])

    @property
    def objects(self) -> list[tuple[ObjectDiff, list[Impact]]]:
        """Return each object that differs with what that does, the gravest effect first in both."""
        own: dict[int, list[Impact]] = {}
        for impact in sorted(self.impacts, key=lambda impact: -rank(impact.effect)):
            own.setdefault(id(impact.object), []).append(impact)
        told = [(found, own.get(id(found), [])) for found in self.comparison.objects]
        return sorted(told, key=lambda entry: -rank(worst([impact.effect for impact in entry[1]])))


def headline(found: ObjectDiff) -> str:
    """Write which object it is, and what it was called before."""
    manifest = found.manifest
    name = manifest.name
    if found.kind == "renamed" and found.old is not None:
        before = found.old
        old = before.name if before.namespace == manifest.namespace else f"{before.namespace}/{before.name}"
        name = f"{old} -> {name if before.namespace == manifest.namespace else f'{manifest.namespace}/{name}'}"
    told = "" if found.counts else "  (differs each time it is rendered)"
    return f"{MARKS[found.kind]} {manifest.kind} {name}{told}"


def summary(results: list[Compared]) -> str:
    """Say in one line how many namespaces differ."""
    differing = sum(one.comparison.differs for one in results)
    if not differing:
        return "no differences" if len(results) == 1 else f"no differences in {len(results)} namespaces"
    return f"{differing} of {len(results)} {'namespace differs' if len(results) == 1 else 'namespaces differ'}"
