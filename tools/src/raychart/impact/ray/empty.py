"""What KubeRay takes for nothing in the spec of a RayCluster: Go leaves it out when it writes what it has read.

Fields that are pointers in Go are told apart from nothing, however empty: suspend: false, authOptions: {}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from raychart.diff.model import ChangePath


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# By the JSON tags of raycluster_types.go and of k8s.io/api v0.36: what has omitempty and is no pointer.
_MAPS = _words("""
    annotations headServiceAnnotations labels limits matchLabels nodeSelector overhead requests volumeAttributes
    """)
_STRUCTS = _words("loadBalancer metadata scaleStrategy spec status")
_FLAGS = _words("hostIPC hostNetwork hostPID publishNotReadyAddresses readOnly stdin stdinOnce tty")
_NUMBERS = _words("""
    failureThreshold healthCheckNodePort hostPort initialDelaySeconds nodePort partition periodSeconds successThreshold
    timeoutSeconds
    """)
_TEXTS = _words("""
    claimName clusterIP containerName dnsPolicy effect externalName externalStorageNamespace externalTrafficPolicy
    fsType generateName hostIP hostname imagePullPolicy loadBalancerIP medium nodeName priorityClassName rayVersion
    redisAddress restartPolicy scheme schedulerName secretName serviceAccount serviceAccountName serviceType
    sessionAffinity subPath subPathExpr subdomain terminationMessagePath terminationMessagePolicy value workingDir
    """)
# Below these a name is a key of somebody's own.
_WITHIN = _MAPS | _words("rayStartParams resources")
# Lists that are written even where they are empty.
_ALWAYS = _words("containers nodeSelectorTerms sources")
# In which fields one of these names is a pointer all the same.
_POINTERS: dict[str, frozenset[str]] = {
    "readOnly": _words("azureDisk csi"),
    "fsType": _words("azureDisk csi"),
    "imagePullPolicy": _words("autoscalerOptions collectorOptions"),
    "restartPolicy": _words("containers initContainers ephemeralContainers"),
    "secretName": _words("authOptions"),
    "timeoutSeconds": _words("clientIP"),
    "value": _words("options"),
}


def is_left_out(value: Any, path: ChangePath, *, alone: bool) -> bool:
    """Tell whether a value says the same as nothing; `path` leads to it, `alone` is of a RayCluster of its own."""
    keys = [step for step in path if isinstance(step, str)]
    return bool(keys) and _says_nothing(value, keys[-1], keys[-2] if len(keys) > 1 else "", alone=alone)


def _says_nothing(value: Any, field: str, above: str, *, alone: bool) -> bool:
    if value is None:
        return True
    if above in _POINTERS.get(field, ()):
        return False
    if above in _WITHIN and not isinstance(value, (dict, list)):
        return False
    if isinstance(value, bool):
        return not value and field in _FLAGS
    if isinstance(value, list):
        return not value and field not in _ALWAYS
    if isinstance(value, dict):
        return _is_empty_mapping(value, field, above, alone=alone)
    if isinstance(value, str):
        return not value and field in _TEXTS
    return value == 0 and field in _NUMBERS


def _is_empty_mapping(value: dict[str, Any], field: str, above: str, *, alone: bool) -> bool:
    of_ray = above in {"headGroupSpec", "workerGroupSpecs"}
    if field in _MAPS or (field == "resources" and of_ray):
        return not value
    if field == "rayStartParams":
        # Nothing there is null in the text of it, but of a RayCluster alone KubeRay fills it in first (setDefaults).
        return alone and not value
    if field in _STRUCTS or (field == "resources" and above in {"containers", "initContainers"}):
        return all(_says_nothing(inner, key, field, alone=alone) for key, inner in value.items())
    return False
