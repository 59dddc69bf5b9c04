"""Environment variables the operator adds to the containers of a Ray pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .names import KUBERAY_VERSION, Annotation, Label, object_name
from .start import head_address, head_port

if TYPE_CHECKING:
    from .cluster import Group, Object, RayCluster
    from .switches import Switches

RECONNECT_TIMEOUT = "RAY_gcs_rpc_server_reconnect_timeout_s"
TOKEN_VOLUME = "ray-token"  # noqa: S105 - the name of a volume
TOKEN_PATH = "/var/run/secrets/ray.io/serviceaccount"  # noqa: S105 - where it is mounted


def value(name: str, text: str) -> Object:
    return {"name": name, "value": text}


def field(name: str, path: str) -> Object:
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}


CLUSTER_FIELDS = (
    field("RAY_CLUSTER_NAME", f"metadata.labels['{Label.CLUSTER}']"),
    field("RAY_CLUSTER_NAMESPACE", "metadata.namespace"),
)


def add_missing(container: Object, *variables: Object) -> None:
    """Append to the container's variables those whose names it does not have yet."""
    present = container.setdefault("env", [])
    names = {variable["name"] for variable in present}
    present += [variable for variable in variables if variable["name"] not in names]


def address_variables(cluster: RayCluster, switches: Switches) -> list[Object]:
    """Return where the head is, for workers and for every init container."""
    address = head_address(cluster, switches)
    return [value("FQ_RAY_IP", address), value("RAY_IP", address.split(".")[0])]


def add_ray_variables(container: Object, cluster: RayCluster, group: Group, command: str, switches: Switches) -> None:
    """Append the variables of the Ray container; those in the first block are the operator's and may repeat."""
    address = "127.0.0.1" if group.is_head else head_address(cluster, switches)
    container.setdefault("env", []).extend(
        [
            *([] if group.is_head else address_variables(cluster, switches)),
            *CLUSTER_FIELDS,
            field("RAY_CLOUD_INSTANCE_ID", "metadata.name"),
            field("RAY_NODE_TYPE_NAME", f"metadata.labels['{Label.GROUP}']"),
            value("KUBERAY_GEN_RAY_START_CMD", command),
        ]
    )
    add_missing(
        container,
        value("RAY_PORT", head_port(cluster)),
        value("RAY_ADDRESS", f"{address}:{head_port(cluster)}"),
        value("RAY_USAGE_STATS_KUBERAY_IN_USE", "1"),
    )
    if group.is_head:
        tags = f"kuberay_version={KUBERAY_VERSION};kuberay_crd={cluster.creator}"
        container["env"].append(value("RAY_USAGE_STATS_EXTRA_TAGS", tags))
    add_missing(container, value("RAY_DASHBOARD_ENABLE_K8S_DISK_USAGE", "1"))


def add_autoscaler_version(container: Object, cluster: RayCluster) -> None:
    """Tell Ray which autoscaler runs; with no version given Ray decides for itself."""
    if cluster.autoscaling and cluster.autoscaler_version:
        enabled = "true" if cluster.autoscaler_version == "v2" else "false"
        container.setdefault("env", []).append(value("RAY_enable_autoscaler_v2", enabled))


def add_authentication(container: Object, cluster: RayCluster) -> None:
    """Add token authentication where the cluster asks for it: a Secret's token, or the pod's own."""
    if not cluster.token_auth:
        return
    add_missing(container, value("RAY_AUTH_MODE", "token"))
    if cluster.auth.get("enableK8sTokenAuth"):
        add_missing(container, value("RAY_ENABLE_K8S_TOKEN_AUTH", "true"))
        mounts = container.setdefault("volumeMounts", [])
        if all(mount["name"] != TOKEN_VOLUME for mount in mounts):
            mounts.append({"name": TOKEN_VOLUME, "mountPath": TOKEN_PATH, "readOnly": True})
        return
    secret = {"name": cluster.auth.get("secretName") or object_name(cluster.name), "key": "auth_token"}
    add_missing(container, {"name": "RAY_AUTH_TOKEN", "valueFrom": {"secretKeyRef": secret}})


def storage_namespace(cluster: RayCluster) -> str:
    """Return the name under which the cluster's state stands in Redis: its UID unless told otherwise."""
    named = cluster.annotations.get(Annotation.STORAGE_NAMESPACE, cluster.uid)
    return str((cluster.fault_tolerance or {}).get("externalStorageNamespace") or named)


def add_fault_tolerance(container: Object, cluster: RayCluster, group: Group) -> None:
    """Add what GCS fault tolerance with Redis needs: where the state is, and patience in the workers."""
    options = cluster.fault_tolerance
    if options is None:
        return
    if not group.is_head:
        add_missing(container, value(RECONNECT_TIMEOUT, "600"))
        return
    add_missing(container, value("RAY_external_storage_namespace", storage_namespace(cluster)))
    if cluster.spec.get("gcsFaultToleranceOptions") is None:
        # Asked for by the old annotation: the user wrote the address into the pod.
        if "redis-password" in group.start_params:
            add_missing(container, value("REDIS_PASSWORD", group.start_params["redis-password"]))
        return
    container["env"].append(value("RAY_REDIS_ADDRESS", options.get("redisAddress", "")))
    for option, variable in (("redisUsername", "REDIS_USERNAME"), ("redisPassword", "REDIS_PASSWORD")):
        if options.get(option) is not None:
            container["env"].append({"name": variable, **options[option]})
