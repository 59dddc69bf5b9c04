"""Remember what becomes of a namespace's pods, as the API server tells it."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from raychart.smoke.api import ApiError

if TYPE_CHECKING:
    from raychart.smoke.api import Api, Json

State = Literal["pending", "starting", "ready", "terminating", "ended"]
_SILENCE = 60
_LANES = {"kuberay-operator": "operator", "ray-errand": "jobs"}


@dataclass(slots=True)
class PodLife:
    """One pod from its creation to its deletion; times are this machine's, in seconds since 1970.

    `states` holds each state with the time at which it began; `gone` is None while the pod exists.
    """

    uid: str
    name: str
    labels: dict[str, str]
    created: float
    states: list[tuple[State, float]] = field(default_factory=list)
    restarts: int = 0
    deleted: float | None = None
    gone: float | None = None

    @property
    def lane(self) -> str:
        """Return the lane of a picture it belongs to: a worker type's name, head, operator, or what the pod is for."""
        kind = self.labels.get("ray.io/node-type")
        if kind == "worker":
            return self.labels.get("ray.io/group", "worker")
        return kind or _LANES.get(name := self.labels.get("app.kubernetes.io/name", "other"), name)

    @property
    def state(self) -> State:
        """Return the state it is in."""
        return self.states[-1][0]


class Recorder:
    """Watch one namespace's pods in a thread of its own, from start() to stop(), and note what the steps do."""

    def __init__(self, api: Api, namespace: str) -> None:
        self._api = api
        self._path = f"/api/v1/namespaces/{namespace}/pods"
        self._lives: dict[str, PodLife] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"recorder {namespace}", daemon=True)
        self.marks: list[tuple[float, str]] = []
        self.began = time.time()

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Take no further notes."""
        self._stopped.set()

    def mark(self, what: str) -> float:
        """Note that something was done to the cluster, and return the time."""
        at = time.time()
        self.marks.append((at, what))
        return at

    @property
    def lives(self) -> tuple[PodLife, ...]:
        """Return the pods seen so far, in the order in which they came."""
        with self._lock:
            return tuple(sorted(self._lives.values(), key=lambda life: (life.created, life.name)))

    def _watch(self) -> None:
        while not self._stopped.is_set():
            try:
                listed = self._api.get(self._path)
                self._note_all(listed.get("items") or [])
                version = listed["metadata"]["resourceVersion"]
                query = {"watch": "true", "resourceVersion": version}
                with self._api.lines(self._path, timeout=_SILENCE, **query) as lines:
                    for line in lines:
                        if self._stopped.is_set():
                            return
                        event = json.loads(line)
                        if event.get("type") == "ERROR":
                            break
                        self._note(event["object"], gone=event["type"] == "DELETED")
            except (ApiError, OSError, ValueError, KeyError):
                # A watch may end at any time; the next one begins with what exists.
                self._stopped.wait(0.5)

    def _note_all(self, pods: list[Json]) -> None:
        there = {pod["metadata"]["uid"] for pod in pods}
        for pod in pods:
            self._note(pod)
        with self._lock:
            for life in self._lives.values():
                if life.uid not in there and life.gone is None:
                    life.gone = time.time()

    def _note(self, pod: Json, *, gone: bool = False) -> None:
        now, meta = time.time(), pod["metadata"]
        with self._lock:
            life = self._lives.get(meta["uid"])
            if life is None:
                life = PodLife(meta["uid"], meta["name"], dict(meta.get("labels") or {}), now)
                self._lives[life.uid] = life
            life.restarts = sum(one["restartCount"] for one in pod.get("status", {}).get("containerStatuses") or [])
            state = _state(pod)
            if not life.states or life.state != state:
                life.states.append((state, now))
            if state == "terminating" and life.deleted is None:
                life.deleted = now
            if gone:
                life.gone = now


def _state(pod: Json) -> State:
    status = pod.get("status", {})
    if pod["metadata"].get("deletionTimestamp"):
        return "terminating"
    if status.get("phase") in {"Succeeded", "Failed"}:
        return "ended"
    if any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions") or []):
        return "ready"
    return "starting" if status.get("phase") == "Running" else "pending"
