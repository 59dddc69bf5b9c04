"""What every Ray pod, head Service and status has in common, so that a case says only what is its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contract.facts import ContainerFacts, Object, PodFacts, ServiceFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

IMAGE = "rayproject/ray:2.60.0"
SHELL = ("/bin/bash", "-c", "--")
ULIMIT = "ulimit -n ${RAY_START_ULIMIT_OPEN_FILES:-65536}; "
HEAD_LIMITS = {"cpu": "1", "memory": "2Gi"}
HEAD_REQUESTS = {"cpu": "200m", "memory": "2Gi"}
WORKER_LIMITS = {"cpu": "1", "memory": "1Gi"}
WORKER_REQUESTS = {"cpu": "200m", "memory": "1Gi"}
HEAD_START = (
    "ray start --head  --block  --dashboard-agent-listen-port=52365  --dashboard-host=0.0.0.0  --memory=2147483648"
    "  --metrics-export-port=8080  --num-cpus=0 "
)
AUTOSCALED_HEAD_START = HEAD_START.replace("--num-cpus", "--no-monitor  --num-cpus")
FIELDS = (
    "RAY_CLUSTER_NAME from metadata.labels['ray.io/cluster']",
    "RAY_CLUSTER_NAMESPACE from metadata.namespace",
)
PORTS = ("client 10001 tcp", "dashboard 8265 tcp", "gcs-server 6379 tcp", "metrics 8080 tcp", "serve 8000 tcp")
ENDPOINTS = {"client": "10001", "dashboard": "8265", "gcs-server": "6379", "metrics": "8080", "serve": "8000"}
AUTOSCALER = "ray kuberay-autoscaler --cluster-name $(RAY_CLUSTER_NAME) --cluster-namespace $(RAY_CLUSTER_NAMESPACE)"
HTTP_CHECK = "GET :52365/api/healthz"
AGENT_CHECK = "wget --tries 1 -T 2 -q -O- http://localhost:52365/api/local_raylet_healthz | grep success"
GCS_CHECK = "wget --tries 1 -T 10 -q -O- http://localhost:8265/api/gcs_healthz | grep success"
WAIT_RESOURCES = {"cpu": "200m", "memory": "256Mi"}
DISK_USAGE = "RAY_DASHBOARD_ENABLE_K8S_DISK_USAGE=1"
AUTOSCALER_RESOURCES = {"cpu": "500m", "memory": "512Mi"}


def application_labels(cluster: str) -> dict[str, str]:
    return {
        "app.kubernetes.io/created-by": "kuberay-operator",
        "app.kubernetes.io/name": "kuberay",
        "ray.io/cluster": cluster,
    }


def owner(cluster: str) -> str:
    return f"RayCluster/{cluster} (controller)"


def worker_start(service: str, namespace: str, resources: str = "--num-cpus=1 ") -> str:
    return (
        f"ray start  --address={service}.{namespace}.svc.cluster.local:6379  --block"
        f"  --dashboard-agent-listen-port=52365  --memory=1073741824  --metrics-export-port=8080  {resources}"
    )


def head(
    cluster: str,
    start: str = HEAD_START,
    check: str = HTTP_CHECK,
    env: Sequence[str] = (),
    annotations: dict[str, str] | None = None,
) -> PodFacts:
    """Return a plain head; `env` is what comes before the variables every head has."""
    variables = (*env, *_common_env(start), *_addresses("127.0.0.1"), _tags(), DISK_USAGE)
    ray = _ray("ray-head", start, variables, check, timeout=5)
    ray = replace(ray, limits=HEAD_LIMITS, requests=HEAD_REQUESTS)
    stamped = {"ray.io/ft-enabled": "false", "ray.io/kuberay-version": "v1.7.0"}
    return PodFacts(
        prefix=f"{cluster}-head-",
        labels=_pod_labels(cluster, "head", "headgroup"),
        annotations={**stamped, "ray.io/upgrade-strategy-recreate-hash": "HASH", **(annotations or {})},
        restart_policy="Always",
        service_account="default",
        containers=(ray,),
        init_containers=(),
        volumes=("shared-mem memory 2Gi",),
        owner=owner(cluster),
    )


def worker(
    cluster: str,
    namespace: str,
    start: str = "",
    service: str = "",
    check: str = HTTP_CHECK,
    env: Sequence[str] = (),
    wait_env: Sequence[str] = (),
    labels: dict[str, str] | None = None,
) -> PodFacts:
    """Return a plain worker of group small, the first of its group unless `labels` say otherwise."""
    service = service or f"{cluster}-head-svc"
    address = f"{service}.{namespace}.svc.cluster.local"
    start = start or worker_start(service, namespace)
    where = (f"FQ_RAY_IP={address}", f"RAY_IP={service}")
    variables = (*env, *where, *_common_env(start), *_addresses(address), DISK_USAGE)
    wait = ContainerFacts(
        name="wait-gcs-ready",
        image=IMAGE,
        command=SHELL,
        args=(f"ray health-check --address {address}:6379",),
        env=(*wait_env, *where),
        limits=WAIT_RESOURCES,
        requests=WAIT_RESOURCES,
    )
    return PodFacts(
        prefix=f"{cluster}-small-worker-",
        labels=_pod_labels(cluster, "worker", "small") | {"ray.io/worker-group-replica-index": "0"} | (labels or {}),
        annotations={},
        restart_policy="Always",
        service_account="default",
        containers=(_ray("ray-worker", start, variables, check, timeout=2),),
        init_containers=(wait,),
        volumes=("shared-mem memory 1Gi",),
        owner=owner(cluster),
    )


def autoscaled(pod: PodFacts, cluster: str, restart_policy: str) -> PodFacts:
    """Return a head with the autoscaler beside it: its own account, and logs shared between the two."""
    ray = replace(pod.containers[0], mounts=(*pod.containers[0].mounts, "/tmp/ray ray-logs"))
    scaler = ContainerFacts(
        name="autoscaler",
        image=IMAGE,
        command=SHELL,
        args=(AUTOSCALER,),
        env=(
            *FIELDS,
            "RAY_HEAD_POD_NAME from metadata.name",
            "KUBERAY_CRD_VER=v1",
            f"KUBERAY_GEN_AUTOSCALER_START_CMD={AUTOSCALER}",
        ),
        limits=AUTOSCALER_RESOURCES,
        requests=AUTOSCALER_RESOURCES,
        mounts=("/tmp/ray ray-logs",),
    )
    return replace(
        pod,
        containers=(ray, scaler),
        restart_policy=restart_policy,
        service_account=cluster,
        volumes=("ray-logs", *pod.volumes),
    )


def head_service(cluster: str) -> ServiceFacts:
    labels = application_labels(cluster) | {"ray.io/identifier": f"{cluster}-head", "ray.io/node-type": "head"}
    return ServiceFacts(
        name=f"{cluster}-head-svc",
        labels=labels,
        selector=labels,
        ports=PORTS,
        headless=True,
        shows_unready=True,
        owner=owner(cluster),
        annotations={},
    )


def autoscaler_access(cluster: str, namespace: str) -> dict[str, Object]:
    """Return the autoscaler's account and its rights, by kind."""
    common = {"name": cluster, "labels": application_labels(cluster), "owner": owner(cluster)}
    rules = [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch", "patch"]},
        {"apiGroups": [""], "resources": ["pods/resize"], "verbs": ["patch"]},
        {"apiGroups": ["ray.io"], "resources": ["rayclusters"], "verbs": ["get", "patch"]},
    ]
    subject = {"kind": "ServiceAccount", "name": cluster, "namespace": namespace}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": cluster}
    return {
        "ServiceAccount": common,
        "Role": common | {"rules": rules},
        "RoleBinding": common | {"subjects": [subject], "roleRef": role},
    }


def status(cluster: str) -> Object:
    """Return the status of a cluster of one head and one worker that are not ready yet."""
    return {
        "conditions": {
            "HeadPodReady": "False",
            "RayClusterProvisioned": "False RayClusterPodsProvisioning",
            "RayClusterSuspended": "False RayClusterSuspended",
            "RayClusterSuspending": "False RayClusterSuspending",
        },
        "desiredCPU": "400m",
        "desiredGPU": "0",
        "desiredMemory": "3Gi",
        "desiredTPU": "0",
        "desiredWorkerReplicas": 1,
        "endpoints": ENDPOINTS,
        "head": {"pod": f"{cluster}-head", "service": f"{cluster}-head-svc"},
        "maxWorkerReplicas": 3,
        "minWorkerReplicas": 1,
    }


def _ray(name: str, start: str, env: tuple[str, ...], check: str, timeout: int) -> ContainerFacts:
    """Return the container that runs Ray, with a worker's resources."""
    return ContainerFacts(
        name=name,
        image=IMAGE,
        command=SHELL,
        args=(ULIMIT + start,),
        env=env,
        limits=WORKER_LIMITS,
        requests=WORKER_REQUESTS,
        ports=("metrics 8080",),
        mounts=("/dev/shm shared-mem",),
        liveness=f"{check}, after 30 s, every 5 s, within {timeout} s, 120 failures",
        readiness=f"{check}, after 10 s, every 5 s, within {timeout} s, 10 failures",
    )


def _pod_labels(cluster: str, node_type: str, group: str) -> dict[str, str]:
    return application_labels(cluster) | {
        "ray.io/group": group,
        "ray.io/identifier": f"{cluster}-{node_type}",
        "ray.io/is-ray-node": "yes",
        "ray.io/node-type": node_type,
    }


def _common_env(start: str) -> tuple[str, ...]:
    return (
        *FIELDS,
        "RAY_CLOUD_INSTANCE_ID from metadata.name",
        "RAY_NODE_TYPE_NAME from metadata.labels['ray.io/group']",
        f"KUBERAY_GEN_RAY_START_CMD={start}",
    )


def _addresses(address: str) -> tuple[str, ...]:
    return ("RAY_PORT=6379", f"RAY_ADDRESS={address}:6379", "RAY_USAGE_STATS_KUBERAY_IN_USE=1")


def _tags() -> str:
    return "RAY_USAGE_STATS_EXTRA_TAGS=kuberay_version=v1.7.0;kuberay_crd=RayCluster"
