"""Remember how containers ended, even of pods that were deleted a moment later.

The operator deletes a Ray pod whose container ended and makes a new one, sometimes within a second: whoever looks
once a second may never see the pod that explains the failure.
"""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from raychart.smoke.api import ApiError
from raychart.smoke.snapshot import Ending, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.smoke.api import Api, Json

_LOG_LINES = 30
_SILENCE = 60


class Witness:
    """Watch one namespace's pods in a thread of its own, from start() to stop()."""

    def __init__(self, api: Api, namespace: str) -> None:
        self._api = api
        self._path = f"/api/v1/namespaces/{namespace}/pods"
        self._seen: dict[str, Ending] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"witness {namespace}", daemon=True)

    @property
    def endings(self) -> tuple[Ending, ...]:
        """Return what has ended so far, in the order of time."""
        return tuple(sorted(self._seen.copy().values(), key=lambda ending: ending.at))

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Take no further notes; the thread ends with the next line or silence."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.is_set():
            try:
                with self._api.lines(self._path, timeout=_SILENCE, watch="true") as lines:
                    for line in lines:
                        if self._stopped.is_set():
                            return
                        self._note(json.loads(line).get("object") or {})
            except (ApiError, OSError, ValueError):
                # A watch may end at any time; the next one starts with what exists.
                self._stopped.wait(0.5)

    def _note(self, pod: Json) -> None:
        for identity, ending in _endings(pod):
            if identity not in self._seen:
                self._seen[identity] = replace(ending, log=self._log(pod, ending.container))

    def _log(self, pod: Json, container: str) -> str:
        """Return the last lines of the container that ended, which may be the one before the one that runs."""
        status = next((s for s, _ in _statuses(pod) if s["name"] == container), {})
        previous = "terminated" not in status.get("state", {})
        path = f"{self._path}/{pod['metadata']['name']}/log"
        try:
            query = {"container": container, "tailLines": _LOG_LINES, "previous": str(previous).lower()}
            return self._api.text(path, **query)
        except ApiError:
            return ""


def _statuses(pod: Json) -> Iterator[tuple[Json, bool]]:
    status = pod.get("status", {})
    for key, init in (("initContainerStatuses", True), ("containerStatuses", False)):
        for container in status.get(key) or []:
            yield container, init


def _endings(pod: Json) -> Iterator[tuple[str, Ending]]:
    """Yield each end of a container that was not asked for; init containers are meant to end with 0."""
    if pod.get("metadata", {}).get("deletionTimestamp"):
        return
    for status, init in _statuses(pod):
        for state in (status.get("lastState") or {}, status.get("state") or {}):
            ended = state.get("terminated")
            if not ended or (init and ended["exitCode"] == 0):
                continue
            at = moment(ended.get("finishedAt")) or datetime.now(UTC)
            identity = f"{pod['metadata']['uid']} {status['name']} {ended.get('containerID', at)}"
            reason, message = ended.get("reason", ""), ended.get("message", "")
            yield identity, Ending(pod, status["name"], ended["exitCode"], reason, at, message, init=init)
