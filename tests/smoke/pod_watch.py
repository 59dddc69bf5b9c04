"""Worker pods seen from outside, event by event: which there were at any moment, leaving ones too."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from kubernetes import client, watch

if TYPE_CHECKING:
    from conftest import Kube


class Moment(NamedTuple):
    """The pods after an event: by name, their worker types."""

    at: float
    pods: dict[str, str]


@dataclass
class PodWatch:
    """A watch over the worker pods of a namespace, in a thread of its own, until `stop`."""

    kube: Kube
    namespace: str
    moments: list[Moment] = field(default_factory=list)
    made: dict[str, tuple[str, float]] = field(default_factory=dict)  # by name: type, when
    leaving: dict[str, float] = field(default_factory=dict)  # by name: when its deletion was asked for
    failure: Exception | None = None

    def __post_init__(self) -> None:
        self._watch = watch.Watch()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def pods(self, worker_type: str | None = None) -> set[str]:
        """Return the names of the pods that there are now, of one type or of all."""
        assert self.failure is None, self.failure
        now = self.moments[-1].pods if self.moments else {}
        return {name for name, group in now.items() if worker_type in {None, group}}

    def bursts(self, worker_type: str) -> list[int]:
        """Return how many pods of a type came at a time, rounds being 5 s apart."""
        sizes: list[int] = []
        last = float("-inf")
        for at in sorted(at for group, at in self.made.values() if group == worker_type):
            if at - last < 3:
                sizes[-1] += 1
            else:
                sizes.append(1)
            last = at
        return sizes

    def stop(self) -> None:
        """End it."""
        self._watch.stop()

    def _follow(self) -> None:
        core = client.CoreV1Api(client.ApiClient(self.kube.api_client.configuration))
        selector = "ray.io/node-type=worker"
        try:
            for event in self._watch.stream(core.list_namespaced_pod, self.namespace, label_selector=selector):
                self._note(event["type"], event["object"])
        except Exception as problem:  # noqa: BLE001 (told by `pods`, in the test's thread)
            self.failure = problem

    def _note(self, kind: str, pod: Any) -> None:
        name, group = pod.metadata.name, pod.metadata.labels["ray.io/group"]
        pods = dict(self.moments[-1].pods) if self.moments else {}
        pods.pop(name, None)
        if kind != "DELETED":
            pods[name] = group
            self.made.setdefault(name, (group, time.time()))
        if pod.metadata.deletion_timestamp is not None:
            self.leaving.setdefault(name, time.time())
        self.moments.append(Moment(time.time(), pods))
