"""Rules for pods that may do more than Pod Security "restricted" admits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.lint.each import dig, layers_with, together
from raychart.lint.effective import as_list, as_map
from raychart.lint.places import all_pods, once_a_place
from raychart.lint.pods import other_containers, per_any_pod
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Pod, Subject

    Keys = tuple[str | int, ...]

_POD, _CONTAINER = ("podSecurityContext",), ("securityContext",)
_REMEDY = "remove it, so that the chart's default holds"


def _contexts(pod: Pod) -> Iterator[tuple[Keys, dict[str, Any]]]:
    """Yield every security context of a pod with its keys in the settings."""
    for keys in (_POD, ("pod", "securityContext"), _CONTAINER, ("container", "securityContext")):
        yield keys, as_map(dig(pod.settings, *keys))
    for container in other_containers(pod):
        yield (*container.keys, "securityContext"), as_map(container.fields.get("securityContext"))


def _weaknesses(context: dict[str, Any]) -> Iterator[tuple[Keys, str]]:
    """Yield what in a security context "restricted" does not admit, and what it allows."""
    if context.get("privileged") is True:
        yield ("privileged",), "privileged: the container is root on the node"
    if context.get("allowPrivilegeEscalation") is True:
        yield ("allowPrivilegeEscalation",), "allowPrivilegeEscalation: a program may gain the rights of root"
    if context.get("runAsNonRoot") is False:
        yield ("runAsNonRoot",), "runAsNonRoot is false: the container may run as root"
    if context.get("runAsUser") == 0 and context.get("runAsNonRoot") is not False:
        yield ("runAsUser",), "runAsUser is 0: the container runs as root"
    added = [name for name in as_list(dig(context, "capabilities", "add")) if name != "NET_BIND_SERVICE"]
    if added:
        yield ("capabilities", "add"), f"capabilities are added: {', '.join(map(str, added))}"
    if dig(context, "seccompProfile", "type") == "Unconfined":
        yield ("seccompProfile", "type"), "seccompProfile is Unconfined: every system call is allowed"


def _lowered(pod: Pod) -> Iterator[Problem]:
    for keys, context in _contexts(pod):
        for more, what in _weaknesses(context):
            yield Problem(pod.place(*keys, *more), f"{what}, which Pod Security restricted refuses", _REMEDY)
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if dig(pod.settings, "pod", key) is True:
            what = f"{key}: the pod shares this with its node, which Pod Security restricted refuses"
            yield Problem(pod.place("pod", key), what, "remove it")


def _without_context(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject, made=True):
        for key in (*_POD, *_CONTAINER):
            # A null that took the chart's default away is in the file alone.
            places = [(*where, key) for where, _ in pod.sources if layers_with(subject.values, (*where, key))]
            if places and not pod.settings.get(key):
                yield Problem(places[0], f"no {key}: what Pod Security restricted asks for is gone", _REMEDY)


def _host_paths(pod: Pod) -> Iterator[Problem]:
    volumes: list[tuple[Keys, Any]] = [
        (("volumes", name), volume) for name, volume in as_map(pod.settings.get("volumes")).items()
    ]
    volumes += [(("pod", "volumes", at), one) for at, one in enumerate(as_list(dig(pod.settings, "pod", "volumes")))]
    for keys, volume in volumes:
        path = dig(volume, "hostPath", "path")
        if dig(volume, "hostPath") is not None:
            yield Problem(
                pod.place(*keys, "hostPath"),
                f"{path or 'a folder'} of the node is in the pod, which Pod Security restricted refuses",
                "use a persistentVolumeClaim, or emptyDir for what may go with the pod",
            )


def _writable_root(pod: Pod) -> Iterator[Problem]:
    for keys in (_CONTAINER, ("container", "securityContext")):
        if dig(pod.settings, *keys, "readOnlyRootFilesystem") is False:
            yield Problem(
                pod.place(*keys, "readOnlyRootFilesystem"),
                "tasks may change the image's own files, for all that run after them",
                "remove it unless tasks or setup commands have to: HOME and /tmp are writable",
            )


RULES = (
    Rule(
        "security-lowered",
        "warning",
        "A pod may do more than Pod Security restricted admits.",
        "Tasks are code that others send. By default it runs without root, without capabilities, with the runtime's "
        "seccomp profile and with no way to gain rights. In a namespace that enforces Pod Security restricted such a "
        "pod is refused, which only KubeRay's log tells; elsewhere a task that breaks out has the node.",
        "Kubernetes, Pod Security Standards; charts/ray/values.yaml, podDefaults.securityContext",
        together(per_any_pod(_lowered), once_a_place(_without_context)),
    ),
    Rule(
        "host-path",
        "warning",
        "A folder of the node is mounted.",
        "A task could change what the node or other pods keep there, and the pod finds something else on each node. "
        "Pod Security, baseline and restricted, refuses such pods.",
        "Kubernetes, Pod Security Standards; hostPath",
        per_any_pod(_host_paths),
    ),
    Rule(
        "root-writable",
        "info",
        "The image's files are writable.",
        "By default the root of each container is read-only, so that a task cannot change what later tasks run. Some "
        "images and setup commands, such as `conda install`, need it writable.",
        "charts/ray/values.yaml, podDefaults.securityContext.readOnlyRootFilesystem",
        per_any_pod(_writable_root),
    ),
)
