"""Submit a job from outside: through Ray's Jobs API over a port-forward to the head pod, as a developer would."""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING, Any

from kubernetes.stream import portforward

from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.smoke.plan import DASHBOARD_PORT

if TYPE_CHECKING:
    from raychart.smoke.api import Api, Json

_WORD = "smoke-test-job-done"
# Printed in pieces, so that the word in the log was printed by the job and is not the echo of its command.
_ENTRYPOINT = f"python3 -c \"print('-'.join({_WORD.split('-')}))\""
_ENDED = {"SUCCEEDED", "FAILED", "STOPPED"}


class Jobs:
    """The Jobs API of one head pod; each request has a forwarded connection of its own."""

    def __init__(self, api: Api, namespace: str, pod: str, token: str | None = None) -> None:
        self._core = api.core()
        self._namespace = namespace
        self._pod = pod
        self._headers = {
            "Content-Type": "application/json",
            **({"X-Ray-Authorization": f"Bearer {token}"} if token else {}),
        }

    def submit(self, entrypoint: str) -> str:
        """Start a job and return its id."""
        return str(self._ask("POST", "/api/jobs/", {"entrypoint": entrypoint})["submission_id"])

    def state(self, job: str) -> Json:
        """Return the job's record: status, message, times."""
        return self._ask("GET", f"/api/jobs/{job}")

    def log(self, job: str) -> str:
        """Return what the job has written so far."""
        return str(self._ask("GET", f"/api/jobs/{job}/logs")["logs"])

    def _ask(self, method: str, path: str, body: Json | None = None) -> Json:
        where = f"pod {self._namespace}/{self._pod}"
        try:
            forward = portforward(
                self._core.connect_get_namespaced_pod_portforward, self._pod, self._namespace, ports=str(DASHBOARD_PORT)
            )
            connection = http.client.HTTPConnection("localhost", DASHBOARD_PORT, timeout=30)
            connection.sock = forward.socket(DASHBOARD_PORT)
            connection.sock.settimeout(30)
            connection.request(method, path, None if body is None else json.dumps(body), self._headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            connection.close()
        except Exception as refused:
            raise RaychartError(where, f"{method} {path} over a port-forward failed ({refused})", _REMEDY) from refused
        if answer.status >= 400:
            raise RaychartError(where, f"{method} {path} was answered with {answer.status} ({text[:300]})", _REMEDY)
        parsed: Any = json.loads(text)
        return dict(parsed)


_REMEDY = f"check that you may create pods/portforward, and the dashboard on port {DASHBOARD_PORT} of the head"


def run_job(jobs: Jobs, where: str, timeout: float) -> Finding | str:
    """Run a job to its end and return its log's last line, or a finding when it or its log is not as expected."""
    deadline = time.monotonic() + timeout
    job = jobs.submit(_ENTRYPOINT)
    while (record := jobs.state(job)).get("status") not in _ENDED:
        if time.monotonic() > deadline:
            what = f"job {job} is {record.get('status')} after {timeout:g} s"
            return Finding("smoke-timeout", "error", what, "see the job's driver log on the head", file=where)
        time.sleep(0.3)
    log = jobs.log(job)
    if record["status"] != "SUCCEEDED" or _WORD not in log:
        what = f"job {job} ended {record['status']} ({record.get('message')}); its log: {log[-500:].strip() or 'empty'}"
        return Finding("smoke-job", "error", what, "see the job's log, and the head's in the evidence", file=where)
    return log.strip().splitlines()[-1]
