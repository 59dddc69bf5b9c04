"""Make what a RayCluster needs beside its pods; all of it is made once and then left alone."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING

from . import access, services
from .api import (
    INGRESSES,
    ROLE_BINDINGS,
    ROLES,
    SECRETS,
    SERVICE_ACCOUNTS,
    SERVICES,
    Api,
    ApiError,
    Kind,
)
from .events import Note
from .names import Label

if TYPE_CHECKING:
    from .cluster import Object, RayCluster
    from .recorder import Recorder
    from .switches import Switches

_WORDS = {
    SERVICE_ACCOUNTS: ("ServiceAccount", "service account"),
    ROLES: ("Role", "role"),
    ROLE_BINDINGS: ("RoleBinding", "role binding"),
    INGRESSES: ("Ingress", "ingress"),
    SERVICES: ("Service", "service"),
}


async def ensure_children(api: Api, recorder: Recorder, cluster: RayCluster, switches: Switches) -> None:
    """Make what is missing, in KubeRay's order; raise ApiError at the first that cannot be made."""
    if cluster.autoscaling:
        await _ensure_account(api, recorder, cluster)
        await _ensure(api, recorder, cluster, ROLES, access.role(cluster))
        await _ensure(api, recorder, cluster, ROLE_BINDINGS, access.role_binding(cluster))
    ingress = services.ingress(cluster)
    if ingress is not None:
        await _ensure_ingress(api, recorder, cluster, ingress)
    await _ensure_token(api, cluster)
    await _ensure_head_service(api, recorder, cluster, switches)
    headless = services.headless_service(cluster)
    if headless is not None and not await api.list(SERVICES, f"{Label.HEADLESS}={cluster.name}"):
        await _create(api, recorder, cluster, SERVICES, headless)
    serve = services.serve_service(cluster)
    if serve is not None and await api.get(SERVICES, serve["metadata"]["name"]) is None:
        await api.create(SERVICES, serve)  # KubeRay tells of every Service but this one


async def _ensure_account(api: Api, recorder: Recorder, cluster: RayCluster) -> None:
    """Make the cluster's own account; one that the user named has to exist."""
    name = access.service_account_name(cluster)
    if cluster.head.pod_spec.get("serviceAccountName") and await api.get(SERVICE_ACCOUNTS, name) is None:
        text = f"the head names ServiceAccount {name}, which does not exist; create it"
        note = Note("AutoscalerServiceAccountNotFound", "Validate", text, warning=True)
        await recorder.record(cluster, note)
        raise ApiError(404, "NotFound", text)
    await _ensure(api, recorder, cluster, SERVICE_ACCOUNTS, access.service_account(cluster))


async def _ensure_token(api: Api, cluster: RayCluster) -> None:
    secret = access.token_secret(cluster, base64.b64encode(secrets.token_bytes(32)).decode())
    if secret is not None and await api.get(SECRETS, secret["metadata"]["name"]) is None:
        await api.create(SECRETS, secret)


async def _ensure_head_service(api: Api, recorder: Recorder, cluster: RayCluster, switches: Switches) -> None:
    """Make the head Service unless one with its labels exists, whatever its name and shape."""
    found = await api.list(SERVICES, services.head_service_selector(cluster))
    if len(found) > 1:
        names = ", ".join(service["metadata"]["name"] for service in found)
        raise ApiError(0, "Duplicate", f"{len(found)} head services ({names}); delete all but one")
    if not found:
        await _create(api, recorder, cluster, SERVICES, services.head_service(cluster, switches))


async def _ensure_ingress(api: Api, recorder: Recorder, cluster: RayCluster, wanted: Object) -> None:
    """Make the Ingress, or bring the cluster's own up to date: the one child that follows the spec."""
    found = await api.get(INGRESSES, wanted["metadata"]["name"])
    if found is None:
        await _create(api, recorder, cluster, INGRESSES, wanted)
        return
    owners = found["metadata"].get("ownerReferences") or []
    if all(owner["uid"] != cluster.uid for owner in owners):
        text = f"Ingress {found['metadata']['name']} exists and belongs to somebody else"
        await recorder.record(cluster, Note("FailedToCreateIngress", "Create", text, warning=True))
        return
    wanted["spec"].setdefault("ingressClassName", found["spec"].get("ingressClassName"))
    same = all(found["spec"].get(key) == value for key, value in wanted["spec"].items())
    if not same or (found["metadata"].get("annotations") or {}) != wanted["metadata"]["annotations"]:
        wanted["metadata"]["resourceVersion"] = found["metadata"]["resourceVersion"]
        await api.replace(INGRESSES, wanted)
        text = f"Updated ingress {cluster.namespace}/{wanted['metadata']['name']}"
        await recorder.record(cluster, Note("UpdatedIngress", "Update", text))


async def _ensure(api: Api, recorder: Recorder, cluster: RayCluster, kind: Kind, wanted: Object) -> None:
    if await api.get(kind, wanted["metadata"]["name"]) is None:
        await _create(api, recorder, cluster, kind, wanted)


async def _create(api: Api, recorder: Recorder, cluster: RayCluster, kind: Kind, wanted: Object) -> None:
    word, words = _WORDS[kind]
    named = f"{cluster.namespace}/{wanted['metadata']['name']}"
    try:
        await api.create(kind, wanted)
    except ApiError as error:
        note = Note(f"FailedToCreate{word}", "Create", f"Failed to create {words} {named}: {error}", warning=True)
        await recorder.record(cluster, note)
        raise
    await recorder.record(cluster, Note(f"Created{word}", "Create", f"Created {words} {named}"))
