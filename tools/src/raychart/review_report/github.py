"""A review as GitHub's workflow commands, which become annotations in the pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.findings_report.github import command_for
from raychart.impact.effects import rank
from raychart.review_report.view import as_finding, blockers_of, extent_of, severity_of
from raychart.review_report.wording import totals, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.review.model import Review

# GitHub shows ten errors and ten warnings of a step; what is more must not push these out.
_MOST = 10


def as_github(review: Review) -> str:
    """Return errors for what blocks, warnings for the gravest effects and findings, and a notice that sums up.

    Each stands for all namespaces of a group, at the value in the first one's file.
    """
    errors = [(blocker.finding, blocker.extent) for blocker in blockers_of(review)]
    warnings = _warnings(review)
    commands = [command_for(finding, finding.file, extent) for finding, extent in (*errors[:_MOST], *warnings[:_MOST])]
    return "".join(f"{command}\n" for command in (*commands, _notice(review, len(errors), len(warnings))))


def _warnings(review: Review) -> list[tuple[Finding, str]]:
    """Return what is grave without blocking, the gravest effects first, then findings."""
    effects = [
        (placed, group)
        for group in review.groups
        for placed in group.first.impacts
        if severity_of(placed.impact.effect) == "warning"
    ]
    effects.sort(key=lambda entry: -rank(entry[0].impact.effect))
    findings = [
        (finding, extent_of(group))
        for group in review.groups
        for finding in group.first.findings
        if finding.severity == "warning"
    ]
    return [(as_finding(placed, group.first), extent_of(group)) for placed, group in effects] + findings


def _notice(review: Review, *counts: int) -> str:
    left = sum(max(count - _MOST, 0) for count in counts)
    lines: Sequence[str] = [*(totals(review) if review.groups else ()), *review.notes]
    if left:
        lines = [*lines, f"{left:,} more are in the report alone"]
    return command_for(Finding("raychart review", "info", verdict(review), "\n".join(lines)), None)
