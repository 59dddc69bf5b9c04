"""The conditions of a RayCluster's status."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cluster import Object, RayCluster

HEAD_READY = "HeadPodReady"
PROVISIONED = "RayClusterProvisioned"
SUSPENDING = "RayClusterSuspending"
SUSPENDED = "RayClusterSuspended"
FAILURE = "ReplicaFailure"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; the time of its last transition is kept by `with_condition`."""

    type: str
    status: str
    reason: str
    message: str = ""


def is_true(conditions: list[Object], kind: str) -> bool:
    return any(item["type"] == kind and item["status"] == "True" for item in conditions)


def suspend_state(cluster: RayCluster) -> str | None:
    """Return SUSPENDING or SUSPENDED where that condition is true, else None."""
    conditions = cluster.status.get("conditions") or []
    return next((kind for kind in (SUSPENDING, SUSPENDED) if is_true(conditions, kind)), None)


def with_condition(conditions: list[Object], new: Condition, now: str) -> list[Object]:
    """Return `conditions` with `new` in its old place, or last; its time moves only when its status does."""
    old = next((item for item in conditions if item["type"] == new.type), None)
    since = old["lastTransitionTime"] if old is not None and old["status"] == new.status else now
    entry = {
        "type": new.type,
        "status": new.status,
        "reason": new.reason,
        "message": new.message,
        "lastTransitionTime": since,
    }
    if old is None:
        return [*copy.deepcopy(conditions), entry]
    return [entry if item is old else copy.deepcopy(item) for item in conditions]


def without_condition(conditions: list[Object], kind: str) -> list[Object]:
    return [item for item in conditions if item["type"] != kind]


def head_ready(head: Object | None) -> Condition:
    """Return what the head pod's own readiness says, with the container's reason where that tells more."""
    if head is None:
        return Condition(HEAD_READY, "False", "HeadPodNotFound", "Head Pod not found")
    status = head.get("status") or {}
    ready = next((item for item in status.get("conditions") or [] if item["type"] == "Ready"), None)
    if ready is None:
        return Condition(HEAD_READY, "False", "Unknown")
    reason = ready.get("reason") or ("HeadPodRunningAndReady" if ready["status"] == "True" else "Unknown")
    message = ready.get("message") or ""
    if reason == "ContainersNotReady":
        blocked = _first_blocked(status.get("containerStatuses") or [])
        if blocked is not None:
            reason, message = blocked[0], "; ".join(filter(None, (message, blocked[1])))
    return Condition(HEAD_READY, ready["status"], reason, message)


def suspension(state: str | None, suspend: bool | None, pods_left: bool) -> list[Condition]:
    """Return what changes on the way into and out of suspension.

    The way is: Suspending while pods are being deleted, Suspended when none is left, neither when resumed.
    """
    if state == SUSPENDING:
        if pods_left:
            return []
        return [
            Condition(PROVISIONED, "False", "RayClusterPodsProvisioning", "RayCluster has been suspended"),
            Condition(SUSPENDING, "False", SUSPENDING),
            Condition(SUSPENDED, "True", SUSPENDED),
        ]
    if state == SUSPENDED:
        return [Condition(SUSPENDED, "False", SUSPENDED)] if suspend is False else []
    return [
        Condition(SUSPENDED, "False", SUSPENDED),
        Condition(SUSPENDING, "True" if suspend else "False", SUSPENDING),
    ]


def _first_blocked(statuses: list[Object]) -> tuple[str, str] | None:
    for status in statuses:
        for state in ("waiting", "terminated"):
            found = (status.get("state") or {}).get(state)
            if found is not None:
                return found.get("reason") or "Unknown", f"{status['name']}: {found.get('message', '')}"
    return None
