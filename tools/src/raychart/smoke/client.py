"""The client pod: an application's place in the namespace, with the cluster's own image, reporting line by line."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

from raychart.findings import Finding
from raychart.smoke.api import ApiError
from raychart.smoke.plan import CLIENT_PORT
from raychart.smoke.snapshot import CLIENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raychart.smoke.api import Api, Json
    from raychart.smoke.plan import ClusterPlan

TASKS = 200
OBJECT_BYTES = 12 * 1024 * 1024
_SILENCE = 30
_AUTH_KEY = "auth_token"


@dataclass(frozen=True, slots=True)
class Heard:
    """One line of the client: what it learnt, when that was heard here (monotonic seconds), and its facts."""

    what: str
    at: float
    facts: Mapping[str, Any] = field(default_factory=dict)


class Client:
    """One client pod for one cluster, from start() to stop(); `news` is set whenever it says something."""

    def __init__(self, api: Api, namespace: str, cluster: ClusterPlan, timeout: float, news: threading.Event) -> None:
        self._api = api
        self._secrets = f"/api/v1/namespaces/{namespace}/secrets"
        self._pods = f"/api/v1/namespaces/{namespace}/pods"
        self._cluster = cluster
        self._timeout = timeout
        self._news = news
        self._heard: dict[str, Heard] = {}
        self._other: list[str] = []
        self._refused: ApiError | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"client {cluster.name}", daemon=True)
        self.name = f"{CLIENT}-{cluster.name}"
        self.label = f"pod {namespace}/{self.name}"

    def start(self) -> None:
        """Create the pod, in place of one that an earlier run left, and listen to it.

        Where clients need a token the pod is made when its Secret is there: the kubelet would look again only after
        several seconds.
        """
        if self._api.find(f"{self._pods}/{self.name}") is not None:
            self._api.delete(f"{self._pods}/{self.name}", grace=0)
        if self._cluster.token_secret is None:
            self._create()
        self._thread.start()

    def stop(self) -> None:
        """Delete the pod; one that is gone already is fine."""
        self._stopped.set()
        self._api.delete(f"{self._pods}/{self.name}", grace=0)

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

    def _create(self) -> None:
        self._api.create(self._pods, client_pod(self.name, self._cluster, self._timeout))

    def _run(self) -> None:
        if self._cluster.token_secret is not None and not self._created_with_token(self._cluster.token_secret):
            return
        self._listen()

    def _created_with_token(self, secret: str) -> bool:
        while not self._stopped.is_set():
            try:
                if self._api.find(f"{self._secrets}/{secret}") is not None:
                    self._create()
                    return True
            except ApiError as problem:
                self._refused = problem
                self._news.set()
                return False
            self._stopped.wait(0.2)
        return False

    def _listen(self) -> None:
        """Follow the log from its first line; a stream that breaks is taken up again, known lines are passed over."""
        while not self._stopped.is_set():
            known = 0
            try:
                with self._api.lines(f"{self._pods}/{self.name}/log", timeout=_SILENCE, follow="true") as lines:
                    for line in lines:
                        known += 1
                        self._note(line)
                if known and self._has_ended():
                    self._keep(Heard("ended", time.monotonic()))
                    return
            except ApiError:
                pass  # no log yet, or the stream broke
            self._stopped.wait(0.2)

    def _note(self, line: str) -> None:
        try:
            facts = json.loads(line)
            what = facts.pop("smoke")
        except (ValueError, AttributeError, KeyError):
            self._other.append(line)
            return
        self._keep(Heard(str(what), time.monotonic(), facts))

    def _keep(self, heard: Heard) -> None:
        if heard.what not in self._heard:
            self._heard[heard.what] = heard
            self._news.set()

    def _has_ended(self) -> bool:
        pod = self._api.find(f"{self._pods}/{self.name}")
        return pod is None or pod.get("status", {}).get("phase") in {"Succeeded", "Failed"}


def client_pod(name: str, cluster: ClusterPlan, timeout: float) -> Json:
    """Return the client's pod: small, allowed under Pod Security "restricted", placed where the head may be."""
    environment = {
        "SMOKE_HOST": cluster.service,
        "SMOKE_PORT": CLIENT_PORT,
        "SMOKE_NODES": cluster.workers + 1,
        "SMOKE_TASKS": TASKS,
        "SMOKE_OBJECT_BYTES": OBJECT_BYTES,
        "SMOKE_TIMEOUT": timeout,
    }
    user = (cluster.head.get("securityContext") or {}).get("runAsUser")
    container = {
        "name": "client",
        "image": cluster.image,
        "imagePullPolicy": cluster.head["containers"][0].get("imagePullPolicy", "IfNotPresent"),
        "command": ["python3", "-u", "-c", _script()],
        "env": [{"name": key, "value": str(value)} for key, value in environment.items()] + _auth(cluster),
        "resources": {"requests": {"cpu": "20m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    shared = ("nodeSelector", "tolerations", "imagePullSecrets")
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/name": CLIENT}},
        "spec": {
            **{key: cluster.head[key] for key in shared if key in cluster.head},
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 0,
            "securityContext": {
                "runAsNonRoot": True,
                "seccompProfile": {"type": "RuntimeDefault"},
                **({"runAsUser": user} if user else {}),
            },
            "containers": [container],
        },
    }


def _auth(cluster: ClusterPlan) -> list[Json]:
    """Return what an application needs where token authentication is on."""
    if cluster.token_secret is None:
        return []
    reference = {"secretKeyRef": {"name": cluster.token_secret, "key": _AUTH_KEY}}
    return [{"name": "RAY_AUTH_MODE", "value": "token"}, {"name": "RAY_AUTH_TOKEN", "valueFrom": reference}]


def _script() -> str:
    return resources.files("raychart.smoke").joinpath("client_script.py").read_text(encoding="utf-8")
