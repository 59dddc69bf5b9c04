"""Check values files: what is wrong with each as it was read, by the chart's schema, and by the rules."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.findings import Finding, ordered
from raychart.lint.ignore_comments import IgnoreComment, read_comments
from raychart.lint.repair import Repaired, repaired
from raychart.lint.rule import Problem
from raychart.lint.rules import BY_ID, RULES
from raychart.lint.subject import subject_of
from raychart.paths import dotted
from raychart.schema import Schema, load_schema, refused
from raychart.spread import spread
from raychart.values import Layer, load_defaults, load_flags, load_layer, merge_layers, namespace_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from raychart.lint.rule import Fix, Rule
    from raychart.paths import ValuesPath
    from raychart.values import Position, Values

_SUFFIXES = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class Linted:
    """One values file with what was found in it and in the layers over it.

    `fixes` say how some of it can be mended, `ignores` are the comments of the file and the layers.
    """

    file: str
    findings: tuple[Finding, ...]
    fixes: tuple[tuple[Finding, Fix], ...] = ()
    ignores: tuple[IgnoreComment, ...] = ()


def check_files(
    paths: Sequence[Path],
    layers: Sequence[Path],
    chart: Path,
    sets: Sequence[str] = (),
    *,
    release: str = "ray",
    namespace: str | None = None,
    texts: Mapping[Path, str] = MappingProxyType({}),
) -> list[Linted]:
    """Check each values file, with the layers and --set flags over it, against the chart's schema and the rules.

    `namespace` is what each file is for, by default what its name says; `texts` stand for what is in files.
    """
    above = [*(load_layer(path, texts.get(path)) for path in layers), *load_flags(sets)]
    checker = _Checker(load_defaults(chart), above, load_schema(chart), release, namespace)
    if any(str(path) == "-" for path in paths):
        # Other processes have no standard input.
        return [checker.check(path, texts.get(path)) for path in paths]
    return list(spread(lambda path: checker.check(path, texts.get(path)), paths))


def check_layers(layers: Sequence[Layer], chart: Path, *, release: str = "ray", namespace: str | None = None) -> Linted:
    """Check layers that have been read, the values file first, wherever they come from."""
    return _Checker(load_defaults(chart), (), load_schema(chart), release, namespace).check_layers(layers, namespace)


def checker_of(chart: Path) -> Callable[[Sequence[Layer], str, str | None], Linted]:
    """Return what checks layers, given with release and namespace, against one chart, which is read once."""
    checker = _Checker(load_defaults(chart), (), load_schema(chart), "", None)
    return lambda layers, release, namespace: replace(checker, release=release).check_layers(layers, namespace)


def expand(paths: Iterable[Path]) -> list[Path]:
    """Replace each folder by the YAML files in it and below, sorted, without hidden ones; each file once."""
    files: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            files[path] = None
            continue
        inside = sorted(file for file in path.rglob("*") if is_values_file(file, path))
        if not inside:
            raise RaychartError(str(path), "no *.yaml file in this folder", "name a folder that holds values files")
        files |= dict.fromkeys(inside)
    return list(files)


def is_values_file(file: Path, folder: Path) -> bool:
    """Tell whether a file below a folder is one that the folder stands for."""
    is_hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return file.suffix in _SUFFIXES and not is_hidden and file.is_file()


@dataclass(frozen=True, slots=True)
class _Checker:
    """What is the same for every file of a run."""

    defaults: Layer
    above: Sequence[Layer]
    schema: Schema | None
    release: str
    namespace: str | None

    @property
    def is_ours(self) -> bool:
        """Tell whether the chart has the vocabulary that the rules are about."""
        return {"clusters", "clusterDefaults", "podDefaults"} <= self.defaults.data.keys()

    def check(self, path: Path, text: str | None) -> Linted:
        return self.check_layers([load_layer(path, text), *self.above], self._namespace_of(path))

    def check_layers(self, layers: Sequence[Layer], namespace: str | None) -> Linted:
        found: list[tuple[Finding, Fix | None]] = [(finding, None) for layer in layers for finding in layer.findings]
        # Without every layer the schema would tell of keys that are not really missing.
        if all(layer.readable for layer in layers):
            found += self._of_values(layers, namespace)
        found = _without_asides(found)
        fixes = {finding: fix for finding, fix in found if fix is not None}
        findings = [finding for finding, _ in found]
        ignores: list[IgnoreComment] = []
        for layer in layers:
            comments, unreadable = read_comments(layer.text, layer.file)
            ignores += comments
            findings += unreadable
        return Linted(layers[0].file, tuple(ordered(findings)), tuple(fixes.items()), tuple(ignores))

    def _of_values(self, layers: Sequence[Layer], namespace: str | None) -> Iterator[tuple[Finding, Fix | None]]:
        values = merge_layers(self.defaults, layers)
        yield from ((finding, None) for finding in values.findings)
        problems = [] if self.schema is None else self.schema.problems(values.data)
        for refusal in problems:
            yield refused(values, refusal), refusal.fix
        if not self.is_ours:
            return
        fit = repaired(values, self.schema, problems) if self.schema and problems else Repaired(values)
        for rule, problem in _by_rules(fit, self.release, namespace, accepted=bool(self.schema) and not problems):
            path = fit.written(problem.path)
            at = self._position(values, path)
            place = (at.file, at.line, at.column, dotted(path))
            # Where a key has to be renamed first, the fix would not find its place.
            yield (
                Finding(rule.id, rule.severity, problem.message, problem.remedy, *place),
                (problem.fix if path == problem.path else None),
            )

    def _position(self, values: Values, path: ValuesPath) -> Position:
        """Return where a path was set; where only the chart sets it, the nearest thing around it in users' files."""
        at = values.position(path)
        if at.file != self.defaults.file or len(values.layers) == 1:
            return at
        return replace(values, layers=values.layers[1:]).position(path)

    def _namespace_of(self, path: Path) -> str | None:
        if self.namespace is not None:
            return namespace_of(path, self.namespace)
        try:
            return namespace_of(path)
        except RaychartError:
            return None


def _without_asides(found: list[tuple[Finding, Fix | None]]) -> list[tuple[Finding, Fix | None]]:
    """Leave out remarks on what is an error: whoever mends that sees then whether they still hold."""
    wrong = {finding.path for finding, _ in found if finding.severity == "error"}
    return [(finding, fix) for finding, fix in found if finding.severity != "info" or finding.path not in wrong]


def _by_rules(fit: Repaired, release: str, namespace: str | None, *, accepted: bool) -> Iterator[tuple[Rule, Problem]]:
    """Apply every rule. One that fails takes no other with it, and is told of where the values are not to blame."""
    try:
        subject = subject_of(fit.values, release, namespace)
    except Exception as error:  # noqa: BLE001 (no values may end the run)
        if accepted:
            yield _defect(BY_ID["values-schema"], error)
        return
    for rule in RULES:
        try:
            for problem in rule.check(subject) if rule.check else ():
                if not fit.is_unknown(problem.path, problem.remedy):
                    yield rule, problem
        except Exception as error:  # noqa: BLE001 (no values may end the run)
            if accepted:
                yield _defect(rule, error)


def _defect(rule: Rule, error: Exception) -> tuple[Rule, Problem]:
    if os.environ.get("RAYCHART_DEBUG"):
        raise error
    message = f"the rule could not be applied (unexpected {type(error).__name__}: {error})"
    remedy = "this is a defect of raychart, not of the values: report it with what RAYCHART_DEBUG=1 shows"
    return rule, Problem((), message, remedy)
