"""Say why the API server would refuse a CRD (apiextensions.k8s.io/v1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.validate.crd_checks.columns import columns, scale
from raychart.validate.crd_checks.names import names
from raychart.validate.crd_checks.structure import Structure
from raychart.validate.reach import at, entries, mapping, mappings, text
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath

GROUP, KIND = "apiextensions.k8s.io", "CustomResourceDefinition"
_VERSIONS = ("spec", "versions")
_SCHEMA = ("schema", "openAPIV3Schema")
# Of a schema whose status is looked at apart.
_AT_ROOT = frozenset({
    "description", "type", "format", "title", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength",
    "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "multipleOf", "required", "items", "properties",
    "externalDocs", "example", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations",
})  # fmt: skip


def problems(crd: dict[str, Any]) -> Iterator[Problem]:
    """Yield what the API server refuses of a CRD of v1."""
    yield from names(crd)
    yield from _versions(crd)
    yield from _conversion(crd)
    if at(crd, ("spec", "scope")) == "":
        yield Problem(("spec", "scope"), "is empty", "write Namespaced or Cluster")
    if at(crd, ("spec", "preserveUnknownFields")) is True:
        remedy = "set x-kubernetes-preserve-unknown-fields: true in the schemas where fields are to be kept"
        yield Problem(("spec", "preserveUnknownFields"), "cannot be true", remedy)


def _versions(crd: dict[str, Any]) -> Iterator[Problem]:
    versions = list(mappings(crd, _VERSIONS))
    stored = [path for path, version in versions if version.get("storage") is True]
    if versions and len(stored) != 1:
        path = (*stored[1], "storage") if stored else _VERSIONS
        message = f"exactly one version has to be the one that is stored (there are {len(stored)})"
        yield Problem(path, message, "set storage: true in one version, and false in the others")
    known: set[str] = set()
    for path, version in versions:
        name = text(version, "name")
        if name in known:
            yield Problem((*path, "name"), f"{name} is there already", "give each version a name of its own")
        known.add(name)
        yield from _version(path, version)


def _version(path: ValuesPath, version: dict[str, Any]) -> Iterator[Problem]:
    schema = at(version, _SCHEMA)
    if not isinstance(schema, dict):
        yield Problem(path, "schema.openAPIV3Schema is missing", "give the version a schema: type: object at the least")
    else:
        has_status = "status" in mapping(version, "subresources")
        odd = [
            key
            for key, value in schema.items()
            if key not in _AT_ROOT and (value or (key == "default" and value is not None))
        ]
        if has_status and odd:
            remedy = "move it below spec, or take the status subresource away"
            yield Problem((*path, *_SCHEMA, odd[0]), "cannot be at the root where there is a status", remedy)
        yield from Structure((*path, *_SCHEMA)).problems(schema)
    if "deprecationWarning" in version and version["deprecationWarning"] is not None and not version.get("deprecated"):
        remedy = "set deprecated: true, or remove it"
        yield Problem((*path, "deprecationWarning"), "can only be set for deprecated versions", remedy)
    yield from columns(path, version)
    yield from scale(path, version)


def _conversion(crd: dict[str, Any]) -> Iterator[Problem]:
    path: ValuesPath = ("spec", "conversion")
    conversion = mapping(crd, *path)
    if text(conversion, "strategy") == "Webhook":
        webhook = mapping(conversion, "webhook")
        client = mapping(webhook, "clientConfig")
        if ("url" in client) == ("service" in client):
            message = "a webhook needs exactly one of clientConfig.url and clientConfig.service"
            yield Problem((*path, "webhook"), message, "say where the webhook is, once")
        if not any(one in {"v1", "v1beta1"} for one in map(str, entries(webhook, "conversionReviewVersions"))):
            message = "conversionReviewVersions has none that the API server knows"
            yield Problem((*path, "webhook"), message, "name v1")
    elif conversion.get("webhook"):
        remedy = "set strategy: Webhook, or remove it"
        yield Problem((*path, "webhook"), "should not be set when strategy is not Webhook", remedy)
