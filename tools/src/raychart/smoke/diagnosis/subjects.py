"""Name what a pod is for, in the words of the values file."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke.snapshot import CLIENT, first_seen, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from raychart.smoke.api import Json
    from raychart.smoke.snapshot import Snapshot


def pod_name(pod: Json) -> str:
    """Return how messages name a pod."""
    return f"pod {pod['metadata']['namespace']}/{pod['metadata']['name']}"


def values_path(pod: Json) -> str:
    """Return the path in the values file that this pod comes from; empty for the smoke test's own client."""
    labels = pod["metadata"].get("labels") or {}
    if labels.get("app.kubernetes.io/name") == CLIENT:
        return ""
    if labels.get("app.kubernetes.io/name") == "redis":
        return f"clusters.{labels.get('app.kubernetes.io/component', '*')}.faultTolerance.redis"
    cluster = labels.get("ray.io/cluster")
    if not cluster:
        return "operator"
    if labels.get("ray.io/node-type") == "head":
        return f"clusters.{cluster}.head"
    return f"clusters.{cluster}.workerTypes.{labels.get('ray.io/group', '*')}"


def finding(rule: str, pod: Json, message: str, remedy: str) -> Finding:
    """Make a finding about a pod."""
    return Finding(f"smoke-{rule}", "error", message, remedy, file=pod_name(pod), path=values_path(pod) or None)


def ranked(pods: Iterable[Json]) -> list[Json]:
    """Sort pods so that the one the others wait for comes first: operator, heads, workers, client."""
    return sorted(pods, key=lambda pod: (_rank(values_path(pod)), pod["metadata"]["name"]))


def live(snapshot: Snapshot) -> list[Json]:
    """Return the pods nobody has asked to go, in order of rank."""
    return ranked(pod for pod in snapshot.pods if not pod["metadata"].get("deletionTimestamp"))


def containers(pod: Json) -> Iterator[Json]:
    """Yield the status of each container, those that run first first."""
    status = pod.get("status", {})
    yield from status.get("initContainerStatuses") or []
    yield from status.get("containerStatuses") or []


def waiting(pod: Json) -> Iterator[tuple[Json, str, str]]:
    """Yield each container that waits, with the reason and the message the kubelet gave."""
    for container in containers(pod):
        state = (container.get("state") or {}).get("waiting")
        if state:
            yield container, state.get("reason", ""), state.get("message", "")


def events(snapshot: Snapshot, item: Json, *reasons: str) -> list[Json]:
    """Return an object's events of these reasons, oldest first."""
    uid = item["metadata"].get("uid")
    found = (e for e in snapshot.events if e.get("reason") in reasons and e["involvedObject"].get("uid") == uid)
    return sorted(found, key=first_seen)


def lasting(snapshot: Snapshot, pod: Json, now: datetime, *reasons: str) -> timedelta:
    """Return how long events of these reasons have been seen on a pod; without any, how long ago it started."""
    seen = events(snapshot, pod, *reasons)
    since = first_seen(seen[0]) if seen else moment(pod.get("status", {}).get("startTime"))
    return now - since if since else timedelta()


def _rank(path: str) -> int:
    if path == "operator":
        return 0
    if path.endswith(".head"):
        return 1
    return 2 if path else 3
