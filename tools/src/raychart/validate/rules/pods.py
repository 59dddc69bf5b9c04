"""What the API server's own code asks of pods beyond the schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from raychart.schema_words import show
from raychart.validate.definitions.forms import LABEL_NAME, is_label_name
from raychart.validate.reach import mappings, text
from raychart.validate.rule import Problem, Rule

if TYPE_CHECKING:
    from raychart.paths import ValuesPath
    from raychart.validate.subject import Pod, Subject

_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
_PORT_FORM = "at most 15 lower-case letters, digits and single dashes between them, a letter among them"
_VARIABLE = re.compile(r"[ -<>-~]+")
# Kinds whose pods run for ever, and those whose pods end.
_LASTING = {"DaemonSet", "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"}
_ENDING = {"Job", "CronJob"}
# Volumes that KubeRay's operator adds (BuildPod, DefaultHeadPodTemplate).
_OPERATORS = {"gcs-storage", "ray-logs", "ray-tls", "shared-mem"}
_RENAME = "give it another name, or remove one of the two"

Found = Iterator[tuple["ValuesPath", dict[str, Any]]]


def containers(pod: Pod) -> Found:
    """Yield the containers of a pod, those that initialise it first, each with its path."""
    for kind in _CONTAINERS:
        for path, container in mappings(pod.spec, (kind,)):
            yield (*pod.spec_path, *path), container


def of_pods(check: Callable[[Pod], Iterator[Problem]]) -> Callable[[Subject], Iterator[Problem]]:
    """Return what applies a check to each pod of an object."""
    return lambda subject: (problem for pod in subject.pods for problem in check(pod))


def _names(pod: Pod) -> Iterator[Problem]:
    for path, volume in mappings(pod.spec, ("volumes",)):
        yield from _label_name((*pod.spec_path, *path), volume, "a volume")
    for path, container in containers(pod):
        yield from _label_name(path, container, "a container")
        for at, port in mappings(container, ("ports",)):
            name = port.get("name")
            if isinstance(name, str) and name and not (len(name) <= 15 and _PORT_NAME.fullmatch(name)):
                size = f" ({len(name)} characters)" if len(name) > 15 else ""
                message = f"{show(name)} cannot be the name of a port{size}"
                yield Problem((*path, *at, "name"), message, f"use {_PORT_FORM}")
        for at, variable in mappings(container, ("env",)):
            name = variable.get("name")
            if isinstance(name, str) and not _VARIABLE.fullmatch(name):
                message = f"{show(name)} cannot be the name of a variable"
                yield Problem((*path, *at, "name"), message, "use printable characters but =, one at least")


def _label_name(path: ValuesPath, item: dict[str, Any], what: str) -> Iterator[Problem]:
    name = item.get("name")
    if isinstance(name, str) and not is_label_name(name):
        size = f" ({len(name)} characters)" if len(name) > 63 else ""
        yield Problem((*path, "name"), f"{show(name)} cannot be the name of {what}{size}", f"use {LABEL_NAME}")


def _repeated(pod: Pod) -> Iterator[Problem]:
    yield from _same_container(pod)
    for path, container in containers(pod):
        yield from _twice(container, ("ports",), "name", path, "a port")
        if not pod.ray:
            yield from _twice(container, ("volumeMounts",), "mountPath", path, "a mount at")
    if not pod.ray:
        # Of a Ray cluster's the schema tells, which has the keys of lists.
        yield from _twice(pod.spec, ("volumes",), "name", pod.spec_path, "a volume")


def _same_container(pod: Pod) -> Iterator[Problem]:
    first: dict[str, str | int] = {}
    for path, container in containers(pod):
        name, its_list = text(container, "name"), path[-2]
        if name in first and not (pod.ray and first[name] == its_list):
            yield Problem((*path, "name"), f"there is a container {show(name)} already", _RENAME)
        if name:
            first.setdefault(name, its_list)


def _twice(value: dict[str, Any], at: ValuesPath, key: str, path: ValuesPath, what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for where, item in mappings(value, at):
        name = text(item, key)
        if name in seen:
            yield Problem((*path, *where, key), f"there is {what} {show(name)} already", _RENAME)
        if name:
            seen.add(name)


def _mounts(subject: Subject) -> Iterator[Problem]:
    claims = {
        text(claim, "metadata", "name")
        for _, claim in mappings(subject.body, ("spec", "volumeClaimTemplates"))
        if subject.manifest.kind == "StatefulSet"
    }
    for pod in subject.pods:
        volumes = {text(volume, "name") for _, volume in mappings(pod.spec, ("volumes",))} | claims
        for path, container in containers(pod):
            for kind in ("volumeMounts", "volumeDevices"):
                for at, mount in mappings(container, (kind,)):
                    name = mount.get("name")
                    if isinstance(name, str) and name not in volumes and not (pod.ray and name in _OPERATORS):
                        there = ", ".join(sorted(filter(None, volumes))) or "none"
                        message = f"there is no volume {show(name)} (there are: {there})"
                        yield Problem((*path, *at, "name"), message, "add the volume, or mount one that is there")


def _restart(subject: Subject) -> Iterator[Problem]:
    kind = subject.manifest.kind
    for pod in subject.pods:
        path = (*pod.spec_path, "restartPolicy")
        policy = pod.spec.get("restartPolicy")
        if kind in _LASTING and policy not in (None, "", "Always"):
            yield Problem(path, f"the pods of a {kind} have to be restarted (found {show(policy)})", "write Always")
        if kind in _ENDING and policy in (None, "", "Always"):
            found = "nothing, which is Always" if policy in (None, "") else "Always"
            message = f"the pods of a {kind} must not always be restarted (found {found})"
            yield Problem(path, message, "write Never or OnFailure")


def _images(subject: Subject) -> Iterator[Problem]:
    for pod in subject.pods:
        for path, container in containers(pod):
            if container.get("image") in (None, ""):
                yield Problem(path, "image is missing", "name the image that it runs")


_POD = "Kubernetes: pkg/apis/core/validation, ValidatePodSpec"
RULES = (
    Rule(
        "pod-names",
        "error",
        "A container, a port, a volume or a variable has a name that the API server refuses.",
        "Containers and volumes have DNS-1123 labels for names, ports the names that services have (at most 15 "
        "characters), and variables whatever is printable.",
        _POD,
        of_pods(_names),
    ),
    Rule(
        "repeated-item",
        "error",
        "Two containers, volumes, ports or mounts of a pod have the same name.",
        "The names of containers are the same for those that initialise the pod and those that run; volumes share one "
        "list; a container's ports cannot have a name twice, nor can two volumes be mounted at one path. The API "
        "server refuses the pods.",
        _POD,
        of_pods(_repeated),
    ),
    Rule(
        "pod-mounts",
        "error",
        "A container mounts a volume that its pod has not got.",
        "The API server refuses the pod. A StatefulSet's claims count as volumes.",
        "Kubernetes: pkg/apis/core/validation, ValidateVolumeMounts",
        _mounts,
    ),
    Rule(
        "pod-restart-policy",
        "error",
        "Pods are restarted where their kind does not allow it, or are not where it has to be.",
        "A Deployment's pods can only have restartPolicy Always, which is also the default; a Job's only Never or "
        "OnFailure, so that it has to be written.",
        "Kubernetes: pkg/apis/apps/validation, pkg/apis/batch/validation",
        _restart,
    ),
    Rule(
        "pod-image",
        "error",
        "A container has no image.",
        "The schema allows it, because what makes pods may fill it in, but neither Kubernetes nor KubeRay does.",
        "Kubernetes: pkg/apis/core/validation, validateContainerCommon",
        _images,
    ),
)
