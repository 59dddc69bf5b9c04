"""What a rule about manifests is, and what it has to say of an object."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from raychart.rule_info import RuleInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from raychart.findings import Severity
    from raychart.manifests import Manifest
    from raychart.paths import ValuesPath
    from raychart.validate.subject import Subject


class Problem(NamedTuple):
    """One place in an object, what is wrong there with what was found, and what to do.

    `severity` goes before the rule's own.
    """

    path: ValuesPath
    message: str
    remedy: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Rule(RuleInfo):
    """A rule about manifests: `check` looks at one object, `check_all` at all that are applied together."""

    examples: ClassVar[Path] = Path(__file__).parent / "examples"

    check: Callable[[Subject], Iterable[Problem]] | None = None
    check_all: Callable[[Sequence[Manifest]], Iterable[tuple[Manifest, Problem]]] | None = None
