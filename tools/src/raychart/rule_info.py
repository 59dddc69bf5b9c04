"""What there is to say of a rule, whatever it is applied to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.findings import Severity


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """One rule. Its examples are <id>.bad.yaml and <id>.good.yaml in the folder `examples`.

    `summary` is one line, `why` a paragraph or two for `raychart explain`, `source` where the rule's facts come from.
    """

    examples: ClassVar[Path]

    id: str
    severity: Severity
    summary: str
    why: str
    source: str

    def example(self, kind: str) -> str:
        """Return the `bad` or the `good` example."""
        return (self.examples / f"{self.id}.{kind}.yaml").read_text(encoding="utf-8")
