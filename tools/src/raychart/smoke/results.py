"""What a smoke run found: steps in order, with their seconds, findings and facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raychart.findings import Finding

Status = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step says when it is done; it failed when one of its findings is an error.

    `detail` is for readers; `facts` is JSON data for reports, merged over the steps of a part. `seconds` is given by
    a step whose work was timed where it was done. `skipped` is the reason why there was nothing to do.
    """

    findings: tuple[Finding, ...] = ()
    detail: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    seconds: float | None = None
    skipped: str = ""

    @property
    def status(self) -> Status:
        """Return how the step ended."""
        if any(finding.severity == "error" for finding in self.findings):
            return "failed"
        return "skipped" if self.skipped else "passed"


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step that was taken, or left out."""

    name: str
    outcome: Outcome
    seconds: float

    @property
    def status(self) -> Status:
        """Return how the step ended."""
        return self.outcome.status


@dataclass(frozen=True, slots=True)
class Part:
    """The steps of one namespace, or those that are taken once (`namespace` is empty then).

    `scenario` is empty where none was named. `observed` is what was seen beside the steps; it goes with their facts.
    """

    namespace: str
    steps: tuple[StepResult, ...]
    scenario: str = ""
    observed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return how reports name the part."""
        return " ".join(filter(None, (self.namespace, self.scenario))) or "once"

    @property
    def passed(self) -> bool:
        """Say whether no step failed."""
        return all(step.status != "failed" for step in self.steps)

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the steps found out; a later step's fact replaces an earlier one's."""
        return {name: fact for step in self.steps for name, fact in step.outcome.facts.items()} | {**self.observed}

    @property
    def findings(self) -> list[Finding]:
        """Return the findings of all steps, in order."""
        return [finding for step in self.steps for finding in step.outcome.findings]


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run; `left` says what it did not remove."""

    parts: tuple[Part, ...]
    seconds: float
    left: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        """Say whether every step of every part passed and what the run made could be removed."""
        return all(part.passed for part in self.parts) and not self.left
