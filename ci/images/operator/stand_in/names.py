"""Names and labels KubeRay gives to what it makes, and where it clips them."""

from __future__ import annotations

import string

KUBERAY_VERSION = "v1.7.0"
APPLICATION = "kuberay"
CREATED_BY = "kuberay-operator"

GCS_PORT = 6379
DASHBOARD_PORT = 8265
AGENT_PORT = 52365
METRICS_PORT = 8080
CLIENT_PORT = 10001
SERVE_PORT = 8000

PREFIX_LENGTH = 50
LABEL_LENGTH = 63


class Label:
    """Label keys."""

    CLUSTER = "ray.io/cluster"
    NODE_TYPE = "ray.io/node-type"
    GROUP = "ray.io/group"
    IDENTIFIER = "ray.io/identifier"
    IS_RAY_NODE = "ray.io/is-ray-node"
    REPLICA_INDEX = "ray.io/worker-group-replica-index"
    REPLICA_NAME = "ray.io/worker-group-replica-name"
    HOST_INDEX = "ray.io/replica-host-index"
    HEADLESS = "ray.io/headless-worker-svc"
    SERVE = "ray.io/serve"
    ORIGIN = "ray.io/originated-from-crd"
    ORIGIN_NAME = "ray.io/originated-from-cr-name"
    APPLICATION = "app.kubernetes.io/name"
    CREATED_BY = "app.kubernetes.io/created-by"


class Annotation:
    """Annotation keys."""

    FAULT_TOLERANT = "ray.io/ft-enabled"
    STORAGE_NAMESPACE = "ray.io/external-storage-namespace"
    OVERWRITE_COMMAND = "ray.io/overwrite-container-cmd"
    SERVE_SERVICE = "ray.io/enable-serve-service"
    NO_HEAD_RESTART = "ray.io/disable-provisioned-head-restart"
    DELETION_TIMEOUT = "ray.io/gcs-ft-deletion-timeout"
    HASH = "ray.io/upgrade-strategy-recreate-hash"
    VERSION = "ray.io/kuberay-version"


def object_name(name: str) -> str:
    """Clip `name` from its front to 50 characters and make it start with a letter (KubeRay's CheckName)."""
    name = name[-PREFIX_LENGTH:]
    starts_badly = name[0].isdigit() or name[0] in string.punctuation
    return f"r{name[1:]}" if starts_badly else name


def label_value(value: str) -> str:
    """Clip `value` from its front to 63 characters and avoid punctuation at its start (KubeRay's CheckLabel)."""
    value = value[-LABEL_LENGTH:]
    return f"r{value[1:]}" if value[0] in string.punctuation else value


def pod_prefix(owner: str, node_type: str) -> str:
    """Return the pod name without its random end: the owner's name is clipped from its end here."""
    return f"{owner[:PREFIX_LENGTH]}-{node_type}-".lower()


def identifier(cluster: str, node_type: str) -> str:
    return label_value(f"{cluster}-{node_type}")


def application_labels(cluster: str) -> dict[str, str]:
    """Return the three labels of every object that is neither pod nor Secret."""
    return {Label.CLUSTER: cluster, Label.APPLICATION: APPLICATION, Label.CREATED_BY: CREATED_BY}


def selector(**labels: str) -> str:
    """Return a label selector for a cluster's objects: selector(cluster="main", node_type="head")."""
    keys = {"cluster": Label.CLUSTER, "node_type": Label.NODE_TYPE, "identifier": Label.IDENTIFIER}
    return ",".join(f"{keys[key]}={value}" for key, value in labels.items())
