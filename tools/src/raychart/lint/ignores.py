"""Ignored findings: what an ignore is, what it hides, and what is wrong with the ignores themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from raychart.findings import Finding
from raychart.lint.rules import BY_ID
from raychart.schema_keys import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date


class Ignore(Protocol):
    """A comment or an entry of an ignore file, for one rule."""

    @property
    def rule(self) -> str:
        """The id of the rule whose findings are ignored."""

    @property
    def reason(self) -> str:
        """Why, in the user's words; may be empty."""

    @property
    def expires(self) -> date | None:
        """The last day on which it ignores anything."""

    @property
    def place(self) -> tuple[str, int, int]:
        """File, line and column of the ignore itself."""

    def covers(self, finding: Finding) -> bool:
        """Tell whether a finding of the rule is one of those that are meant."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """What is left to tell, the ignores' own problems among it, and how many findings are hidden."""

    findings: tuple[Finding, ...]
    ignored: int


def suppress(
    findings: Iterable[Finding], ignores: Iterable[Ignore], today: date, is_judged: Callable[[Ignore], bool]
) -> Suppressed:
    """Hide the findings that are ignored on the day `today`; `is_judged` tells which ignores had to be of use."""
    active: dict[str, list[Ignore]] = {}
    ignores = list(ignores)
    for ignore in ignores:
        if not _has_expired(ignore, today):
            active.setdefault(ignore.rule, []).append(ignore)
    left, ignored, used = [], 0, set()
    for finding in findings:
        hiding = [ignore for ignore in active.get(finding.rule, ()) if ignore.covers(finding)]
        used |= {id(ignore) for ignore in hiding}
        if hiding:
            ignored += 1
        else:
            left.append(finding)
    for ignore in ignores:
        left += _problems(ignore, today, is_unused=id(ignore) not in used and is_judged(ignore))
    return Suppressed(tuple(left), ignored)


def finding_of(rule_id: str, message: str, remedy: str, place: tuple[str, int, int]) -> Finding:
    """Make a finding of one of the rules for ignores."""
    return Finding(rule_id, BY_ID[rule_id].severity, message, remedy, *place)


def _has_expired(ignore: Ignore, today: date) -> bool:
    return ignore.expires is not None and ignore.expires < today


def _problems(ignore: Ignore, today: date, *, is_unused: bool) -> Iterator[Finding]:
    if not ignore.reason:
        message = f"{ignore.rule} is ignored without a reason"
        yield finding_of("ignore-no-reason", message, "write down why", ignore.place)
    if ignore.rule not in BY_ID:
        guess = nearest(ignore.rule, list(BY_ID))
        remedy = f"did you mean {guess}?" if guess else "remove it; raychart explain lists the rules"
        yield finding_of("ignore-unknown-rule", f"there is no rule {ignore.rule or '(empty)'}", remedy, ignore.place)
    elif _has_expired(ignore, today):
        message = f"the ignore of {ignore.rule} expired on {ignore.expires} (today is {today})"
        yield finding_of("ignore-expired", message, "mend what it hid and remove it, or set a later date", ignore.place)
    elif is_unused:
        yield finding_of("ignore-unused", f"there is no {ignore.rule} here to ignore", "remove it", ignore.place)
