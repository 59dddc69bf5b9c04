"""Containers that cannot start, and containers that end."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from raychart.smoke.diagnosis.subjects import containers, finding, lasting, live, values_path, waiting
from raychart.smoke.snapshot import CLIENT

if TYPE_CHECKING:
    from datetime import datetime

    from raychart.findings import Finding
    from raychart.smoke.api import Json
    from raychart.smoke.snapshot import Ending, Snapshot

# A Secret or ConfigMap may be made a moment after the pod that wants it.
_PATIENCE = timedelta(seconds=5)
# Long enough for the second start of a container that ended once, by the kubelet or by the operator.
_SECOND_CHANCE = timedelta(seconds=10)
_AT_ONCE = {"RunContainerError", "CreateContainerError"}
_NEVER_STARTED = {"StartError", "ContainerCannotRun"}
_LOG_LINES = 8


def unstartable_container(snapshot: Snapshot, now: datetime) -> Finding | None:
    """Find a container that the kubelet cannot create: a missing Secret, a user it may not be, no such command."""
    for pod in live(snapshot):
        for container, reason, message in waiting(pod):
            wrong = reason == "CreateContainerConfigError" and lasting(snapshot, pod, now, "Failed") >= _PATIENCE
            if wrong or reason in _AT_ONCE:
                what = f"container {container['name']} cannot be created ({reason}: {message})"
                return finding("container-config", pod, what, _config_remedy(values_path(pod), message))
    return None


def ended_container(snapshot: Snapshot, now: datetime) -> Finding | None:
    """Find a container that keeps ending: twice, in a crash loop, or once with nothing in its place after 10 s.

    Out of memory and a command that does not exist count at once: another start brings the same.
    """

    def role(ending: Ending) -> tuple[str, str]:
        return values_path(ending.pod), ending.container

    endings = sorted((e for e in snapshot.endings if not _is_client(e.pod)), key=lambda e: (role(e), e.at))
    for (path, name), group in groupby(endings, key=role):
        same = list(group)
        last = same[-1]
        final = last.reason in {"OOMKilled", *_NEVER_STARTED} or len(same) > 1 or _loops(snapshot, path, name)
        gone = now - last.at >= _SECOND_CHANCE and not _runs(snapshot, path, name)
        if final or gone:
            return _ended(last, len(same))
    return None


def _is_client(pod: Json) -> bool:
    return bool((pod["metadata"].get("labels") or {}).get("app.kubernetes.io/name") == CLIENT)


def _loops(snapshot: Snapshot, path: str, name: str) -> bool:
    found = (c["name"] == name and why == "CrashLoopBackOff" for p in _role(snapshot, path) for c, why, _ in waiting(p))
    return any(found)


def _runs(snapshot: Snapshot, path: str, name: str) -> bool:
    found = (c for pod in _role(snapshot, path) for c in containers(pod) if c["name"] == name)
    return any("running" in (container.get("state") or {}) for container in found)


def _role(snapshot: Snapshot, path: str) -> list[Json]:
    return [pod for pod in live(snapshot) if values_path(pod) == path]


def _ended(ending: Ending, times: int) -> Finding:
    often = f", {times} times so far" if times > 1 else ""
    said = [line for line in (ending.log or ending.message).splitlines() if line.strip()][-_LOG_LINES:]
    last = f"; its last line: {said[-1].strip()[:300]}" if said else ""
    reason = f" ({ending.reason})" if ending.reason not in {"", "Error", "Completed"} else ""
    what = f"container {ending.container} ended with exit code {ending.code}{reason}{often}{last}"
    lines = "".join(f"\n  | {line}" for line in said)
    remedy = _end_remedy(values_path(ending.pod), ending) + (f"; it wrote last:{lines}" if len(said) > 1 else "")
    return finding("container-ended", ending.pod, what, remedy)


def _end_remedy(path: str, ending: Ending) -> str:
    if ending.reason == "OOMKilled":
        return f"raise the memory under {path}: the container used more than its limit"
    if ending.reason in _NEVER_STARTED:
        return f"check the command under {path}: the image does not have it, or not for this user"
    if path == "operator":
        return "check operator.image, operator.env and operator.resources, and that the CRDs fit this operator"
    return f"check setupCommands, rayStartParams, env and container under {path}"


def _config_remedy(path: str, message: str) -> str:
    missing = re.search(r'(secret|configmap) "([^"]+)" not found', message)
    if missing:
        kind, name = missing.groups()
        return f"create the {kind} {name} in the namespace, or change the name under {path}.env or {path}.pod"
    if "couldn't find key" in message:
        return f"add that key to the Secret or ConfigMap, or change the key under {path}.env"
    if "runAsNonRoot" in message:
        return f"set a numeric, non-zero runAsUser in {path}.podSecurityContext, or USER to a number in the image"
    return f"check command, volumes and security context under {path}"
