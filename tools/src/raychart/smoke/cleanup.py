"""Undo what a run made, in the reverse order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class _Entry:
    what: str
    undo: Callable[[], None]
    by_hand: str
    lasting: bool


class Cleanup:
    """What a run has made or is about to make, newest last; filled by steps, emptied by run().

    An entry is added before its thing is made, so that an interruption in between leaves nothing behind; `undo` must
    therefore accept that the thing does not exist.
    """

    def __init__(self) -> None:
        self._entries: list[_Entry] = []

    def add(self, what: str, undo: Callable[[], None], *, by_hand: str, lasting: bool = False) -> None:
        """Note something to undo; `by_hand` is the command for when it cannot be undone here.

        What is `lasting` serves the whole run and is undone with the rest at its end.
        """
        self._entries.append(_Entry(what, undo, by_hand, lasting))

    def forget(self, what: str) -> None:
        """Take out what a step has undone itself."""
        self._entries = [entry for entry in self._entries if entry.what != what]

    @property
    def left(self) -> list[str]:
        """Return what has not been undone, newest first, with the command that does it by hand."""
        return [f"{entry.what} (remove it with: {entry.by_hand})" for entry in reversed(self._entries)]

    def run(self, progress: Callable[[str], None], *, lasting: bool = True) -> list[Finding]:
        """Undo everything, newest first, and return a finding for each thing that could not be undone.

        Without `lasting` what is lasting stays. An entry leaves the list when it is done, so that `left` stays true
        when this is interrupted.
        """
        findings: list[Finding] = []
        for entry in [entry for entry in reversed(self._entries) if lasting or not entry.lasting]:
            progress(f"removing {entry.what}")
            problem = _attempt(entry) and _attempt(entry)  # the first try may have died of the user's ^C
            if problem:
                what = f"could not be removed ({problem.what})"
                findings.append(Finding("smoke-left", "error", what, f"remove it: {entry.by_hand}", file=entry.what))
            self._entries.remove(entry)
        return findings


def _attempt(entry: _Entry) -> RaychartError | None:
    try:
        entry.undo()
    except RaychartError as problem:
        return problem
    return None
