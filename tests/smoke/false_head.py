"""What KubeRay's operator asks of a Ray head, answered without Ray: jobs that run or are done, applications that run.

Runs in a pod, on the standard library alone; the variable STATUS is what is said of every job.
"""

from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# The dashboard, and the proxy of Ray Serve.
PORTS = (8265, 8000)
STATUS = os.environ["STATUS"]
APPLICATIONS: dict[str, object] = {
    "applications": {"a": {"name": "a", "status": "RUNNING", "message": "", "deployments": {}}}
}
JOB: dict[str, object] = {
    "status": STATUS,
    "submission_id": "a",
    "job_id": "a",
    "start_time": 1,
    "end_time": 2,
    "entrypoint": "a",
}


class Head(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self) -> None:
        """Say how the job or the applications are."""
        self._answer(APPLICATIONS if "/serve/" in self.path else JOB)

    def do_PUT(self) -> None:
        """Take applications."""
        self._answer({})

    def do_POST(self) -> None:
        """Take a job."""
        self._answer(JOB)

    def _answer(self, body: dict[str, object]) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)


if __name__ == "__main__":
    for port in PORTS:
        threading.Thread(target=ThreadingHTTPServer(("", port), Head).serve_forever).start()
