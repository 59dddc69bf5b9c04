"""Findings of many files as text, JSON and JUnit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from raychart.findings import ordered
from raychart.junit import Case, Suite, document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.findings import Finding
    from raychart.lint.check import Linted

API_VERSION = "raychart/v1"


def as_text(checked: Sequence[Linted]) -> str:
    """Return two lines a finding and a last line that counts them."""
    findings = _all(checked)
    files = _count(len(checked), "file")
    if not findings:
        return f"nothing found in {files}\n"
    return "".join(f"{finding}\n" for finding in findings) + f"{_count(len(findings), 'finding')} in {files}\n"


def as_json(checked: Sequence[Linted]) -> str:
    """Return the documented shape: apiVersion, kind and the findings, each with the same eight keys."""
    keys = ("rule", "severity", "file", "line", "column", "path", "message", "remedy")
    findings = [{key: getattr(finding, key) for key in keys} for finding in _all(checked)]
    return json.dumps({"apiVersion": API_VERSION, "kind": "Findings", "findings": findings}, indent=2) + "\n"


def as_junit(checked: Sequence[Linted]) -> str:
    """Return one suite with a case for each file."""
    cases = tuple(
        Case(one.file, "lint", failures=tuple((finding.headline, str(finding)) for finding in one.findings))
        for one in checked
    )
    return document([Suite("raychart lint", cases)])


def _all(checked: Sequence[Linted]) -> list[Finding]:
    return ordered(finding for one in checked for finding in one.findings)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
