"""A review as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from raychart.findings import SEVERITIES, Finding
from raychart.findings_report.sarif import LEVELS, document, result_data, rule_data
from raychart.impact.effects import EFFECTS, MEANINGS
from raychart.lint.rules import RULES
from raychart.review_report.view import as_finding, severity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from raychart.impact.effects import Effect
    from raychart.review.model import Review

# What GitHub takes of a run. It also refuses two runs of one tool in a file, so there is only one.
_MOST = 25_000


def as_sarif(review: Review) -> str:
    """Return one run with a result for each effect and each new finding in a namespace, at most 25,000.

    What nothing that runs notices is left out; where that is not enough, the gentlest go first.
    """
    found = sorted(_findings(review), key=lambda finding: SEVERITIES.index(finding.severity))
    rules = list(_rules(found))
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    results = [result_data(finding, finding.file, index) for finding in found[:_MOST]]
    data = document(rules, results)
    if len(found) > _MOST:
        data["runs"][0]["invocations"] = [_told(len(found) - _MOST)]
    return json.dumps(data) + "\n"


def _findings(review: Review) -> Iterator[Finding]:
    for one in review.namespaces:
        yield from (as_finding(placed, one) for placed in one.impacts if placed.impact.effect != "none")
        yield from one.findings


def _rules(found: Iterable[Finding]) -> Iterator[dict[str, Any]]:
    """Yield the rules that results name: effects, those of lint, and others by their names alone."""
    named = {finding.rule: finding.severity for finding in found}
    yield from (_effect(effect) for effect in EFFECTS if f"impact/{effect}" in named)
    yield from (rule_data(rule) for rule in RULES if rule.id in named)
    known = {rule.id for rule in RULES} | {f"impact/{effect}" for effect in EFFECTS}
    for name, severity in named.items():
        if name not in known:
            yield {"id": name, "shortDescription": {"text": name}, "defaultConfiguration": {"level": LEVELS[severity]}}


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "id": f"impact/{effect}",
        "shortDescription": {"text": f"{effect}: {MEANINGS[effect]}"},
        "defaultConfiguration": {"level": LEVELS[severity_of(effect)]},
    }


def _told(left: int) -> dict[str, Any]:
    text = f"{left:,} gentler results are left out here: GitHub takes {_MOST:,}"
    return {
        "executionSuccessful": True,
        "toolExecutionNotifications": [{"level": "note", "message": {"text": text}}],
    }
