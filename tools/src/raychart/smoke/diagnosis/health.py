"""Containers that run and do not get well, and an operator that runs and may not work."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from raychart.smoke.diagnosis.subjects import containers, events, finding, live, values_path
from raychart.smoke.snapshot import last_seen, moment

if TYPE_CHECKING:
    from datetime import datetime

    from raychart.findings import Finding
    from raychart.smoke.api import Json
    from raychart.smoke.snapshot import Snapshot

# "Wrong path" or "not allowed" does not pass with time; a refused connection does, as long as Ray is starting.
_WRONG_ANSWER = timedelta(seconds=20)
_NO_ANSWER = timedelta(seconds=90)
# The operator repeats what it may not do; before this it may still be reading its caches.
_REPEATED = timedelta(seconds=8)
_DENIED = re.compile(
    r'User \\?"(?P<user>[^"\\]+)\\?" cannot (?P<verb>\w+) resource \\?"(?P<resource>[^"\\]+)\\?" '
    r'in API group \\?"(?P<group>[^"\\]*)\\?"(?: in the namespace \\?"[^"\\]+\\?"|(?P<scope> at the cluster scope))?'
)


def failing_probe(snapshot: Snapshot, now: datetime) -> Finding | None:
    """Find a container that is restarted for its liveness, or whose readiness does not come.

    A readiness probe that is answered with 4xx counts after 20 s, one without an answer after 90 s.
    """
    for pod in live(snapshot):
        unhealthy = events(snapshot, pod, "Unhealthy")
        killed = [e for e in events(snapshot, pod, "Killing") if "probe" in e.get("message", "")]
        if killed:
            why = f"; {unhealthy[-1]['message']}" if unhealthy else ""
            return _probe(pod, f"{killed[-1]['message']}{why}")
        if not unhealthy:
            continue
        newest = max(unhealthy, key=last_seen)
        patience = _WRONG_ANSWER if re.search(r"statuscode: 4\d\d", newest["message"]) else _NO_ANSWER
        if _unready_for(pod, now) >= patience and now - last_seen(newest) < _NO_ANSWER:
            return _probe(pod, f"not ready after {_unready_for(pod, now).seconds} s; {newest['message']}")
    return None


def forbidden_operator(snapshot: Snapshot, now: datetime) -> Finding | None:
    """Find an operator whose log says that it lacks a permission, unless the cluster comes up regardless."""
    if _progress(snapshot):
        return None
    for pod in live(snapshot):
        denied = _DENIED.search(snapshot.logs.get(pod["metadata"]["name"], ""))
        since = _running_since(pod)
        if denied and since and now - since >= _REPEATED:
            group = denied["group"] or "core"
            scope = "at the cluster scope" if denied["scope"] else f"in namespace {snapshot.namespace}"
            right = f"{denied['verb']} {denied['resource']} ({group}) {scope}"
            what = f"the operator may not {right}, its log says"
            remedy = (
                f"give {denied['user']} the right to {denied['verb']} {denied['resource']}, by Role and RoleBinding"
            )
            return finding("permission", pod, what, remedy)
    return None


def _probe(pod: Json, message: str) -> Finding:
    path = values_path(pod)
    remedy = f"check the probes under {path}, and the log of what they ask"
    if path == "operator":
        remedy = "check that this image is a KubeRay operator (it answers :8082/readyz), and its log"
    return finding("probe", pod, message, remedy)


def _unready_for(pod: Json, now: datetime) -> timedelta:
    """Return how long the longest-running container that is not ready has run."""
    found = (c for c in containers(pod) if not c.get("ready"))
    started = (moment((c.get("state") or {}).get("running", {}).get("startedAt")) for c in found)
    return max((now - at for at in started if at), default=timedelta())


def _running_since(pod: Json) -> datetime | None:
    started = (moment((c.get("state") or {}).get("running", {}).get("startedAt")) for c in containers(pod))
    return next((at for at in started if at), None)


def _progress(snapshot: Snapshot) -> bool:
    """Say whether Ray pods exist that are still on their way: then the operator does its work."""
    ray = [pod for pod in live(snapshot) if values_path(pod).startswith("clusters.")]
    ready = (all(c.get("ready") for c in containers(pod)) for pod in ray)
    return bool(ray) and not all(ready)
