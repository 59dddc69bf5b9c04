"""The client of a smoke test: an application's place in the namespace, with the cluster's own image."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from raychart.findings import Finding
from raychart.smoke.plan import CLIENT_PORT
from raychart.smoke.snapshot import CLIENT
from raychart.smoke.speaker import Speaker, speaker_pod

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

    from raychart.smoke.api import Api, ApiError, Json
    from raychart.smoke.plan import ClusterPlan

TASKS = 200
OBJECT_BYTES = 12 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Heard:
    """One line of the client: what it learnt, when that was heard here (monotonic seconds), and its facts."""

    what: str
    at: float
    facts: Mapping[str, Any] = field(default_factory=dict)


class Client:
    """One client pod for one cluster, from start() to stop(); `news` is set whenever it says something."""

    def __init__(self, api: Api, namespace: str, cluster: ClusterPlan, timeout: float, news: threading.Event) -> None:
        self._cluster = cluster
        self._news = news
        self._heard: dict[str, Heard] = {}
        self._other: list[str] = []
        self._refused: ApiError | None = None
        self._speaker = Speaker(api, namespace, cluster, client_pod(cluster, timeout), self)
        self.name = self._speaker.name
        self.label = self._speaker.label
        self.start = self._speaker.start
        self.stop = self._speaker.stop

    def heard(self, what: str) -> Heard | None:
        """Return the line that says this, once it has come."""
        return self._heard.get(what)

    def trouble(self) -> Finding | None:
        """Return why the client gave up, if it did."""
        failed = self._heard.get("failed")
        if self._refused:
            what, remedy = self._refused.what, self._refused.remedy
        elif failed:
            what = f"{failed.facts.get('work')} failed on {self._cluster.address} ({failed.facts.get('error')})"
            remedy = f"the cluster offers {failed.facts.get('resources')}; see its logs in the evidence"
        elif self._heard.get("ended") and not self._heard.get("done"):
            what = f"the client of {self._cluster.address} ended early; it wrote last: {' | '.join(self._other[-5:])}"
            remedy = "see the client's log and the head's ray_client_server log in the evidence"
        else:
            return None
        return Finding("smoke-work", "error", what, remedy, file=self.label, path=f"clusters.{self._cluster.name}")

    def hear(self, facts: Json) -> None:
        """Take a line of the pod."""
        self._keep(str(facts.pop("smoke")), facts)

    def overhear(self, line: str) -> None:
        """Take a line that was not meant for us."""
        self._other.append(line)

    def end(self, refused: ApiError | None) -> None:
        """Take notice that the pod has ended or was refused."""
        self._refused = refused
        self._keep("ended", {})

    def _keep(self, what: str, facts: Json) -> None:
        if what not in self._heard:
            self._heard[what] = Heard(what, time.monotonic(), facts)
            self._news.set()


def client_pod(cluster: ClusterPlan, timeout: float) -> Json:
    """Return the client's pod."""
    environment = {
        "SMOKE_HOST": cluster.service,
        "SMOKE_PORT": CLIENT_PORT,
        "SMOKE_NODES": cluster.workers + 1,
        "SMOKE_TASKS": TASKS,
        "SMOKE_OBJECT_BYTES": OBJECT_BYTES,
        "SMOKE_TIMEOUT": timeout,
    }
    return speaker_pod(f"{CLIENT}-{cluster.name}", cluster, "client_script.py", environment)
