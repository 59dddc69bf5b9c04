"""The smoke test that runs where no scenario is named: the values as they are, used as applications do."""

from __future__ import annotations

from raychart.smoke import deploy, ready, work
from raychart.smoke.scenario import Scenario

BASIC = Scenario(
    name="basic",
    purpose="every cluster comes up, does its work, and leaves nothing behind",
    steps=(
        ("install", deploy.install),
        ("operator ready", ready.operator_ready),
        ("raycluster ready", ready.cluster_ready),
        ("first task", work.first_task),
        ("actor", work.actor),
        ("large object", work.large_object),
        ("200 tasks", work.tasks),
        ("job from outside", work.job),
        ("uninstall", deploy.uninstall),
    ),
    plays=False,
)
