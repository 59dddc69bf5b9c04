"""A client pod that calls tasks one after the other for ever, and what it says of the time between two results."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract.site import eventually
from kubernetes.client import ApiException
from smoke_run import ROOT

if TYPE_CHECKING:
    from fault_release import Release

NAME = "client-steady"
_QUIET = 4.0


@dataclass(slots=True)
class Steady:
    """The client in a release's namespace."""

    made: Release

    def start(self, cluster: str) -> None:
        """Start it and wait for its first result."""
        script = (ROOT / "ci" / "bench" / "steady.py").read_text()
        self.made.start_client(cluster, "python3", "-u", "-c", script, name=NAME)
        self.await_results(180)

    def await_results(self, seconds: float) -> None:
        """Wait until results come again, one after the other."""
        assert eventually(self._flows, bool, seconds), f"no results for {seconds:g} s: {self._lines()[-5:]}"

    def longest_gap(self, since: float) -> float:
        """Return the longest time without a result since then, 0 where none was longer than a second."""
        return max((line["gap"] for line in self._lines() if line.get("since", 0) > since - 1), default=0.0)

    def _flows(self) -> bool:
        lines = [line for line in self._lines() if line["at"] > time.time() - _QUIET]
        results = [line for line in lines if "result" in line]
        return len(results) > 1 and len(results) == len(lines)

    def _lines(self) -> list[dict[str, Any]]:
        pod = self.made.pods(f"app={NAME}")[0]
        try:
            # Not as text: the client library would read the last line as Python.
            log = self.made.kube.core.read_namespaced_pod_log(
                pod.metadata.name, self.made.namespace, tail_lines=500, _preload_content=False
            )
        except ApiException:
            return []  # the runtime is being restarted, or the pod has only begun
        return [json.loads(line) for line in log.data.decode().splitlines() if line.startswith("{")]
