"""The steps of a smoke test, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.smoke import crds, deploy, preflight, ready, work

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.smoke.results import Outcome
    from raychart.smoke.stage import Session, Stage

ONCE: tuple[tuple[str, Callable[[Session], Outcome]], ...] = (
    ("preflight", preflight.preflight),
    ("cluster", preflight.bring_up_cluster),
    ("crds", crds.check_crds),
)

PER_NAMESPACE: tuple[tuple[str, Callable[[Stage], Outcome]], ...] = (
    ("install", deploy.install),
    ("operator ready", ready.operator_ready),
    ("raycluster ready", ready.cluster_ready),
    ("first task", work.first_task),
    ("actor", work.actor),
    ("large object", work.large_object),
    ("200 tasks", work.tasks),
    ("job from outside", work.job),
    ("uninstall", deploy.uninstall),
)
