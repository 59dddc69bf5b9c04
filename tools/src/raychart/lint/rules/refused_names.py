"""Rules for names and labels that Kubernetes refuses, and for names that two objects would share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from raychart.lint.effective import as_map, look_up
from raychart.lint.kubernetes import KEY_FORM, LABEL_FORM, NAME_FORM, is_label_value, is_name, is_qualified
from raychart.lint.places import all_pods, once_a_place, quoted
from raychart.lint.rule import Problem, Rule
from raychart.lint.rules.refused_schedule import schedules_of
from raychart.paths import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.merging import Settings
    from raychart.lint.subject import Cluster, Pod, Subject
    from raychart.paths import ValuesPath

_RELEASE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_RELEASE_LENGTH = 53
_KUEUE = "kueue.x-k8s.io/multikueue"
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
    for pod in all_pods(subject):
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
    for key, body in _objects(subject):
        metadata = as_map(body.get("metadata"))
        yield from _name(("extraObjects", key, "metadata", "name"), metadata.get("name"))
        if not metadata.get("name"):
            yield Problem(("extraObjects", key, "metadata"), "name is missing", "add name")


def _named(settings: Settings, keys: tuple[str, ...], owner: Pod | Cluster) -> Iterator[Problem]:
    yield from _name(owner.place(*keys), look_up(settings, keys))


def _name(where: ValuesPath, name: Any) -> Iterator[Problem]:
    if isinstance(name, str) and name and not is_name(name):
        yield Problem(where, f"no object can have the name {quoted(name)}", f"use {NAME_FORM}")


def _labels(subject: Subject) -> Iterator[Problem]:
    for pod in all_pods(subject):
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
    for pod in all_pods(subject):
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


def _collisions(subject: Subject) -> Iterator[Problem]:
    """Tell of clusters whose account, which KubeRay names after them, is one that the chart makes for other work."""
    made: dict[str, str] = {}
    if subject.operator.settings.get("enabled"):
        made[f"{subject.release}-operator"] = "the operator"
        if any(cluster.settings["faultTolerance"]["enabled"] for cluster in subject.clusters):
            made[f"{subject.release}-uninstall"] = "the Job that uninstalls the release"
    for cluster in subject.clusters:
        if not cluster.settings.get("suspend") and cluster.settings.get("managedBy") != _KUEUE:
            made[f"{cluster.name}-rollout"] = f"the rollout of the cluster {cluster.name}"
    for cluster in subject.clusters:
        # KubeRay makes the account for the autoscaler.
        if cluster.name in made and cluster.settings["autoscaling"]["enabled"]:
            yield Problem(
                cluster.path,
                f"its account {cluster.name} would be that of {made[cluster.name]} too (release {subject.release})",
                "choose another name for the cluster",
            )


def _objects_twice(subject: Subject) -> Iterator[Problem]:
    made = dict(_made(subject))
    for key, body in _objects(subject):
        metadata = as_map(body.get("metadata"))
        name, kind = (str(one) for one in (metadata.get("name") or "", body.get("kind")))
        if metadata.get("namespace") not in (None, subject.namespace):
            continue
        path = ("extraObjects", key)
        if name and (kind, name) in made:
            yield Problem(
                (*path, "metadata", "name"),
                f"{kind} {name} is made by {made[kind, name]} too",
                "choose another name",
            )
        made[kind, name] = dotted(path)


def _objects(subject: Subject) -> Iterator[tuple[str, Settings]]:
    for key, body in sorted((subject.values.data.get("extraObjects") or {}).items()):
        if isinstance(body, dict):
            yield key, body


def _made(subject: Subject) -> Iterator[tuple[tuple[Any, Any], str]]:
    """Yield what the release makes, as (kind, name) with what makes it, as far as others might take the name."""
    release = subject.release
    if subject.operator.settings.get("enabled"):
        for kind in ("Deployment", "ServiceAccount", "Role", "RoleBinding", "Lease", "NetworkPolicy"):
            yield (kind, f"{release}-operator"), "the operator"
    if subject.clusters:
        yield ("ConfigMap", f"{release}-scripts"), "the chart"
        for name in ("ray", "head", "errand"):
            yield ("NetworkPolicy", f"{release}-{name}"), "the chart"
    for cluster in subject.clusters:
        by = dotted(cluster.path)
        yield ("RayCluster", cluster.name), by
        for name in ("head-svc", "external", "dashboard", "serve-svc", "redis"):
            yield ("Service", f"{cluster.name}-{name}"), by
        for kind in ("ServiceAccount", "Role", "RoleBinding"):
            yield (kind, cluster.name), by
            yield (kind, f"{cluster.name}-rollout"), by
            yield (kind, f"{cluster.name}-schedule"), by
    for cluster, name, _ in schedules_of(subject):
        for boundary in ("start", "end"):
            yield ("CronJob", f"{cluster.name}-{name}-{boundary}"), dotted((*cluster.path, "schedules", name))


def _release(subject: Subject) -> Iterator[Problem]:
    release = subject.release
    if len(release) > _RELEASE_LENGTH or not _RELEASE.fullmatch(release):
        yield Problem(
            (),
            f"Helm takes no release of the name {quoted(release)} ({len(release)} characters)",
            f"name a release of lower-case letters, digits, - and ., at most {_RELEASE_LENGTH} characters",
        )


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
    Rule(
        "account-collision",
        "error",
        "A cluster's account would be one that the chart makes for other work.",
        "KubeRay names the account of a head after its cluster and takes one that is there as it is: jobs on the head "
        "would have the rights of the operator or of the rollout, and the autoscaler would lack its own.",
        "CheckName and reconcileAutoscalerServiceAccount of KubeRay 1.7.0; ray.operatorName of the chart",
        _collisions,
    ),
    Rule(
        "object-twice",
        "error",
        "An object of extraObjects has the name of one that the release makes anyway.",
        "Helm refuses to install two objects of one name, or lets one overwrite the other.",
        "Helm: resource kinds and names are unique in a release",
        once_a_place(_objects_twice),
    ),
    Rule(
        "release-name",
        "error",
        "The release has a name that Helm does not take.",
        "Nothing would be installed.",
        "Helm: chartutil.ValidateReleaseName",
        _release,
    ),
)
