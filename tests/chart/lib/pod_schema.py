"""The fields of PodSpec and Container, as Kubernetes' own JSON schema has them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

CORE = "io.k8s.api.core.v1."


@cache
def definitions() -> dict[str, Any]:
    """Return the definitions of the newest Kubernetes that the installed data knows."""
    folders = [folder for folder in _data().iterdir() if folder.name.endswith("-local")]
    newest = max(folders, key=lambda folder: [int(part) for part in folder.name[1 : -len("-local")].split(".")])
    found: dict[str, Any] = json.loads((newest / "_definitions.json").read_text())["$defs"]
    return found


def fields(kind: str) -> dict[str, Any]:
    """Return the schema of each field of a core/v1 kind."""
    found: dict[str, Any] = definitions()[CORE + kind]["properties"]
    return found


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a schema's reference, if it is one."""
    reference = schema.get("$ref")
    return definitions()[reference.removeprefix("#/$defs/")] if reference else schema


def _data() -> Any:
    return files("kubernetes_validate") / "kubernetes-json-schema"
