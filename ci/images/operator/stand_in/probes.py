"""Liveness and readiness probes of the Ray container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .names import AGENT_PORT, DASHBOARD_PORT
from .version import at_least

if TYPE_CHECKING:
    from .cluster import Group, Object, RayCluster

_HTTP_SINCE = (2, 53)  # the first Ray with one health endpoint for the whole node


def add_probes(container: Object, cluster: RayCluster, group: Group, params: dict[str, str]) -> None:
    """Add the probes the user did not write, over HTTP where `rayVersion` says that Ray answers it."""
    check = _check(cluster, group, params)
    timing = {"periodSeconds": 5, "successThreshold": 1, "timeoutSeconds": 5 if group.is_head else 2}
    container.setdefault("livenessProbe", {"initialDelaySeconds": 30, "failureThreshold": 120, **timing, **check})
    container.setdefault("readinessProbe", {"initialDelaySeconds": 10, "failureThreshold": 10, **timing, **check})


def _check(cluster: RayCluster, group: Group, params: dict[str, str]) -> Object:
    agent = _port(params, "dashboard-agent-listen-port", AGENT_PORT)
    if at_least(cluster.ray_version, _HTTP_SINCE):
        return {"httpGet": {"path": "/api/healthz", "port": agent}}
    commands = [_fetch(2, agent, "api/local_raylet_healthz")]
    if group.is_head:
        commands.append(_fetch(10, _port(params, "dashboard-port", DASHBOARD_PORT), "api/gcs_healthz"))
    return {"exec": {"command": ["bash", "-c", " && ".join(commands)]}}


def _fetch(timeout: int, port: int, path: str) -> str:
    return f"wget --tries 1 -T {timeout} -q -O- http://localhost:{port}/{path} | grep success"


def _port(params: dict[str, str], key: str, default: int) -> int:
    text = params.get(key, "")
    return int(text) if text.isdigit() else default
