"""CRDs that are only there for their kinds: what the API server would refuse of them, each at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from raychart.validate.reach import mappings, text
from raychart.validate.rules.crds import CRD_DEFINITION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from raychart.findings import Finding
    from raychart.manifests import Manifest
    from raychart.validate.check import Checker, Found
    from raychart.validate.crds import CrdFile, Kind
    from raychart.validate.inputs import ManifestFile

# What is wrong with one by these makes the API server refuse it; other rules have other things to say of objects.
_REFUSES = frozenset({CRD_DEFINITION, "kubernetes-schema", "metadata-name"})


class LookedAt(NamedTuple):
    """What is wrong with CRDs, and the kinds that there would not be for it."""

    findings: tuple[Finding, ...]
    refused: frozenset[Kind]


def look_at(files: Iterable[CrdFile], checker: Checker) -> LookedAt:
    """Say what is wrong with the CRDs in files."""
    findings: list[Finding] = []
    refused: set[Kind] = set()
    for file in files:
        findings += file.findings
        for number, crd in enumerate(file.crds):
            found = [one for one in checker.check_object(crd) if one.rule.id in _REFUSES and one.severity == "error"]
            if found:
                refused |= set(_kinds(crd))
                findings += _placed(found, file.read(), number)
    return LookedAt(tuple(findings), frozenset(refused))


def _placed(found: Iterable[Found], file: ManifestFile, number: int) -> Iterator[Finding]:
    """Yield what is found in one CRD of a file at its line."""
    # A pipe can be read but once.
    same = file.objects[number][0] if number < len(file.objects) else None
    for one in found:
        mark = file.mark(same, one.problem.path) if same else None
        yield one.finding(file.file, mark.line if mark else None, mark.column if mark else None)


def _kinds(crd: Manifest) -> Iterator[Kind]:
    group, kind = text(crd.body, "spec", "group"), text(crd.body, "spec", "names", "kind")
    for _, version in mappings(crd.body, ("spec", "versions")):
        yield group, text(version, "name"), kind
