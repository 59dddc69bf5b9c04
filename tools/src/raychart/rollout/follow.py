"""Follow a rollout Job to its end, from pod to pod."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.rollout.jobs import ending
from raychart.smoke.api import ApiError
from raychart.smoke.diagnosis.subjects import waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.smoke.api import Api, Json

_PAUSE = 0.5
_PATIENCE = 20.0  # a registry may refuse once
_SILENCE = 3600.0  # seconds: a drain may take long, and has nothing to say meanwhile
_DONE = "nothing is out of date"  # how files/rollout.py ends when that is so


def follow(api: Api, job: Json, out: Callable[[str], None], progress: Callable[[str], None]) -> bool:
    """Hand on what the Job's pods write, until it has ended; return whether nothing is left out of date.

    Raises RaychartError when the image of its pod cannot be had, or its container not be made.
    """
    namespace, name = job["metadata"]["namespace"], job["metadata"]["name"]
    path = f"/api/v1/namespaces/{namespace}/pods"
    seen: set[str] = set()
    stuck: float | None = None
    waits = ""
    while True:
        job = api.get(f"/apis/batch/v1/namespaces/{namespace}/jobs/{name}")
        pods = sorted(
            api.items(path, labelSelector=f"job-name={name}"), key=lambda pod: str(pod["metadata"]["creationTimestamp"])
        )
        for pod in pods:
            if pod["metadata"]["uid"] not in seen and _started(pod):
                seen.add(pod["metadata"]["uid"])
                _hand_on(api, f"{path}/{pod['metadata']['name']}/log", out)
        if ending(job) and (not pods or pods[-1]["metadata"]["uid"] in seen):
            return _last_word(api.items(path, labelSelector=f"job-name={name}")) == _DONE
        if pods and _unscheduled(pods[-1]) not in {"", waits}:
            waits = _unscheduled(pods[-1])
            progress(f"{name}: its pod waits for a place ({waits})")
        problem = _problem(pods[-1]) if pods else None
        stuck = None if problem is None else stuck or time.monotonic()
        if stuck and time.monotonic() - stuck > _PATIENCE:
            what = f"its pod cannot start ({problem})"
            remedy = (
                "nothing is touched meanwhile; correct the head's image in the values, or go back to the former one"
            )
            raise RaychartError(f"job {namespace}/{name}", what, remedy)
        time.sleep(_PAUSE)


def _started(pod: Json) -> bool:
    states = (status.get("state") or {} for status in pod["status"].get("containerStatuses") or [])
    return any("running" in state or "terminated" in state for state in states)


def _hand_on(api: Api, path: str, out: Callable[[str], None]) -> None:
    try:
        with api.lines(path, timeout=_SILENCE, follow="true") as lines:
            for line in lines:
                out(line)
    except ApiError as problem:
        out(f"({problem.where}: {problem.what})")


def _problem(pod: Json) -> str | None:
    """Return why a pod waits, in the kubelet's words, unless it is being made."""
    return next(
        (
            f"{reason}: {message or container['image']}"
            for container, reason, message in waiting(pod)
            if reason not in {"ContainerCreating", "PodInitializing"}
        ),
        None,
    )


def _unscheduled(pod: Json) -> str:
    conditions = pod["status"].get("conditions") or []
    found = (c for c in conditions if c["type"] == "PodScheduled" and c["status"] == "False")
    return next((str(condition.get("message") or "no reason given") for condition in found), "")


def _last_word(pods: list[Json]) -> str:
    """Return what the pod that ended last left as its message."""
    endings = [
        (str(state["terminated"].get("finishedAt")), str(state["terminated"].get("message") or ""))
        for pod in pods
        for state in (status.get("state") or {} for status in pod["status"].get("containerStatuses") or [])
        if "terminated" in state
    ]
    return max(endings, default=("", ""))[1]
