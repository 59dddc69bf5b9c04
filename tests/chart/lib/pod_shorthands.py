"""Every key of podDefaults with a value, and where that value has to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shorthand:
    """A value and where it shows; `over` is laid over it, after which `both` shows (None: `over` replaces it)."""

    value: Any
    shows: dict[str, Any]
    over: Any
    both: dict[str, Any]


def _scalar(where: str, value: Any, over: Any) -> Shorthand:
    return Shorthand(value, _at(where, value), over, _at(where, over))


def _map(where: str, value: dict[str, Any], over: dict[str, Any]) -> Shorthand:
    return Shorthand(value, _at(where, value), over, _at(where, value | over))


def _quantity(where: str, value: Any, over: Any) -> Shorthand:
    def shows(amount: Any) -> dict[str, Any]:
        return _at("container.resources", {"requests": {where: str(amount)}, "limits": {where: str(amount)}})

    return Shorthand(value, shows(value), over, shows(over))


def _at(where: str, value: Any) -> dict[str, Any]:
    for key in reversed(where.split(".")):
        value = {key: value}
    return dict(value)


def _volume(name: str, path: str) -> dict[str, Any]:
    return {
        "pod": {"volumes": {name: {"configMap": {"name": name}}}},
        "container": {"volumeMounts": {path: {"name": name}}},
    }


def _shared(size: str) -> dict[str, Any]:
    volume = {"emptyDir": {"medium": "Memory", "sizeLimit": size}}
    return {
        "pod": {"volumes": {"shared-mem": volume}},
        "container": {"volumeMounts": {"/dev/shm": {"name": "shared-mem"}}},
    }


SPREAD = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
PLACEMENTS = {"spot": {"nodeSelector": {"pool": "spot"}}, "gpu": {"nodeSelector": {"pool": "gpu"}}}
PROBE = {"httpGet": {"path": "/mine", "port": 1}}

# What is seen of a group: its own fields, its pod's metadata, its pod (lists as maps by name), the main container (the
# same) and the lines that run before `ray start`.
SHORTHANDS = {
    "image": Shorthand(
        {"repository": "mine/ray", "tag": "1", "pullPolicy": "Always", "pullSecrets": ["key"]},
        {
            "container": {"image": "mine/ray:1", "imagePullPolicy": "Always"},
            "pod": {"imagePullSecrets": {"key": {}}},
        },
        {"tag": "2"},
        {"container": {"image": "mine/ray:2", "imagePullPolicy": "Always"}},
    ),
    "cpu": _quantity("cpu", "500m", 2),
    "memory": _quantity("memory", "3Gi", "4Gi"),
    "gpu": Shorthand(
        1,
        _at("container.resources.limits", {"amd.com/gpu": "1"}),
        2,
        _at("container.resources.limits", {"nvidia.com/gpu": "2"}),
    ),
    "gpuResource": Shorthand(
        "amd.com/gpu",
        _at("container.resources.limits", {"amd.com/gpu": "1"}),
        "nvidia.com/gpu",
        _at("container.resources.limits", {"nvidia.com/gpu": "2"}),
    ),
    "ephemeralStorage": _quantity("ephemeral-storage", "5Gi", "6Gi"),
    "resources": Shorthand(
        {"requests": {"hugepages-2Mi": "2Mi"}},
        _at("container.resources.requests", {"hugepages-2Mi": "2Mi"}),
        {"limits": {"hugepages-2Mi": "2Mi"}},
        _at("container.resources", {"requests": {"hugepages-2Mi": "2Mi"}, "limits": {"hugepages-2Mi": "2Mi"}}),
    ),
    "sharedMemory": Shorthand("1Gi", _shared("1Gi"), "2Gi", _shared("2Gi")),
    "rayResources": Shorthand(
        {"CPU": 0},
        _at("group.resources", {"CPU": "0"}),
        {"slots": 8},
        _at("group.resources", {"CPU": "0", "slots": "8"}),
    ),
    "rayLabels": _map("group.labels", {"team": "vision"}, {"tier": "gold"}),
    "rayStartParams": _map("group.rayStartParams", {"log-color": "false"}, {"plasma-directory": "/tmp"}),
    "setupCommands": Shorthand(["one"], {"start": ["one"]}, ["two"], {"start": ["two"]}),
    "installRay": Shorthand(
        "2.60.0",
        {"container": {"volumeMounts": {"/opt/trial": {"name": "trial"}}}, "pod": {"volumes": {"trial": {}}}},
        "2.60.0",
        {"container": {"volumeMounts": {"/opt/trial": {"name": "trial"}}}, "pod": {"volumes": {"trial": {}}}},
    ),
    "env": Shorthand(
        {"A": "x"},
        _at("container.env", {"A": {"value": "x"}}),
        {"B": {"valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}},
        _at("container.env", {"A": {"value": "x"}, "B": {"valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}}),
    ),
    "envFrom": _scalar("container.envFrom", [{"secretRef": {"name": "one"}}], [{"configMapRef": {"name": "two"}}]),
    "volumes": Shorthand(
        {"one": {"mountPath": "/one", "configMap": {"name": "one"}}},
        _volume("one", "/one"),
        {"one": {"mountPath": "/elsewhere"}},
        _volume("one", "/elsewhere"),
    ),
    "labels": _map("metadata.labels", {"a": "1"}, {"b": "2"}),
    "annotations": _map("metadata.annotations", {"a": "1"}, {"b": "2"}),
    "initContainers": _map("pod.initContainers", {"one": {"image": "1"}}, {"two": {"image": "2"}}),
    "sidecars": _map("pod.containers", {"beside": {"image": "1"}}, {"too": {"image": "2"}}),
    "placement": Shorthand(
        ["spot"], _at("pod.nodeSelector", {"pool": "spot"}), ["gpu"], _at("pod.nodeSelector", {"pool": "gpu"})
    ),
    "nodeSelector": _map("pod.nodeSelector", {"a": "1"}, {"b": "2"}),
    "tolerations": _scalar("pod.tolerations", [{"key": "a"}], [{"key": "b"}]),
    "affinity": _map("pod.affinity", {"nodeAffinity": {"a": 1}}, {"podAffinity": {"b": 1}}),
    "topologySpreadConstraints": _scalar("pod.topologySpreadConstraints", [SPREAD], [SPREAD | {"maxSkew": 2}]),
    "priorityClassName": _scalar("pod.priorityClassName", "low", "high"),
    "runtimeClassName": _scalar("pod.runtimeClassName", "gvisor", "kata"),
    "schedulerName": _scalar("pod.schedulerName", "one", "two"),
    "serviceAccountName": _scalar("pod.serviceAccountName", "one", "two"),
    "hostAliases": Shorthand(
        [{"ip": "10.0.0.1", "hostnames": ["db"]}],
        _at("pod.hostAliases", {"10.0.0.1": {"hostnames": ["db"]}}),
        [{"ip": "10.0.0.2", "hostnames": ["db"]}],
        _at("pod.hostAliases", {"10.0.0.2": {"hostnames": ["db"]}}),
    ),
    "dnsPolicy": _scalar("pod.dnsPolicy", "Default", "None"),
    "dnsConfig": _map("pod.dnsConfig", {"searches": ["a"]}, {"nameservers": ["10.0.0.1"]}),
    "terminationGracePeriodSeconds": _scalar("pod.terminationGracePeriodSeconds", 60, 0),
    "lifecycle": _map("container.lifecycle", {"preStop": {"sleep": {"seconds": 1}}}, {"postStart": {"exec": {}}}),
    "startupProbe": _map("container.startupProbe", PROBE, {"periodSeconds": 2}),
    "readinessProbe": _map("container.readinessProbe", PROBE, {"periodSeconds": 2}),
    "livenessProbe": _map("container.livenessProbe", PROBE, {"periodSeconds": 2}),
    "podSecurityContext": _map("pod.securityContext", {"fsGroup": 1000}, {"supplementalGroups": [1]}),
    "securityContext": _map("container.securityContext", {"privileged": False}, {"readOnlyRootFilesystem": True}),
    "pod": _map("pod", {"hostname": "mine"}, {"subdomain": "mine"}),
    "container": _map("container", {"workingDir": "/app"}, {"tty": True}),
}
