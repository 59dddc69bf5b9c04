"""Who may do what: roles and bindings, and namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.validate.definitions.check import Check, filled, form, is_given
from raychart.validate.definitions.forms import FINALIZER, NAME
from raychart.validate.reach import entries, mapping, mappings
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_RBAC = "io.k8s.api.rbac.v1."
_GROUP = "rbac.authorization.k8s.io"
_LEVELS = ("privileged", "baseline", "restricted")
_SECURITY = "pod-security.kubernetes.io/"


def _rule(value: dict[str, Any]) -> Iterator[Problem]:
    if is_given(value.get("nonResourceURLs")):
        for field in ("apiGroups", "resources", "resourceNames"):
            if is_given(value.get(field)):
                yield Problem((field,), "does not go with nonResourceURLs", "make two rules of it")
        return
    for field in ("apiGroups", "resources"):
        if not entries(value, field):
            yield Problem(
                (), f"{field} is missing", f"add {field}" + (': [""] is the core group' * (field == "apiGroups"))
            )


def _in_one_namespace(value: dict[str, Any]) -> Iterator[Problem]:
    for path, rule in mappings(value, ("rules",)):
        if is_given(rule.get("nonResourceURLs")):
            yield Problem((*path, "nonResourceURLs"), "a Role has no part in these", "use a ClusterRole")


def _reference(value: dict[str, Any]) -> Iterator[Problem]:
    group = value.get("apiGroup")
    if is_given(group) and group != _GROUP:
        yield Problem(("apiGroup",), f'"{group}" has no roles', f"write {_GROUP}")
    if is_given(value.get("kind")) and value["kind"] not in ("Role", "ClusterRole"):
        yield Problem(("kind",), f'"{value["kind"]}" is no kind of role', "write Role or ClusterRole")


def _subject(value: dict[str, Any]) -> Iterator[Problem]:
    kind, group = value.get("kind"), value.get("apiGroup")
    if kind == "ServiceAccount":
        if is_given(group):
            yield Problem(("apiGroup",), "a ServiceAccount is in the core group", "remove it")
        yield from form(NAME, "name")(value)
    elif kind in ("User", "Group"):
        if is_given(group) and group != _GROUP:
            yield Problem(("apiGroup",), f'"{group}" has no users', f"write {_GROUP}")
    elif is_given(kind):
        yield Problem(("kind",), f'"{kind}" cannot be bound', "write ServiceAccount, User or Group")


def _accounts(value: dict[str, Any]) -> Iterator[Problem]:
    """Of a ClusterRoleBinding, which has no namespace of its own."""
    for path, subject in mappings(value, ("subjects",)):
        if subject.get("kind") == "ServiceAccount" and not is_given(subject.get("namespace")):
            yield Problem(path, "namespace is missing, which a ServiceAccount needs", "add namespace")


def _aggregated(value: dict[str, Any]) -> Iterator[Problem]:
    rule = value.get("aggregationRule")
    if isinstance(rule, dict) and not entries(rule, "clusterRoleSelectors"):
        yield Problem(("aggregationRule",), "selects no roles", "add clusterRoleSelectors, or remove it")


def _levels(value: dict[str, Any]) -> Iterator[Problem]:
    for key, level in mapping(value, "metadata", "labels").items():
        is_level = str(key).startswith(_SECURITY) and not str(key).endswith("-version")
        if is_level and isinstance(level, str) and level not in _LEVELS:
            message = f'"{level}" is not one of {", ".join(_LEVELS)}'
            yield Problem(("metadata", "labels", key), message, "choose one of them")
    for index, finalizer in enumerate(entries(value, "spec", "finalizers")):
        if finalizer != "kubernetes" and not FINALIZER.fits(str(finalizer)):
            yield Problem(("spec", "finalizers", index), f'"{finalizer}" is not {FINALIZER.name}', "remove it")


CHECKS: dict[str, tuple[Check, ...]] = {
    f"{_RBAC}PolicyRule": (_rule, filled("verbs")),
    f"{_RBAC}RoleRef": (_reference, filled("name")),
    f"{_RBAC}Subject": (_subject, filled("name")),
    f"{_GROUP}/Role": (_in_one_namespace,),
    f"{_GROUP}/ClusterRole": (_aggregated,),
    f"{_GROUP}/ClusterRoleBinding": (_accounts,),
    "/Namespace": (_levels,),
}
