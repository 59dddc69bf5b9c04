"""A pod that uses a cluster as an application in its namespace does, and says what it learns line by line, as JSON."""

from __future__ import annotations

import json
import threading
from importlib import resources
from typing import TYPE_CHECKING, Protocol

from raychart.smoke.api import ApiError
from raychart.smoke.snapshot import CLIENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raychart.smoke.api import Api, Json
    from raychart.smoke.plan import ClusterPlan

_SILENCE = 30
_AUTH_KEY = "auth_token"


class Hearer(Protocol):
    """Takes what a speaker says; called in the speaker's own thread."""

    def hear(self, facts: Json) -> None:
        """Take a line of JSON."""

    def overhear(self, line: str) -> None:
        """Take a line that is none."""

    def end(self, refused: ApiError | None) -> None:
        """Take notice that nothing more will come, because the pod ended or could not be created."""


class Speaker:
    """One pod, from start() to stop().

    `body` is the pod's manifest (speaker_pod). Where clients need a token the pod is made when its Secret is there: the
    kubelet would look again only after several seconds.
    """

    def __init__(self, api: Api, namespace: str, cluster: ClusterPlan, body: Json, hearer: Hearer) -> None:
        self._api = api
        self._secrets = f"/api/v1/namespaces/{namespace}/secrets"
        self._pods = f"/api/v1/namespaces/{namespace}/pods"
        self._secret = cluster.token_secret
        self._body = body
        self._hearer = hearer
        self._stopped = threading.Event()
        self.name = str(body["metadata"]["name"])
        self.label = f"pod {namespace}/{self.name}"
        self._thread = threading.Thread(target=self._run, name=self.label, daemon=True)

    def start(self) -> None:
        """Create the pod, in place of one that an earlier run left, and listen to it."""
        if self._api.find(f"{self._pods}/{self.name}") is not None:
            self._api.delete(f"{self._pods}/{self.name}", grace=0)
        if self._secret is None:
            self._api.create(self._pods, self._body)
        self._thread.start()

    def ask_to_end(self) -> None:
        """Send SIGTERM by deleting the pod, and go on listening."""
        self._api.delete(f"{self._pods}/{self.name}")

    def stop(self) -> None:
        """Delete the pod; one that is gone already is fine."""
        self._stopped.set()
        self._api.delete(f"{self._pods}/{self.name}", grace=0)

    def _run(self) -> None:
        try:
            if self._secret is not None and not self._create_with_token(self._secret):
                return
        except ApiError as refused:
            self._hearer.end(refused)
            return
        self._listen()

    def _create_with_token(self, secret: str) -> bool:
        while not self._stopped.is_set():
            if self._api.find(f"{self._secrets}/{secret}") is not None:
                self._api.create(self._pods, self._body)
                return True
            self._stopped.wait(0.2)
        return False

    def _listen(self) -> None:
        """Follow the log from its first line; a stream that breaks is taken up again, known lines are passed over."""
        known = 0
        while not self._stopped.is_set():
            seen = 0
            try:
                with self._api.lines(f"{self._pods}/{self.name}/log", timeout=_SILENCE, follow="true") as lines:
                    for line in lines:
                        seen += 1
                        if seen > known:
                            known = seen
                            self._note(line)
                if seen and self._has_ended():
                    self._hearer.end(None)
                    return
            except ApiError as problem:
                if problem.status == 404 and known:
                    self._hearer.end(None)
                    return
            self._stopped.wait(0.2)  # no log yet, or the stream broke

    def _note(self, line: str) -> None:
        try:
            facts = json.loads(line)
        except ValueError:
            facts = None
        if isinstance(facts, dict) and "smoke" in facts:
            self._hearer.hear(facts)
        else:
            self._hearer.overhear(line)

    def _has_ended(self) -> bool:
        pod = self._api.find(f"{self._pods}/{self.name}")
        return pod is None or pod.get("status", {}).get("phase") in {"Succeeded", "Failed"}


def speaker_pod(
    name: str, cluster: ClusterPlan, script: str, environment: Mapping[str, object], grace: int = 0
) -> Json:
    """Return the pod: small, allowed under Pod Security "restricted", placed where the head may be.

    `script` is the name of a file of this package; `grace` is how long it may go on after it was asked to end.
    """
    user = (cluster.head.get("securityContext") or {}).get("runAsUser")
    container = {
        "name": "client",
        "image": cluster.image,
        "imagePullPolicy": cluster.head["containers"][0].get("imagePullPolicy", "IfNotPresent"),
        "command": ["python3", "-u", "-c", _text(script)],
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
            "terminationGracePeriodSeconds": grace,
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


def _text(script: str) -> str:
    return resources.files("raychart.smoke").joinpath(script).read_text(encoding="utf-8")
