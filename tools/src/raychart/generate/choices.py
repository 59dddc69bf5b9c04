"""Values with the reasons why they are chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from raychart.paths import ValuesPath


@dataclass(frozen=True, slots=True)
class Choices:
    """Values in the order in which they are to be read, and reasons by path."""

    values: dict[str, Any] = field(default_factory=dict)
    reasons: dict[ValuesPath, str] = field(default_factory=dict)

    def put(self, path: tuple[str, ...], value: object, why: str = "") -> None:
        """Choose a value for a path, and say why."""
        here = self.values
        for step in path[:-1]:
            here = here.setdefault(step, {})
        here[path[-1]] = value
        if why:
            self.reasons[path] = why

    def say(self, path: tuple[str, ...], why: str) -> None:
        """Say something about what is below a path."""
        self.reasons[path] = why
