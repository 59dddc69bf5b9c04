"""Read ignore files: which findings they are about, and until when."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raychart.lint.globs import file_pattern, path_pattern
from raychart.lint.ignores import finding_of
from raychart.schema_keys import nearest
from raychart.yaml_file import display_name, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.findings import Finding
    from raychart.yaml_nodes import Mark, Node

NAME = ".raychart-ignore.yaml"
_KEYS = ("rule", "path", "file", "reason", "expires")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FORM = "write a list of entries under ignore:, each with rule, reason and, where wanted, path, file and expires"


@dataclass(frozen=True, slots=True)
class IgnoreEntry:
    """An entry of an ignore file in `folder`, for the files in `scope`, as they are named, or for all."""

    rule: str
    reason: str
    place: tuple[str, int, int]
    expires: date | None
    folder: str
    scope: frozenset[str] | None
    path: re.Pattern[str] | None
    file: re.Pattern[str] | None

    def covers(self, finding: Finding) -> bool:
        """Tell whether the finding is in a file and at a path that the entry names."""
        file = finding.file or ""
        if self.path is not None and not self.path.fullmatch(finding.path or ""):
            return False
        return (self.scope is None or file in self.scope) and self.is_about(file)

    def is_about(self, file: str) -> bool:
        """Tell whether the entry is about a file, as it is named or as it is seen from the ignore file's folder."""
        seen = os.path.relpath(file, self.folder)
        return self.file is None or any(self.file.fullmatch(name.replace(os.sep, "/")) for name in (seen, file))


def find_ignore_file(path: Path) -> Path | None:
    """Return the ignore file nearest to a values file: in its folder or above, as far as the repository goes."""
    folder = Path.cwd() if str(path) == "-" else Path(os.path.abspath(path)).parent  # noqa: PTH100 (no symlinks)
    for above in (folder, *folder.parents):
        if (above / NAME).is_file():
            return Path(os.path.relpath(above / NAME)) if folder.is_relative_to(Path.cwd()) else above / NAME
        if (above / ".git").exists():
            return None
    return None


def read_ignore_file(
    path: Path, scope: frozenset[str] | None, content: bytes | None = None
) -> tuple[tuple[IgnoreEntry, ...], tuple[Finding, ...]]:
    """Return an ignore file's entries, and what is wrong with it; `content` stands for what is in the file.

    Raises RaychartError when there is no such file.
    """
    document = read_file(path, content)
    reader = _Reader(display_name(path), os.path.dirname(os.path.abspath(path)), scope)  # noqa: PTH100, PTH120 (no symlinks)
    findings = [replace(finding, rule="ignore-syntax", severity="error") for finding in document.findings]
    entries = list(reader.entries(document.root)) if document.root is not None else []
    return tuple(entries), (*findings, *reader.findings)


class _Reader:
    """Turn the document into entries, leaving out those that cannot be read."""

    def __init__(self, file: str, folder: str, scope: frozenset[str] | None) -> None:
        self.file = file
        self.folder = folder
        self.scope = scope
        self.findings: list[Finding] = []

    def entries(self, root: Node) -> Iterator[IgnoreEntry]:
        if not isinstance(root.data, dict):
            self._complain(root.mark, "the file is not a mapping with the key ignore", _FORM)
            return
        for key, (mark, _) in root.children.items():
            if key != "ignore":
                self._complain(mark, f"{key} is not a known key", "the only key is ignore")
        mark, ignore = root.children.get("ignore", (root.mark, root))
        if ignore is root or ignore.data is None:
            return
        if not isinstance(ignore.data, list):
            self._complain(mark, "ignore is not a list", _FORM)
            return
        for place, item in ignore.children.values():
            yield from self._entry(place, item)

    def _entry(self, mark: Mark, item: Node) -> Iterator[IgnoreEntry]:
        before = len(self.findings)
        if not isinstance(item.data, dict):
            self._complain(mark, "the entry is not a mapping", _FORM)
            return
        for key, (place, value) in item.children.items():
            self._check_key(str(key), place, value.data)
        if "rule" not in item.data:
            self._complain(mark, "the entry names no rule", "add rule: with a rule's id; raychart explain lists them")
        if len(self.findings) == before:
            yield self._made(item.data, mark)

    def _check_key(self, key: str, mark: Mark, value: Any) -> None:
        if key not in _KEYS:
            guess = nearest(key, _KEYS)
            self._complain(mark, f"{key} is not a known key", f"did you mean {guess}?" if guess else _FORM)
        elif not isinstance(value, str) and not (key == "reason" and value is None):
            self._complain(mark, f"{key} is not text (found {value})", "write it as text, in quotes if need be")
        elif key == "expires" and _date(str(value)) is None:
            self._complain(mark, f"expires is not a date (found {value})", "write it as 2026-12-31")

    def _made(self, data: dict[str, Any], mark: Mark) -> IgnoreEntry:
        path, file, expires = data.get("path"), data.get("file"), str(data.get("expires", ""))
        return IgnoreEntry(
            rule=data["rule"].strip(),
            reason=(data.get("reason") or "").strip(),
            place=(self.file, mark.line, mark.column),
            expires=_date(expires),
            folder=self.folder,
            scope=self.scope,
            path=path_pattern(path) if path else None,
            file=file_pattern(file) if file else None,
        )

    def _complain(self, mark: Mark, message: str, remedy: str) -> None:
        self.findings.append(finding_of("ignore-syntax", message, remedy, (self.file, mark.line, mark.column)))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
