"""Read Kubernetes objects as facts: what the contract is about, without what the API server and the kubelet add.

Facts are written so that a difference reads well: one string a variable, a port, a probe.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]

_HASH = re.compile(r"[0-9A-V]{32}")
_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEALTH_CHECK = re.compile(r"ray health-check --address ([^\s;]+)")
_WAIT = "wait-gcs-ready"


@dataclass(frozen=True, slots=True)
class ContainerFacts:
    """One container; `args` of the waiting container are reduced to what it waits for."""

    name: str
    image: str
    command: tuple[str, ...]
    args: tuple[str, ...]
    env: tuple[str, ...]
    limits: dict[str, str]
    requests: dict[str, str]
    ports: tuple[str, ...] = ()
    mounts: tuple[str, ...] = ()
    liveness: str = ""
    readiness: str = ""


@dataclass(frozen=True, slots=True)
class PodFacts:
    """One pod, by the name it was generated from."""

    prefix: str
    labels: dict[str, str]
    annotations: dict[str, str]
    restart_policy: str
    service_account: str
    containers: tuple[ContainerFacts, ...]
    init_containers: tuple[ContainerFacts, ...]
    volumes: tuple[str, ...]
    owner: str


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """One Service; ports in the order of their names, because KubeRay's own order is not always the same."""

    name: str
    labels: dict[str, str]
    selector: dict[str, str]
    ports: tuple[str, ...]
    headless: bool
    shows_unready: bool
    owner: str
    annotations: dict[str, str]


def pod_facts(pod: Object) -> PodFacts:
    """Return the facts of a pod, as built or as read back from the API server."""
    metadata, spec = pod["metadata"], pod["spec"]
    return PodFacts(
        prefix=metadata["generateName"],
        labels=_without_random(metadata["labels"]),
        annotations=_annotations(metadata),
        restart_policy=spec.get("restartPolicy", "Always"),
        service_account=spec.get("serviceAccountName", "default"),
        containers=tuple(map(container_facts, spec["containers"])),
        init_containers=tuple(map(container_facts, spec.get("initContainers") or [])),
        volumes=tuple(sorted(_volume(item) for item in spec.get("volumes") or [] if "emptyDir" in item)),
        owner=owner(metadata),
    )


def container_facts(container: Object) -> ContainerFacts:
    """Return the facts of one container; the API server's token mount is left out."""
    resources = container.get("resources") or {}
    args = tuple(container.get("args") or ())
    if container["name"] == _WAIT:
        args = tuple(sorted({f"ray health-check --address {address}" for address in _HEALTH_CHECK.findall(args[0])}))
    mounts = container.get("volumeMounts") or []
    return ContainerFacts(
        name=container["name"],
        image=container["image"],
        command=tuple(container.get("command") or ()),
        args=args,
        env=tuple(map(_variable, container.get("env") or [])),
        limits=dict(resources.get("limits") or {}),
        requests=dict(resources.get("requests") or {}),
        ports=tuple(f"{port.get('name', '')} {port['containerPort']}" for port in container.get("ports") or []),
        mounts=tuple(f"{item['mountPath']} {item['name']}" for item in mounts if "kube-api-access" not in item["name"]),
        liveness=_probe(container.get("livenessProbe")),
        readiness=_probe(container.get("readinessProbe")),
    )


def service_facts(service: Object) -> ServiceFacts:
    """Return the facts of a Service."""
    metadata, spec = service["metadata"], service["spec"]
    return ServiceFacts(
        name=metadata["name"],
        labels=metadata["labels"],
        selector=spec["selector"],
        ports=tuple(sorted(_service_port(port) for port in spec.get("ports") or [])),
        headless=spec.get("clusterIP") == "None",
        shows_unready=bool(spec.get("publishNotReadyAddresses")),
        owner=owner(metadata),
        annotations=metadata.get("annotations") or {},
    )


def plain_facts(thing: Object) -> Object:
    """Return what counts of an object of any other kind: name, labels, owner and its own fields."""
    skipped = {"apiVersion", "kind", "metadata", "status", "data", "stringData", "secrets", "type"}
    metadata = thing["metadata"]
    facts = {"name": metadata["name"], "labels": metadata["labels"], "owner": owner(metadata)}
    if thing["kind"] == "Secret":
        facts["keys"] = sorted(thing.get("data") or thing.get("stringData") or {})
    own = {key: value for key, value in thing.items() if key not in skipped}
    # The API server adds the group of a binding's subjects, where it is the empty one, and takes it away again.
    own["subjects"] = [{k: v for k, v in item.items() if v} for item in own.get("subjects") or []]
    return facts | {key: value for key, value in own.items() if value}


def status_facts(status: Object) -> Object:
    """Return a RayCluster's status without times, addresses, generations and random names.

    HeadPodReady repeats the pod's own words, so only its verdict counts, unless there is no head.
    """
    conditions = {}
    for item in status.get("conditions") or []:
        own = item["type"] != "HeadPodReady" or item["reason"] == "HeadPodNotFound"
        conditions[item["type"]] = f"{item['status']} {item['reason']}" if own else item["status"]
    head = status.get("head") or {}
    kept = {
        key: value
        for key, value in status.items()
        if key not in ("conditions", "head", "lastUpdateTime", "observedGeneration", "stateTransitionTimes")
    }
    named = {"pod": head.get("podName", "").rpartition("-")[0], "service": head.get("serviceName", "")}
    return kept | {"conditions": conditions, "head": named}


def owner(metadata: Object) -> str:
    """Return who owns the object, as KIND/NAME, and whether as its controller."""
    return ", ".join(
        f"{item['kind']}/{item['name']}{' (controller)' if item.get('controller') else ''}"
        for item in metadata.get("ownerReferences") or []
    )


def _annotations(metadata: Object) -> dict[str, str]:
    """Return the annotations, hashes and UIDs by their form alone."""
    found = {}
    for key, text in (metadata.get("annotations") or {}).items():
        found[key] = "HASH" if _HASH.fullmatch(text) else "UID" if _UID.fullmatch(text) else text
    return found


def _without_random(labels: dict[str, str]) -> dict[str, str]:
    key = "ray.io/worker-group-replica-name"
    return {**labels, key: labels[key].rpartition("-")[0]} if key in labels else labels


def _variable(variable: Object) -> str:
    source = variable.get("valueFrom") or {}
    if "fieldRef" in source:
        return f"{variable['name']} from {source['fieldRef']['fieldPath']}"
    if "secretKeyRef" in source:
        return f"{variable['name']} from Secret {source['secretKeyRef']['name']}, {source['secretKeyRef']['key']}"
    text = variable.get("value", "")
    return f"{variable['name']}={'UID' if _UID.fullmatch(text) else text}"


def _probe(probe: Object | None) -> str:
    if probe is None:
        return ""
    http = probe.get("httpGet")
    check = f"GET :{http['port']}{http['path']}" if http else " ".join(probe["exec"]["command"])
    return (
        f"{check}, after {probe['initialDelaySeconds']} s, every {probe['periodSeconds']} s, "
        f"within {probe['timeoutSeconds']} s, {probe['failureThreshold']} failures"
    )


def _service_port(port: Object) -> str:
    protocol = port.get("appProtocol")
    return f"{port['name']} {port['port']} {protocol}" if protocol else f"{port['name']} {port['port']}"


def _volume(volume: Object) -> str:
    source = volume["emptyDir"]
    return " ".join(filter(None, (volume["name"], source.get("medium", "").lower(), source.get("sizeLimit"))))
