"""Read Helm's error text as findings, where it is the chart that refuses the values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHECKS = re.compile(r"execution error at \((?P<template>[^)]*)\):(?P<messages>.*)", re.DOTALL)
_SCHEMA = "values don't meet the specifications of the schema"
_SCHEMA_LINE = re.compile(r"- (?:at )?'?(?P<pointer>[^':]*)'?: (?P<message>.*)")
_HINT = re.compile(r"\n*Use --debug flag to render out invalid YAML\s*$")
_VALUES_PATH = re.compile(r"(?P<path>[A-Za-z][^\s:]*): (?P<message>.*)")


def read_refusal(stderr: str, file: str) -> list[Finding]:
    """Return what the chart's checks or its schema refuse; none when Helm failed for another reason.

    The chart's checks (templates/validation/checks.yaml) fail once, with one message a line as `path: what is wrong`,
    the remedy indented below it.
    """
    text = _HINT.sub("", stderr)
    if found := _CHECKS.search(text):
        return list(_checks(found["messages"], file))
    if _SCHEMA in text:
        return list(_schema(text, file))
    return []


def _checks(messages: str, file: str) -> Iterator[Finding]:
    lines = [line for line in messages.splitlines() if line.strip()]
    while lines:
        headline = lines.pop(0).strip()
        remedy = []
        while lines and lines[0].startswith("    "):
            remedy.append(lines.pop(0).strip())
        found = _VALUES_PATH.fullmatch(headline)
        path, message = (found["path"], found["message"]) if found else (None, headline)
        yield Finding("chart-check", "error", message, "\n".join(remedy), file, path=path)


def _schema(text: str, file: str) -> Iterator[Finding]:
    for line in text.splitlines():
        if found := _SCHEMA_LINE.fullmatch(line.strip()):
            path = found["pointer"].strip("/").replace("/", ".") or None
            yield Finding(
                "values-schema", "error", found["message"], "see the chart's values.schema.json", file, path=path
            )
