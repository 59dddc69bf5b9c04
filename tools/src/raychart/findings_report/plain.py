"""Findings as text for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raychart.findings import Finding
    from raychart.findings_report.model import Report

_SHOWN = 5
_COLOURS = {"error": "31", "warning": "33", "info": "36"}


def as_text(report: Report, *, colour: bool = False) -> str:
    """Return two lines a finding and a last line that counts them; `colour` is for terminals."""
    lines = [_coloured(finding) if colour else str(finding) for finding in report.findings]
    lines += (f"{skip.file}: skipped {_named(skip.names)}\n    {skip.why}" for skip in report.skipped)
    return "\n".join([*lines, report.summary]) + "\n"


def _named(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


def _coloured(finding: Finding) -> str:
    headline, where = finding.headline, finding.where
    start = headline.rindex("[")
    tag = f"\x1b[{_COLOURS[finding.severity]}m{headline[start:]}\x1b[0m"
    return f"\x1b[1m{where}\x1b[0m{headline[len(where) : start]}{tag}{str(finding)[len(headline) :]}"
