"""Findings as GitHub's workflow commands, which become annotations in the pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raychart.findings import Finding
    from raychart.findings_report.model import Report

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_IN_TEXT: dict[str, str | int | None] = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = _IN_TEXT | {":": "%3A", ",": "%2C"}


def as_github(report: Report) -> str:
    """Return a command for each finding, the gravest first: GitHub shows ten of a kind for a step."""
    findings = sorted(report.findings, key=lambda finding: list(_COMMANDS).index(finding.severity))
    return "".join(f"{_command(finding, report)}\n" for finding in findings)


def _command(finding: Finding, report: Report) -> str:
    file = None if finding.file is None else report.from_root(finding.file)
    return command_for(finding, file)


def command_for(finding: Finding, file: str | None, extent: str = "") -> str:
    """Return the command for one finding in a file, named from the repository's top; `extent` is told after it."""
    properties = {"file": file, "line": finding.line, "col": finding.column, "title": finding.rule}
    written = ",".join(f"{key}={_escaped(str(value), _IN_PROPERTY)}" for key, value in properties.items() if value)
    about = f"{finding.path}: {finding.message}" if finding.path else finding.message
    text = "\n".join(filter(None, (about, finding.remedy, extent)))
    return f"::{_COMMANDS[finding.severity]} {written}::{_escaped(text, _IN_TEXT)}"


def _escaped(text: str, table: dict[str, str | int | None]) -> str:
    return text.translate(str.maketrans(table))
