"""Rules for parts of a pod that Kubernetes refuses when the pod is made: tolerations, variables, name servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.lint.effective import as_list, as_map, look_up
from raychart.lint.places import all_pods, once_a_place, quoted
from raychart.lint.rule import Problem, Rule
from raychart.paths import dotted
from raychart.schema_keys import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject
    from raychart.paths import ValuesPath

_KEYS_OF_SOURCE = {
    "configMapKeyRef": ("name", "key"),
    "secretKeyRef": ("name", "key"),
    "fieldRef": ("fieldPath",),
    "resourceFieldRef": ("resource",),
}
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_OPERATORS = ("Exists", "Equal")


def _tolerations(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        for keys in (("tolerations",), ("pod", "tolerations")):
            for index, toleration in enumerate(_maps(look_up(pod.settings, keys))):
                yield from _toleration(pod.place(*keys, index), toleration)
    for name, placement in subject.placements.items():
        for index, toleration in enumerate(_maps(placement.get("tolerations"))):
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
    for _, pod in all_pods(subject):
        for name, value in pod.env.items():
            if isinstance(value, dict):
                yield from _variable(pod.place_of_env(name), value)
        for index, source in enumerate(_maps(pod.settings.get("envFrom"))):
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
    given = [key for key, source in as_map(sources).items() if source is not None]
    for key in given[:1]:
        lacking = [name for name in _KEYS_OF_SOURCE.get(key, ()) if not as_map(sources[key]).get(name)]
        if lacking:
            yield Problem(where, f"{key} has no {' and no '.join(lacking)}", f"add {' and '.join(lacking)}")
    if len(given) != 1:
        found = " and ".join(given) or "nothing"
        yield Problem(
            where,
            f"valueFrom says {found}, and has to name one source",
            "keep one of secretKeyRef, configMapKeyRef, fieldRef and resourceFieldRef",
        )


def _dns(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        servers = as_map(pod.spec.get("dnsConfig")).get("nameservers")
        if pod.spec.get("dnsPolicy") == "None" and not servers:
            yield Problem(
                pod.place_of_spec("dnsPolicy"),
                "None, and dnsConfig.nameservers names none to ask instead",
                f"give {dotted((*pod.path, 'dnsConfig', 'nameservers'))}, or another policy",
            )


def _maps(value: object) -> list[Any]:
    return [item if isinstance(item, dict) else {} for item in as_list(value)]


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
        "dns-servers",
        "error",
        "A pod is to use no name server at all.",
        "Kubernetes refuses dnsPolicy None without nameservers.",
        "Kubernetes: validatePodDNSConfig",
        once_a_place(_dns),
    ),
)
