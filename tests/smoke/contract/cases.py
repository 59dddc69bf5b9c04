"""The contract: for a RayCluster, everything the operator makes, tells and reports.

Each case stands for one recording of the KubeRay operator 1.7.0; the words here are the project's own.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contract import expectations as e
from contract.facts import Object, PodFacts, ServiceFacts

if TYPE_CHECKING:
    from collections.abc import Callable

CREATED = {("Normal", "CreatedService"), ("Normal", "CreatedHeadPod"), ("Normal", "CreatedWorkerPod")}
ACCESS = {("Normal", "CreatedServiceAccount"), ("Normal", "CreatedRole"), ("Normal", "CreatedRoleBinding")}


@dataclass(frozen=True, slots=True)
class Expected:
    """Every object of one cluster: pods by group and host, Services by name, others by kind."""

    pods: tuple[PodFacts, ...] = ()
    services: tuple[ServiceFacts, ...] = ()
    others: dict[str, Object] = field(default_factory=dict)
    events: frozenset[tuple[str, str]] = frozenset(CREATED)
    status: Object = field(default_factory=dict)
    finalizers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A RayCluster and what has to come of it; `recording` names the file the facts were taken from."""

    name: str
    recording: str
    change: Callable[[Object], None]
    expect: Callable[[str, str], Expected]

    def cluster(self, namespace: str) -> Object:
        """Return the RayCluster: the plain one with the case's own change."""
        body = plain_cluster(self.name, namespace)
        self.change(body)
        return body

    def expected(self, namespace: str) -> Expected:
        return self.expect(self.name, namespace)


def plain_cluster(name: str, namespace: str) -> Object:
    """Return a RayCluster of a head and one group of one worker."""
    return {
        "apiVersion": "ray.io/v1",
        "kind": "RayCluster",
        "metadata": {"name": name, "namespace": namespace, "annotations": {}},
        "spec": {
            "rayVersion": "2.60.0",
            "headGroupSpec": {
                "rayStartParams": {"num-cpus": "0"},
                "template": _template("ray-head", e.HEAD_LIMITS, e.HEAD_REQUESTS),
            },
            "workerGroupSpecs": [plain_group("small")],
        },
    }


def plain_group(name: str, replicas: int = 1, minimum: int = 1, maximum: int = 3) -> Object:
    return {
        "groupName": name,
        "replicas": replicas,
        "minReplicas": minimum,
        "maxReplicas": maximum,
        "rayStartParams": {},
        "template": _template("ray-worker", e.WORKER_LIMITS, e.WORKER_REQUESTS),
    }


def _template(container: str, limits: dict[str, str], requests: dict[str, str]) -> Object:
    resources = {"limits": dict(limits), "requests": dict(requests)}
    return {
        "spec": {
            "containers": [
                {"name": container, "image": e.IMAGE, "imagePullPolicy": "IfNotPresent", "resources": resources}
            ]
        }
    }


def _basic(name: str, namespace: str) -> Expected:
    pods = (e.head(name), e.worker(name, namespace))
    return Expected(pods, (e.head_service(name),), status=e.status(name))


def _no_ray_version(name: str, namespace: str) -> Expected:
    """Without `rayVersion` the probes fetch with wget in the container, one address or two."""
    both = f"bash -c {e.AGENT_CHECK} && {e.GCS_CHECK}"
    pods = (e.head(name, check=both), e.worker(name, namespace, check=f"bash -c {e.AGENT_CHECK}"))
    return replace(_basic(name, namespace), pods=pods)


def _autoscaler_v1(name: str, namespace: str) -> Expected:
    head = e.head(name, e.AUTOSCALED_HEAD_START, env=["RAY_enable_autoscaler_v2=false"])
    return replace(
        _basic(name, namespace),
        pods=(e.autoscaled(head, name, "Always"), e.worker(name, namespace)),
        others=e.autoscaler_access(name, namespace),
        events=frozenset(CREATED | ACCESS),
    )


def _autoscaler_v2(name: str, namespace: str) -> Expected:
    """Version 2 never restarts a container; a group's own resources replace what its containers say."""
    head = e.head(name, e.AUTOSCALED_HEAD_START, env=["RAY_enable_autoscaler_v2=true"])
    start = e.worker_start(f"{name}-head-svc", namespace, "--num-cpus=8  --resources='{\"C1\":2}' ")
    worker = replace(e.worker(name, namespace, start), restart_policy="Never")
    return replace(_autoscaler_v1(name, namespace), pods=(e.autoscaled(head, name, "Never"), worker))


def _auth_token(name: str, namespace: str) -> Expected:
    """The token is a Secret of the cluster's name; head, worker and the waiting container get it."""
    token = ["RAY_AUTH_MODE=token", f"RAY_AUTH_TOKEN from Secret {name}, auth_token"]
    pods = (e.head(name, env=token), e.worker(name, namespace, env=token, wait_env=token))
    secret = {"name": name, "labels": {"ray.io/cluster": name}, "owner": e.owner(name), "keys": ["auth_token"]}
    return replace(_basic(name, namespace), pods=pods, others={"Secret": secret})


def _gcs_ft_redis(name: str, namespace: str) -> Expected:
    """The state is filed in Redis under the cluster's UID; a finalizer keeps the cluster until it is cleaned up."""
    storage = {"ray.io/ft-enabled": "true", "ray.io/external-storage-namespace": "UID"}
    env = ["RAY_external_storage_namespace=UID", "RAY_REDIS_ADDRESS=redis:6379"]
    worker = e.worker(name, namespace, env=["RAY_gcs_rpc_server_reconnect_timeout_s=600"])
    pods = (e.head(name, env=env, annotations=storage), worker)
    return replace(_basic(name, namespace), pods=pods, finalizers=("ray.io/gcs-ft-redis-cleanup-finalizer",))


def _head_service(name: str, namespace: str) -> Expected:
    """A Service the user describes keeps name and annotations, is not headless, and hides an unready head."""
    ingress = {
        "name": f"{name}-head-ingress",
        "labels": e.application_labels(name) | {"ray.io/identifier": f"{name}-head"},
        "owner": e.owner(name),
        "spec": {
            "rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "ray-main", "port": {"number": 8265}}},
                            }
                        ]
                    }
                }
            ]
        },
    }
    service = replace(
        e.head_service(name), name="ray-main", headless=False, shows_unready=False, annotations={"a": "b"}
    )
    status = e.status(name)
    status["head"]["service"] = "ray-main"
    return Expected(
        pods=(e.head(name), e.worker(name, namespace, service="ray-main")),
        services=(service,),
        others={"Ingress": ingress},
        events=frozenset(CREATED | {("Normal", "CreatedIngress")}),
        status=status,
    )


def _overwrite_command(name: str, namespace: str) -> Expected:
    """The annotation leaves command and args of every pod as they are; the generated command is a variable."""
    annotation = {"ray.io/overwrite-container-cmd": "true"}
    head, worker = e.head(name, annotations=annotation), e.worker(name, namespace)
    own = replace(head.containers[0], args=("ulimit -n 65536; $KUBERAY_GEN_RAY_START_CMD",))
    none = replace(worker.containers[0], command=(), args=())
    pods = (replace(head, containers=(own,)), replace(worker, containers=(none,), annotations=annotation))
    return replace(_basic(name, namespace), pods=pods)


def _start_commands(name: str, namespace: str) -> Expected:
    """The user's words come first, joined by &&; their variables too. A group of none makes no pod."""
    head = e.head(name, env=["A=1"])
    start = f" {{ pip install x && true; }} || exit 1  && {e.ULIMIT}{e.HEAD_START}"
    pods = (replace(head, containers=(replace(head.containers[0], args=(start,)),)), e.worker(name, namespace))
    return replace(_basic(name, namespace), pods=pods, status=e.status(name) | {"maxWorkerReplicas": 6})


def _multi_host(name: str, namespace: str) -> Expected:
    """One replica of two hosts is two pods with one name between them, and a Service for their talk."""
    replica = "ray.io/worker-group-replica-name"
    hosts = tuple(
        e.worker(name, namespace, labels={replica: "small", "ray.io/replica-host-index": host}) for host in "01"
    )
    headless = ServiceFacts(
        name=f"{name}-headless",
        labels={"ray.io/headless-worker-svc": name},
        selector={"ray.io/cluster": name, "ray.io/node-type": "worker"},
        ports=(),
        headless=True,
        shows_unready=True,
        owner=e.owner(name),
        annotations={},
    )
    totals = {
        "desiredCPU": "600m",
        "desiredMemory": "4Gi",
        "desiredWorkerReplicas": 2,
        "minWorkerReplicas": 2,
        "maxWorkerReplicas": 6,
    }
    return Expected((e.head(name), *hosts), (e.head_service(name), headless), status=e.status(name) | totals)


def _suspended(name: str, namespace: str) -> Expected:
    """The Service is made, pods are not; the event about their deletion comes all the same."""
    conditions = {
        "HeadPodReady": "False HeadPodNotFound",
        "RayClusterProvisioned": "False RayClusterPodsProvisioning",
        "RayClusterSuspended": "True RayClusterSuspended",
        "RayClusterSuspending": "False RayClusterSuspending",
    }
    reported = {"conditions": conditions, "state": "suspended", "head": {"pod": "", "service": f"{name}-head-svc"}}
    return Expected(
        services=(e.head_service(name),),
        events=frozenset({("Normal", "CreatedService"), ("Normal", "DeletedPod")}),
        status=e.status(name) | reported,
    )


def _invalid(name: str, namespace: str) -> Expected:
    """Nothing is made and no status written: the event is the only sign."""
    return Expected(events=frozenset({("Warning", "InvalidRayClusterSpec")}))


def _set(*path: str, **values: object) -> Callable[[Object], None]:
    """Return a change that lays `values` over the map at `path`; a number in it is an index."""

    def change(body: Object) -> None:
        place = body["spec"]
        for key in path:
            place = place[int(key) if key.isdigit() else key]
        place.update(copy.deepcopy(values))

    return change


def _without_version(body: Object) -> None:
    del body["spec"]["rayVersion"]


def _autoscaling(version: str, mode: str, seconds: int) -> Callable[[Object], None]:
    options = {"version": version, "upscalingMode": mode, "idleTimeoutSeconds": seconds}
    return _set(enableInTreeAutoscaling=True, autoscalerOptions=options)


def _v2_with_resources(body: Object) -> None:
    _autoscaling("v2", "Default", 60)(body)
    group = body["spec"]["workerGroupSpecs"][0]
    del group["rayStartParams"]
    group["resources"] = {"CPU": "8", "C1": "2"}


def _two_groups(body: Object) -> None:
    head = body["spec"]["headGroupSpec"]["template"]["spec"]["containers"][0]
    head.update(args=["{ pip install x && true; } || exit 1"], env=[{"name": "A", "value": "1"}])
    body["spec"]["workerGroupSpecs"].append(plain_group("big", replicas=0, minimum=0))


def _own_command(body: Object) -> None:
    body["metadata"]["annotations"]["ray.io/overwrite-container-cmd"] = "true"
    head = body["spec"]["headGroupSpec"]["template"]["spec"]["containers"][0]
    head.update(command=list(e.SHELL), args=["ulimit -n 65536; $KUBERAY_GEN_RAY_START_CMD"])


def _recreate_two_hosts(body: Object) -> None:
    body["spec"]["upgradeStrategy"] = {"type": "Recreate"}
    body["spec"]["workerGroupSpecs"][0]["numOfHosts"] = 2


_OWN_SERVICE = {"metadata": {"name": "ray-main", "annotations": {"a": "b"}}, "spec": {"type": "ClusterIP"}}

CASES = (
    Case("basic", "basic", lambda _: None, _basic),
    Case("noversion", "no-ray-version", _without_version, _no_ray_version),
    Case("scale-v1", "autoscaler-v1", _autoscaling("v1", "Conservative", 300), _autoscaler_v1),
    Case("scale-v2", "autoscaler-v2-resources", _v2_with_resources, _autoscaler_v2),
    Case("auth", "auth-token", _set(authOptions={"mode": "token"}), _auth_token),
    Case("ft", "gcs-ft-redis", _set(gcsFaultToleranceOptions={"redisAddress": "redis:6379"}), _gcs_ft_redis),
    Case("svc", "head-service", _set("headGroupSpec", enableIngress=True, headService=_OWN_SERVICE), _head_service),
    Case("over", "overwrite-command", _own_command, _overwrite_command),
    Case("cmd", "start-commands-two-groups", _two_groups, _start_commands),
    Case("rec", "recreate-multihost", _recreate_two_hosts, _multi_host),
    Case("susp", "suspended", _set(suspend=True), _suspended),
    Case("bad", "invalid-min-over-max", _set("workerGroupSpecs", "0", minReplicas=5), _invalid),
)
