"""CRDs that are only there for their kinds: what the API server would refuse of them, each at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from raychart.validate.reach import mappings, text
from raychart.validate.rules.crds import CRD_DEFINITION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from raychart.findings import Finding
    from raychart.manifests import Manifest
    from raychart.validate.check import Checker
    from raychart.validate.crds import Kind
    from raychart.validate.inputs import ManifestFile

# What is wrong with one by these makes the API server refuse it; other rules have other things to say of objects.
_REFUSES = frozenset({CRD_DEFINITION, "kubernetes-schema", "metadata-name"})


class LookedAt(NamedTuple):
    """What is wrong with CRDs, and the kinds that there would not be for it."""

    findings: tuple[Finding, ...]
    refused: frozenset[Kind]


def look_at(files: Iterable[ManifestFile], checker: Checker) -> LookedAt:
    """Say what is wrong with the CRDs in files."""
    findings: list[Finding] = []
    refused: set[Kind] = set()
    for file in files:
        findings += file.findings
        for crd, _ in file.objects:
            found = [one for one in checker.check_object(crd) if one.rule.id in _REFUSES and one.severity == "error"]
            for one in found:
                mark = file.mark(crd, one.problem.path)
                findings.append(one.finding(file.file, mark.line if mark else None, mark.column if mark else None))
            if found:
                refused |= set(_kinds(crd))
    return LookedAt(tuple(findings), frozenset(refused))


def _kinds(crd: Manifest) -> Iterator[Kind]:
    group, kind = text(crd.body, "spec", "group"), text(crd.body, "spec", "names", "kind")
    for _, version in mappings(crd.body, ("spec", "versions")):
        yield group, text(version, "name"), kind
