"""All that is known of definitions, by name; a whole kind has its group and kind for a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.validate.definitions import (
    access,
    batch,
    containers,
    network,
    pods,
    storage,
    volumes,
    webhooks,
    workloads,
)

if TYPE_CHECKING:
    from raychart.validate.definitions.check import Check

CHECKS: dict[str, tuple[Check, ...]] = {
    name: checks
    for module in (pods, containers, volumes, storage, workloads, batch, network, access, webhooks)
    for name, checks in module.CHECKS.items()
}
