"""Findings that are accepted, each with its reason: accepted.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .scanners import Finding


@dataclass(frozen=True, slots=True)
class Accepted:
    """One rule of one tool, the objects that may break it, and why.

    An object is scenario/kind/name, or scenario/kind/name/container, where * stands for anything.
    """

    tool: str
    rule: str
    objects: tuple[str, ...]
    reason: str

    def matches(self, finding: Finding, pattern: str) -> bool:
        """Tell whether the pattern, one of `objects`, covers the finding."""
        return (self.tool, self.rule) == (finding.tool, finding.rule) and fnmatchcase(finding.where, pattern)

    def covers(self, finding: Finding) -> bool:
        return any(self.matches(finding, pattern) for pattern in self.objects)


def read_accepted(path: Path) -> list[Accepted]:
    """Return the entries in their order; raises TypeError where one has a key too many or too few."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Accepted(**{**entry, "objects": tuple(entry["objects"])}) for entry in entries]


def not_accepted(findings: Iterable[Finding], accepted: Iterable[Accepted]) -> list[Finding]:
    """Return the findings that no entry covers, in order."""
    entries = list(accepted)
    return sorted(finding for finding in findings if not any(entry.covers(finding) for entry in entries))


def unused(findings: Iterable[Finding], accepted: Iterable[Accepted]) -> list[tuple[Accepted, str]]:
    """Return the patterns that cover nothing, each with its entry."""
    found = list(findings)
    return [
        (entry, pattern)
        for entry in accepted
        for pattern in entry.objects
        if not any(entry.matches(finding, pattern) for finding in found)
    ]
