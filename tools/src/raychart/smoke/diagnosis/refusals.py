"""Objects that the API server refused to the operator or to a controller."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke.snapshot import first_seen, last_seen, moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from raychart.smoke.snapshot import Snapshot

# For words this module does not know: they may be about a race that the next attempt wins.
_PATIENCE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class _Refusal:
    where: str
    path: str
    message: str
    lasted: timedelta


def refused_object(snapshot: Snapshot, now: datetime) -> Finding | None:
    """Find a pod or other object that could not be created, such as one over the namespace's quota."""
    for refusal in _refusals(snapshot, now):
        known = explain_refusal(refusal.message, refusal.path)
        if known:
            rule, what, remedy = known
        elif refusal.lasted >= _PATIENCE:
            rule, what, remedy = "refused", refusal.message, f"see what the API server says, and {refusal.path}"
        else:
            continue
        return Finding(rule, "error", what, remedy, file=refusal.where, path=refusal.path)
    return None


def explain_refusal(message: str, path: str) -> tuple[str, str, str] | None:
    """Return rule, words and remedy for a refusal of a known kind: quota, limits, Pod Security, webhook, permission.

    `path` is the values path of what was refused. Helm's errors are made of the same words.
    """
    for pattern, rule, remedy in _KNOWN:
        found = pattern.search(message)
        if found:
            return f"smoke-{rule}", found["what"].strip(), remedy.format(path=path, **found.groupdict())
    return None


_KNOWN = (
    (
        re.compile(r"(?P<what>exceeded quota: (?P<name>[^,]+), requested: .+?, used: .+?, limited: \S+)", re.DOTALL),
        "quota",
        "raise the ResourceQuota {name}, or ask for less under {path}: pods need what they request beside what is used",
    ),
    (
        re.compile(r"(?P<what>failed quota: (?P<name>[^:]+): must specify (?P<fields>.+))", re.DOTALL),
        "quota",
        "the ResourceQuota {name} makes these obligatory: set {fields} in the resources under {path}",
    ),
    (
        re.compile(r"(?P<what>violates PodSecurity .+)", re.DOTALL),
        "pod-security",
        "mend the security context under {path}, or relax the namespace's pod-security.kubernetes.io/enforce label",
    ),
    (
        re.compile(
            r"(?P<what>\[?(?:maximum|minimum) \S+ usage per (?:Container|Pod) is .+"
            r"|\S+ max limit to request ratio per .+)",
            re.DOTALL,
        ),
        "limit-range",
        "change the resources under {path} to what the namespace's LimitRange allows: kubectl describe limitrange",
    ),
    (
        re.compile(r'(?P<what>admission webhook "(?P<name>[^"]+)" denied the request.*)', re.DOTALL),
        "webhook",
        "change {path} to what the webhook {name} allows, or ask who runs it for an exception",
    ),
    (
        re.compile(r'(?P<what>failed calling webhook "(?P<name>[^"]+)".*)', re.DOTALL),
        "webhook",
        "bring back the service behind the webhook {name}, or remove its configuration: it stops all such requests",
    ),
    (
        re.compile(r'(?P<what>User "?\\?"?(?P<user>[^"\\]+)\\?"? cannot (?P<verb>\w+) resource .+)', re.DOTALL),
        "permission",
        "give {user} the right to {verb} it, by Role and RoleBinding",
    ),
)


def _refusals(snapshot: Snapshot, now: datetime) -> Iterator[_Refusal]:
    for event in sorted(snapshot.events, key=last_seen):
        reason, regarding = event.get("reason", ""), event["involvedObject"]
        if event.get("type") == "Warning" and (reason == "FailedCreate" or reason.startswith("FailedToCreate")):
            kind, name = regarding["kind"].lower(), f"{snapshot.namespace}/{regarding['name']}"
            path = _path(regarding["kind"], regarding["name"], reason)
            yield _Refusal(f"{kind} {name}", path, event.get("message", ""), now - first_seen(event))
    yield from _conditions(snapshot, now)


def _conditions(snapshot: Snapshot, now: datetime) -> Iterator[_Refusal]:
    """Yield what Deployments and RayClusters say themselves, for where events may not be read."""
    for kind, items in (("Deployment", snapshot.deployments), ("RayCluster", snapshot.rayclusters)):
        for item in items:
            for condition in item.get("status", {}).get("conditions") or []:
                if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
                    name, reason = item["metadata"]["name"], condition.get("reason", "")
                    since = moment(condition.get("lastTransitionTime")) or now
                    where = f"{kind.lower()} {snapshot.namespace}/{name}"
                    yield _Refusal(where, _path(kind, name, reason), condition.get("message", reason), now - since)


def _path(kind: str, name: str, reason: str) -> str:
    """Return the values path of what was to be created, as far as the event tells it."""
    if kind != "RayCluster":
        return "operator"
    part = {"HeadPod": ".head", "WorkerPod": ".workerTypes"}
    return f"clusters.{name}" + next((path for word, path in part.items() if reason.endswith(word)), "")
