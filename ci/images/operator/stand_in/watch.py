"""Watch RayClusters and what they own, through kopf: it keeps the streams alive and nothing else here.

No kopf state is ever written: the handlers only see events, posting is off, and nothing outside the namespace
is read, so kopf needs no rights of its own.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

import kopf

from .api import SERVICE_ACCOUNT, server_address
from .names import Label

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from .cluster import Object

# What of a RayCluster's metadata tells that somebody asks for something else than before.
_ASKS = ("generation", "labels", "annotations", "deletionTimestamp")
_OWNED = {"pods": Label.NODE_TYPE, "services": Label.CLUSTER, "secrets": Label.CLUSTER}


async def watch(namespace: str, changed: Callable[[str], None], ready: asyncio.Event) -> None:
    """Call `changed` with a RayCluster's name whenever it or a child changes, until a signal ends the process."""
    # Connection trouble shows as a warning; every single call would drown the operator's own lines.
    logging.getLogger("kopf").setLevel(logging.WARNING)
    await kopf.operator(
        registry=_registry(changed),
        settings=_settings(),
        standalone=True,
        namespaces=[namespace],
        ready_flag=ready,
    )


def _registry(changed: Callable[[str], None]) -> kopf.OperatorRegistry:
    registry = kopf.OperatorRegistry()
    kopf.on.login(registry=registry)(_login)

    seen: dict[str, Object] = {}

    async def cluster_changed(event: kopf.RawEvent, name: str, uid: str, meta: kopf.Meta, **_: Any) -> None:
        # A status changes in every round that fails; if that counted, no pause between rounds would hold.
        asked = {key: meta.get(key) for key in _ASKS}
        if event["type"] == "DELETED":
            seen.pop(uid, None)
        elif seen.get(uid) == asked:
            return
        else:
            seen[uid] = asked
        changed(name)

    async def child_changed(labels: kopf.Labels, **_: Any) -> None:
        changed(labels[Label.CLUSTER])

    kopf.on.event("ray.io", "v1", "rayclusters", registry=registry)(cluster_changed)
    for plural in _OWNED:
        kopf.on.event("", "v1", plural, labels={Label.CLUSTER: kopf.PRESENT}, registry=registry)(child_changed)
    return registry


def _settings() -> kopf.OperatorSettings:
    settings = kopf.OperatorSettings()
    settings.scanning.disabled = True
    settings.posting.enabled = False
    settings.queueing.exit_timeout = 0.1
    for plural, label in _OWNED.items():
        settings.watching.label_selectors[plural] = label
    return settings


def _login(**_: Any) -> kopf.ConnectionInfo:
    """Return the pod's own account at the API server's address; kopf's own login needs the cluster's DNS."""
    token = (SERVICE_ACCOUNT / "token").read_text().strip()
    ca = str(SERVICE_ACCOUNT / "ca.crt")
    return kopf.ConnectionInfo(server=server_address(os.environ), ca_path=ca, token=token)
