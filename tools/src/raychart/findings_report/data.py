"""Findings as JSON, in the shape that findings.schema.json documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from raychart.findings import SEVERITIES
from raychart.report import API_VERSION

if TYPE_CHECKING:
    from raychart.findings import Finding
    from raychart.findings_report.model import Report

_KEYS = ("rule", "severity", "file", "line", "column", "path", "message", "remedy")


def as_json(report: Report) -> str:
    """Return apiVersion, kind, a summary, and the findings, each with the same eight keys."""
    summary: dict[str, int | str] = {"files": len(report.files)}
    summary |= {severity: report.count(severity) for severity in SEVERITIES}
    summary |= {"ignored": report.ignored, "baseline": report.known}
    if report.objects is not None and report.kubernetes is not None:
        summary |= {"objects": report.objects, "skipped": report.skips, "kubernetesVersion": report.kubernetes}
    document = {
        "apiVersion": API_VERSION,
        "kind": "Findings",
        "summary": summary,
        "findings": [finding_data(finding) for finding in report.findings],
    }
    if report.objects is not None:
        document["skipped"] = [
            {"file": skip.file, "kind": skip.kind, "names": list(skip.names), "why": skip.why}
            for skip in report.skipped
        ]
    return json.dumps(document, indent=2) + "\n"


def finding_data(finding: Finding) -> dict[str, str | int | None]:
    """Return a finding as every document for programs has it."""
    return {key: getattr(finding, key) for key in _KEYS}
