"""The hash by which a changed spec is told from a scaled one."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cluster import Object

_SCALING = ("replicas", "minReplicas", "maxReplicas")
_PLACEMENT = ("tolerations", "schedulingGates")  # others, such as Kueue, write these into running clusters


def spec_digest(spec: Object) -> str:
    """Return 32 characters that change when a Recreate cluster has to be rebuilt.

    The fields left out are KubeRay's; the value is not: nothing but this operator compares it.
    """
    muted = copy.deepcopy(spec)
    muted.pop("upgradeStrategy", None)
    for group in [muted.get("headGroupSpec") or {}, *(muted.get("workerGroupSpecs") or [])]:
        for key in _SCALING:
            group.pop(key, None)
        (group.get("scaleStrategy") or {}).pop("workersToDelete", None)
        if not group.get("scaleStrategy"):
            group.pop("scaleStrategy", None)
        pod = (group.get("template") or {}).get("spec") or {}
        for key in _PLACEMENT:
            pod.pop(key, None)
    text = json.dumps(muted, sort_keys=True, separators=(",", ":"))
    return base64.b32hexencode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()
