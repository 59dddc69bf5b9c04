"""The autoscaler: a container of its own in the head pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .environment import CLUSTER_FIELDS, add_authentication, field, value

if TYPE_CHECKING:
    from .cluster import Object, RayCluster

NAME = "autoscaler"
COMMAND = "ray kuberay-autoscaler --cluster-name $(RAY_CLUSTER_NAME) --cluster-namespace $(RAY_CLUSTER_NAMESPACE)"
_REPLACES = ("resources", "image", "imagePullPolicy", "securityContext", "command", "args")
_EXTENDS = ("env", "envFrom", "volumeMounts")


def autoscaler_container(cluster: RayCluster, shell: list[str]) -> Object:
    """Return the container, with `autoscalerOptions` laid over it; the image is the head's by default."""
    amounts = {"cpu": "500m", "memory": "512Mi"}
    container: Object = {
        "name": NAME,
        "image": cluster.head.ray_container.get("image"),
        "imagePullPolicy": "IfNotPresent",
        "command": shell,
        "args": [COMMAND],
        "env": [
            *CLUSTER_FIELDS,
            field("RAY_HEAD_POD_NAME", "metadata.name"),
            value("KUBERAY_CRD_VER", "v1"),
            value("KUBERAY_GEN_AUTOSCALER_START_CMD", COMMAND),
        ],
        "resources": {"limits": amounts, "requests": dict(amounts)},
    }
    add_authentication(container, cluster)
    for key in _REPLACES:
        if cluster.autoscaler.get(key):
            container[key] = cluster.autoscaler[key]
    for key in _EXTENDS:
        if cluster.autoscaler.get(key):
            container[key] = container.get(key, []) + cluster.autoscaler[key]
    return container
