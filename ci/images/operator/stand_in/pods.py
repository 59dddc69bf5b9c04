"""Head and worker pods: the user's template with what the operator adds to it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import names
from .autoscaler import autoscaler_container
from .digest import spec_digest
from .environment import (
    TOKEN_VOLUME,
    add_authentication,
    add_autoscaler_version,
    add_fault_tolerance,
    add_ray_variables,
    address_variables,
    storage_namespace,
)
from .names import Annotation, Label
from .probes import add_probes
from .start import start_command, start_params
from .volumes import add_logs, add_shared_memory
from .wait import NAME as WAIT
from .wait import wait_container

if TYPE_CHECKING:
    from .cluster import Group, Object, RayCluster
    from .switches import Switches


@dataclass(frozen=True, slots=True)
class Seat:
    """The place of a worker in its group: which replica it belongs to and which of its hosts it is."""

    replica: int
    replica_name: str = ""
    host: int = 0


def head_pod(cluster: RayCluster, switches: Switches) -> Object:
    """Return the head pod."""
    group = cluster.head
    pod = _pod(cluster, group, names.pod_prefix(cluster.name, "head"), _shared_labels(cluster, group, "head"))
    pod["metadata"]["annotations"] |= _head_annotations(cluster)
    spec = pod["spec"]
    ray = spec["containers"][0]
    if cluster.autoscaling:
        account = group.pod_spec.get("serviceAccountName") or cluster.name
        spec["serviceAccountName"] = names.object_name(account)
        spec["containers"].append(autoscaler_container(cluster, _shell(switches)))
    add_autoscaler_version(ray, cluster)
    return _finish(pod, cluster, group, switches)


def worker_pod(cluster: RayCluster, group: Group, seat: Seat, switches: Switches) -> Object:
    """Return the pod of a worker group that takes `seat`."""
    labels = _shared_labels(cluster, group, "worker") | {Label.REPLICA_INDEX: str(seat.replica)}
    if group.hosts > 1:
        labels |= {Label.REPLICA_NAME: seat.replica_name, Label.HOST_INDEX: str(seat.host)}
    pod = _pod(cluster, group, names.pod_prefix(f"{cluster.name}-{group.name}", "worker"), labels)
    if switches.inject_init_container:
        waiting = wait_container(cluster, group, _shell(switches), switches)
        pod["spec"].setdefault("initContainers", []).append(waiting)
    return _finish(pod, cluster, group, switches)


def _pod(cluster: RayCluster, group: Group, prefix: str, labels: dict[str, str]) -> Object:
    """Return the group's template as a pod that belongs to the cluster."""
    template = copy.deepcopy(group.template)
    metadata = template.get("metadata") or {}
    annotations = dict(metadata.get("annotations") or {})
    if cluster.overwrites_command:
        annotations[Annotation.OVERWRITE_COMMAND] = "true"
    pod: Object = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **metadata,
            "generateName": prefix,
            "namespace": cluster.namespace,
            "labels": labels,
            "annotations": annotations,
            "ownerReferences": [cluster.owner_reference()],
        },
        "spec": template["spec"],
    }
    pod["metadata"].pop("name", None)
    if cluster.autoscaling and cluster.autoscaler_version == "v2":
        pod["spec"]["restartPolicy"] = "Never"  # autoscaler v2 counts a restarted container as another instance
    return pod


def _shared_labels(cluster: RayCluster, group: Group, node_type: str) -> dict[str, str]:
    """Return the labels of a pod: the user may override all but cluster, node type and group."""
    user = {**((group.template.get("metadata") or {}).get("labels") or {}), **group.labels}
    return {
        **names.application_labels(cluster.name),
        Label.IS_RAY_NODE: "yes",
        Label.IDENTIFIER: names.identifier(cluster.name, node_type),
        **user,
        Label.CLUSTER: cluster.name,
        Label.NODE_TYPE: node_type,
        Label.GROUP: group.name,
    }


def _head_annotations(cluster: RayCluster) -> dict[str, str]:
    annotations = {
        Annotation.FAULT_TOLERANT: "false" if cluster.fault_tolerance is None else "true",
        Annotation.HASH: spec_digest(cluster.spec),
        Annotation.VERSION: names.KUBERAY_VERSION,
    }
    if cluster.fault_tolerance is not None:
        annotations[Annotation.STORAGE_NAMESPACE] = storage_namespace(cluster)
    return annotations


def _finish(pod: Object, cluster: RayCluster, group: Group, switches: Switches) -> Object:
    """Add what head and workers share: variables, ports, volumes, the start command, probes."""
    spec, ray = pod["spec"], pod["spec"]["containers"][0]
    add_fault_tolerance(ray, cluster, group)
    if all(port.get("name") != "metrics" for port in ray.setdefault("ports", [])):
        ray["ports"].append({"name": "metrics", "containerPort": names.METRICS_PORT})
    _authenticate(spec, cluster)
    params = start_params(cluster, group, switches)
    add_shared_memory(spec, params)
    if group.is_head and cluster.autoscaling:
        add_logs(spec)
    command = start_command(cluster, group, switches)
    _set_command(ray, command, cluster, switches)
    for container in spec.get("initContainers") or []:
        container.setdefault("env", []).extend(address_variables(cluster, switches))
    add_ray_variables(ray, cluster, group, command, switches)
    if switches.inject_probes:
        add_probes(ray, cluster, group, params)
    return pod


def _authenticate(spec: Object, cluster: RayCluster) -> None:
    add_authentication(spec["containers"][0], cluster)
    for container in spec.get("initContainers") or []:
        if container["name"] == WAIT:
            add_authentication(container, cluster)
    volumes = spec.setdefault("volumes", [])
    own_token = cluster.token_auth and cluster.auth.get("enableK8sTokenAuth")
    if own_token and all(volume["name"] != TOKEN_VOLUME for volume in volumes):
        volumes.append({"name": TOKEN_VOLUME, "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}})


def _set_command(ray: Object, command: str, cluster: RayCluster, switches: Switches) -> None:
    """Put `ray start` after the user's own words, unless they start Ray themselves or forbid it.

    The words are joined as KubeRay joins them, so a failing first command does not keep Ray from starting.
    """
    words = [*(ray.get("command") or []), *(ray.get("args") or [])]
    before = "".join(f" {word} " for word in words)
    if cluster.overwrites_command or "ray start" in before:
        return
    start = f"ulimit -n ${{RAY_START_ULIMIT_OPEN_FILES:-65536}}; {command}"
    ray["command"] = _shell(switches)
    ray["args"] = [f"{before} && {start}" if before else start]


def _shell(switches: Switches) -> list[str]:
    return ["/bin/bash", "-cl" if switches.login_shell else "-c", "--"]
