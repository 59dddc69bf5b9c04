"""Findings as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from raychart import __version__
from raychart.lint.baseline import fingerprint
from raychart.lint.explain import markdown_page

if TYPE_CHECKING:
    from raychart.findings import Finding
    from raychart.findings_report.model import Report
    from raychart.rule_info import RuleInfo

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def as_sarif(report: Report) -> str:
    """Return one run with every rule that was applied and a result for each finding."""
    index = {rule.id: number for number, rule in enumerate(report.rules)}
    results = [_result(finding, report, index) for finding in report.findings]
    return json.dumps(document([rule_data(rule) for rule in report.rules], results), indent=2) + "\n"


def document(rules: list[dict[str, Any]], results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a document with one run that has these rules and results."""
    driver = {"name": "raychart", "semanticVersion": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def rule_data(rule: RuleInfo) -> dict[str, Any]:
    """Return a lint rule as SARIF has it."""
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why}\n\nSource: {rule.source}", "markdown": markdown_page(rule)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def _result(finding: Finding, report: Report, index: dict[str, int]) -> dict[str, Any]:
    return result_data(finding, None if finding.file is None else report.from_root(finding.file), index)


def result_data(finding: Finding, file: str | None, index: dict[str, int]) -> dict[str, Any]:
    """Return a finding in a file, named from the repository's top; `index` has the rules' places in the document."""
    about = f"{finding.path}: {finding.message}" if finding.path else finding.message
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{about}\n{finding.remedy}" if finding.remedy else about},
    }
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    if file is not None:
        result["locations"] = [_location(finding, file)]
        result["partialFingerprints"] = {"raychartFinding/v1": fingerprint(finding, file)}
    return result


def _location(finding: Finding, file: str) -> dict[str, Any]:
    uri = quote(os.fsencode(file))
    physical: dict[str, Any] = {"artifactLocation": {"uri": f"file://{uri}" if uri.startswith("/") else uri}}
    if finding.line is not None:
        physical["region"] = {"startLine": finding.line}
        if finding.column is not None:
            physical["region"]["startColumn"] = finding.column
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.path}]
    return location
