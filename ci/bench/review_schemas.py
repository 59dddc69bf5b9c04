"""Write Kubernetes' schemas as kubeconform wants them: a file for each kind, complete in itself."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import kubernetes_validate

_DATA = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
# The kinds that the chart makes.
_KINDS = (
    "configmap-v1",
    "deployment-apps-v1",
    "job-batch-v1",
    "lease-coordination-v1",
    "networkpolicy-networking-v1",
    "pod-v1",
    "role-rbac-v1",
    "rolebinding-rbac-v1",
    "service-v1",
    "serviceaccount-v1",
)


def write_schemas(folder: Path) -> Path:
    """Write them into `folder` and return it."""
    newest = max(
        _DATA.glob("*-local-strict"), key=lambda path: [int(part) for part in path.name[1:].split("-")[0].split(".")]
    )
    definitions = json.loads((newest / "_definitions.json").read_text())["$defs"]
    folder.mkdir(parents=True, exist_ok=True)
    for kind in _KINDS:
        schema = json.loads((newest / f"{kind}.json").read_text())
        del schema["$id"]  # which would make references lead into the network
        text = json.dumps(schema | {"$defs": _needed(schema, definitions)})
        (folder / f"{kind}.json").write_text(re.sub(r'"\$ref": "[^"#]*#', '"$ref": "#', text))
    return folder


def _needed(schema: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    waiting = [schema]
    while waiting:
        for name in _names(waiting.pop()):
            if name not in found:
                found[name] = definitions[name]
                waiting.append(definitions[name])
    return found


def _names(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"].rpartition("/")[2]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*map(_names, part.values()))
    return set().union(*map(_names, part)) if isinstance(part, list) else set()
