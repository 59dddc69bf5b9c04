"""One run of the linter: check the files, hide what is ignored or known, and gather what is left."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from raychart.findings import ordered
from raychart.lint.baseline import split_known
from raychart.lint.check import check_files, expand, is_values_file
from raychart.lint.ignore_file import IgnoreEntry, find_ignore_file, read_ignore_file
from raychart.lint.ignores import suppress
from raychart.yaml_file import display_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from raychart.findings import Finding
    from raychart.lint.check import Linted
    from raychart.lint.ignores import Ignore


@dataclass(frozen=True, slots=True)
class Request:
    """What to lint and how; `today` is the day that decides which ignores have expired.

    `texts` stand for files that have another content than on disk.
    """

    paths: tuple[Path, ...]
    layers: tuple[Path, ...]
    chart: Path
    today: date
    sets: tuple[str, ...] = ()
    release: str = "ray"
    namespace: str | None = None
    ignore_file: Path | None = None
    baseline: Path | None = None
    texts: Mapping[Path, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """The files that were linted, what was found in them, and how many findings are ignored or in the baseline."""

    paths: tuple[Path, ...]
    linted: tuple[Linted, ...]
    findings: tuple[Finding, ...]
    ignored: int = 0
    known: int = 0


def lint(request: Request) -> Result:
    """Lint what is asked for. Raises RaychartError for files that cannot be read."""
    files = expand(request.paths)
    linted = check_files(
        files,
        request.layers,
        request.chart,
        request.sets,
        release=request.release,
        namespace=request.namespace,
        texts=request.texts,
    )
    findings = [finding for one in linted for finding in one.findings]
    ignores: dict[Ignore, None] = dict.fromkeys(ignore for one in linted for ignore in one.ignores)
    for path, scope in _ignore_files([*files, *request.layers], request.ignore_file).items():
        entries, wrong = read_ignore_file(path, scope)
        ignores |= dict.fromkeys(entries)
        findings += wrong
    judge = _Judge(request.paths, files)
    left = suppress(ordered(findings), ignores, request.today, judge.had_to_be_of_use)
    new, known = split_known(ordered(left.findings), request.baseline) if request.baseline else (left.findings, 0)
    return Result(tuple(files), tuple(linted), tuple(ordered(new)), left.ignored, known)


def _ignore_files(files: Sequence[Path], named: Path | None) -> dict[Path, frozenset[str] | None]:
    """Return the ignore files, each with the files it is for; one that is named is for all."""
    if named is not None:
        return {named: None}
    by_folder: dict[Path, Path | None] = {}
    scopes: dict[Path, set[str]] = {}
    for file in files:
        if file.parent not in by_folder:
            by_folder[file.parent] = find_ignore_file(file)
        if path := by_folder[file.parent]:
            scopes.setdefault(path, set()).add(display_name(file))
    return {path: frozenset(scope) for path, scope in scopes.items()}


class _Judge:
    """Tell which ignores had to be of use: those all of whose files were linted."""

    def __init__(self, given: Sequence[Path], files: Sequence[Path]) -> None:
        self.folders = [os.path.abspath(path) for path in given if path.is_dir()]  # noqa: PTH100 (no symlinks)
        self.files = {os.path.abspath(file): str(file) for file in files}  # noqa: PTH100 (no symlinks)

    def had_to_be_of_use(self, ignore: Ignore) -> bool:
        if not isinstance(ignore, IgnoreEntry):
            return True
        if any(os.path.commonpath([folder, ignore.folder]) == folder for folder in self.folders):
            return True
        linted = [path for path, name in self.files.items() if ignore.is_about(name)]
        beside = {
            str(file)
            for folder in {Path(path).parent for path in linted}
            for file in (folder.iterdir() if folder.is_dir() else ())
            if is_values_file(file, folder) and ignore.is_about(str(file))
        }
        return bool(linted) and beside <= set(linted)
