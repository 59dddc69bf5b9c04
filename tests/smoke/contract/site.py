"""A namespace of a real cluster with one operator in it: what the contract is tried on.

The pods are never scheduled, so nothing heavy starts: the tests write into their status what a kubelet would.
"""

from __future__ import annotations

import copy
import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from kubernetes.client import ApiClient, ApiException

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contract.facts import Object

T = TypeVar("T")

NOBODY = "nobody"  # the name of no scheduler: a pod that asks for it stays pending for ever
PATIENCE = 30.0
_PERIOD = 0.1
_PATHS = {
    "Pod": "/api/v1/namespaces/{}/pods",
    "Service": "/api/v1/namespaces/{}/services",
    "ServiceAccount": "/api/v1/namespaces/{}/serviceaccounts",
    "Secret": "/api/v1/namespaces/{}/secrets",
    "PersistentVolumeClaim": "/api/v1/namespaces/{}/persistentvolumeclaims",
    "ConfigMap": "/api/v1/namespaces/{}/configmaps",
    "Role": "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings",
    "Ingress": "/apis/networking.k8s.io/v1/namespaces/{}/ingresses",
    "Job": "/apis/batch/v1/namespaces/{}/jobs",
    "Event": "/apis/events.k8s.io/v1/namespaces/{}/events",
    "ResourceQuota": "/api/v1/namespaces/{}/resourcequotas",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "RayCluster": "/apis/ray.io/v1/namespaces/{}/rayclusters",
    "RayJob": "/apis/ray.io/v1/namespaces/{}/rayjobs",
    "RayService": "/apis/ray.io/v1/namespaces/{}/rayservices",
    "RayCronJob": "/apis/ray.io/v1/namespaces/{}/raycronjobs",
}
_KINDS_MADE = (
    "ServiceAccount",
    "Secret",
    "PersistentVolumeClaim",
    "ConfigMap",
    "Role",
    "RoleBinding",
    "Ingress",
    "Job",
)


def eventually(read: Callable[[], T], wanted: Callable[[T], bool], seconds: float = PATIENCE) -> T:
    """Read until the value is what is wanted, or time is up; return the last value either way, to be asserted."""
    end = time.monotonic() + seconds
    while True:
        value = read()
        if wanted(value) or time.monotonic() > end:
            return value
        time.sleep(_PERIOD)


@dataclass(frozen=True, slots=True)
class Site:
    """The namespace; objects go in and come out as the API has them."""

    client: ApiClient
    namespace: str

    def find(self, kind: str, selector: str = "") -> list[Object]:
        items: list[Object] = self._call("GET", self._path(kind), query=selector)["items"]
        return [{"kind": kind, **item} for item in items]

    def get(self, kind: str, name: str) -> Object:
        found: Object = self._call("GET", self._path(kind, name))
        return found

    def create(self, body: Object) -> Object:
        made: Object = self._call("POST", self._path(body["kind"]), body)
        return made

    def patch(self, kind: str, name: str, change: Object, part: str = "") -> None:
        """Lay `change` over an object, or over its `part` such as status; lists are replaced whole."""
        path = self._path(kind, name)
        self._call("PATCH", f"{path}/{part}" if part else path, change, form="application/merge-patch+json")

    def delete(self, kind: str, name: str) -> None:
        """Ask for an object's deletion; one that is gone is fine."""
        try:
            self._call("DELETE", self._path(kind, name))
        except ApiException as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise

    def apply(self, cluster: Object) -> str:
        """Create a RayCluster whose pods nobody will schedule; return its name."""
        body = copy.deepcopy(cluster)
        body["metadata"]["namespace"] = self.namespace
        for group in (body["spec"]["headGroupSpec"], *body["spec"]["workerGroupSpecs"]):
            park(group)
        self.create(body)
        return str(body["metadata"]["name"])

    def change(self, name: str, change: Callable[[Object], object], kind: str = "RayCluster") -> None:
        """Change an object's spec, as often as somebody else was faster."""
        while True:
            body = self.get(kind, name)
            change(body["spec"])
            try:
                self._call("PUT", self._path(kind, name), body)
            except ApiException as error:
                if error.status != HTTPStatus.CONFLICT:
                    raise
            else:
                return

    def pods(self, cluster: str, group: str = "") -> list[Object]:
        """Return the cluster's pods, those being deleted left out: the head first, then by group and host."""
        selector = f"ray.io/cluster={cluster}" + (f",ray.io/group={group}" if group else "")
        found = [pod for pod in self.find("Pod", selector) if "deletionTimestamp" not in pod["metadata"]]
        return sorted(found, key=_pod_order)

    def names(self, cluster: str, group: str = "") -> set[str]:
        return {pod["metadata"]["name"] for pod in self.pods(cluster, group)}

    def status(self, cluster: str) -> Object:
        return self.get("RayCluster", cluster).get("status") or {}

    def condition(self, cluster: str, kind: str) -> str:
        """Return status and reason of a condition, nothing where it is absent."""
        found = [item for item in self.status(cluster).get("conditions") or [] if item["type"] == kind]
        return f"{found[0]['status']} {found[0]['reason']}" if found else ""

    def events(self, cluster: str) -> list[Object]:
        return [event for event in self.find("Event") if event["regarding"].get("name") == cluster]

    def reasons(self, cluster: str) -> set[tuple[str, str]]:
        return {(event["type"], event["reason"]) for event in self.events(cluster)}

    def made_for(self, cluster: str) -> dict[str, Object]:
        """Return what the cluster owns beside pods and Services, by kind."""
        return {
            kind: thing for kind in _KINDS_MADE for thing in self.find(kind) if cluster in _owners(thing["metadata"])
        }

    def start(self, pods: Iterable[Object]) -> None:
        """Let pods run and be ready, as a kubelet would report it."""
        for number, pod in enumerate(pods, start=1):
            ready = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
            status = {"phase": "Running", "podIP": f"192.0.2.{number}", "podIPs": [{"ip": f"192.0.2.{number}"}]}
            self.patch("Pod", pod["metadata"]["name"], {"status": {**status, "conditions": [ready]}}, "status")

    def end(self, pod: Object, phase: str) -> None:
        """Let a pod end, as a kubelet would report it."""
        self.patch("Pod", pod["metadata"]["name"], {"status": {"phase": phase}}, "status")

    def _path(self, kind: str, name: str = "") -> str:
        path = _PATHS[kind].format(self.namespace)
        return f"{path}/{name}" if name else path

    def _call(
        self, verb: str, path: str, body: Object | None = None, query: str = "", form: str = "application/json"
    ) -> Any:
        config = self.client.configuration
        login = {item["key"]: item["value"] for item in config.auth_settings().values()}
        address = config.host + path + (f"?labelSelector={quote(query)}" if query else "")
        sent = json.dumps(body) if body is not None else None
        headers = {**login, "Content-Type": form}
        answer = self.client.rest_client.pool_manager.request(verb, address, body=sent, headers=headers)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise ApiException(status=answer.status, reason=answer.data.decode())
        return json.loads(answer.data)


def park(group: Object) -> None:
    """Keep the group's pods from being scheduled."""
    group["template"]["spec"]["schedulerName"] = NOBODY


def _pod_order(pod: Object) -> tuple[str, str, str]:
    labels = pod["metadata"]["labels"]
    return labels["ray.io/node-type"], labels["ray.io/group"], labels.get("ray.io/replica-host-index", "")


def _owners(metadata: Object) -> set[str]:
    return {item["name"] for item in metadata.get("ownerReferences") or [] if item["kind"] == "RayCluster"}
