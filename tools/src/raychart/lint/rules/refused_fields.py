"""Rules for what is written as Kubernetes and KubeRay write it: fields they do not know, and values of another type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.lint import field_shapes, fields
from raychart.lint.effective import MISSING, as_list, look_up
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.fields import Wrong
    from raychart.lint.merging import Settings
    from raychart.lint.subject import Subject
    from raychart.paths import ValuesPath

_OF_POD = (
    "affinity",
    "dnsConfig",
    "hostAliases",
    "tolerations",
    "topologySpreadConstraints",
)
_OF_CONTAINER = ("envFrom", "lifecycle", "livenessProbe", "readinessProbe", "securityContext", "startupProbe")
# Fields of the head group, which a rule of their own tells of (spec-field-not-followed).
_OF_HEAD = ("enableIngress", "ingressOptions")
_OF_MOUNT = ("mountPath", "mountPropagation", "readOnly", "recursiveReadOnly", "subPath", "subPathExpr")


def _unknown(subject: Subject) -> Iterator[Problem]:
    for found in _all(subject):
        if found.is_unknown:
            yield Problem(found.path, found.message, found.remedy)


def _wrong(subject: Subject) -> Iterator[Problem]:
    for found in _all(subject):
        if not found.is_unknown:
            yield Problem(found.path, found.message, found.remedy)


def _all(subject: Subject) -> Iterator[Wrong]:
    data, chart = subject.values.data, subject.values.layers[0].data
    for key in ("podDefaults", "operator"):
        yield from _pod((key,), _own(data.get(key), chart.get(key)))
    for name, placement in subject.placements.items():
        yield from _each(("placements", name), placement, _OF_POD, "pod")
    yield from _cluster(("clusterDefaults",), _own(data.get("clusterDefaults"), chart.get("clusterDefaults")))
    for name, cluster in (data.get("clusters") or {}).items():
        yield from _cluster(("clusters", name), cluster or {})
    for index, rule in enumerate(as_list((data.get("operator") or {}).get("extraRules"))):
        yield from fields.wrong(rule, "rule", ("operator", "extraRules", index), whole=True)
    policy = _own(data.get("networkPolicy"), chart.get("networkPolicy"))
    rules = ("networkPolicy", "head")
    egress = field_shapes.shape_of("spec", *rules, "egressRules")
    yield from fields.wrong(policy.get("egress"), egress, ("networkPolicy", "egress"))
    sources = field_shapes.shape_of("spec", *rules, "ingressRules", "from")
    for name, peer in (policy.get("peers") or {}).items():
        yield from fields.wrong((peer or {}).get("from"), sources, ("networkPolicy", "peers", name, "from"))


def _own(settings: Settings | None, chart: Settings | None) -> Settings:
    """Leave out what the chart says itself: only what users write can be wrong, and looking takes time."""
    return {key: value for key, value in (settings or {}).items() if value != (chart or {}).get(key)}


def _cluster(path: ValuesPath, cluster: Settings) -> Iterator[Wrong]:
    yield from _pod((*path, "head"), cluster.get("head") or {})
    for name, own in (cluster.get("workerTypes") or {}).items():
        yield from _pod((*path, "workerTypes", name), own or {})
    redis = ("faultTolerance", "redis")
    yield from _pod((*path, *redis), _at(cluster, *redis) or {})
    yield from fields.wrong(cluster.get("spec"), field_shapes.shape_of("spec"), (*path, "spec"), extra=_OF_HEAD)
    options = ("autoscaling", "options")
    yield from fields.wrong(_at(cluster, *options), field_shapes.shape_of("autoscalerOptions"), (*path, *options))
    for keys, kind in ((("ingress", "tls"), "tls"), (("httpRoute", "parentRefs"), "parentRef")):
        for index, one in enumerate(as_list(_at(cluster, "dashboard", *keys))):
            yield from fields.wrong(one, kind, (*path, "dashboard", *keys, index), whole=True)
    autoscaling = cluster.get("autoscaling") or {}
    yield from _each((*path, "autoscaling"), autoscaling, ("envFrom",), "pod", "containers")
    yield from _env((*path, "autoscaling", "env"), autoscaling.get("env") or {})


def _pod(path: ValuesPath, pod: Settings) -> Iterator[Wrong]:
    container = field_shapes.item_of(field_shapes.shape_of("pod", "containers"))
    yield from _each(path, pod, _OF_POD, "pod")
    yield from _each(path, pod, _OF_CONTAINER, "pod", "containers")
    yield from fields.wrong(
        pod.get("podSecurityContext"), field_shapes.shape_of("pod", "securityContext"), (*path, "podSecurityContext")
    )
    yield from fields.wrong(pod.get("pod"), field_shapes.shape_of("pod"), (*path, "pod"))
    yield from fields.wrong(pod.get("container"), container, (*path, "container"))
    for setting in ("sidecars", "initContainers"):
        for name, own in (pod.get(setting) or {}).items():
            yield from fields.wrong(own, container, (*path, setting, name))
    volume = field_shapes.item_of(field_shapes.shape_of("pod", "volumes"))
    for name, own in (pod.get("volumes") or {}).items():
        yield from fields.wrong(own, volume, (*path, "volumes", name), extra=_OF_MOUNT)
    yield from _env((*path, "env"), pod.get("env") or {})


def _each(path: ValuesPath, settings: Settings, keys: tuple[str, ...], *kind: str) -> Iterator[Wrong]:
    for key in keys:
        if key in settings:
            yield from fields.wrong(settings[key], field_shapes.shape_of(*kind, key), (*path, key))


def _env(path: ValuesPath, env: Settings) -> Iterator[Wrong]:
    for name, value in env.items():
        if isinstance(value, dict):
            source = field_shapes.shape_of("pod", "containers", "env", "valueFrom")
            yield from fields.wrong(value.get("valueFrom"), source, (*path, name, "valueFrom"))


def _at(settings: Settings, *keys: str) -> Any:
    found = look_up(settings, keys)
    return None if found is MISSING else found


RULES = (
    Rule(
        "field-unknown",
        "error",
        "A field is not one that Kubernetes or KubeRay has.",
        "Where values are handed on as they are (pod, container, probes, volumes, spec and so on), a misspelt field is "
        "dropped by the API server without a word: the cluster runs without what was meant.",
        "The CustomResourceDefinition of RayCluster v1, KubeRay 1.7.0",
        _unknown,
    ),
    Rule(
        "field-value",
        "error",
        "A field's value is not of the type or not one of the words that it takes, or a needed field is missing.",
        "The API server refuses the object, or takes it and KubeRay cannot make the pods.",
        "The CustomResourceDefinition of RayCluster v1, KubeRay 1.7.0; Kubernetes: ValidatePodSpec",
        _wrong,
    ),
)
