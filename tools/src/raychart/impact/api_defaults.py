"""What the API server fills in where an object of Kubernetes' own says nothing: to say it, or no longer, does nothing.

Source: pkg/apis/core/v1/defaults.go and those of apps, batch. Deployments and their kin compare templates by meaning,
so that an empty list is none (apimachinery, equality.Semantic).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from raychart.diff.apply import at
from raychart.impact.ledger import Because, Ledger
from raychart.impact.ray.empty import is_left_out

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_CONTAINERS = ("containers", "initContainers")
# By the field above, the nearest that is no step into a list, and by the field.
_DEFAULTS: dict[tuple[str, str], Any] = {
    ("spec", "restartPolicy"): "Always",
    ("spec", "dnsPolicy"): "ClusterFirst",
    ("spec", "schedulerName"): "default-scheduler",
    ("spec", "terminationGracePeriodSeconds"): 30,
    ("spec", "securityContext"): {},
    **{
        (above, field): value
        for above in _CONTAINERS
        for field, value in (
            ("terminationMessagePath", "/dev/termination-log"),
            ("terminationMessagePolicy", "File"),
        )
    },
    **{
        (above, field): value
        for above in _PROBES
        for field, value in (
            ("timeoutSeconds", 1),
            ("periodSeconds", 10),
            ("successThreshold", 1),
            ("failureThreshold", 3),
        )
    },
    ("httpGet", "scheme"): "HTTP",
    ("httpGet", "path"): "/",
    ("ports", "protocol"): "TCP",
    ("fieldRef", "apiVersion"): "v1",
    **{(above, "defaultMode"): 420 for above in ("configMap", "secret", "downwardAPI", "projected")},
    ("serviceAccountToken", "expirationSeconds"): 3600,
    ("hostPath", "type"): "",
}
_OF_WORKLOADS: dict[str, Any] = {"revisionHistoryLimit": 10, "minReadySeconds": 0}
# By kind, what is said at the top of a spec.
_OF_KINDS: dict[str, dict[str, Any]] = {
    "Deployment": {**_OF_WORKLOADS, "progressDeadlineSeconds": 600, "paused": False},
    "StatefulSet": {**_OF_WORKLOADS, "podManagementPolicy": "OrderedReady"},
    "DaemonSet": _OF_WORKLOADS,
    "ReplicaSet": {"minReadySeconds": 0},
    "Pod": {"enableServiceLinks": True},
    "Job": {"backoffLimit": 6, "completionMode": "NonIndexed", "suspend": False, "manualSelector": False},
    "CronJob": {
        "concurrencyPolicy": "Allow",
        "suspend": False,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
    },
    "Service": {"type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster"},
    "PersistentVolumeClaim": {"volumeMode": "Filesystem"},
}
# The same for kinds that have no spec.
_OF_OTHERS: dict[str, dict[str, Any]] = {
    "Secret": {"type": "Opaque"},
    "StorageClass": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate", "allowVolumeExpansion": False},
    "PriorityClass": {"preemptionPolicy": "PreemptLowerPriority", "globalDefault": False},
}
_KINDS = _OF_KINDS.keys() | _OF_OTHERS.keys()
_BECAUSE = Because("it is what the API server fills in where nothing is said", "Kubernetes: defaults")


def without_api_defaults(diff: ObjectDiff, ledger: Ledger) -> ObjectDiff:
    """Enter that changes between a default and nothing do nothing; return the diff without them."""
    if diff.manifest.kind not in _KINDS or diff.kind not in {"changed", "renamed"}:
        return diff
    found = [change for change in diff.changes if change.kind in {"added", "removed"} and _is_default(diff, change)]
    ledger.add("none", _BECAUSE, found)
    gone = {id(change) for change in found}
    return replace(diff, changes=tuple(change for change in diff.changes if id(change) not in gone)) if found else diff


def _is_default(diff: ObjectDiff, change: Change) -> bool:
    value = change.new if change.kind == "added" else change.old
    keys = [step for step in change.path if isinstance(step, str)]
    kind = diff.manifest.kind
    if not keys or not isinstance(change.path[-1], str):
        return False
    if kind in _OF_OTHERS:
        others = _OF_OTHERS[kind]
        return len(change.path) == 1 and keys[0] in others and _same(value, others[keys[0]])
    if change.path[:1] == ("spec",) and len(change.path) == 2 and keys[1] in _OF_KINDS[kind]:
        return _same(value, _OF_KINDS[kind][keys[1]])
    if len(keys) < 2 or keys[0] != "spec":
        return False
    if keys[-1] == "imagePullPolicy" and keys[-2] in _CONTAINERS:
        return bool(value == _pull_policy(str(_beside(diff, change).get("image", ""))))
    if (kind, *keys[-2:]) == ("Service", "ports", "targetPort"):
        return bool(value == _beside(diff, change).get("port"))
    if (keys[-2], keys[-1]) in _DEFAULTS:
        return _same(value, _DEFAULTS[keys[-2], keys[-1]])
    return is_left_out(value, change.path, alone=False) and len(change.path) > 2


def _beside(diff: ObjectDiff, change: Change) -> dict[str, Any]:
    """Return what the mapping that a change is in says besides."""
    manifest = diff.new if change.kind == "added" else diff.old
    try:
        found = at(manifest.body, change.path[:-1]) if manifest else {}
    except (LookupError, TypeError):
        found = {}
    return found if isinstance(found, dict) else {}


def _pull_policy(image: str) -> str:
    """Return when an image is pulled where nothing is said of it (SetDefaults_Container)."""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return "Always" if not digest and tag in {"", "latest"} else "IfNotPresent"


def _same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same; true is 1 to Python."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
