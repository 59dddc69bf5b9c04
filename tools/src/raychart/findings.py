"""What a check found: one place, one problem, one remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["error", "warning", "info"]
# The gravest first.
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem and its remedy.

    `file` is a file as the user wrote it, or an object such as "pod team-a/main-head-x"; `line` and `column` count
    from 1; `path` is the values path with dots between keys.
    """

    rule: str
    severity: Severity
    message: str
    remedy: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    path: str | None = None

    @property
    def where(self) -> str:
        """Return the file with its line, as far as they are known."""
        if self.file is None:
            return ""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    @property
    def headline(self) -> str:
        """Return the finding without its remedy."""
        parts = [part for part in (self.where, self.path, self.message) if part]
        tag = self.rule if self.severity == "error" else f"{self.rule}, {self.severity}"
        return f"{': '.join(parts)} [{tag}]"

    def __str__(self) -> str:
        """Return the two-line text form that every report uses."""
        remedy = self.remedy.replace("\n", "\n    ")
        return f"{self.headline}\n    {remedy}" if remedy else self.headline


def reaches(severity: Severity, least: Severity) -> bool:
    """Tell whether a severity is as grave as `least`, or graver."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(least)


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings by file, line, column, path, rule, each of them once."""
    return sorted(
        dict.fromkeys(findings),
        key=lambda f: (f.file or "", f.line or 0, f.column or 0, f.path or "", f.rule, f.message),
    )
