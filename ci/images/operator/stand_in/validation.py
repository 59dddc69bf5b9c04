"""What makes a RayCluster invalid: the first problem found, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .conditions import SUSPENDED, SUSPENDING, is_true
from .quantity import is_quantity
from .version import at_least, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .cluster import Group, Object, RayCluster

NAME_LENGTH = 53
_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_LABEL_KEY = re.compile(r"(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_GATES = {
    "historyServerOptions": "RayClusterHistoryServer",
    "networkPolicy": "RayClusterNetworkPolicy",
    "tlsOptions": "RayClusterMTLS",
}
_V2 = "RAY_enable_autoscaler_v2"


def metadata_problem(cluster: RayCluster) -> str | None:
    """Return what is wrong with the name."""
    if len(cluster.name) > NAME_LENGTH:
        return f"the name has {len(cluster.name)} characters, {NAME_LENGTH} are allowed"
    if not _NAME.fullmatch(cluster.name):
        return f"the name {cluster.name!r} is no DNS-1035 label"
    return None


def status_problem(cluster: RayCluster) -> str | None:
    """Return what is wrong with the conditions, where somebody else wrote them."""
    conditions = cluster.status.get("conditions") or []
    both = is_true(conditions, SUSPENDING) and is_true(conditions, SUSPENDED)
    return f"{SUSPENDING} and {SUSPENDED} are both true" if both else None


def spec_problem(cluster: RayCluster) -> str | None:
    """Return the first problem of the spec, in the order in which KubeRay looks; None for a valid one."""
    checks = (_group_problems, _fault_tolerance_problems, _autoscaler_problems, _auth_problems, _other_problems)
    return next((problem for check in checks for problem in check(cluster)), None)


def spec_warning(cluster: RayCluster) -> str | None:
    """Return what is doubtful but accepted: workers that restart in place under autoscaler v1."""
    if not cluster.autoscaling or cluster.autoscaler_version != "v1":
        return None
    restarting = [group.name for group in cluster.workers if _restarts(group)]
    return (
        f"worker groups {', '.join(restarting)}: restartPolicy is to be Never or unset under autoscaler v1"
        if (restarting)
        else None
    )


def _group_problems(cluster: RayCluster) -> Iterator[str]:
    if not cluster.head.containers:
        yield "the head group has no container"
        return
    yield from _resource_problems("head group", cluster.head)
    for group in cluster.workers:
        where = f"worker group {group.name}"
        if not group.containers:
            yield f"{where} has no container"
        low, high = group.spec.get("minReplicas"), group.spec.get("maxReplicas")
        if not cluster.autoscaling and (low is None or high is None):
            yield f"{where} needs minReplicas and maxReplicas, because autoscaling is off"
        if group.min_replicas < 0 or group.max_replicas < 0:
            yield f"{where} has negative limits: minReplicas {group.min_replicas}, maxReplicas {group.max_replicas}"
        if group.min_replicas > group.max_replicas:
            yield f"{where} has minReplicas {group.min_replicas}, more than maxReplicas {group.max_replicas}"
        yield from _resource_problems(where, group)
        yield from _v2_problems(where, group, cluster)


def _resource_problems(where: str, group: Group) -> Iterator[str]:
    for container in group.containers:
        for part in ("limits", "requests"):
            for name, text in ((container.get("resources") or {}).get(part) or {}).items():
                if not is_quantity(text):
                    yield f"{where} has {part}.{name} {text!r}, which is no quantity"
    twice = sorted({"num-cpus", "num-gpus", "memory", "resources"} & set(group.start_params))
    if twice and group.resources:
        yield f"{where} sets resources twice: in resources and in rayStartParams ({', '.join(twice)})"
    if "labels" in group.start_params:
        yield f"{where} sets rayStartParams.labels; use the group's labels"
    for key, text in group.labels.items():
        if not (_LABEL_KEY.fullmatch(key) and _LABEL_VALUE.fullmatch(text)):
            yield f"{where} has a malformed label {key}={text}"


def _v2_problems(where: str, group: Group, cluster: RayCluster) -> Iterator[str]:
    """Yield problems of the two group settings that only autoscaler v2 knows."""
    v2 = cluster.autoscaler_version == "v2" or _head_env(cluster).get(_V2) in ("1", "true")
    timeout, priority = group.spec.get("idleTimeoutSeconds"), group.spec.get("priority") or 0
    if timeout is not None and (timeout < 0 or not v2):
        yield f"{where} has idleTimeoutSeconds {timeout}; it has to be positive and needs autoscaler v2"
    if priority and not at_least(cluster.ray_version, (2, 56)):
        yield f"{where} has priority {priority}; it needs rayVersion 2.56 or later, found {cluster.ray_version!r}"
    if priority and not v2:
        yield f"{where} has priority {priority}; it needs autoscaler v2"


def _fault_tolerance_problems(cluster: RayCluster) -> Iterator[str]:
    options = cluster.spec.get("gcsFaultToleranceOptions")
    env, params, annotations = _head_env(cluster), cluster.head.start_params, cluster.annotations
    if annotations.get("ray.io/ft-enabled") and options is not None:
        yield "both the annotation ray.io/ft-enabled and gcsFaultToleranceOptions are set"
    if cluster.fault_tolerance is None and "RAY_REDIS_ADDRESS" in env:
        yield "the head sets RAY_REDIS_ADDRESS without gcsFaultToleranceOptions"
    if "redis-username" in params or "REDIS_USERNAME" in env:
        yield "the head sets a Redis user; use gcsFaultToleranceOptions.redisUsername"
    if options is None:
        return
    if options.get("backend") == "rocksdb":
        yield "backend rocksdb requires the GCSFaultToleranceEmbeddedStorage feature gate to be enabled"
    if options.get("storage") is not None:
        yield "gcsFaultToleranceOptions.storage is for backend rocksdb"
    own = sorted({"REDIS_PASSWORD", "RAY_REDIS_ADDRESS"} & env.keys() | {"redis-password"} & params.keys())
    if own:
        yield f"the head sets {', '.join(own)} beside gcsFaultToleranceOptions"
    if annotations.get("ray.io/external-storage-namespace"):
        yield "both the annotation ray.io/external-storage-namespace and gcsFaultToleranceOptions are set"


def _autoscaler_problems(cluster: RayCluster) -> Iterator[str]:
    env = _head_env(cluster)
    if not cluster.autoscaling and env.get(_V2) in ("1", "true"):
        yield f"the head sets {_V2} but enableInTreeAutoscaling is off"
    if cluster.autoscaling:
        suspended = [group.name for group in cluster.workers if group.suspended]
        if suspended:
            yield f"worker groups {', '.join(suspended)} are suspended, which autoscaling does not allow"
        if cluster.autoscaler_version and _V2 in env:
            yield f"both autoscalerOptions.version and the head's variable {_V2} are set"
        restarting = [group.name for group in cluster.groups() if _restarts(group)]
        if cluster.autoscaler_version == "v2" and restarting:
            yield f"restartPolicy of {', '.join(restarting)} is to be Never or unset under autoscaler v2"
    if (cluster.autoscaler.get("idleTimeoutSeconds") or 0) < 0:
        yield f"autoscalerOptions.idleTimeoutSeconds is negative ({cluster.autoscaler['idleTimeoutSeconds']})"
    if any(item["name"] == "KUBERAY_GEN_AUTOSCALER_START_CMD" for item in cluster.autoscaler.get("env") or []):
        yield "autoscalerOptions.env sets KUBERAY_GEN_AUTOSCALER_START_CMD, which the operator sets itself"


def _auth_problems(cluster: RayCluster) -> Iterator[str]:
    delegated = bool(cluster.auth.get("enableK8sTokenAuth"))
    if not cluster.token_auth:
        if delegated:
            yield "authOptions.enableK8sTokenAuth needs mode token"
        return
    minimum = (2, 55) if delegated else (2, 52)
    if parse(cluster.ray_version) is None or not at_least(cluster.ray_version, minimum):
        needed = ".".join(map(str, minimum))
        yield f"token authentication needs rayVersion {needed} or later, found {cluster.ray_version!r}"
    if delegated and cluster.auth.get("secretName"):
        yield "authOptions sets both enableK8sTokenAuth and secretName"


def _other_problems(cluster: RayCluster) -> Iterator[str]:
    for key, gate in _GATES.items():
        if cluster.spec.get(key) is not None:
            yield f"{key} requires the {gate} feature gate to be enabled"
    strategy = (cluster.spec.get("upgradeStrategy") or {}).get("type")
    if strategy not in (None, "None", "Recreate"):
        yield f"upgradeStrategy.type is {strategy}, neither None nor Recreate"
    if strategy is not None and cluster.creator != "RayCluster":
        yield f"upgradeStrategy is not for clusters of a {cluster.creator}"


def _head_env(cluster: RayCluster) -> dict[str, str]:
    env: list[Object] = cluster.head.ray_container.get("env") or []
    return {item["name"]: item.get("value", "") for item in env}


def _restarts(group: Group) -> bool:
    return group.pod_spec.get("restartPolicy") not in (None, "", "Never")
