"""Findings as text for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raychart.findings import Finding
    from raychart.findings_report.model import Report

_COLOURS = {"error": "31", "warning": "33", "info": "36"}


def as_text(report: Report, *, colour: bool = False) -> str:
    """Return two lines a finding and a last line that counts them; `colour` is for terminals."""
    lines = [_coloured(finding) if colour else str(finding) for finding in report.findings]
    return "\n".join([*lines, report.summary]) + "\n"


def _coloured(finding: Finding) -> str:
    headline, *remedy = str(finding).split("\n")
    start = headline.rindex("[")
    where = finding.where
    code = _COLOURS[finding.severity]
    marked = f"\x1b[1m{where}\x1b[0m{headline[len(where) : start]}\x1b[{code}m{headline[start:]}\x1b[0m"
    return "\n".join([marked, *remedy])
