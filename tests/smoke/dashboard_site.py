"""A Ray cluster whose dashboard is published under a sub-path in every way that the chart has."""

from __future__ import annotations

import base64
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from contract.site import eventually
from dashboard_proxy import await_proxy
from kubernetes.client import NetworkingV1Api
from pods import is_ready
from smoke_run import setting

from raychart import helm
from raychart.chart import find_chart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Kube
    from dashboard_proxy import Proxy

SUB_PATH = "/team-a/ray"
# Ways to publish, by the host name that stands for each.
TRAEFIK, GATEWAY, NGINX = "traefik.test", "gateway.test", "nginx.test"
WAYS = (TRAEFIK, GATEWAY, NGINX)
_RELEASE = "ray"
_PORT = 8265
_HEAD = "ray.io/cluster=main,ray.io/node-type=head"


@dataclass(frozen=True, slots=True)
class Site:
    """The namespace, what is in it, and the proxy before it."""

    kube: Kube
    proxy: Proxy
    namespace: str
    head: str
    token: str

    def address(self, host: str) -> str:
        """Return the dashboard's address, as a user writes it down."""
        return f"http://{host}:{self.proxy.port}{SUB_PATH}"

    def direct_status(self, path: str) -> int:
        """Return what the dashboard answers, with the token, to one who needs no proxy."""
        config = self.kube.api_client.configuration
        login = {item["key"]: item["value"] for item in config.auth_settings().values()}
        where = f"{config.host}/api/v1/namespaces/{self.namespace}/pods/{self.head}:{_PORT}/proxy{path}"
        headers = {**login, "X-Ray-Authorization": f"Bearer {self.token}"}
        return int(self.kube.api_client.rest_client.pool_manager.request("GET", where, headers=headers).status)


@contextmanager
def site(kube: Kube, kube_config: str, proxy: Proxy, folder: Path) -> Iterator[Site]:
    """Deploy the chart and wait until the dashboard answers in each way."""
    namespace = f"dashboard-{secrets.token_hex(3)}"
    kube.core.create_namespace({"metadata": {"name": namespace}})
    try:
        values = [_written(_values(proxy), folder / "values.yaml"), Path(setting("LAYER"))]
        helm.install(find_chart(), values, release=_RELEASE, namespace=namespace, kubeconfig=Path(kube_config))
        _publish_by_nginx(kube, namespace, values, _written(_nginx_layer(proxy), folder / "nginx.yaml"))
        found = Site(kube, proxy, namespace, _ready_head(kube, namespace), _token(kube, namespace))
        await_proxy(kube, proxy.name)
        for host in WAYS:
            _await_answer(proxy, host)
        yield found
    finally:
        helm.uninstall(release=_RELEASE, namespace=namespace, kubeconfig=Path(kube_config), missing_ok=True)
        kube.core.delete_namespace(namespace)


def _values(proxy: Proxy) -> dict[str, Any]:
    ingress = {"enabled": True, "className": proxy.name, "controller": "traefik", "host": TRAEFIK, "path": SUB_PATH}
    gateway = {"name": proxy.name, "namespace": proxy.name}
    route = {"enabled": True, "parentRefs": [gateway], "hostnames": [GATEWAY], "path": SUB_PATH}
    head = {
        "cpu": None,
        "memory": None,
        "resources": {"requests": {"cpu": "200m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}},
    }
    cluster = {
        "autoscaling": {"enabled": False},
        "head": head,
        "dashboard": {"ingress": ingress, "httpRoute": route},
    }
    peers = {"proxy": {"namespace": proxy.name, "ports": ["dashboard"]}}
    return {"clusters": {"main": cluster}, "networkPolicy": {"peers": peers}}


def _nginx_layer(proxy: Proxy) -> dict[str, Any]:
    ingress = {"className": f"{proxy.name}-nginx", "controller": "nginx", "host": NGINX}
    return {"clusters": {"main": {"dashboard": {"ingress": ingress}}}}


def _publish_by_nginx(kube: Kube, namespace: str, values: list[Path], layer: Path) -> None:
    """Create the Ingress that the chart makes for nginx, beside that of the release."""
    rendered = yaml.safe_load_all(helm.render(find_chart(), [*values, layer], release=_RELEASE, namespace=namespace))
    (ingress,) = (made for made in rendered if made and made["kind"] == "Ingress")
    ingress["metadata"]["name"] += "-nginx"
    NetworkingV1Api(kube.api_client).create_namespaced_ingress(namespace, ingress)


def _written(values: dict[str, Any], path: Path) -> Path:
    path.write_text(yaml.safe_dump(values))
    return path


def _ready_head(kube: Kube, namespace: str) -> str:
    def ready() -> list[str]:
        pods = kube.core.list_namespaced_pod(namespace, label_selector=_HEAD).items
        return [pod.metadata.name for pod in pods if is_ready(pod)]

    heads = eventually(ready, bool, 120)
    assert heads, f"no head pod in {namespace} was ready within 120 s"
    return heads[0]


def _await_answer(proxy: Proxy, host: str) -> None:
    mode = f"{SUB_PATH}/api/authentication_mode"  # the one part of the API that needs no token
    answer = eventually(lambda: proxy.ask(host, mode), lambda got: got.status == HTTPStatus.OK)
    assert answer.data == {"authentication_mode": "token"}, f"{host}{mode}: {answer}"


def _token(kube: Kube, namespace: str) -> str:
    return base64.b64decode(kube.core.read_namespaced_secret("main", namespace).data["auth_token"]).decode()
