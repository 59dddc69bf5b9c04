"""The working pod of a scenario: long and short tasks without a break, while things happen to the cluster."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke.ledger import Ledger
from raychart.smoke.plan import CLIENT_PORT
from raychart.smoke.snapshot import CLIENT
from raychart.smoke.speaker import Speaker, speaker_pod

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from raychart.smoke.api import Api, ApiError, Json
    from raychart.smoke.plan import ClusterPlan

# What a long task may take beyond its seconds, when the pod is asked to end: a new head, a new worker.
_ENDING = 240


class LongWork:
    """The pod that works on one cluster, with the account of its tasks."""

    def __init__(
        self,
        api: Api,
        namespace: str,
        cluster: ClusterPlan,
        news: threading.Event,
        *,
        seconds: float,
        leave: Sequence[str] = (),
        detached: bool = False,
    ) -> None:
        """Prepare the pod; `leave` names worker types without long tasks."""
        self.ledger = Ledger(news)
        self.detached = detached
        self._cluster = cluster
        environment = {
            **_address(cluster),
            "SMOKE_SECONDS": seconds,
            "SMOKE_LEAVE": " ".join(leave),
            "SMOKE_DETACHED": "1" if detached else "",
        }
        body = speaker_pod(f"{CLIENT}-{cluster.name}", cluster, "work_script.py", environment, int(seconds) + _ENDING)
        self._speaker = Speaker(api, namespace, cluster, body, self.ledger)
        self.name, self.label = self._speaker.name, self._speaker.label
        self.start, self.stop, self.ask_to_end = self._speaker.start, self._speaker.stop, self._speaker.ask_to_end

    def trouble(self) -> Finding | None:
        """Return why no more work is done, if that is so."""
        ledger = self.ledger
        return _trouble(self.label, self._cluster, ledger.refused, ledger.last_words if _early(ledger) else None)


class Burst:
    """A pod that submits many tasks at once, each of which takes a slot of its own; hears when they have returned.

    `asked` is when they were submitted, on this machine's clock, which is `ahead` of the cluster's by so much.
    """

    def __init__(
        self, api: Api, namespace: str, cluster: ClusterPlan, *, tasks: int, seconds: float, slot: str
    ) -> None:
        self.returned: list[Json] = []
        self.asked = 0.0
        self.ahead = 0.0
        self.done = self.ended = False
        self.refused: ApiError | None = None
        self._cluster, self._last = cluster, ""
        burst = json.dumps({"tasks": tasks, "seconds": seconds, "resource": slot})
        environment = {**_address(cluster), "SMOKE_SECONDS": seconds, "SMOKE_LEAVE": "", "SMOKE_BURST": burst}
        body = speaker_pod(f"{CLIENT}-burst-{cluster.name}", cluster, "work_script.py", environment)
        self._speaker = Speaker(api, namespace, cluster, body, self)
        self.name, self.label = self._speaker.name, self._speaker.label
        self.start, self.stop = self._speaker.start, self._speaker.stop

    def trouble(self) -> Finding | None:
        """Return why no more results will come, if that is so."""
        return _trouble(self.label, self._cluster, self.refused, self._last if _early(self) else None)

    def hear(self, facts: Json) -> None:
        """Take a line of the pod."""
        if facts["smoke"] == "burst":
            self.returned.append(facts)
        elif facts["smoke"] == "submitted":
            self.asked = time.time()
            self.ahead = self.asked - facts["t"]
        elif facts["smoke"] == "done":
            self.done = True

    def overhear(self, line: str) -> None:
        """Take a line that was not meant for us."""
        self._last = line

    def end(self, refused: ApiError | None) -> None:
        """Take notice that the pod has ended or was refused."""
        self.ended, self.refused = True, refused


def _early(pod: Ledger | Burst) -> bool:
    return pod.ended and not pod.done


def _trouble(where: str, cluster: ClusterPlan, refused: ApiError | None, last_words: str | None) -> Finding | None:
    """Make a finding of a pod that was refused, or that ended early with these words."""
    if refused is not None:
        what, remedy = refused.what, refused.remedy
    elif last_words is not None:
        what = f"the pod that works on {cluster.address} ended early; it wrote last: {last_words}"
        remedy = "see its log in the evidence"
    else:
        return None
    return Finding("smoke-work", "error", what, remedy, file=where, path=f"clusters.{cluster.name}")


def _address(cluster: ClusterPlan) -> Json:
    return {"SMOKE_HOST": cluster.service, "SMOKE_PORT": CLIENT_PORT}
