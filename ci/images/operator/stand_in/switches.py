"""The operator's environment variables that change what it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Switches:
    """What the operator's own environment asks for; the defaults are KubeRay's."""

    inject_init_container: bool = True
    inject_probes: bool = True
    redis_cleanup: bool = True
    random_pod_delete: bool = False
    cluster_ip_service: bool = False
    login_shell: bool = False
    cluster_domain: str = "cluster.local"
    resync_seconds: float = 300.0


def from_environment(environment: Mapping[str, str]) -> Switches:
    """Return the switches; as in KubeRay, a word that is neither true nor false leaves the default."""

    def on(name: str, default: bool) -> bool:
        return {"true": True, "false": False}.get(environment.get(name, "").lower(), default)

    resync = environment.get("RAYCLUSTER_DEFAULT_REQUEUE_SECONDS_ENV", "")
    return Switches(
        inject_init_container=on("ENABLE_INIT_CONTAINER_INJECTION", True),
        inject_probes=on("ENABLE_PROBES_INJECTION", True),
        redis_cleanup=on("ENABLE_GCS_FT_REDIS_CLEANUP", True),
        random_pod_delete=on("ENABLE_RANDOM_POD_DELETE", False),
        cluster_ip_service=on("ENABLE_RAY_HEAD_CLUSTER_IP_SERVICE", False),
        login_shell=on("ENABLE_LOGIN_SHELL", False),
        cluster_domain=environment.get("CLUSTER_DOMAIN") or "cluster.local",
        resync_seconds=float(resync) if resync.isdigit() else 300.0,
    )
