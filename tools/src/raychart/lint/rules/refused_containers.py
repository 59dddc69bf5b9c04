"""Rules for the containers of a pod: their images, probes and volumes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from raychart.lint.effective import as_list, as_map, look_up
from raychart.lint.places import all_pods, once_a_place, quoted
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Pod, Subject

_HANDLERS = ("exec", "grpc", "httpGet", "tcpSocket")
# What the chart asks of the Redis where the values do not.
_PROBES: dict[tuple[str, str], dict[str, Any]] = {
    ("redis", "readinessProbe"): {"exec": {}},
    ("redis", "livenessProbe"): {"tcpSocket": {}},
}
_REPOSITORY = re.compile(r"([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_MOUNT = {"mountPath", "mountPropagation", "readOnly", "recursiveReadOnly", "subPath", "subPathExpr"}


def _without_image(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        for setting in ("sidecars", "initContainers"):
            for name, container in (pod.settings.get(setting) or {}).items():
                if container and not container.get("image"):
                    yield Problem(pod.place(setting, name), "image is missing", "add image")
        for setting in ("containers", "initContainers"):
            for index, container in enumerate(as_list(look_up(pod.settings, ("pod", setting)))):
                if not as_map(container).get("image"):
                    yield Problem(pod.place("pod", setting, index), "image is missing", "add image")


def _handlers(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        for setting in ("startupProbe", "readinessProbe", "livenessProbe"):
            probe = {**_PROBES.get((pod.role, setting), {}), **(pod.settings.get(setting) or {})}
            given = sorted(key for key in _HANDLERS if probe.get(key) is not None)
            if len(given) > 1:
                by_chart = _by_chart(subject, pod, setting)
                own = next((key for key in given if key not in by_chart), given[0])
                others = " and ".join(f"{key}: null" for key in given if key != own)
                yield Problem(
                    pod.place(setting, own),
                    f"the probe has {' and '.join(given)}, and Kubernetes takes one of them",
                    f"add {others} beside it in {setting}",
                )
            elif probe and not given:
                yield Problem(
                    pod.place(setting), "the probe does not say what to ask", f"give one of {', '.join(_HANDLERS)}"
                )


def _by_chart(subject: Subject, pod: Pod, setting: str) -> dict[str, Any]:
    place = "operator" if pod.role == "operator" else "podDefaults"
    said = look_up(subject.values.layers[0].data, (place, setting))
    return _PROBES.get((pod.role, setting)) or as_map(said)


def _images(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        image = pod.settings.get("image") or {}
        repository, tag = image.get("repository") or "", image.get("tag") or ""
        # What is a tag or digest behind the repository is told by another rule.
        name = re.sub(r"(@.*|:[^/]*)$", "", repository)
        if name and not _REPOSITORY.fullmatch(name):
            yield Problem(
                pod.place("image", "repository"),
                f"{quoted(repository)} is no repository of images",
                "write registry and path, in lower case and without scheme: quay.io/team/ray",
            )
        if tag and not _TAG.fullmatch(tag):
            yield Problem(
                pod.place("image", "tag"),
                f"{quoted(tag)} is no tag",
                "use letters, digits, _, . and -, at most 128, of which the first is no . or -",
            )


def _volumes(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        for name, volume in (pod.settings.get("volumes") or {}).items():
            sources = [key for key, what in (volume or {}).items() if what is not None and key not in _MOUNT]
            if len(sources) > 1:
                yield Problem(
                    pod.place("volumes", name),
                    f"has {len(sources)} sources ({', '.join(sorted(sources))}), and a volume has one",
                    "keep one; null takes away what defaults say",
                )


def _mounts(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        taken = dict(_own_mounts(pod))
        for name, volume in sorted((pod.settings.get("volumes") or {}).items()):
            path = (volume or {}).get("mountPath")
            if not path:
                continue
            where = pod.place("volumes", name, "mountPath")
            if path in taken:
                yield Problem(where, f"{path} is where {taken[path]} is mounted", "choose another path")
            if ":" in path:
                yield Problem(where, f"{path} has a colon in it, which Kubernetes refuses", "choose another path")
            taken[path] = f"the volume {name}"


def _own_mounts(pod: Pod) -> Iterator[tuple[str, str]]:
    if pod.role in ("head", "worker"):
        yield "/etc/raychart", "the chart's folder of scripts"
        if pod.settings.get("installRay"):
            yield "/opt/trial", "the trial's Ray"
        if pod.settings.get("sharedMemory"):
            yield "/dev/shm", "what sharedMemory asks for"  # noqa: S108 (a path in a pod)
    if pod.role == "redis":
        yield "/etc/raychart", "the chart's folder of scripts"
        yield "/data", "Redis's own volume"


RULES = (
    Rule(
        "container-without-image",
        "error",
        "A further container has no image.",
        "Kubernetes refuses the pod.",
        "Kubernetes: validateContainerCommon (image is required)",
        once_a_place(_without_image),
    ),
    Rule(
        "probe-handlers",
        "error",
        "A probe asks in two ways, or in none.",
        "Maps merge: a probe of one's own, such as exec, stands beside the httpGet of the defaults. Kubernetes takes "
        "one of them and refuses the pod. null takes away what the defaults say.",
        "Kubernetes: validateHandler (may not specify more than 1 handler type)",
        once_a_place(_handlers),
    ),
    Rule(
        "image-reference",
        "error",
        "An image's repository or tag has a form that no image has.",
        "The kubelet cannot pull it: the pod stays in InvalidImageName.",
        "The reference grammar of github.com/distribution/reference",
        once_a_place(_images),
    ),
    Rule(
        "volume-sources",
        "error",
        "A volume has several sources.",
        "Maps merge, so a source in podDefaults stays beside the one that a worker type names for the same volume. "
        "Kubernetes refuses a pod with such a volume.",
        "Kubernetes: validateVolumeSource (may not specify more than 1 volume type)",
        once_a_place(_volumes),
    ),
    Rule(
        "mount-path",
        "error",
        "Two volumes are mounted at one path, or at a path that Kubernetes refuses.",
        "Kubernetes refuses a pod in which two volumes share a path.",
        "Kubernetes: ValidateVolumeMounts (mountPath must be unique, must not contain ':')",
        once_a_place(_mounts),
    ),
)
