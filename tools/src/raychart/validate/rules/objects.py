"""What concerns a whole object, or several that are applied together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.schema_words import show
from raychart.validate.reach import at, entries, mapping, mappings, text
from raychart.validate.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raychart.manifests import Manifest
    from raychart.validate.subject import Subject

_WORKLOADS = {"DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"}
_MOST = 1_048_576


def _selector(subject: Subject) -> Iterator[Problem]:
    if subject.manifest.group != "apps" or subject.manifest.kind not in _WORKLOADS:
        return
    labels = mapping(subject.body, "spec", "template", "metadata", "labels")
    path = ("spec", "selector", "matchLabels")
    for key, wanted in mapping(subject.body, *path).items():
        if labels.get(key) != wanted:
            found = show(labels[key]) if key in labels else "no such label"
            message = f"the pods are selected by {key}={wanted}, but their template has {found}"
            yield Problem((*path, key), message, "give the template's labels what the selector asks for")
    for where, demand in mappings(subject.body, ("spec", "selector", "matchExpressions")):
        if not _meets(demand, labels):
            message = f"the pods' template does not have what is selected: {_demand(demand)}"
            yield Problem(where, message, "give the template's labels what the selector asks for")


def _meets(demand: dict[str, Any], labels: dict[str, Any]) -> bool:
    key, operator, values = text(demand, "key"), text(demand, "operator"), entries(demand, "values")
    if operator in {"In", "NotIn"}:
        has_one: bool = labels.get(key) in values
        return has_one == (operator == "In")
    if operator in {"Exists", "DoesNotExist"}:
        has_it: bool = key in labels
        return has_it == (operator == "Exists")
    return True


def _demand(demand: dict[str, Any]) -> str:
    values = ", ".join(map(str, entries(demand, "values")))
    return f"{demand.get('key')} {demand.get('operator')}{f' ({values})' if values else ''}"


def _size(subject: Subject) -> Iterator[Problem]:
    manifest = subject.manifest
    if manifest.group or manifest.kind not in {"ConfigMap", "Secret"}:
        return
    size = sum(
        len(str(value).encode()) * 3 // 4
        if key == "binaryData" or (manifest.kind == "Secret" and key == "data")
        else len(str(value).encode())
        for key in ("data", "binaryData", "stringData")
        for value in mapping(subject.body, key).values()
    )
    if size > _MOST:
        yield Problem((), f"the data have {size} bytes, {_MOST} are allowed", "split it, or use a volume")


def _twice(manifests: Sequence[Manifest]) -> Iterator[tuple[Manifest, Problem]]:
    first: set[tuple[str, str, str, str]] = set()
    for manifest in manifests:
        if at(manifest.body, ("metadata", "name")) is None:
            continue
        if manifest.identity in first:
            message = "there is an object of this kind and name already"
            yield manifest, Problem(("metadata", "name"), message, "give one of the two another name, or remove it")
        first.add(manifest.identity)


RULES = (
    Rule(
        "selector-mismatch",
        "error",
        "A workload selects other pods than those that it makes.",
        "The API server refuses a Deployment, ReplicaSet, StatefulSet or DaemonSet whose selector does not match the "
        "labels of its own template.",
        "Kubernetes: pkg/apis/apps/validation, ValidateDeploymentSpec (`selector` does not match template `labels`)",
        _selector,
    ),
    Rule(
        "object-size",
        "error",
        "A ConfigMap or a Secret is larger than one may be.",
        "The API server refuses more than 1 MiB of data in one of them.",
        "Kubernetes: MaxSecretSize, ValidateConfigMap",
        _size,
    ),
    Rule(
        "manifest-twice",
        "error",
        "An object is there twice.",
        "Helm refuses a release in which an object exists already, and kubectl lets the last one win. The version of "
        "the API does not count: it is the same object under both.",
        "Helm: pkg/action, existingResourceConflict; Kubernetes: group, kind, namespace and name make an object",
        check_all=_twice,
    ),
)
