"""A review as JUnit XML: for each namespace a case on what happens to what runs, and one on the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.junit import Case, Suite, document
from raychart.review_report.view import BLOCKING, as_finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raychart.findings import Finding
    from raychart.review.model import NamespaceReview, Review


def as_junit(review: Review) -> str:
    """Return one suite; what blocks fails a case, all else is among its output."""
    cases = [case for one in review.namespaces for case in (_impact(one), _findings(one))]
    return document([Suite(f"raychart review {review.base}..{review.head}", tuple(cases))])


def _impact(one: NamespaceReview) -> Case:
    if one.state == "failed":
        return Case(f"{one.namespace} impact", one.file, skipped="it cannot be rendered")
    found = [(as_finding(placed, one), placed.impact.effect in BLOCKING) for placed in one.impacts]
    return _case("impact", one, found)


def _findings(one: NamespaceReview) -> Case:
    if one.state == "failed" and not any(finding.severity == "error" for finding in one.findings):
        failure = (f"{one.file}: cannot be rendered", "")
        return Case(f"{one.namespace} findings", one.file, failures=(failure,))
    return _case("findings", one, [(finding, finding.severity == "error") for finding in one.findings])


def _case(about: str, one: NamespaceReview, found: Iterable[tuple[Finding, bool]]) -> Case:
    failures, output = [], []
    for finding, fails in found:
        if fails:
            failures.append((finding.headline, str(finding)))
        else:
            output.append(str(finding))
    return Case(f"{one.namespace} {about}", one.file, failures=tuple(failures), output="\n".join(output) or None)
