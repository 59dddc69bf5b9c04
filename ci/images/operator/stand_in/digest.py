"""The hash by which a changed spec is told from a scaled one."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from typing import TYPE_CHECKING, Any

from . import quantity

if TYPE_CHECKING:
    from .cluster import Object

_SCALING = ("replicas", "minReplicas", "maxReplicas")
_PLACEMENT = ("tolerations", "schedulingGates")  # others, such as Kueue, write these into running clusters
_AMOUNTS = ("limits", "requests")
# What Go leaves out where it is empty, of what people write so: fields that are no pointers in the API's types.
_LEFT_OUT = frozenset((
    *("annotations", "command", "args", "env", "envFrom", "headServiceAnnotations", "hostIPC", "hostNetwork"),
    *("hostPID", "hostname", "initContainers", "labels", "limits", "metadata", "nodeSelector", "ports", "requests"),
    *("stdin", "tty", "volumeMounts", "volumes", "workingDir"),
))  # fmt: skip


def spec_digest(spec: Object) -> str:
    """Return 32 characters that change when a Recreate cluster has to be rebuilt.

    The fields left out are KubeRay's, and so is what counts as the same text: quantities in other units, and what is
    empty in place of nothing. The value is not: nothing but this operator compares it.
    """
    muted = copy.deepcopy(spec)
    muted.pop("upgradeStrategy", None)
    for group in [muted.get("headGroupSpec") or {}, *(muted.get("workerGroupSpecs") or [])]:
        for key in _SCALING:
            group.pop(key, None)
        group.setdefault("rayStartParams", {})
        if not group.get("resources"):
            group.pop("resources", None)
        (group.get("scaleStrategy") or {}).pop("workersToDelete", None)
        if not group.get("scaleStrategy"):
            group.pop("scaleStrategy", None)
        pod = (group.get("template") or {}).get("spec") or {}
        for key in _PLACEMENT:
            pod.pop(key, None)
    text = json.dumps(_as_read(muted), sort_keys=True, separators=(",", ":"))
    return base64.b32hexencode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()


def _as_read(value: Any, field: str = "") -> Any:
    """Return a value as it is once Go has read and written it."""
    if isinstance(value, dict):
        if field in _AMOUNTS:
            return {name: _amount(amount) for name, amount in value.items() if amount is not None}
        kept = ((key, inner) for key, inner in value.items() if inner is not None and (inner or key not in _LEFT_OUT))
        return {key: _as_read(inner, key) for key, inner in kept}
    return [_as_read(item) for item in value] if isinstance(value, list) else value


def _amount(written: Any) -> Any:
    return str(quantity.parse(written)) if quantity.is_quantity(written) else written
