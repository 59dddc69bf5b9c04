"""The fields that lint knows of a pod are those that Kubernetes has, with the same types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pod_schema
import pytest

DOCUMENT = json.loads(
    (Path(__file__).parents[2] / "tools" / "src" / "raychart" / "lint" / "fields.json").read_text(encoding="utf-8")
)
TYPES = {"list": "array", "map": "object", "any": "object"}


@pytest.mark.parametrize("kind", ["PodSpec", "Container", "Volume", "Probe", "Affinity", "SecurityContext"])
def test_a_kind_s_fields_are_those_of_kubernetes(kind: str) -> None:
    shape = {name: DOCUMENT["shapes"][number] for name, number in shape_of(kind)["fields"].items()}
    known = pod_schema.fields(kind)
    assert set(shape) - set(known) == set(), "fields that Kubernetes does not have"
    for name, own in shape.items():
        assert TYPES.get(own["type"], own["type"]) in types(known[name]), name


def shape_of(kind: str) -> dict[str, Any]:
    """Return the shape of a kind, found on the way from the pod to it."""
    ways = {
        "PodSpec": [],
        "Container": ["containers"],
        "Volume": ["volumes"],
        "Probe": ["containers", "livenessProbe"],
        "Affinity": ["affinity"],
        "SecurityContext": ["containers", "securityContext"],
    }
    shape: dict[str, Any] = DOCUMENT["shapes"][DOCUMENT["kinds"]["pod"]]
    for name in ways[kind]:
        shape = DOCUMENT["shapes"][shape["fields"][name]]
        if shape["type"] == "list":
            shape = DOCUMENT["shapes"][shape["of"]]
    return shape


def types(schema: dict[str, Any]) -> set[str]:
    """Return the types that Kubernetes' schema allows; a number or text counts as one."""
    resolved = pod_schema.resolve(schema)
    if "oneOf" in resolved:
        return {"int-or-string"}
    kinds = resolved["type"]
    return set(kinds) if isinstance(kinds, list) else {kinds}
