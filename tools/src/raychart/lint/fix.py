"""Mend what is mechanical: edit the files in place, and prove that nothing but the intended values changed."""

from __future__ import annotations

import codecs
import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml

from raychart.errors import RaychartError
from raychart.helm_yaml import read_documents
from raychart.lint.run import Result, lint
from raychart.lint.yaml_edit import CannotEditError, edited, without_repeated_key
from raychart.yaml_file import display_name, read_text

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.findings import Finding
    from raychart.lint.rule import Fix
    from raychart.lint.run import Request
    from raychart.paths import ValuesPath

# Mending one thing can bring another to light: under a key that was misspelt, for example.
_ROUNDS = 20
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after, without its byte order mark."""

    path: Path
    before: str
    after: str

    @property
    def diff(self) -> str:
        """Return the change as a unified diff."""
        name = str(self.path)
        lines = difflib.unified_diff(_lines(self.before), _lines(self.after), f"{name}", f"{name}")
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Mended:
    """What is left to find once the changes are made, how many problems they solve, and which could not be mended."""

    result: Result
    changes: tuple[Change, ...]
    count: int
    refused: tuple[Finding, ...]


def mend(request: Request) -> Mended:
    """Find and mend, in memory; nothing is written. Raises RaychartError for files that cannot be read."""
    texts: dict[Path, str] = {}
    before: dict[Path, str] = {}
    refused: dict[Finding, None] = {}
    count = 0
    for _ in range(_ROUNDS):
        result = lint(replace(request, texts=texts))
        refused = {}
        changed = False
        for path, finding, fix in _proposals(result, request):
            text = texts.get(path) or read_text(path)
            new = _mended(text, finding, fix)
            if new is None:
                if fix is not None:
                    refused[finding] = None
                continue
            before.setdefault(path, text)
            texts[path] = new
            count, changed = count + 1, True
        if not changed:
            break
    changes = tuple(Change(path, before[path], text) for path, text in texts.items() if before[path] != text)
    return Mended(result, changes, count, tuple(refused))


def save(change: Change) -> None:
    """Write a changed file. Raises RaychartError when that is refused."""
    try:
        mark = codecs.BOM_UTF8 if change.path.read_bytes().startswith(codecs.BOM_UTF8) else b""
        change.path.write_bytes(mark + change.after.encode())
    except OSError as refused:
        what = f"cannot be written ({refused.strerror})"
        raise RaychartError(str(change.path), what, "make it writable, or see the changes with --check") from refused


def _proposals(result: Result, request: Request) -> list[tuple[Path, Finding, Fix | None]]:
    """Return what may be mended and where, from the end of each file to its beginning: places above stay true."""
    told = set(result.findings)
    paths = {display_name(path): path for path in (*result.paths, *request.layers)}
    found: dict[Finding, tuple[Path, Finding, Fix | None]] = {}
    for one in result.linted:
        fixes = dict(one.fixes)
        for finding in one.findings:
            if finding in told and (finding in fixes or finding.rule == "values-duplicate-key"):
                # What a default of the chart has wrong is set right in the values.
                path = paths.get(finding.file or "", paths[one.file])
                found[finding] = (path, finding, fixes.get(finding))
    return sorted(found.values(), key=lambda one: (one[1].line or 0, one[1].column or 0), reverse=True)


def _mended(text: str, finding: Finding, fix: Fix | None) -> str | None:
    """Return the text with one problem mended; None where that cannot be done without changing anything else."""
    try:
        if fix is not None:
            new = edited(text, fix)
        else:
            new = without_repeated_key(text, finding.line or 0, finding.column or 0)
    except (CannotEditError, yaml.YAMLError):
        return None
    wanted = _data(text)
    if fix is not None and wanted:
        wanted[0] = _applied(wanted[0], fix.path, fix)
    return new if _same(_data(new), wanted) else None


def _data(text: str) -> list[Any]:
    return [document.data for document in read_documents(text, "")]


def _applied(data: Any, path: ValuesPath, fix: Fix) -> Any:
    """Return a copy of the data with the change made in it."""
    if not path:
        return fix.value
    step, *below = path
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return [_applied(item, tuple(below), fix) if at == step else item for at, item in enumerate(data)]
    if not isinstance(data, dict):
        return _MISSING
    if below or fix.kind == "set":
        return data | {step: _applied(data.get(step, {}), tuple(below), fix)}
    rest = {key: value for key, value in data.items() if key != step}
    return rest | {fix.value: data.get(step)} if fix.kind == "rename" else rest


def _same(one: Any, other: Any) -> bool:
    """Compare values and their types: 1 is not true, and not 1.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _lines(text: str) -> list[str]:
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines
