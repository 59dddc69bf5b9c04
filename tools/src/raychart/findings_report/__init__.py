"""Findings of one run in every format there is; each writer is a pure function of the report."""

from __future__ import annotations

from raychart.findings_report.model import Report, Skip

__all__ = ["FORMATS", "Report", "Skip", "written"]

FORMATS = ("text", "json", "github", "sarif", "junit", "markdown")


def written(report: Report, style: str) -> str:
    """Return the report in one of FORMATS; a format's module is imported when it is wanted."""
    if style == "json":
        from raychart.findings_report.data import as_json as writer
    elif style == "github":
        from raychart.findings_report.github import as_github as writer
    elif style == "sarif":
        from raychart.findings_report.sarif import as_sarif as writer
    elif style == "junit":
        from raychart.findings_report.cases import as_junit as writer
    elif style == "markdown":
        from raychart.findings_report.markdown import as_markdown as writer
    else:
        from raychart.findings_report.plain import as_text as writer
    return writer(report)
