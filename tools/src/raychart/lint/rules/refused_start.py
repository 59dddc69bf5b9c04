"""Rules for how Ray is started: options of `ray start`, commands before it, the Ray that is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.places import once_a_place, quoted, ray_pods
from raychart.lint.rule import Problem, Rule
from raychart.paths import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject

_RESOURCES = ("num-cpus", "num-gpus", "memory")
_PORTS = {
    "dashboard-agent-listen-port": "52365",
    "dashboard-port": "8265",
    "metrics-export-port": "8080",
    "port": "6379",
    "ray-client-server-port": "10001",
}


def _said_twice(subject: Subject) -> Iterator[Problem]:
    for _, pod in ray_pods(subject):
        for key in _RESOURCES:
            if pod.settings.get("rayResources") and (pod.settings.get("rayStartParams") or {}).get(key):
                yield Problem(
                    pod.place("rayStartParams", key),
                    "given beside rayResources, which KubeRay refuses together",
                    "say it in rayResources alone",
                )


def _ports(subject: Subject) -> Iterator[Problem]:
    for _, pod in ray_pods(subject):
        for key, port in _PORTS.items():
            given = (pod.settings.get("rayStartParams") or {}).get(key)
            if given not in (None, port):
                yield Problem(
                    pod.place("rayStartParams", key),
                    f"{quoted(given)}, but services, probes and the autoscaler expect {port}",
                    "remove it",
                )


def _redis_options(subject: Subject) -> Iterator[Problem]:
    for cluster, pod in ray_pods(subject):
        for key in ("redis-password", "redis-username"):
            if key in (pod.settings.get("rayStartParams") or {}):
                yield Problem(
                    pod.place("rayStartParams", key),
                    "KubeRay refuses it as an option",
                    f"use {dotted((*cluster.path, 'faultTolerance'))}",
                )


def _ray_start(subject: Subject) -> Iterator[Problem]:
    for _, pod in ray_pods(subject):
        for index, command in enumerate(pod.settings.get("setupCommands") or []):
            if "ray start" in command:
                yield Problem(
                    pod.place("setupCommands", index),
                    f"{quoted(command)} calls ray start, so KubeRay would add nothing of its own",
                    "remove it; options go to rayStartParams",
                )


def _replaced(subject: Subject) -> Iterator[Problem]:
    for _, pod in ray_pods(subject):
        container = pod.settings.get("container") or {}
        before = "installRay" if pod.settings.get("installRay") else "setupCommands"
        for key in ("command", "args"):
            if pod.settings.get(before) and key in container:
                yield Problem(
                    pod.place("container", key),
                    f"{key} beside {before}, which it would replace",
                    "put the whole into setupCommands",
                )


def _no_command(subject: Subject) -> Iterator[Problem]:
    for cluster, pod in ray_pods(subject):
        overwritten = (cluster.settings.get("annotations") or {}).get("ray.io/overwrite-container-cmd") == "true"
        if overwritten and not (pod.settings.get("container") or {}).get("command"):
            path = dotted(cluster.path)
            yield Problem(
                pod.place("container", "command"),
                f"none given, though {path}.annotations says ray.io/overwrite-container-cmd: nothing would start Ray",
                "give the whole command, $KUBERAY_GEN_RAY_START_CMD included, or remove the annotation",
            )


def _other_ray(subject: Subject) -> Iterator[Problem]:
    for cluster, pod in ray_pods(subject):
        installed, version = pod.settings.get("installRay"), cluster.settings["rayVersion"]
        if installed and installed != version:
            key = dotted((*cluster.path, "rayVersion"))
            yield Problem(
                pod.place("installRay"),
                f"{installed}, but {key} is {version}: the two must be the same Ray",
                "set both to one version",
            )


RULES = (
    Rule(
        "resources-said-twice",
        "error",
        "Ray's resources are given both as rayResources and as options of ray start.",
        "KubeRay refuses the RayCluster for it, and nothing is reconciled.",
        "validateRayGroupResources of KubeRay 1.7.0",
        once_a_place(_said_twice),
    ),
    Rule(
        "fixed-port",
        "error",
        "An option of ray start changes a port that others expect.",
        "The chart's services and probes, KubeRay's own commands and the autoscaler know these ports by number: with "
        "another one the pod never gets ready, or the autoscaler does not find the head.",
        "run_autoscaler.py of Ray 2.60 connects to <pod IP>:6379; generateRayStartCommand of KubeRay 1.7.0",
        once_a_place(_ports),
    ),
    Rule(
        "redis-option",
        "error",
        "Redis's user or password is given as an option of ray start.",
        "KubeRay refuses it there, and it would stand in plain text in the pod.",
        "ValidateRayClusterSpec of KubeRay 1.7.0 (GCS fault tolerance)",
        once_a_place(_redis_options),
    ),
    Rule(
        "setup-calls-ray-start",
        "error",
        "A setup command calls ray start.",
        "KubeRay adds its own `ray start`, with address, resources and ports, only to commands that have none. The pod "
        "would run a Ray of its own and never join.",
        "convertCmdToString and BuildPod of KubeRay 1.7.0",
        once_a_place(_ray_start),
    ),
    Rule(
        "command-replaces-setup",
        "error",
        "The container's command or args stand beside setup commands.",
        "Both become the same field of the container, and the container's own wins: no setup command would run.",
        "ray.beforeStart of the chart, container.args of the pod",
        once_a_place(_replaced),
    ),
    Rule(
        "command-missing",
        "error",
        "The container's command is taken as it is, and there is none.",
        "The annotation ray.io/overwrite-container-cmd holds for the head and for every worker type: KubeRay adds no "
        "`ray start` to any of them.",
        "BuildPod of KubeRay 1.7.0 (ray.io/overwrite-container-cmd)",
        once_a_place(_no_command),
    ),
    Rule(
        "trial-version-differs",
        "error",
        "The Ray that is installed for a trial is not the cluster's.",
        "Head, workers and what KubeRay expects of the version have to be the same Ray.",
        "installRay of the chart; Ray refuses nodes of another version",
        once_a_place(_other_ray),
    ),
)
