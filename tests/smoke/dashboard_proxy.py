"""A proxy in the cluster, reached from outside at its node's address."""

from __future__ import annotations

import http.client
import json
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract.site import eventually
from smoke_run import ROOT, setting

from raychart import helm, process
from raychart.smoke.api import Access, Api
from raychart.smoke.crds import apply_crds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Kube

_CHART = ROOT / "ci" / "images" / "proxy" / "chart"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def data(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxy. Its name is that of its namespace, its Gateway, and its ingress class (for nginx: with -nginx)."""

    name: str
    node: str
    port: int

    def ask(
        self, host: str, path: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Make one request under a host name and return the answer as it is, redirects included."""
        connection = http.client.HTTPConnection(self.node, self.port, timeout=20)
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"Host": f"{host}:{self.port}", **(headers or {})})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return Answer(answer.status, {key.lower(): value for key, value in answer.getheaders()}, text)


@contextmanager
def proxy(kube: Kube, kube_config: str) -> Iterator[Proxy]:
    """Deploy one in a namespace of its own, with the definitions that it watches; it may take a moment to answer."""
    name = f"proxy-{secrets.token_hex(3)}"
    config = Path(kube_config)
    _load(setting("PROXY"), kube)
    apply_crds(Api(Access(config)), setting("PROXY_CRDS"))
    kube.core.create_namespace({"metadata": {"name": name}})
    try:
        _install(name, config)
        ports = {port.name: port.node_port for port in kube.core.read_namespaced_service(name, name).spec.ports}
        yield Proxy(name, _node(kube), ports["web"])
    finally:
        helm.uninstall(release=name, namespace=name, kubeconfig=config, missing_ok=True)
        kube.core.delete_namespace(name)


def await_proxy(kube: Kube, name: str) -> None:
    ready = eventually(lambda: kube.apps.read_namespaced_deployment(name, name).status.ready_replicas, bool, 120)
    assert ready, f"the proxy in {name} was not ready within 120 s"


def _install(name: str, config: Path) -> None:
    # The API server serves a new kind a moment after its definition is there.
    def attempt() -> str:
        try:
            helm.install(
                _CHART, [], release=name, namespace=name, sets=[f"--set=image={setting('PROXY')}"], kubeconfig=config
            )
        except process.CommandError as refused:
            return str(refused)
        return ""

    trouble = eventually(attempt, lambda said: "no matches for kind" not in said, 20)
    assert not trouble, trouble


def _load(image: str, kube: Kube) -> None:
    node = kube.core.list_node().items[0].metadata.name
    process.run(["kind", "load", "docker-image", image, "--name", node.removesuffix("-control-plane")], timeout=120)


def _node(kube: Kube) -> str:
    addresses = kube.core.list_node().items[0].status.addresses
    return next(str(address.address) for address in addresses if address.type == "InternalIP")
