"""Names of objects, and the forms of labels and annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.lint.kubernetes import KEY_FORM, LABEL_FORM, NAME_FORM, is_label_value, is_name, is_qualified
from raychart.schema_words import show
from raychart.validate.definitions.forms import LABEL_NAME, is_dns_1035, is_label_name
from raychart.validate.kubernetes import GROUPS
from raychart.validate.reach import mapping, text
from raychart.validate.rule import Problem, Rule
from raychart.validate.subject import RAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath
    from raychart.validate.subject import Subject

_SERVICE_NAME = "lower-case letters, digits and -, beginning with a letter, ending with a letter or digit, at most 63"
_PATH_KINDS = {"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}
# Names become the values of labels, or parts of the names of pods and Jobs.
_LONGEST = {("batch", "CronJob"): 52, ("batch", "Job"): 63}
# Of these KubeRay asks for more, which kuberay-name tells.
_RAY_KINDS = {"RayCluster", "RayJob", "RayService"}
_MOST_ANNOTATIONS = 256 * 1024
# Where mappings of labels are besides metadata, in any of Kubernetes' and KubeRay's kinds.
_SELECTORS = ("matchLabels", "nodeSelector")
# Large, and without selectors.
_WITHOUT = {"containers", "data", "ephemeralContainers", "initContainers", "stringData", "volumes"}


def _names(subject: Subject) -> Iterator[Problem]:
    manifest = subject.manifest
    name = text(subject.body, "metadata", "name")
    if name:
        yield from _name(subject, name)
    else:
        prefix = text(subject.body, "metadata", "generateName")
        if prefix and not is_name(prefix.rstrip("-") or "-"):
            yield Problem(("metadata", "generateName"), f"{show(prefix)} cannot begin a name", f"use {NAME_FORM}")
    if manifest.namespace and not is_label_name(manifest.namespace):
        message = f"{show(manifest.namespace)} cannot be a namespace's name"
        yield Problem(("metadata", "namespace"), message, f"use {LABEL_NAME}")


def _name(subject: Subject, name: str) -> Iterator[Problem]:
    manifest = subject.manifest
    path: ValuesPath = ("metadata", "name")
    longest = _LONGEST.get((manifest.group, manifest.kind))
    if manifest.kind in _PATH_KINDS and manifest.group.startswith("rbac."):
        if name in {".", ".."} or "/" in name or "%" in name:
            yield Problem(path, f"{show(name)} cannot be a name", "leave out / and %")
    elif manifest.group == "" and manifest.kind == "Service":
        if not is_dns_1035(name):
            yield Problem(path, f"{show(name)} cannot be the name of a Service", f"use {_SERVICE_NAME}")
    elif manifest.group == "" and manifest.kind == "Namespace":
        if not is_label_name(name):
            yield Problem(path, f"{show(name)} cannot be a namespace's name", f"use {LABEL_NAME}")
    elif manifest.group == "ray.io" and manifest.kind in _RAY_KINDS:
        return
    elif not is_name(name):
        message = f"{show(name)} cannot be a name" + (f" ({len(name)} characters)" if len(name) > 253 else "")
        yield Problem(path, message, f"use {NAME_FORM}")
    elif longest and len(name) > longest:
        message = f"the name has {len(name)} characters, of a {manifest.kind} {longest} are allowed"
        yield Problem(path, message, "choose a shorter name")


def _labels(subject: Subject) -> Iterator[Problem]:
    for path in [("metadata",), *((*pod.path, "metadata") for pod in subject.pods if pod.path)]:
        yield from _labels_at(subject.body, (*path, "labels"))
    # What others call so may have patterns in it, and a CRD's schema has fields of these names.
    if subject.manifest.group in GROUPS | {RAY} and subject.manifest.kind != "CustomResourceDefinition":
        yield from _selectors(subject.body, ())


def _selectors(value: Any, path: ValuesPath) -> Iterator[Problem]:
    if isinstance(value, dict):
        for step, inner in value.items():
            if step in _SELECTORS and isinstance(inner, dict):
                yield from _labels_at(inner, (), (*path, step))
            elif isinstance(inner, (dict, list)) and step not in _WITHOUT:
                yield from _selectors(inner, (*path, step))
    else:
        for index, item in enumerate(value):
            if isinstance(item, (dict, list)):
                yield from _selectors(item, (*path, index))


def _labels_at(body: Any, path: ValuesPath, shown: ValuesPath = ()) -> Iterator[Problem]:
    for key, value in mapping(body, *path).items():
        where = (*shown, *path, key)
        if not is_qualified(key):
            yield Problem(where, f"{show(key)} cannot be the key of a label", f"use {KEY_FORM}")
        if isinstance(value, str) and not is_label_value(value):
            size = f" ({len(value)} characters)" if len(value) > 63 else ""
            yield Problem(where, f"{show(value)} cannot be the value of a label{size}", f"use {LABEL_FORM}")


def _annotations(subject: Subject) -> Iterator[Problem]:
    for path in [("metadata",), *((*pod.path, "metadata") for pod in subject.pods if pod.path)]:
        found = mapping(subject.body, *path, "annotations")
        for key in found:
            if not is_qualified(key, is_annotation=True):
                where = (*path, "annotations", key)
                yield Problem(where, f"{show(key)} cannot be the key of an annotation", f"use {KEY_FORM}")
        size = sum(len(key.encode()) + len(str(value).encode()) for key, value in found.items())
        if size > _MOST_ANNOTATIONS:
            message = f"the annotations have {size} bytes together, {_MOST_ANNOTATIONS} are allowed"
            yield Problem((*path, "annotations"), message, "keep in a ConfigMap what is large")


RULES = (
    Rule(
        "metadata-name",
        "error",
        "A name is not one that the API server takes for the kind.",
        "Most names are DNS-1123 subdomains. Services have DNS-1035 labels, because the name is a host's; namespaces "
        "have DNS-1123 labels; roles and bindings have whatever can be a part of an address. A CronJob's name may have "
        "52 characters and a Job's 63, because the names and labels of what comes of them are made from it.",
        "Kubernetes: apimachinery/pkg/util/validation, ValidateNameFunc of each kind",
        _names,
    ),
    Rule(
        "metadata-labels",
        "error",
        "A label, or one that is selected, has a form that the API server refuses.",
        "A label's key has at most 63 characters after an optional domain and a slash, its value at most 63. Whatever "
        "is made from the name of something else has to be cut.",
        "Kubernetes: IsQualifiedName, IsValidLabelValue",
        _labels,
    ),
    Rule(
        "metadata-annotations",
        "error",
        "An annotation's key has a form that the API server refuses, or the annotations are too large.",
        "Keys have the form of labels' keys. All annotations of an object together may have 256 KiB.",
        "Kubernetes: ValidateAnnotations, TotalAnnotationSizeLimitB",
        _annotations,
    ),
)
