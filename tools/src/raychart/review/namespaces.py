"""Put together what a change does to one namespace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.review.findings import new_findings
from raychart.review.leaves import Differ
from raychart.review.model import NamespaceReview, Placed
from raychart.review.places import placed

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.findings import Finding
    from raychart.rendering.model import Rendered
    from raychart.review.affected import Pair
    from raychart.review.verdicts import Verdicts


@dataclass(frozen=True, slots=True)
class Side:
    """A release at one revision: what it was rendered to and what was found in it.

    `problem` says why it could not be rendered, where the reason is not in the values.
    """

    rendered: Rendered | None
    findings: tuple[Finding, ...] = ()
    problem: Finding | None = None

    @property
    def sound(self) -> Rendered | None:
        """Return what it was rendered to, None where it could not be."""
        return self.rendered if self.rendered is not None and not self.rendered.findings else None


class Reviewer:
    """Makes reviews of pairs; `named` says what the repository calls a file, None for one that it has not got."""

    def __init__(self, verdicts: Verdicts, named: Callable[[str], str | None], base: str) -> None:
        self.notes: list[str] = []
        self._verdicts = verdicts
        self._named = named
        self._base = base
        self._differ = Differ()

    def review_of(self, pair: Pair, old: Side | None, new: Side | None) -> NamespaceReview:
        """Return the review of one release, whose sides are None where it is not there."""
        file, namespace = pair.release.file, pair.release.namespace
        if new is not None and new.sound is None:
            return self._failed(pair, old, new)
        why = pair.why
        if old is not None and old.sound is None:
            self.notes.append(f"{file}: cannot be rendered at {self._base}, so it shows as new ({_reason(old)})")
            why = f"{why}; it could not be rendered at {self._base}"
        before, after = (old.sound if old else None), (new.sound if new else None)
        verdict = self._verdicts.of(before, after, pair.release.deployer)
        found, known = new_findings(old.findings if old else (), new.findings if new else ())
        notice = pair.head.notice if pair.head else None
        found = (notice, *found) if notice else found
        impacts: tuple[Placed, ...] = tuple(map(Placed, verdict.impacts))
        if before and after and impacts:
            impacts = placed(verdict.impacts, self._differ.leaves(before.job, after.job), self._named)
        same = before and after and not verdict.comparison.objects
        return NamespaceReview(
            file=file,
            namespace=namespace,
            state="unchanged" if same else "changed" if before and after else "new" if after else "removed",
            comparison=verdict.comparison,
            impacts=impacts,
            findings=found,
            known=known,
            before=verdict.before,
            after=verdict.after,
            why=why,
        )

    def _failed(self, pair: Pair, old: Side | None, new: Side) -> NamespaceReview:
        """Say why there is nothing to compare: every error counts, for what was there before blocks it as well."""
        found, known = new_findings(old.findings if old else (), new.findings)
        errors = [finding for finding in new.findings if finding.severity == "error" and finding not in found]
        told = [new.problem] if new.problem else []
        before = self._verdicts.of(old.sound, None).before if old and old.sound else None
        return NamespaceReview(
            file=pair.release.file,
            namespace=pair.release.namespace,
            state="failed",
            findings=(*told, *found, *errors),
            known=known - len(errors),
            before=before,
            why=pair.why,
        )


def _reason(side: Side) -> str:
    found = side.problem or next(iter(side.rendered.findings if side.rendered else ()), None)
    return found.headline if found else "no reason was given"
