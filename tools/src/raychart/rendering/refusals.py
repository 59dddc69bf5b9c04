"""Say what is wrong with values that cannot be rendered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.helm_errors import read_refusal
from raychart.values import given_values, load_defaults, merge_layers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from raychart.rendering.model import Job
    from raychart.values import Layer

# Errors in values that Helm takes all the same: it reads something else than what is written.
_TAKEN = ("an unquoted word is read as the key", "Helm rounds ")


def given_of(job: Job) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Return the merged values that a job lays over the chart's defaults, or why Helm would not take them."""
    wrong = tuple(finding for layer in job.layers for finding in _wrong_with(layer))
    if wrong:
        return {}, wrong
    return given_values(job.layers)


def findings_of(refusal: str, job: Job) -> tuple[Finding, ...]:
    """Return why a rendering was refused, in the toolkit's own words where they name line and remedy."""
    refused = read_refusal(refusal, job.file)
    if any(finding.rule == "chart-check" for finding in refused):
        return tuple(_placed(refused, job))
    from raychart.lint.check import check_layers

    linted = check_layers(job.layers, job.chart, release=job.release, namespace=job.namespace)
    errors = [finding for finding in linted.findings if finding.severity == "error"]
    return tuple(errors or refused or [_in_helms_words(refusal, job.file)])


def unreadable(where: str, what: str, remedy: str, file: str) -> Finding:
    """Return the finding for manifests that are none."""
    return Finding("chart-render", "error", f"{where}: {what}", remedy, file)


def _wrong_with(layer: Layer) -> list[Finding]:
    errors = [finding for finding in layer.findings if finding.severity == "error"]
    if not layer.readable:
        return errors
    return [f for f in errors if f.rule == "values-yaml" and not f.message.startswith(_TAKEN)]


def _in_helms_words(refusal: str, file: str) -> Finding:
    lines = [line for line in refusal.splitlines() if line.strip() and not line.startswith("Use --debug flag")]
    # Helm's log goes the same way as its error, which comes last and may have several lines.
    starts = [number for number, line in enumerate(lines) if line.startswith("Error: ")]
    words = " ".join(line.strip() for line in lines[starts[-1] if starts else 0 :]).removeprefix("Error: ")
    remedy = "mend the values or the template that it names"
    return Finding("chart-render", "error", f"Helm cannot render this: {words or 'it does not say why'}", remedy, file)


def _placed(findings: Sequence[Finding], job: Job) -> list[Finding]:
    values = merge_layers(load_defaults(job.chart), job.layers)
    placed = []
    for finding in findings:
        if finding.path is None:
            placed.append(finding)
            continue
        position = values.position_of(finding.path)
        placed.append(replace(finding, file=position.file, line=position.line, column=position.column))
    return placed
