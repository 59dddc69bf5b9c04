"""Rules for what Ray and its autoscaler refuse or misread."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.lint.places import once_a_place, quoted, ray_pods
from raychart.lint.rule import Problem, Rule
from raychart.lint.versions import release_of
from raychart.schema_keys import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject

_RAY_NAMES = ("CPU", "GPU", "TPU", "memory", "object_store_memory")
_HIGHEST = 65535
# The newest Ray whose options are known here.
_KNOWN = (2, 60, 0)
_PORTS = (
    "dashboard-agent-grpc-port",
    "dashboard-agent-listen-port",
    "dashboard-port",
    "max-worker-port",
    "metrics-export-port",
    "min-worker-port",
    "node-manager-port",
    "object-manager-port",
    "port",
    "ray-client-server-port",
    "runtime-env-agent-port",
)
# Ray takes 0 for "any" of the first two, and no port below 1024.
_UNPRIVILEGED = {"max-worker-port": (0,), "min-worker-port": (0,), "ray-client-server-port": ()}
_LOWEST_UNPRIVILEGED = 1024
_FLAGS = (
    "block",
    "disable-usage-stats",
    "enable-resource-isolation",
    "head",
    "include-dashboard",
    "include-log-monitor",
    "no-monitor",
    "no-redirect-output",
    "ray-debugger-external",
)
_OPTIONS = (
    *_PORTS,
    *_FLAGS,
    "address",
    "autoscaling-config",
    "cgroup-path",
    "dashboard-host",
    "enable-object-reconstruction",
    "labels",
    "labels-file",
    "log-color",
    "log-style",
    "memory",
    "node-ip-address",
    "node-name",
    "num-cpus",
    "num-gpus",
    "object-spilling-directory",
    "object-store-memory",
    "plasma-directory",
    "proxy-server-url",
    "redis-max-memory",
    "redis-password",
    "redis-shard-ports",
    "redis-username",
    "resources",
    "system-config",
    "system-reserved-cpu",
    "system-reserved-memory",
    "temp-dir",
    "tracing-startup-hook",
    "verbose",
    "worker-port-list",
)
# What KubeRay or the chart sets itself.
_SET = {
    "address": "KubeRay gives workers the head's address",
    "autoscaling-config": "the autoscaler reads the RayCluster, not a file",
    "head": "KubeRay starts the head as one",
}


def _resource_names(subject: Subject) -> Iterator[Problem]:
    for _, pod in ray_pods(subject):
        for name in pod.settings.get("rayResources") or {}:
            plain = name.lower().replace("-", "_")
            meant = next((one for one in _RAY_NAMES if plain in (one.lower(), f"{one.lower()}s")), None)
            if meant and name != meant:
                yield Problem(
                    pod.place("rayResources", name),
                    f"{quoted(name)} is not Ray's own {meant}: the autoscaler takes it for a resource of yours",
                    f"write {meant}",
                )


def _options(subject: Subject) -> Iterator[Problem]:
    for cluster, pod in ray_pods(subject):
        for name, value in (pod.settings.get("rayStartParams") or {}).items():
            if value is None or name in _OPTIONS:
                continue
            plain = name.lstrip("-").replace("_", "-")
            guess = plain if plain in _OPTIONS else nearest(plain, _OPTIONS)
            # A newer Ray may have more options, but none that begin with dashes.
            if release_of(cluster.settings["rayVersion"]) > _KNOWN and plain == name and not guess:
                continue
            remedy = f"did you mean {guess}?" if guess else "remove it; `ray start --help` lists the options"
            yield Problem(
                pod.place("rayStartParams", name), "is no option of ray start, which ends with an error", remedy
            )


def _values(subject: Subject) -> Iterator[Problem]:
    for _, pod in ray_pods(subject):
        for name, value in (pod.settings.get("rayStartParams") or {}).items():
            if value is None:
                continue
            where = pod.place("rayStartParams", name)
            if name in _SET:
                yield Problem(where, f"{_SET[name]}, and it cannot be set beside that", "remove it")
            elif name in _PORTS and (allowed := _ports_but(name, value)):
                yield Problem(where, f"{quoted(value)} is no port for it", f"use {allowed}, in quotes")
            elif name == "worker-port-list" and not all(
                _is_port(one, _LOWEST_UNPRIVILEGED) for one in value.split(",")
            ):
                allowed = f"numbers from {_LOWEST_UNPRIVILEGED} to {_HIGHEST} with commas between them"
                yield Problem(where, f"{quoted(value)} is no list of ports", f"use {allowed}, in quotes")
            elif name in _FLAGS and value.lower() not in ("true", "false"):
                yield Problem(
                    where, f"{quoted(value)} is given to an option that is on or off", 'write "true" or "false"'
                )


def _ports_but(name: str, value: str) -> str | None:
    """Return the ports that an option takes, in words, where the value is none of them."""
    zero = _UNPRIVILEGED.get(name)
    if zero is None:
        return None if _is_port(value) else f"a number from 0 to {_HIGHEST}"
    if _is_port(value, _LOWEST_UNPRIVILEGED) or (_is_port(value) and int(value) in zero):
        return None
    return f"{'0 or ' if zero else ''}a number from {_LOWEST_UNPRIVILEGED} to {_HIGHEST}"


def _is_port(value: str, lowest: int = 0) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,5}", value)) and lowest <= int(value) <= _HIGHEST


RULES = (
    Rule(
        "ray-resource-name",
        "error",
        "A resource of Ray's own is written in another case.",
        "KubeRay takes `cpu` for CPUs, Ray's autoscaler for a resource of yours by that name: it would start no pod, "
        "or the wrong ones.",
        "_get_ray_resources_from_group_spec of Ray 2.60, addResourcesToRayStartParams of KubeRay 1.7.0",
        once_a_place(_resource_names),
    ),
    Rule(
        "ray-start-option",
        "error",
        "rayStartParams has a name that is no option of ray start.",
        "KubeRay writes each as --name=value. `ray start` ends with an error for one that it does not have, and the "
        "pod never gets ready.",
        "ray/scripts/scripts.py of Ray 2.60",
        once_a_place(_options),
    ),
    Rule(
        "ray-start-value",
        "error",
        "An option of ray start has a value that it does not take, or one that KubeRay sets.",
        "`ray start` ends with an error, and the pod never gets ready; with some ports that are none it goes on, and "
        "the part that should listen there does not.",
        "ray/scripts/scripts.py of Ray 2.60; generateRayStartCommand and convertParamMap of KubeRay 1.7.0",
        once_a_place(_values),
    ),
)
