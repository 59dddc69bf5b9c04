"""What a lint rule is, and what it has to say of some values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from raychart.rule_info import RuleInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from raychart.lint.subject import Subject
    from raychart.paths import ValuesPath


class Fix(NamedTuple):
    """A mechanical change in the values file that set `path`: its value, its key, or its absence."""

    kind: Literal["set", "rename", "remove"]
    path: ValuesPath
    value: object = None


class Problem(NamedTuple):
    """One place in the values, what is wrong there with the numbers found, and what to do, literally."""

    path: ValuesPath
    message: str
    remedy: str
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Rule(RuleInfo):
    """A rule about values. `check` is None for rules that the loader or the schema apply while they read."""

    examples: ClassVar[Path] = Path(__file__).parent / "examples"

    check: Callable[[Subject], Iterable[Problem]] | None = None
