"""Findings, JUnit, and reports that are written where the user wants them."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raychart import junit
from raychart.errors import RaychartError
from raychart.findings import Finding, ordered
from raychart.report import Output, parse_outputs, write

RANGE = Finding(
    rule="worker-range",
    severity="error",
    message="9 is more than maxWorkers (3)",
    remedy="raise maxWorkers or lower minWorkers",
    file="values/team-a.yaml",
    line=14,
    column=9,
    path="clusters.main.workerTypes.gpu.minWorkers",
)
POD = Finding("image-missing", "error", "not found", "check the image\nand its tag", file="pod team-a/main-head-x")


def test_a_finding_is_two_lines_as_every_message() -> None:
    assert str(RANGE) == (
        "values/team-a.yaml:14: clusters.main.workerTypes.gpu.minWorkers: "
        "9 is more than maxWorkers (3) [worker-range]\n"
        "    raise maxWorkers or lower minWorkers"
    )


def test_a_finding_on_an_object_names_the_object_and_indents_each_line_of_the_remedy() -> None:
    assert str(POD) == "pod team-a/main-head-x: not found [image-missing]\n    check the image\n    and its tag"


def test_findings_are_ordered_by_place_each_of_them_once() -> None:
    first = Finding("r", "error", "m", "", "a.yaml", 2)
    later = Finding("r", "error", "m", "", "a.yaml", 10)
    assert ordered([RANGE, later, first, RANGE]) == [first, later, RANGE]


@given(st.text(), st.text())
def test_junit_is_xml_whatever_the_words_are(name: str, words: str) -> None:
    case = junit.Case(name, words, 1.5, failures=((words, words),))
    root = ET.fromstring(junit.document([junit.Suite(name, (case,))]))  # noqa: S314 (our own)
    assert root.get("failures") == "1"
    assert root.get("time") == "1.500"


def test_junit_keeps_what_xml_can_hold_and_drops_the_rest() -> None:
    text = junit.document([junit.Suite("s", (junit.Case("a\x00b\x1b[1m<&>é\U0001f600", "c", skipped="later"),))])
    root = ET.fromstring(text)  # noqa: S314 (our own)
    (case,) = root.iter("testcase")
    assert case.get("name") == "ab[1m<&>é\U0001f600"
    assert root.get("skipped") == "1"


@pytest.mark.parametrize(
    ("options", "outputs"),
    [
        ([], [Output("text")]),
        (["json"], [Output("json")]),
        (
            ["json=a.json", "junit=b.xml"],
            [Output("json", Path("a.json")), Output("junit", Path("b.xml")), Output("text")],
        ),
        (["text=a.txt"], [Output("text", Path("a.txt"))]),
        (["text", "json=a=b.json"], [Output("text"), Output("json", Path("a=b.json"))]),
    ],
)
def test_the_text_goes_to_standard_output_unless_something_else_does(options: list[str], outputs: list[Output]) -> None:
    assert parse_outputs(options) == outputs


@pytest.mark.parametrize("options", [["yaml"], [""], ["json="], ["text", "json"], ["json", "json"]])
def test_outputs_that_cannot_be_meant_are_refused(options: list[str]) -> None:
    with pytest.raises(RaychartError):
        parse_outputs(options)


def test_each_output_is_written_where_it_belongs(tmp_path: Path) -> None:
    stdout = io.StringIO()
    outputs = [Output("text"), Output("json", tmp_path / "a.json")]
    write(outputs, {"text": lambda: "words\n", "json": lambda: "{}\n"}, stdout)
    assert stdout.getvalue() == "words\n"
    assert (tmp_path / "a.json").read_text() == "{}\n"


def test_a_report_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(RaychartError, match="cannot be written"):
        write([Output("text", tmp_path / "missing" / "a.txt")], {"text": lambda: ""}, io.StringIO())
