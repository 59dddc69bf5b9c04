"""Kubernetes' own definitions as JSON Schema of the same form as those of custom resources."""

from __future__ import annotations

from typing import Any

from raychart.lint.fields import RANGES, WORDS
from raychart.validate.listed_words import LISTED
from raychart.validate.structural import BASE64, INT32, QUANTITY_WORDS

ROOT = "#/$defs/"
_LEFT_OUT = {"$id", "$schema", "description", "format", "properties"}
_QUANTITY = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$"
_PROPS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"
# Definitions that the swagger document leaves open.
_OPEN = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": ["integer", "string", "null"]},
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {
        "type": ["number", "string", "null"],
        "pattern": _QUANTITY,
        "description": QUANTITY_WORDS,
    },
    # A list of schemas may stand there too, which the API server refuses.
    f"{_PROPS}OrArray": {"$ref": ROOT + _PROPS},
    f"{_PROPS}OrBool": {"if": {"type": ["boolean", "null"]}, "else": {"$ref": ROOT + _PROPS}},
}
# Required by the document, but not by the API server, which has a default for it or takes it as empty.
_NOT_REQUIRED = {
    "io.k8s.api.batch.v1.PodFailurePolicyRule": {"onPodConditions"},
    "io.k8s.api.batch.v1.PodFailurePolicy": {"rules"},
    "io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern": {"status"},
    "io.k8s.api.core.v1.HTTPHeader": {"value"},
    "io.k8s.api.core.v1.LimitRangeSpec": {"limits"},
    "io.k8s.api.core.v1.PreferredSchedulingTerm": {"preference"},
    "io.k8s.api.core.v1.Sysctl": {"value"},
    "io.k8s.api.networking.v1.NetworkPolicySpec": {"podSelector"},
    "io.k8s.api.rbac.v1.RoleRef": {"apiGroup"},
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion": {"served"},
    "discovery.k8s.io/EndpointSlice": {"endpoints"},
    "scheduling.k8s.io/PriorityClass": {"value"},
}
_FORMATS: dict[str, dict[str, Any]] = {
    "int32": INT32,
    "byte": {"pattern": BASE64, "description": "write it in base64, or in stringData as it is"},
}
_NATURAL = dict.fromkeys(
    (
        "backoffLimit",
        "completions",
        "failedJobsHistoryLimit",
        "minReadySeconds",
        "parallelism",
        "progressDeadlineSeconds",
        "replicas",
        "revisionHistoryLimit",
        "successfulJobsHistoryLimit",
        "ttlSecondsAfterFinished",
    ),
    (0, 2**31 - 1),
)
# What Kubernetes' validation code has besides: of numbers the limits, of texts the words, by the field's name.
# A port of the node may be 0, for none.
# What is too short a time is taken for the shortest there is.
_LIMITS = RANGES | _NATURAL | {"hostPort": (0, 65535), "terminationGracePeriodSeconds": (-(2**63), 2**63 - 1)}
_LISTED = {name: words for name, words in WORDS.items() if name != "medium"}


def lean(schema: Any) -> Any:
    """Return a definition without descriptions and with what is known besides of its fields."""
    if isinstance(schema, list):
        return [lean(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: lean(value) for key, value in schema.items() if key not in _LEFT_OUT and not key.startswith("x-")}
    kept |= _FORMATS.get(schema.get("format", ""), {})
    if "$ref" in kept:
        kept["$ref"] = ROOT + kept["$ref"].rpartition("/")[2]
    if "properties" in schema:
        # By name, not by keyword: there are fields that are called as keywords are.
        kept["properties"] = {name: _field(name, lean(of)) for name, of in schema["properties"].items()}
    return kept


def whole(name: str, schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a kind, whose title is its name, complete in itself."""
    return bundle(_definition(name, schema) | {"title": name}, definitions)


def bundle(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return a lean schema with all that it refers to, complete in itself."""
    needed: dict[str, Any] = {}
    waiting = list(references(schema))
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = _OPEN.get(name) or _definition(name, definitions[name])
            waiting += references(needed[name])
    return schema | {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": needed}


def _definition(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = lean(schema)
    for field in _NOT_REQUIRED.get(name, ()):
        found["required"] = [key for key in found.get("required", ()) if key != field]
        of = found["properties"].get(field, {})
        if isinstance(of.get("type"), str):
            of["type"] = [of["type"], "null"]
    for field, of in found.get("properties", {}).items():
        if (name, field) in LISTED:
            holder = of.get("items", of)
            holder["enum"] = [*LISTED[name, field], "", None]
    return found


def _field(name: str, schema: Any) -> Any:
    types = schema.get("type", ()) if isinstance(schema, dict) else ()
    if "integer" in types and name in _LIMITS:
        low, high = _LIMITS[name]
        return schema | {"minimum": low, "maximum": high}
    if "string" in types and name in _LISTED and "enum" not in schema:
        return schema | {"enum": [*_LISTED[name], "", None]}
    return schema


def references(schema: Any) -> list[str]:
    """Return the names of the definitions that a schema refers to."""
    if isinstance(schema, list):
        return [name for item in schema for name in references(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema["$ref"].removeprefix(ROOT)] if isinstance(schema.get("$ref"), str) else []
    return [*own, *(name for value in schema.values() for name in references(value))]
