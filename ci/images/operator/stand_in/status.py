"""The status of a RayCluster, from its spec, its pods and its head Service."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from . import quantity
from .cluster import UNLIMITED, Group, Object, RayCluster
from .conditions import (
    FAILURE,
    PROVISIONED,
    SUSPENDED,
    Condition,
    head_ready,
    is_true,
    suspend_state,
    suspension,
    with_condition,
    without_condition,
)
from .health import is_ready, is_running, node_type
from .quantity import ZERO, Quantity
from .start import is_gpu

_COMPARED = (
    "state",
    "reason",
    "readyWorkerReplicas",
    "availableWorkerReplicas",
    "desiredWorkerReplicas",
    "minWorkerReplicas",
    "maxWorkerReplicas",
    "endpoints",
    "head",
    "conditions",
)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a round stopped early; `reason` is empty where the status is not to show it."""

    message: str
    reason: str = ""


def new_status(
    cluster: RayCluster, pods: list[Object], service: Object | None, failure: Failure | None, now: str
) -> Object:
    """Return the whole status after a round; `now` is an RFC 3339 time, counts of zero are left out."""
    head = next((pod for pod in pods if node_type(pod) == "head"), None)
    status = copy.deepcopy(cluster.status)
    status.update(_counts(cluster, pods), **_resources(cluster))
    status = {key: value for key, value in status.items() if value != 0}
    status["observedGeneration"] = cluster.metadata.get("generation", 0)
    status["conditions"] = _conditions(cluster, pods, head, failure, now)
    status["endpoints"] = {**(status.get("endpoints") or {}), **_endpoints(service)}
    status["head"] = _head(head, service)
    status["lastUpdateTime"] = now
    state = _state(cluster, pods, status, failure)
    if state and state != status.get("state"):
        status["state"] = state
        status["stateTransitionTimes"] = {**(status.get("stateTransitionTimes") or {}), state: now}
    return status


def differs(old: Object, new: Object) -> bool:
    """Say whether `new` is worth writing: a later time or generation alone is not (KubeRay's rule)."""
    return any(old.get(key) != new.get(key) for key in _COMPARED)


def _state(cluster: RayCluster, pods: list[Object], status: Object, failure: Failure | None) -> str | None:
    if cluster.suspend and not pods:
        return "suspended"
    complete = len(pods) == status.get("desiredWorkerReplicas", 0) + 1
    return "ready" if failure is None and complete and _all_ready(pods) else None


def _counts(cluster: RayCluster, pods: list[Object]) -> dict[str, int]:
    workers = [pod for pod in pods if node_type(pod) == "worker"]
    active = [group for group in cluster.workers if not group.suspended]
    return {
        "readyWorkerReplicas": sum(map(is_ready, workers)),
        "availableWorkerReplicas": sum(map(is_running, workers)),
        "desiredWorkerReplicas": sum(group.wanted_replicas * group.hosts for group in active),
        "minWorkerReplicas": sum(group.min_replicas * group.hosts for group in active),
        "maxWorkerReplicas": min(UNLIMITED, sum(group.max_replicas * group.hosts for group in active)),
    }


def _resources(cluster: RayCluster) -> dict[str, str]:
    """Return what the pods ask for in total; `replicas` counts as written, not as clamped (KubeRay's rule)."""
    total: dict[str, Quantity] = {}
    for group in cluster.groups():
        pods = 1 if group.is_head else group.hosts * group.replicas
        for name, amount in [] if group.suspended else _pod_resources(group).items():
            total[name] = total.get(name, ZERO) + amount * pods
    gpus = sum((amount for name, amount in total.items() if is_gpu(name)), ZERO)
    return {
        "desiredCPU": str(total.get("cpu", ZERO)),
        "desiredMemory": str(total.get("memory", ZERO)),
        "desiredGPU": str(gpus),
        "desiredTPU": str(total.get("google.com/tpu", ZERO)),
    }


def _pod_resources(group: Group) -> dict[str, Quantity]:
    total: dict[str, Quantity] = {}
    for container in group.containers:
        resources = container.get("resources") or {}
        for name, text in {**(resources.get("limits") or {}), **(resources.get("requests") or {})}.items():
            total[name] = total.get(name, ZERO) + quantity.parse(text)
    return total


def _conditions(
    cluster: RayCluster, pods: list[Object], head: Object | None, failure: Failure | None, now: str
) -> list[Object]:
    found = cluster.status.get("conditions") or []
    state = suspend_state(cluster)
    if failure is None:
        found = without_condition(found, FAILURE)
    elif failure.reason:
        message = f"{failure.reason}\n{failure.message}"
        found = with_condition(found, Condition(FAILURE, "True", failure.reason, message), now)
    found = with_condition(found, head_ready(head), now)
    if not is_true(found, PROVISIONED) and state != SUSPENDED:
        found = with_condition(found, _provisioned(pods), now)
    for condition in suspension(state, cluster.suspend, bool(pods)):
        found = with_condition(found, condition, now)
    return found


def _provisioned(pods: list[Object]) -> Condition:
    """Return whether every pod is ready for the first time; once true it stays so until a suspension."""
    if _all_ready(pods):
        reason = "AllPodRunningAndReadyFirstTime"
        return Condition(PROVISIONED, "True", reason, "All Ray Pods are ready for the first time")
    message = "RayCluster Pods are being provisioned for first time"
    return Condition(PROVISIONED, "False", "RayClusterPodsProvisioning", message)


def _all_ready(pods: list[Object]) -> bool:
    """Say whether there are pods and each runs; a pod without a Ready condition does not count against it."""

    def unready(pod: Object) -> bool:
        conditions = (pod.get("status") or {}).get("conditions") or []
        return any(item["type"] == "Ready" and item["status"] != "True" for item in conditions)

    return bool(pods) and all(is_running(pod) and not unready(pod) for pod in pods)


def _endpoints(service: Object | None) -> dict[str, str]:
    ports = service["spec"].get("ports") or [] if service else []
    numbers = {port.get("name"): port.get("nodePort") or port.get("targetPort") for port in ports}
    return {name: str(number) for name, number in numbers.items() if name and number}


def _head(head: Object | None, service: Object | None) -> dict[str, str]:
    """Return where the head is; the address of a headless Service is its pod's."""
    pod_ip = (head.get("status") or {}).get("podIP", "") if head else ""
    service_ip = service["spec"].get("clusterIP", "") if service else ""
    info = {
        "podIP": pod_ip,
        "podName": head["metadata"]["name"] if head else "",
        "serviceIP": pod_ip if service_ip == "None" else service_ip,
        "serviceName": service["metadata"]["name"] if service else "",
    }
    return {key: text for key, text in info.items() if text}
