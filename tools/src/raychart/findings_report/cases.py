"""Findings as JUnit XML, a case for each file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.junit import Case, Suite, document

if TYPE_CHECKING:
    from raychart.findings import Finding
    from raychart.findings_report.model import Report


def as_junit(report: Report) -> str:
    """Return one suite with a case for each file and each object that was skipped.

    What does not fail the run is among its case's output.
    """
    found: dict[str, list[Finding]] = {file: [] for file in report.files}
    for finding in report.findings:
        found.setdefault(finding.file or "", []).append(finding)
    cases = tuple(_case(file, findings, report) for file, findings in found.items())
    skipped = tuple(
        Case(f"{skip.file}: {skip.kind} {name}", report.command, skipped=skip.why)
        for skip in report.skipped
        for name in skip.names
    )
    return document([Suite(f"raychart {report.command}", (*cases, *skipped))])


def _case(file: str, findings: list[Finding], report: Report) -> Case:
    failing = tuple((one.headline, str(one)) for one in findings if report.fails(one))
    output = "\n".join(str(one) for one in findings if not report.fails(one))
    return Case(file, report.command, failures=failing, output=output or None)
