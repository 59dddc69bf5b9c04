"""Tell from a snapshot of a namespace why a release will not become ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.smoke.diagnosis.cluster import neglected_cluster, rejected_cluster
from raychart.smoke.diagnosis.containers import ended_container, unstartable_container
from raychart.smoke.diagnosis.health import failing_probe, forbidden_operator
from raychart.smoke.diagnosis.images import missing_image
from raychart.smoke.diagnosis.refusals import refused_object
from raychart.smoke.diagnosis.scheduling import broken_node, unmounted_volume, unschedulable_pod

if TYPE_CHECKING:
    from datetime import datetime

    from raychart.findings import Finding
    from raychart.smoke.snapshot import Snapshot

# From cause to consequence: a pod that was refused explains why another one waits, not the other way round.
_CHECKS = (
    broken_node,
    rejected_cluster,
    refused_object,
    missing_image,
    unstartable_container,
    failing_probe,
    ended_container,
    unmounted_volume,
    unschedulable_pod,
    forbidden_operator,
    neglected_cluster,
)


def diagnose(snapshot: Snapshot, now: datetime) -> Finding | None:
    """Return the first reason to stop waiting, or None while things may still come right by themselves.

    `now` is on the API server's clock, as every time in the snapshot is. What can pass by itself, such as a pull that
    a registry refused once, counts only after it has lasted; each check says how long.
    """
    return next((finding for check in _CHECKS if (finding := check(snapshot, now))), None)
