"""A release with fault-tolerant clusters in a namespace of its own, which admits restricted pods only."""

from __future__ import annotations

import json
import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from contract.site import Site, eventually
from fault_volume import make_folder, make_volume, remove_folder
from pods import Spot, is_ready, run_in
from smoke_run import setting

from raychart import helm
from raychart.chart import find_chart
from raychart.smoke.api import Access, Api
from raychart.smoke.inventory import Identity, inventory, resource_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Kube

RELEASE = "ray"
# What the tests add, beside the release.
EXTERNAL = "outer-redis"
_CLIENT = "client"
# Whatever a shell, a configuration file or a template might trip over.
PASSWORD = "q\"\\$x'#9{{"
_SECRET = "redis-password"
_RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
_READY = 180.0


@dataclass(frozen=True, slots=True)
class Release:
    """The namespace and what is done with the release in it, by one Helm."""

    kube: Kube
    config: Path
    program: str
    namespace: str
    found: frozenset[Identity]
    values: Path

    @property
    def site(self) -> Site:
        """Return the namespace as the contract's tests use it."""
        return Site(self.kube.api_client, self.namespace)

    def install(self, clusters: dict[str, Any]) -> None:
        """Install it, with a volume for each cluster that brings its Redis."""
        for name, cluster in clusters.items():
            if cluster["faultTolerance"].get("enabled", True) and "redisAddress" not in cluster["faultTolerance"]:
                make_volume(self.kube, self.namespace, f"{name}-redis")
        helm.install(
            find_chart(),
            self.layers(clusters),
            release=RELEASE,
            namespace=self.namespace,
            kubeconfig=self.config,
            helm=self.program,
        )

    def layers(self, clusters: dict[str, Any]) -> list[Path]:
        """Write the values and return the files to install with."""
        repository, _, tag = setting("REDIS").rpartition(":")
        own = {"image": {"repository": repository, "tag": tag}, "storage": {"size": "64Mi", "storageClassName": ""}}
        defaults = {"faultTolerance": {"enabled": True, "passwordSecret": {"name": _SECRET}, "redis": own}}
        self.values.write_text(yaml.safe_dump({"clusterDefaults": defaults, "clusters": clusters}))
        return [self.values, Path(setting("LAYER"))]

    def uninstall(self, seconds: float) -> list[Identity]:
        """Uninstall it; return what the release brought and is there after that time."""
        end = time.monotonic() + seconds
        helm.uninstall(
            release=RELEASE, namespace=self.namespace, kubeconfig=self.config, timeout=seconds, helm=self.program
        )
        return eventually(self._left, lambda left: not left, end - time.monotonic())

    def pods(self, selector: str) -> list[Any]:
        """Return the pods, those being deleted left out."""
        found = self.kube.core.list_namespaced_pod(self.namespace, label_selector=selector).items
        return [pod for pod in found if pod.metadata.deletion_timestamp is None]

    def await_ready(self, selector: str, other_than: str = "") -> Any:
        """Return the one pod that the selector finds, once it is ready and is not the one of this UID."""

        def ready() -> list[Any]:
            pods = [pod for pod in self.pods(selector) if pod.metadata.uid != other_than]
            return [pod for pod in pods if is_ready(pod)]

        found = eventually(ready, lambda pods: len(pods) == 1, _READY)
        assert len(found) == 1, f"{selector}: {len(found)} pods in {self.namespace} are ready after {_READY:g} s"
        return found[0]

    def kill(self, selector: str) -> str:
        """Take a pod away without a warning; return its UID."""
        return self.delete(selector, grace_period_seconds=0)

    def delete(self, selector: str, **options: Any) -> str:
        """Delete a pod as people do; return its UID."""
        pod = self.await_ready(selector)
        self.kube.core.delete_namespaced_pod(pod.metadata.name, self.namespace, **options)
        return str(pod.metadata.uid)

    def gone(self, uid: str) -> bool:
        """Say whether there is no such pod any more."""
        return all(pod.metadata.uid != uid for pod in self.kube.core.list_namespaced_pod(self.namespace).items)

    def restarts(self, selector: str) -> dict[str, int]:
        """Return how often the kubelet has started each container of these pods again."""
        states = [state for pod in self.pods(selector) for state in pod.status.container_statuses or []]
        return {state.name: state.restart_count for state in states}

    def run(self, selector: str, *command: str, container: str = "") -> str:
        """Run a command in a container of a pod, the first where none is named; return what it wrote."""
        spot = self._spot(self.await_ready(selector))
        return run_in(self.kube, spot._replace(container=container or spot.container), list(command))

    def scale(self, deployment: str, replicas: int) -> None:
        """Say how many pods a Deployment has."""
        body = {"spec": {"replicas": replicas}}
        self.kube.apps.patch_namespaced_deployment_scale(deployment, self.namespace, body)

    def redis(self, selector: str, *words: str, password: str = PASSWORD) -> str:
        """Return what Redis answers in a pod, a refusal included."""
        pod = self.await_ready(selector)
        ask = 'REDISCLI_AUTH=$0 redis-cli "$@" 2>&1'
        return run_in(self.kube, self._spot(pod), ["sh", "-c", ask, password, *words]).strip()

    def start_client(self, cluster: str, *command: str, name: str = _CLIENT) -> None:
        """Start a pod with the cluster's token, as applications are, which runs the command or waits for calls."""
        token = {"secretKeyRef": {"name": cluster, "key": "auth_token"}}
        container = {
            "name": name,
            "image": setting("RAY"),
            "imagePullPolicy": "IfNotPresent",
            "command": list(command) or ["sleep", "infinity"],
            "env": [
                {"name": "RAY_AUTH_MODE", "value": "token"},
                {"name": "RAY_AUTH_TOKEN", "valueFrom": token},
                {"name": "HOST", "value": f"{cluster}-head-svc"},
            ],
        }
        self._start(name, container, user=1000)
        self.await_ready(f"app={name}")

    def start_external_redis(self) -> None:
        """Start a Redis that is none of the release's."""
        container = {
            "name": "redis",
            "image": setting("REDIS"),
            "imagePullPolicy": "IfNotPresent",
            "command": ["redis-server", "--save", "", "--requirepass", "$(PASSWORD)"],
            "env": [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": _SECRET, "key": "password"}}}],
            "ports": [{"containerPort": 6379}],
        }
        self._start(EXTERNAL, container, user=10999)
        service = {"metadata": {"name": EXTERNAL}, "spec": {"selector": {"app": EXTERNAL}, "ports": [{"port": 6379}]}}
        self.kube.core.create_namespaced_service(self.namespace, service)
        self.await_ready(f"app={EXTERNAL}")

    def call(self, script: str, *words: str) -> Any:
        """Run a script in the client's pod and return what it wrote last, from JSON."""
        pod = self.await_ready(f"app={_CLIENT}")
        wrote = run_in(self.kube, self._spot(pod), ["python3", "-c", script, *words], 120)
        return json.loads(wrote.strip().splitlines()[-1])

    def _start(self, name: str, container: dict[str, Any], user: int) -> None:
        """Create a Deployment of one pod that is as restricted as any of the chart's."""
        mounts = [{"name": "tmp", "mountPath": "/tmp"}]
        main = {**container, "workingDir": "/tmp", "securityContext": _RESTRICTED, "volumeMounts": mounts}
        spec = {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "securityContext": {"runAsNonRoot": True, "runAsUser": user, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [main],
            "volumes": [{"name": "tmp", "emptyDir": {}}],
        }
        template = {"metadata": {"labels": {"app": name}}, "spec": spec}
        body = {
            "metadata": {"name": name},
            "spec": {"selector": {"matchLabels": {"app": name}}, "template": template},
        }
        self.kube.apps.create_namespaced_deployment(self.namespace, body)

    def _left(self) -> list[Identity]:
        now = _inventory(self.config, self.namespace) - self.found
        return sorted(item for item in now if not item.name.startswith((EXTERNAL, _CLIENT)))

    def _spot(self, pod: Any) -> Spot:
        return Spot(self.namespace, pod.metadata.name, pod.spec.containers[0].name)


@contextmanager
def release(kube: Kube, config: Path, program: str, folder: Path) -> Iterator[Release]:
    """Make the namespace with the Secret, and remove all that was made for it."""
    namespace = f"fault-{secrets.token_hex(3)}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    kube.core.create_namespace({"metadata": {"name": namespace, "labels": labels}})
    make_folder(kube, namespace)
    try:
        kube.core.create_namespaced_secret(
            namespace, {"metadata": {"name": _SECRET}, "stringData": {"password": PASSWORD}}
        )
        # What every namespace gets a moment after it was made.
        kinds = {"serviceaccounts", "configmaps"}
        found = eventually(
            lambda: _inventory(config, namespace), lambda items: kinds <= {item.resource for item in items}
        )
        yield Release(kube, config, program, namespace, found, folder / f"{namespace}.yaml")
    finally:
        helm.uninstall(release=RELEASE, namespace=namespace, kubeconfig=config, missing_ok=True, helm=program)
        site = Site(kube.api_client, namespace)
        for cluster in site.find("RayCluster"):
            site.patch("RayCluster", cluster["metadata"]["name"], {"metadata": {"finalizers": None}})
        kube.core.delete_namespace(namespace)
        remove_folder(kube, namespace)


def _inventory(config: Path, namespace: str) -> frozenset[Identity]:
    api = Api(Access(config))
    return inventory(api, namespace, resource_types(api))
