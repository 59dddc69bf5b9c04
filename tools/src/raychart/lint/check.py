"""Check values files: what is wrong with each as it was read, by the chart's schema, and by the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.findings import Finding, ordered
from raychart.lint.rules import RULES
from raychart.lint.subject import subject_of
from raychart.paths import dotted
from raychart.schema import Schema, check_schema, load_schema
from raychart.values import Layer, load_defaults, load_layer, load_layers, merge_layers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from raychart.values import Values

_SUFFIXES = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class Linted:
    """One values file with what was found in it and in the layers over it."""

    file: str
    findings: tuple[Finding, ...]


def check_files(paths: Sequence[Path], layers: Sequence[Path], chart: Path, sets: Sequence[str] = ()) -> list[Linted]:
    """Check each values file, with the layers and --set flags over it, against the chart's schema and the rules."""
    schema = load_schema(chart)
    defaults = load_defaults(chart)
    above = load_layers(layers, sets)
    return [_check(load_layer(path), above, defaults, schema) for path in paths]


def expand(paths: Iterable[Path]) -> list[Path]:
    """Replace each folder by the YAML files in it and below, sorted; each file once."""
    files: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            files[path] = None
            continue
        inside = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
        if not inside:
            raise RaychartError(str(path), "no *.yaml file in this folder", "name a folder that holds values files")
        files |= dict.fromkeys(inside)
    return list(files)


def _check(own: Layer, above: Sequence[Layer], defaults: Layer, schema: Schema | None) -> Linted:
    layers = [own, *above]
    findings = [finding for layer in layers for finding in layer.findings]
    # Without every layer the schema would tell of keys that are not really missing.
    if all(layer.readable for layer in layers):
        values = merge_layers(defaults, layers)
        findings += values.findings
        refused = [] if schema is None else check_schema(values, schema)
        # The rules read values of the shape that the schema asks for.
        findings += refused or _by_rules(values)
    return Linted(own.file, tuple(ordered(findings)))


def _by_rules(values: Values) -> Iterator[Finding]:
    subject = subject_of(values)
    for rule in RULES:
        for problem in rule.check(subject) if rule.check else ():
            at = values.position(problem.path)
            place = (at.file, at.line, at.column, dotted(problem.path))
            yield Finding(rule.id, rule.severity, problem.message, problem.remedy, *place)
