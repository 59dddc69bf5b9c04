"""What a scenario is: a name, what it shows, and steps to recite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.errors import RaychartError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from raychart.smoke.cast import Cast
    from raychart.smoke.draft import Draft
    from raychart.smoke.plan import ReleasePlan
    from raychart.smoke.results import Outcome
    from raychart.smoke.stage import Stage

Step = tuple[str, "Callable[[Stage], Outcome]"]

NAMES = (
    "basic",
    "two-namespaces",
    "autoscale",
    "worker-type-add",
    "worker-type-change",
    "worker-type-remove",
    "head-loss",
    "head-loss-ft",
    "upgrade",
    "operator-loss",
    "schedule",
)
"""Every scenario, in the order in which "all" plays them; scenarios/ has them, and needs the cluster's client."""


def choose_names(words: Sequence[str]) -> tuple[str, ...]:
    """Return the scenarios named, each once, in the user's order; "all" is every one."""
    found: list[str] = []
    for word in words:
        if word not in (*NAMES, "all"):
            remedy = f"there are all, {', '.join(NAMES)}"
            raise RaychartError(f"--scenario {word}", "there is no such scenario", remedy)
        found += NAMES if word == "all" else (word,)
    return tuple(dict.fromkeys(found))


def nothing(_: Cast) -> str:
    """Return that nothing is in the way of a scenario."""
    return ""


def base(draft: Draft, cast: Cast) -> ReleasePlan:
    """Plan the values with the layer that sees to it that every part is played."""
    return draft.plan(cast.base())


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario.

    `begin` plans the release that is installed; what it changes to is a step's business. `obstacle` returns why a
    values file cannot be played, in words, or nothing. `neighbour` says that a second release in a namespace of its own
    takes part. `plays` is false for the one scenario that tests the values as they are, clusters or none.
    """

    name: str
    purpose: str
    steps: tuple[Step, ...]
    begin: Callable[[Draft, Cast], ReleasePlan] = base
    obstacle: Callable[[Cast], str] = nothing
    neighbour: bool = False
    plays: bool = True
