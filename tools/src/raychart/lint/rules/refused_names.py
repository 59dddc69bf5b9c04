"""Rules for names, labels and annotations whose form Kubernetes refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.lint.effective import as_map, look_up
from raychart.lint.kubernetes import KEY_FORM, LABEL_FORM, NAME_FORM, is_label_value, is_name, is_qualified
from raychart.lint.places import all_pods, once_a_place, quoted
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.merging import Settings
    from raychart.lint.subject import Cluster, Pod, Subject
    from raychart.paths import ValuesPath

# Settings of pods and of clusters that are the name of another object.
_NAMES_OF_POD: tuple[tuple[str, ...], ...] = tuple(
    (*below, key) for below in ((), ("pod",)) for key in ("priorityClassName", "runtimeClassName", "serviceAccountName")
)
_NAMES_OF_CLUSTER: tuple[tuple[str, ...], ...] = (
    ("auth", "secretName"),
    ("faultTolerance", "passwordSecret", "name"),
    ("faultTolerance", "redis", "storage", "existingClaim"),
    ("faultTolerance", "redis", "storage", "storageClassName"),
    ("dashboard", "ingress", "className"),
)
_ANNOTATIONS = (
    (),
    ("headService",),
    ("serveService",),
    ("dashboard", "ingress"),
    ("dashboard", "httpRoute"),
)


def _names(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        for keys in _NAMES_OF_POD:
            yield from _named(pod.settings, keys, pod)
        for index, name in enumerate((pod.settings.get("image") or {}).get("pullSecrets") or []):
            yield from _name(pod.place("image", "pullSecrets", index), name)
    for name, placement in subject.placements.items():
        for key in ("priorityClassName", "runtimeClassName"):
            yield from _name(("placements", name, key), placement.get(key))
    for cluster in subject.clusters:
        for keys in _NAMES_OF_CLUSTER:
            yield from _named(cluster.settings, keys, cluster)
    for key, body in objects_of(subject):
        yield from _object_name(("extraObjects", key, "metadata"), as_map(body.get("metadata")).get("name"))


def _named(settings: Settings, keys: tuple[str, ...], owner: Pod | Cluster) -> Iterator[Problem]:
    yield from _name(owner.place(*keys), look_up(settings, keys))


def _name(where: ValuesPath, name: Any) -> Iterator[Problem]:
    if isinstance(name, str) and name and not is_name(name):
        yield Problem(where, f"no object can have the name {quoted(name)}", f"use {NAME_FORM}")


def _object_name(metadata: ValuesPath, name: Any) -> Iterator[Problem]:
    if name is None or name == "":
        yield Problem(metadata, "name is missing", "add name")
    elif isinstance(name, (bool, int, float)):
        yield Problem((*metadata, "name"), f"has to be text (found {quoted(name)})", "put it in quotes")
    elif not isinstance(name, str):
        found = "a list" if isinstance(name, list) else "a mapping"
        yield Problem((*metadata, "name"), f"has to be text (found {found})", f"write one name: {NAME_FORM}")
    else:
        yield from _name((*metadata, "name"), name)


def _labels(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        for setting in ("labels", "rayLabels"):
            yield from _keys(pod, (setting,), pod.settings.get(setting))
        yield from _selector(pod)
    for name, placement in subject.placements.items():
        for key, value in (placement.get("nodeSelector") or {}).items():
            yield from _label(("placements", name, "nodeSelector", key), key, value)
    for cluster in subject.clusters:
        yield from _keys(cluster, ("labels",), cluster.settings.get("labels"))
        for key in ("name", "priorityClass"):
            value = cluster.settings["queue"].get(key)
            if value and not is_label_value(value):
                where = cluster.place("queue", key)
                yield Problem(where, f"{quoted(value)} becomes a label and cannot be one", f"use {LABEL_FORM}")
    for name, peer in ((subject.values.data.get("networkPolicy") or {}).get("peers") or {}).items():
        namespace = (peer or {}).get("namespace")
        if namespace and ("." in namespace or len(namespace) > _WORD or not is_name(namespace)):
            where = ("networkPolicy", "peers", name, "namespace")
            yield Problem(where, f"no namespace can have the name {quoted(namespace)}", _NAMESPACE_FORM)


_WORD = 63
_NAMESPACE_FORM = "use lower-case letters, digits and -, with a letter or digit at both ends, at most 63 characters"


def _selector(pod: Pod) -> Iterator[Problem]:
    for keys in (("nodeSelector",), ("pod", "nodeSelector")):
        selector = look_up(pod.settings, keys)
        for key, value in as_map(selector).items():
            yield from _label(pod.place(*keys, key), key, value)


def _keys(owner: Pod | Cluster, keys: tuple[str, ...], labels: Settings | None) -> Iterator[Problem]:
    for key, value in (labels or {}).items():
        yield from _label(owner.place(*keys, key), key, value)


def _label(where: ValuesPath, key: str, value: Any) -> Iterator[Problem]:
    if not is_qualified(key):
        yield Problem(where, f"{quoted(key)} cannot be the key of a label", f"use {KEY_FORM}")
    elif isinstance(value, str) and not is_label_value(value):
        yield Problem(where, f"{quoted(value)} cannot be the value of a label", f"use {LABEL_FORM}")


def _annotations(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        yield from _annotation_keys(pod, ("annotations",), pod.settings.get("annotations"))
    for cluster in subject.clusters:
        for keys in _ANNOTATIONS:
            found = look_up(cluster.settings, (*keys, "annotations"))
            yield from _annotation_keys(cluster, (*keys, "annotations"), found)


def _annotation_keys(owner: Pod | Cluster, keys: tuple[str, ...], annotations: Any) -> Iterator[Problem]:
    for key in as_map(annotations):
        if not is_qualified(key, is_annotation=True):
            yield Problem(
                owner.place(*keys, key), f"{quoted(key)} cannot be the key of an annotation", f"use {KEY_FORM}"
            )


def objects_of(subject: Subject) -> Iterator[tuple[str, Settings]]:
    """Yield the objects of extraObjects by their keys, in order."""
    for key, body in sorted((subject.values.data.get("extraObjects") or {}).items()):
        if isinstance(body, dict):
            yield key, body


RULES = (
    Rule(
        "object-name",
        "error",
        "A name is one that no object can have.",
        "What is named does not exist and cannot be made: pods would wait for it for ever, or be refused.",
        "Kubernetes: DNS-1123 subdomains (ValidatePodSpec, NameIsDNSSubdomain)",
        once_a_place(_names),
    ),
    Rule(
        "label-form",
        "error",
        "A label, or what becomes one, has a form that Kubernetes refuses.",
        "The API server refuses the object. Inside of a RayCluster it does not look, and KubeRay cannot make the pods.",
        "Kubernetes: IsQualifiedName and IsValidLabelValue",
        once_a_place(_labels),
    ),
    Rule(
        "annotation-key",
        "error",
        "The key of an annotation has a form that Kubernetes refuses.",
        "The API server refuses the object. Inside of a RayCluster it does not look, and KubeRay cannot make the pods.",
        "Kubernetes: ValidateAnnotations",
        once_a_place(_annotations),
    ),
)
