"""Rules for parts of a pod that Kubernetes refuses when the pod is made: tolerations, variables, volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.lint.effective import look_up
from raychart.lint.places import all_pods, once_a_place, quoted
from raychart.lint.rule import Problem, Rule
from raychart.schema_keys import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Pod, Subject
    from raychart.paths import ValuesPath

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_OPERATORS = ("Exists", "Equal")
_MOUNT = {"mountPath", "mountPropagation", "readOnly", "recursiveReadOnly", "subPath", "subPathExpr"}


def _tolerations(subject: Subject) -> Iterator[Problem]:
    for pod in all_pods(subject):
        for keys in (("tolerations",), ("pod", "tolerations")):
            for index, toleration in enumerate(_list(look_up(pod.settings, keys))):
                yield from _toleration(pod.place(*keys, index), toleration)
    for name, placement in subject.placements.items():
        for index, toleration in enumerate(_list(placement.get("tolerations"))):
            yield from _toleration(("placements", name, "tolerations", index), toleration)


def _toleration(where: ValuesPath, toleration: Any) -> Iterator[Problem]:
    if not isinstance(toleration, dict):
        return
    operator, effect = toleration.get("operator") or "Equal", toleration.get("effect")
    for key, found, words in (("operator", operator, _OPERATORS), ("effect", effect, _EFFECTS)):
        if found and found not in words:
            guess = nearest(str(found), words)
            remedy = f"did you mean {guess}?" if guess else "choose one of them"
            yield Problem((*where, key), f"{quoted(found)} is not one of {', '.join(words)}", remedy)
    if operator == "Exists" and toleration.get("value"):
        message = f"operator Exists beside a value ({quoted(toleration['value'])}), which Kubernetes refuses"
        yield Problem(where, message, "remove the value, or set operator to Equal")
    if operator == "Equal" and not toleration.get("key"):
        yield Problem(where, "no key, which takes operator Exists", "name the key, or set operator to Exists")
    if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
        yield Problem(
            where, "tolerationSeconds goes with effect NoExecute alone", "set effect to NoExecute, or remove it"
        )


def _variables(subject: Subject) -> Iterator[Problem]:
    for pod in all_pods(subject):
        for name, value in pod.env.items():
            if isinstance(value, dict):
                yield from _variable(pod.place_of_env(name), value)
        for index, source in enumerate(_list(pod.settings.get("envFrom"))):
            given = [key for key in ("configMapRef", "secretRef") if source.get(key)]
            if len(given) != 1:
                message = f"names {' and '.join(given) or 'no source'}, and one of configMapRef and secretRef is wanted"
                yield Problem(
                    pod.place("envFrom", index),
                    message,
                    "write {secretRef: {name: ...}} or {configMapRef: {name: ...}}",
                )
    for cluster in subject.clusters:
        for name, value in (cluster.settings["autoscaling"].get("env") or {}).items():
            if isinstance(value, dict):
                yield from _variable(cluster.place("autoscaling", "env", name), value)


def _variable(where: ValuesPath, value: dict[str, Any]) -> Iterator[Problem]:
    sources = value.get("valueFrom")
    if sources is None:
        return
    if value.get("value"):
        yield Problem(where, "has both value and valueFrom, which Kubernetes refuses", "keep one of the two")
    given = [key for key, source in sources.items() if source is not None] if isinstance(sources, dict) else []
    if len(given) != 1:
        found = " and ".join(given) or "nothing"
        yield Problem(
            where,
            f"valueFrom says {found}, and has to name one source",
            "keep one of secretKeyRef, configMapKeyRef, fieldRef and resourceFieldRef",
        )


def _volumes(subject: Subject) -> Iterator[Problem]:
    for pod in all_pods(subject):
        for name, volume in (pod.settings.get("volumes") or {}).items():
            sources = [key for key, what in (volume or {}).items() if what is not None and key not in _MOUNT]
            if len(sources) > 1:
                yield Problem(
                    pod.place("volumes", name),
                    f"has {len(sources)} sources ({', '.join(sorted(sources))}), and a volume has one",
                    "keep one; null takes away what defaults say",
                )


def _mounts(subject: Subject) -> Iterator[Problem]:
    for pod in all_pods(subject):
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


def _list(value: object) -> list[Any]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


RULES = (
    Rule(
        "toleration-form",
        "error",
        "A toleration is one that Kubernetes refuses.",
        "In a RayCluster nobody looks at it until KubeRay makes a pod, which then fails, again and again.",
        "Kubernetes: ValidateTolerations",
        once_a_place(_tolerations),
    ),
    Rule(
        "variable-source",
        "error",
        "An environment variable names no source, or several.",
        "In a RayCluster nobody looks at it until KubeRay makes a pod, which then fails, again and again.",
        "Kubernetes: validateEnvVarValueFrom and ValidateEnvFrom",
        once_a_place(_variables),
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
