"""What a pod's status says: running, ready, or dead for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .names import Label

if TYPE_CHECKING:
    from .cluster import Object


def node_type(pod: Object) -> str:
    return str((pod["metadata"].get("labels") or {}).get(Label.NODE_TYPE, ""))


def phase(pod: Object) -> str:
    return str((pod.get("status") or {}).get("phase", ""))


def is_running(pod: Object) -> bool:
    return phase(pod) == "Running"


def is_ready(pod: Object) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return is_running(pod) and any(item["type"] == "Ready" and item["status"] == "True" for item in conditions)


def is_dead(pod: Object) -> bool:
    """Say whether nothing restarts the pod: it ended, or its Ray container did and may not start again.

    Other containers do not count: a dead autoscaler under restartPolicy Never stays dead.
    """
    if phase(pod) in ("Failed", "Succeeded"):
        return True
    return is_running(pod) and pod["spec"].get("restartPolicy") == "Never" and _ray_terminated(pod) is not None


def describe(pod: Object) -> str:
    """Return what an event about a dead pod tells of it."""
    ended = _ray_terminated(pod)
    exit_text = f"; Ray container exited with {ended.get('exitCode')} ({ended.get('reason', '')})" if ended else ""
    return f"phase {phase(pod)}; restartPolicy {pod['spec'].get('restartPolicy')}{exit_text}"


def _ray_terminated(pod: Object) -> Object | None:
    ray = pod["spec"]["containers"][0]["name"]
    for status in (pod.get("status") or {}).get("containerStatuses") or []:
        if status["name"] == ray:
            ended: Object | None = (status.get("state") or {}).get("terminated")
            return ended
    return None
