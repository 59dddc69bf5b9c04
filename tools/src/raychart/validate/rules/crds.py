"""CRDs themselves: what the API server refuses of them, in manifests and in folders that --crds names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.validate.crd_checks.check import GROUP, KIND, problems
from raychart.validate.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.validate.subject import Subject

CRD_DEFINITION = "crd-definition"


def _crd(subject: Subject) -> Iterator[Problem]:
    manifest = subject.manifest
    if (manifest.group, manifest.version, manifest.kind) == (GROUP, "v1", KIND):
        yield from problems(subject.body)


RULES = (
    Rule(
        CRD_DEFINITION,
        "error",
        "A CRD is not one that the API server takes.",
        "The API server refuses a CRD whose name is not that of its kind and group, which does not store exactly one "
        "of its versions, whose schema is not structural or says something that Kubernetes does not support, or whose "
        "defaults do not fit it.\n\n"
        "Looked at are CRDs among the objects and in folders that --crds names. Objects of a kind whose CRD would be "
        "refused are skipped, which is shown. What rules in CEL may cost is not worked out.",
        "Kubernetes: apiextensions.k8s.io/v1, ValidateCustomResourceDefinition and ValidateStructural",
        _crd,
    ),
)
