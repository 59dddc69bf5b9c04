"""Findings as Markdown, for the summary of a CI job or a comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.findings_report.model import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.findings import Finding
    from raychart.findings_report.model import Report

# What a comment may hold, with some room for what is around it.
_LONGEST = 60_000
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#&])")


def as_markdown(report: Report) -> str:
    """Return a table of the findings, then each one's remedy, folded; as many as fit into a comment."""
    parts = [f"### raychart {report.command}: {_escaped(report.summary)}\n"]
    if report.findings:
        parts += ["", *_fitting(_table(report), _LONGEST // 2, len(report.findings)), ""]
        parts += ["<details><summary>What to do</summary>", ""]
        parts += [*_fitting(_details(report), _LONGEST // 2, len(report.findings)), "", "</details>"]
    if report.skipped:
        lines = iter(
            [
                f"- **{_escaped(skip.file)}** {_escaped(', '.join(skip.names))}: {_escaped(skip.why)}"
                for skip in report.skipped
            ]
        )
        parts += ["", f"<details><summary>{plural(report.skips, 'object')} skipped</summary>", ""]
        parts += [*_fitting(lines, _LONGEST // 16, len(report.skipped)), "", "</details>"]
    return "\n".join(parts).rstrip("\n") + "\n"


def _table(report: Report) -> Iterator[str]:
    yield "| severity | where | what | rule |\n| --- | --- | --- | --- |"
    for finding in report.findings:
        what = f"{finding.path}: {finding.message}" if finding.path else finding.message
        yield f"| {finding.severity} | {_escaped(_where(finding, report))} | {_escaped(what)} | {finding.rule} |"


def _details(report: Report) -> Iterator[str]:
    rules = {rule.id: rule for rule in report.rules}
    told: set[str] = set()
    for finding in report.findings:
        if finding.rule in rules and finding.rule not in told:
            told.add(finding.rule)
            why = f" {_escaped(rules[finding.rule].why)}"
        else:
            why = ""
        remedy = _escaped(finding.remedy or "see the message")
        yield f"- **{_escaped(_where(finding, report))}** {finding.rule}: {remedy}.{why}"


def _where(finding: Finding, report: Report) -> str:
    if finding.file is None:
        return ""
    file = report.from_root(finding.file)
    return file if finding.line is None else f"{file}:{finding.line}"


def _fitting(lines: Iterator[str], room: int, count: int) -> Iterator[str]:
    written = -1
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            yield f"\n{count - max(written, 0)} more are left out here."
            return
        yield line
        written += 1


def _escaped(text: str) -> str:
    return " ".join(_SPECIAL.sub(r"\\\1", text).split())
