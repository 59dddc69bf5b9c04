"""What an engine rendered, read as manifests."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING

from raychart import manifests
from raychart.errors import RaychartError
from raychart.rendering.model import Rendered
from raychart.rendering.parsed import STAND_IN, Documents, without_namespace
from raychart.rendering.refusals import findings_of, unreadable
from raychart.rendering.versions import keeps_breaks, kept_breaks

if TYPE_CHECKING:
    from raychart.findings import Finding
    from raychart.manifests import Manifest
    from raychart.rendering.engine import Output
    from raychart.rendering.model import Job
    from raychart.rendering.parsed import Parsed

# Of all that this process renders: both sides of a comparison share what they have in common.
_documents = Documents()


class Text:
    """What was rendered for one namespace, or for all that are put in where the stand-in is."""

    def __init__(self, output: Output, namespace: str) -> None:
        self.output = output
        self.namespace = namespace

    def rendered(self, job: Job, again: Text | None, warnings: tuple[Finding, ...] = ()) -> Rendered:
        """Return what became of a job; `again` is what was rendered the second time."""
        namespace = job.namespace
        if self.output.refusal is not None:
            refusal = self.output.refusal
            if self.namespace == STAND_IN:
                refusal = refusal.replace(STAND_IN, namespace)
            return Rendered(job, (), findings_of(refusal, job))
        try:
            found = self.manifests_in(namespace)
            second = None if again is None or again.output.refusal is not None else again.manifests_in(namespace)
        except RaychartError as error:
            return Rendered(job, (), (unreadable(error.where, error.what, error.remedy, job.file),))
        if self._keeps_breaks:
            warnings = (*warnings, kept_breaks(job.file))
        return Rendered(job, found, again=second, twins=self._digest, warnings=warnings)

    def manifests_in(self, namespace: str) -> tuple[Manifest, ...]:
        """Return the objects, sorted by identity. Raises RaychartError where a document is not one."""
        try:
            found = [
                manifest
                for parsed, put_in in self._parsed
                for manifest in parsed.manifests_in(namespace if put_in == self.namespace else put_in)
            ]
        except RaychartError:
            # For the number of the line in the whole.
            return tuple(manifests.load("---\n".join(self.output.documents).replace(STAND_IN, namespace)))
        return tuple(manifests.in_order(found))

    @cached_property
    def _parsed(self) -> list[tuple[Parsed, str]]:
        """Return the objects of each document, with what is to be put in there to have it as it was."""
        return [(_documents.parse(text), put_in) for text, put_in in self._texts]

    @cached_property
    def _texts(self) -> list[tuple[str, str]]:
        if self.namespace == STAND_IN:
            return [(document, STAND_IN) for document in self.output.documents]
        return [without_namespace(document, self.namespace) for document in self.output.documents]

    @cached_property
    def _keeps_breaks(self) -> bool:
        return any(map(keeps_breaks, self.output.documents))

    @cached_property
    def _digest(self) -> str:
        # Two texts are the same but for the namespace wherever its name stands in them, whatever it means there.
        digests = (
            hashlib.sha256(text.replace(self.namespace, STAND_IN).encode()).hexdigest()
            if self.namespace in text
            else parsed.digest
            for (text, _), (parsed, _) in zip(self._texts, self._parsed, strict=True)
        )
        return hashlib.sha256(" ".join(sorted(digests)).encode()).hexdigest()
