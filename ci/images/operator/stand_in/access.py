"""What a RayCluster needs to be let in: the autoscaler's account and rights, the token of token authentication."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import names
from .names import Label

if TYPE_CHECKING:
    from .cluster import Object, RayCluster

_RBAC = "rbac.authorization.k8s.io"


def service_account_name(cluster: RayCluster) -> str:
    """Return the account the head runs under when it autoscales: the user's, or the cluster's own."""
    return str(cluster.head.pod_spec.get("serviceAccountName") or cluster.name)


def service_account(cluster: RayCluster) -> Object:
    name = names.object_name(service_account_name(cluster))
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _metadata(cluster, name)}


def role(cluster: RayCluster) -> Object:
    """Return the autoscaler's rights: it reads pods and asks for more of them through the RayCluster."""
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "Role",
        "metadata": _metadata(cluster, names.object_name(cluster.name)),
        "rules": [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch", "patch"]},
            {"apiGroups": [""], "resources": ["pods/resize"], "verbs": ["patch"]},
            {"apiGroups": ["ray.io"], "resources": ["rayclusters"], "verbs": ["get", "patch"]},
        ],
    }


def role_binding(cluster: RayCluster) -> Object:
    account = names.object_name(service_account_name(cluster))
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": _metadata(cluster, names.object_name(cluster.name)),
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": cluster.namespace}],
        "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": names.object_name(cluster.name)},
    }


def token_secret(cluster: RayCluster, token: str) -> Object | None:
    """Return the Secret that holds `token`, None where the cluster brings its own or needs none.

    KubeRay makes the Secret for any `authOptions` but the disabled ones, an empty map included.
    """
    auth = cluster.spec.get("authOptions")
    if auth is None or auth.get("mode") == "disabled" or auth.get("enableK8sTokenAuth") or auth.get("secretName"):
        return None
    metadata = _metadata(cluster, names.object_name(cluster.name)) | {"labels": {Label.CLUSTER: cluster.name}}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"auth_token": token}}


def _metadata(cluster: RayCluster, name: str) -> Object:
    return {
        "name": name,
        "namespace": cluster.namespace,
        "labels": names.application_labels(cluster.name),
        "ownerReferences": [cluster.owner_reference()],
    }
