"""What a report of findings is made from."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.findings import SEVERITIES, Severity, reaches

if TYPE_CHECKING:
    from raychart.findings import Finding
    from raychart.rule_info import RuleInfo


@dataclass(frozen=True, slots=True)
class Skip:
    """Objects of one kind in a file that could not be checked; `kind` is "group/version Kind".

    Its CRD is not there, or would be `refused` itself.
    """

    file: str
    kind: str
    names: tuple[str, ...]
    refused: bool = False

    @property
    def why(self) -> str:
        """Return why they were not checked, and what to do."""
        if self.refused:
            return f"the API server would refuse the CRD of {self.kind}: mend it first"
        return f"there is no schema of {self.kind}: name its CRD with --crds"


@dataclass(frozen=True, slots=True)
class Report:
    """The files that were checked and the findings in them, in order.

    `ignored` and `known` count findings that are hidden by ignores and by the baseline; `rules` are all that were
    applied. File names are as the user wrote them, from `folder`; `root` is the repository's top, where the formats
    for CI systems have paths begin. `command` is whose report it is. Of manifests `objects` counts those that were
    checked, for the version `kubernetes`, and `skipped` are those that were not.
    """

    files: tuple[str, ...]
    findings: tuple[Finding, ...]
    rules: tuple[RuleInfo, ...] = ()
    ignored: int = 0
    known: int = 0
    fail_on: Severity = "warning"
    folder: str = "."
    root: str = "."
    command: str = "lint"
    objects: int | None = None
    kubernetes: str | None = None
    skipped: tuple[Skip, ...] = ()

    def count(self, severity: Severity) -> int:
        """Return how many findings are of a severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def fails(self, finding: Finding) -> bool:
        """Tell whether a finding is grave enough to fail the run."""
        return reaches(finding.severity, self.fail_on)

    @property
    def skips(self) -> int:
        """Return how many objects were not checked."""
        return sum(len(skip.names) for skip in self.skipped)

    def from_root(self, file: str) -> str:
        """Return a file as seen from the top of the repository, with forward slashes; outside of it absolute."""
        absolute = os.path.normpath(os.path.join(self.folder, file))  # noqa: PTH118 (names, not files)
        relative = os.path.relpath(absolute, self.root)
        return (absolute if relative.startswith("..") else relative).replace(os.sep, "/")

    @property
    def summary(self) -> str:
        """Return one line that counts everything."""
        files = plural(len(self.files), "file")
        if self.objects is not None:
            files = f"{plural(self.objects, 'object')} of {files} for Kubernetes {self.kubernetes}"
        hidden = [f"{self.ignored} ignored"] * bool(self.ignored) + [f"{self.known} in the baseline"] * bool(self.known)
        hidden += [f"{plural(self.skips, 'object')} skipped"] * bool(self.skips)
        aside = f" ({', '.join(hidden)})" if hidden else ""
        if not self.findings:
            return f"nothing found in {files}{aside}"
        counts = Counter(finding.severity for finding in self.findings)
        severities = ", ".join(_counted(counts[severity], severity) for severity in SEVERITIES if counts[severity])
        return f"{plural(len(self.findings), 'finding')} in {files}: {severities}{aside}"


def plural(number: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _counted(number: int, severity: Severity) -> str:
    return f"{number} info" if severity == "info" else plural(number, severity)
