"""JUnit XML from suites and cases: used by every command that can write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence

# XML 1.0 has no way to write these, not even escaped.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was checked; it failed when there is at least one failure (a headline and its details).

    `output` is what else there is to tell of it.
    """

    name: str
    classname: str
    seconds: float | None = None
    failures: tuple[tuple[str, str], ...] = ()
    skipped: str | None = None
    output: str | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases that belong together, such as those of one namespace."""

    name: str
    cases: tuple[Case, ...]


def document(suites: Sequence[Suite]) -> str:
    """Return the XML document for the suites, in their order."""
    everything = [case for suite in suites for case in suite.cases]
    root = ET.Element("testsuites", {"name": "raychart", **_counts(everything)})
    for suite in suites:
        element = ET.SubElement(root, "testsuite", {"name": _legal(suite.name), **_counts(suite.cases)})
        for case in suite.cases:
            element.append(_case(case))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    seconds = [case.seconds for case in cases if case.seconds is not None]
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(bool(case.failures) for case in cases)),
        "errors": "0",
        "skipped": str(sum(case.skipped is not None for case in cases)),
    }
    return counts | ({"time": f"{sum(seconds):.3f}"} if seconds else {})


def _case(case: Case) -> ET.Element:
    element = ET.Element("testcase", name=_legal(case.name), classname=_legal(case.classname))
    if case.seconds is not None:
        element.set("time", f"{case.seconds:.3f}")
    for headline, details in case.failures:
        ET.SubElement(element, "failure", message=_legal(headline)).text = _legal(details)
    if case.skipped is not None:
        ET.SubElement(element, "skipped", message=_legal(case.skipped))
    if case.output is not None:
        ET.SubElement(element, "system-out").text = _legal(case.output)
    return element


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)
