"""Render values files to manifests, or say what the chart refuses in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from raychart import helm, manifests
from raychart.errors import RaychartError
from raychart.helm_errors import read_refusal
from raychart.process import CommandError
from raychart.values import load_defaults, load_layers, merge_layers, namespace_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from raychart.findings import Finding
    from raychart.manifests import Manifest


@dataclass(frozen=True, slots=True)
class Rendered:
    """What one values file becomes: its manifests, or the findings that kept it from being rendered."""

    file: str
    namespace: str
    manifests: tuple[Manifest, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def text(self) -> str:
        """Return the manifests as YAML documents below a comment that names file and namespace."""
        return f"# {self.file} in namespace {self.namespace}\n{manifests.dump(self.manifests)}"


def render_file(
    path: Path,
    layers: Sequence[Path],
    *,
    chart: Path,
    release: str,
    namespace: str | None = None,
    sets: Sequence[str] = (),
    program: str = "helm",
) -> Rendered:
    """Render one values file with the layers over it.

    Raises RaychartError when Helm fails for another reason than that the chart refuses the values.
    """
    _must_be_files([path, *layers])
    where = namespace_of(path, namespace)
    try:
        text = helm.render(chart, [path, *layers], release=release, namespace=where, sets=sets, helm=program)
    except CommandError as failed:
        findings = _refusal(failed, [path, *layers], sets, chart)
        if not findings:
            raise
        return Rendered(str(path), where, (), tuple(findings))
    return Rendered(str(path), where, tuple(manifests.load(text)))


def _must_be_files(paths: Sequence[Path]) -> None:
    for path in paths:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "there is no such file"
            raise RaychartError(str(path), what, "name a values file, such as values/<namespace>.yaml")


def _refusal(failed: CommandError, files: Sequence[Path], sets: Sequence[str], chart: Path) -> list[Finding]:
    """Prefer the toolkit's own words for what the schema or the YAML has wrong: they name line and remedy."""
    refused = read_refusal(failed.completed.stderr, str(files[0]))
    if any(finding.rule == "chart-check" for finding in refused):
        return _placed(refused, files, sets, chart)
    if failed.completed.code == -1:
        return []
    from raychart.lint.check import check_files

    (linted,) = check_files(files[:1], files[1:], chart, sets)
    return [finding for finding in linted.findings if finding.severity == "error"] or refused


def _placed(findings: Sequence[Finding], files: Sequence[Path], sets: Sequence[str], chart: Path) -> list[Finding]:
    values = merge_layers(load_defaults(chart), load_layers(files, sets))
    placed = []
    for finding in findings:
        if finding.path is None:
            placed.append(finding)
            continue
        position = values.position_of(finding.path)
        placed.append(replace(finding, file=position.file, line=position.line, column=position.column))
    return placed
