"""What a run does once, before the scenarios, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.smoke import crds, preflight

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.smoke.results import Outcome
    from raychart.smoke.stage import Session

ONCE: tuple[tuple[str, Callable[[Session], Outcome]], ...] = (
    ("preflight", preflight.preflight),
    ("cluster", preflight.bring_up_cluster),
    ("crds", crds.check_crds),
)
