"""Validate manifests: by themselves, in files, or as values render them, each finding at the place that caused it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from raychart.findings import Finding, ordered
from raychart.validate.blame import Blame, Render
from raychart.validate.check import Checker, Found, Options, checker_for
from raychart.validate.release_size import MOST, release_size
from raychart.validate.rules import BY_ID
from raychart.validate.rules.reading import RELEASE_SIZE
from raychart.values import Layer, Values

if TYPE_CHECKING:
    from raychart.manifests import Manifest
    from raychart.rendering.model import Job, Rendered
    from raychart.validate.inputs import ManifestFile
    from raychart.validate.sources import Identity

Sources = Callable[["Job"], "dict[Identity, str]"]

_NEARLY = MOST * 9 // 10


class Skipped(NamedTuple):
    """Objects of one kind that could not be validated: there is no schema of it, or its CRD would be refused."""

    api_version: str
    kind: str
    names: tuple[str, ...]
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Validated:
    """What became of one file: how many objects were validated and what was found, sorted, and what was left out."""

    file: str
    objects: int
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...] = ()


def validate(manifests: Sequence[Manifest], options: Options | None = None) -> list[Finding]:
    """Return what is wrong with objects that are applied together, each finding with its place in the object alone.

    What is wrong with CRDs that the options name is told too, at its line. Raises RaychartError where the schemas or
    CRDs that the options name are not there.
    """
    checker = checker_for(options or Options())
    return ordered((*checker.crds.findings, *(found.finding() for found in checker.check(manifests))))


def validate_file(given: ManifestFile, checker: Checker) -> Validated:
    """Validate the objects in a file of manifests."""
    manifests = [manifest for manifest, _ in given.objects]
    findings = list(given.findings)
    for found in checker.check(manifests):
        mark = given.mark(found.manifest, found.problem.path)
        place = (given.file, mark.line, mark.column) if mark else (given.file, None, None)
        findings.append(found.finding(*place))
    return _validated(given.file, manifests, findings, checker)


def validate_rendered(
    rendered: Iterable[Rendered], checker: Checker, *, render: Render, sources: Sources
) -> list[Validated]:
    """Validate what was rendered, and find the values that are to blame.

    `render` renders variants of the values for that, and `sources` says which template an object is from where no value
    is to blame. What kept values from being rendered is not repeated.
    """
    placer = _Placer(Blame(checker, render), sources)
    fine: dict[str, Validated] = {}
    validated = []
    for one in rendered:
        twin = fine.get(one.twins)
        result = replace(twin, file=one.job.file) if twin else _of_values(one, checker, placer)
        # Nothing that is looked at differs between twins, whose namespaces have been found to be names.
        if one.twins and not result.findings:
            fine[one.twins] = result
        validated.append(result)
    return validated


@dataclass(slots=True)
class _Placer:
    """Puts findings in objects at the place that caused them."""

    blame: Blame
    sources: Sources
    _templates: dict[str, dict[Identity, str]] = field(default_factory=dict)

    def placed(self, job: Job, found: Found) -> Finding:
        path = self.blame.cause(job, found)
        if path is not None:
            at = Values({}, (Layer("", None), *job.layers)).position(path)
            return found.caused_by(path, at.file, at.line, at.column)
        if job.file not in self._templates:
            self._templates[job.file] = self.sources(job)
        return found.finding(self._templates[job.file].get(found.manifest.identity, job.file))


def _of_values(rendered: Rendered, checker: Checker, placer: _Placer) -> Validated:
    job = rendered.job
    findings = [placer.placed(job, found) for found in checker.check(rendered.manifests)]
    size = release_size(rendered, at_least=_NEARLY) if rendered.manifests else 0
    if size >= _NEARLY:
        findings.append(_too_large(size, job.file))
    return _validated(job.file, rendered.manifests, findings, checker)


def _too_large(size: int, file: str) -> Finding:
    message = f"Helm would store about {size:,} bytes of this release, {MOST:,} fit ({size / MOST:.0%})"
    remedy = "make fewer clusters a release, or move large files out of the values and the chart"
    severity = "error" if size > MOST else BY_ID[RELEASE_SIZE].severity
    return Finding(RELEASE_SIZE, severity, message, remedy, file)


def _validated(file: str, manifests: Sequence[Manifest], findings: Iterable[Finding], checker: Checker) -> Validated:
    unknown = [manifest for manifest in manifests if not checker.is_known(manifest)]
    kinds = Counter((manifest.group, manifest.version, manifest.kind) for manifest in unknown)
    refused = checker.crds.refused
    skipped = tuple(
        Skipped(f"{group}/{version}", kind, _names(unknown, (group, version, kind)), (group, version, kind) in refused)
        for group, version, kind in sorted(kinds)
    )
    return Validated(file, len(manifests) - len(unknown), tuple(ordered(findings)), skipped)


def _names(manifests: Iterable[Manifest], kind: tuple[str, str, str]) -> tuple[str, ...]:
    return tuple(one.name for one in manifests if (one.group, one.version, one.kind) == kind)
