"""What KubeRay's operator refuses of a Ray cluster's groups, ported from its validation code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from raychart.lint.kubernetes import KEY_FORM, LABEL_FORM, is_label_value, is_qualified
from raychart.schema_words import show
from raychart.validate.definitions.forms import is_dns_1035
from raychart.validate.reach import at, mapping, number, text
from raychart.validate.rule import Problem, Rule
from raychart.validate.subject import KINDS, RAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath
    from raychart.validate.subject import RayCluster, Subject

# The longest names: what is made from them has to fit into 63 characters.
_LONGEST = {"RayCluster": 53, "RayJob": 47, "RayService": 47, "RayCronJob": 36}
_RESOURCE_PARAMS = ("num-cpus", "num-gpus", "memory", "resources")
_UNREAD = "The operator reports the mistake as an event and does nothing more for the cluster until it is mended."


def autoscales(cluster: RayCluster) -> bool:
    """Tell whether the autoscaler is on."""
    return cluster.spec.get("enableInTreeAutoscaling") is True


def _names(subject: Subject) -> Iterator[Problem]:
    kind = subject.manifest.kind
    longest = _LONGEST.get(kind) if subject.manifest.group == "ray.io" else None
    name = text(subject.body, "metadata", "name")
    if longest is None or not name:
        return
    path = ("metadata", "name")
    if len(name) > longest:
        message = f"the name has {len(name)} characters, of a {kind} {longest} are allowed"
        yield Problem(path, message, "choose a shorter name")
    elif kind != "RayCronJob" and not is_dns_1035(name):
        message = f"{show(name)} cannot be the name of a {kind}"
        yield Problem(path, message, "begin with a lower-case letter; use lower-case letters, digits and -, no dots")


def _containers(subject: Subject) -> Iterator[Problem]:
    is_rays = (subject.manifest.group, subject.manifest.version) == (RAY, "v1") and subject.manifest.kind in KINDS
    if is_rays and subject.body.get("spec") is None:
        yield Problem((), "spec is missing", "add it: the API server takes the object, and KubeRay's operator does not")
    for group in subject.cluster.groups if subject.cluster else ():
        path = (*group.path, "template", "spec", "containers")
        if at(subject.body, path) == []:
            yield Problem(path, f"{group.words} has no container", "add the container that runs Ray")


def _sizes(subject: Subject) -> Iterator[Problem]:
    if subject.cluster is None:
        return
    for group in subject.cluster.workers:
        low, high = number(group.body, "minReplicas"), number(group.body, "maxReplicas")
        for key, value in (("minReplicas", low), ("maxReplicas", high)):
            if value is not None and value < 0:
                yield Problem((*group.path, key), f"{value} is less than 0", "use 0 or more")
        if low is not None and high is not None and 0 <= high < low:
            message = f"{low} is more than maxReplicas ({high})"
            yield Problem((*group.path, "minReplicas"), message, "raise maxReplicas or lower minReplicas")


def _resources(subject: Subject) -> Iterator[Problem]:
    for group in subject.cluster.groups if subject.cluster else ():
        params = mapping(group.body, "rayStartParams")
        both = [key for key in _RESOURCE_PARAMS if params.get(key)]
        if both and mapping(group.body, "resources"):
            message = (
                f"{group.words} says Ray's resources twice: in resources and in rayStartParams ({', '.join(both)})"
            )
            yield Problem((*group.path, "resources"), message, "keep resources alone")


def _labels(subject: Subject) -> Iterator[Problem]:
    for group in subject.cluster.groups if subject.cluster else ():
        if "labels" in mapping(group.body, "rayStartParams"):
            path = (*group.path, "rayStartParams", "labels")
            yield Problem(path, "Ray's labels cannot be set here", "write them in the group's labels")
        for key, value in mapping(group.body, "labels").items():
            path = (*group.path, "labels", key)
            if not is_qualified(key):
                yield Problem(path, f"{show(key)} cannot be the key of a label", f"use {KEY_FORM}")
            if isinstance(value, str) and not is_label_value(value):
                yield Problem(path, f"{show(value)} cannot be the value of a label", f"use {LABEL_FORM}")


def _group_names(subject: Subject) -> Iterator[Problem]:
    first: set[str] = set()
    for group in subject.cluster.workers if subject.cluster else ():
        name = text(group.body, "groupName")
        path = (*group.path, "groupName")
        if name in first:
            message = f"there is a worker group {name} already"
            yield Problem(path, message, "give one of the two another name: their pods cannot be told apart")
        first.add(name)
        if not is_label_value(name):
            size = f" ({len(name)} characters)" if len(name) > 63 else ""
            message = f"{show(name)} cannot be the name of a worker group{size}: pods have it for a label"
            yield Problem(path, message, f"use {LABEL_FORM}")


def _suspended(subject: Subject) -> Iterator[Problem]:
    cluster = subject.cluster
    for group in cluster.workers if cluster and autoscales(cluster) else ():
        if group.body.get("suspend") is True:
            message = f"{group.words} is suspended, which the autoscaler does not know"
            yield Problem((*group.path, "suspend"), message, "remove it; maxReplicas: 0 takes the workers away")


def _upgrade(subject: Subject) -> Iterator[Problem]:
    made_by = text(subject.body, "metadata", "labels", "ray.io/originated-from-crd")
    if subject.manifest.kind == "RayCluster" and made_by in {"RayJob", "RayService"}:
        path = ("spec", "upgradeStrategy", "type")
        if at(subject.body, path) is not None:
            yield Problem(path, f"cannot be set for a cluster that a {made_by} made", "remove it")


def _managed_by(subject: Subject) -> Iterator[Problem]:
    clusters: list[ValuesPath] = [("spec",)] if subject.manifest.group == "ray.io" else []
    clusters += [subject.cluster.path] if subject.cluster and subject.cluster.path not in clusters else []
    for path in clusters:
        found = at(subject.body, (*path, "managedBy"))
        if isinstance(found, str) and found not in _MANAGERS:
            message = f"{show(found)} is not one of {', '.join(_MANAGERS)}"
            yield Problem((*path, "managedBy"), message, "choose one of them, or remove it")


_MANAGERS = ("ray.io/kuberay-operator", "kueue.x-k8s.io/multikueue")


Check = Callable[["Subject"], "Iterator[Problem]"]


def operators_rule(rule_id: str, summary: str, why: str, source: str, check: Check) -> Rule:
    """Return a rule for what KubeRay's operator refuses."""
    return Rule(rule_id, "error", summary, f"{why}\n\n{_UNREAD}", f"KubeRay 1.7.0: {source}", check)


RULES = (
    operators_rule(
        "kuberay-name",
        "The name of a Ray cluster, job or service is too long, or not a DNS-1035 label.",
        "The names of services and pods are made from it, and have to fit into 63 characters.",
        "ValidateRayClusterMetadata, ValidateRayJobMetadata, ValidateRayServiceMetadata, ValidateRayCronJobSpec",
        _names,
    ),
    operators_rule(
        "kuberay-containers",
        "A group of a Ray cluster has no container.",
        "The first container of each group's pods is the one in which Ray runs.",
        "ValidateRayClusterSpec (should have at least one container)",
        _containers,
    ),
    operators_rule(
        "kuberay-group-size",
        "MinReplicas and maxReplicas of a worker group contradict each other.",
        "minReplicas may not be more than maxReplicas, and neither may be negative.",
        "ValidateRayClusterSpec (minReplicas, maxReplicas)",
        _sizes,
    ),
    operators_rule(
        "kuberay-resources-twice",
        "A group says Ray's resources in two places.",
        "Either resources or rayStartParams (num-cpus, num-gpus, memory, resources) may say what Ray counts with.",
        "validateRayGroupResources",
        _resources,
    ),
    operators_rule(
        "kuberay-labels",
        "Ray's labels of a group have a wrong form or stand in the wrong place.",
        "They have the form of Kubernetes' labels, and stand in the group's labels and not in rayStartParams.",
        "validateRayGroupLabels",
        _labels,
    ),
    operators_rule(
        "kuberay-group-name",
        "A worker group has the name of another, or one that no label can have.",
        "Pods belong to a group by the label ray.io/group. KubeRay's webhook refuses a name twice; where it is not "
        "installed, which is how its chart comes, the operator mixes both groups' pods up.",
        "pkg/webhooks/v1, validateWorkerGroups; labelPod",
        _group_names,
    ),
    operators_rule(
        "kuberay-suspended-group",
        "A worker group is suspended in a cluster with the autoscaler.",
        "The autoscaler does not know of suspended groups.",
        "ValidateRayClusterSpec (cannot be suspended with Autoscaler enabled)",
        _suspended,
    ),
    operators_rule(
        "kuberay-upgrade-strategy",
        "A cluster that a RayJob or a RayService made has an upgradeStrategy.",
        "Whoever made the cluster replaces it.",
        "ValidateRayClusterUpgradeOptions",
        _upgrade,
    ),
    operators_rule(
        "kuberay-managed-by",
        "ManagedBy names nobody that KubeRay knows.",
        "The API server allows two values, and refuses to change the field once it is set.",
        "CEL rules of managedBy in the CRDs",
        _managed_by,
    ),
)
