"""The scenarios of `raychart smoke`, in the order in which `all` plays them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.smoke.scenarios.autoscale import AUTOSCALE
from raychart.smoke.scenarios.basic import BASIC
from raychart.smoke.scenarios.head import HEAD_LOSS, HEAD_LOSS_FT
from raychart.smoke.scenarios.operator import OPERATOR_LOSS, TWO_NAMESPACES
from raychart.smoke.scenarios.schedule import SCHEDULE
from raychart.smoke.scenarios.upgrade import UPGRADE
from raychart.smoke.scenarios.worker_types import WORKER_TYPE_ADD, WORKER_TYPE_CHANGE, WORKER_TYPE_REMOVE

if TYPE_CHECKING:
    from raychart.smoke.scenario import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    BASIC,
    TWO_NAMESPACES,
    AUTOSCALE,
    WORKER_TYPE_ADD,
    WORKER_TYPE_CHANGE,
    WORKER_TYPE_REMOVE,
    HEAD_LOSS,
    HEAD_LOSS_FT,
    UPGRADE,
    OPERATOR_LOSS,
    SCHEDULE,
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def listing() -> str:
    """Return the scenarios with their purpose and their steps, as text."""
    lines = []
    for scenario in SCENARIOS:
        lines += [f"{scenario.name}: {scenario.purpose}"]
        lines += [f"  {number}. {name}" for number, (name, _) in enumerate(scenario.steps, 1)] + [""]
    return "\n".join(lines)
