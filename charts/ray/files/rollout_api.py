"""What the rollout asks the API server for, and how patient it is with it."""

import time
import urllib.error
from urllib.parse import quote

from kube import ACCOUNT, SERVER, ask
from rollout_log import StoppedError

FINAL = {400, 403, 405, 422}  # the same question would get the same answer
PAUSE = 2.0


class Api:
    """The objects of this namespace; a server that does not answer is asked again, however long that takes."""

    def __init__(self, log, server=SERVER, account=ACCOUNT):
        self._log, self._server, self._account = log, server, account
        with open(f"{account}/namespace", encoding="utf-8") as namespace:
            self.namespace = namespace.read().strip()

    def raycluster(self, name):
        """Return a RayCluster, or None when there is none."""
        return self._ask("GET", f"/apis/ray.io/v1/namespaces/{self.namespace}/rayclusters/{name}")

    def job(self, name):
        """Return a Job, or None when there is none."""
        return self._ask("GET", f"/apis/batch/v1/namespaces/{self.namespace}/jobs/{name}")

    def pods(self, selector):
        """Return the pods that a label selector finds."""
        return self._ask("GET", f"/api/v1/namespaces/{self.namespace}/pods?labelSelector={quote(selector)}")["items"]

    def delete(self, pod):
        """Delete this pod, and no other that may have come to bear its name."""
        meta = pod["metadata"]
        body = {"preconditions": {"uid": meta["uid"]}}
        self._ask("DELETE", f"/api/v1/namespaces/{self.namespace}/pods/{meta['name']}", body)

    def _ask(self, method, path, body=None):
        """Return the answer; None when the object is not there, or is another one than was meant."""
        while True:
            try:
                return ask(method, path, body, server=self._server, account=self._account)
            except urllib.error.HTTPError as error:
                if error.code in {404, 409}:
                    return None
                problem = f"{method} {path}: {error.code} {error.read(500).decode('utf-8', 'replace')}"
                if error.code in FINAL:
                    raise StoppedError(f"the API server refuses: {problem}") from error
            except (OSError, ValueError) as error:
                problem = f"{method} {path}: {error}"
            self._log.once("api", f"the API server does not answer, and is asked again: {problem}")
            time.sleep(PAUSE)
