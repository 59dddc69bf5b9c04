"""What changes of a RayCluster's own labels and annotations do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.ledger import Because, Ledger
from raychart.impact.ray.pods import head_follows, workers_follow

if TYPE_CHECKING:
    from raychart.diff.model import Change
    from raychart.impact.ray.sides import Sides

# Annotations that KubeRay reads when it makes a pod (pod.go, utils/constant.go).
_FOR_PODS = {
    "ray.io/overwrite-container-cmd",
    "ray.io/ft-enabled",
    "ray.io/external-storage-namespace",
    "ray.io/disable-provisioned-head-restart",
    "ray.io/ippr",
}
# Labels that a batch scheduler's part of KubeRay copies to the pods that it makes (controllers/ray/batchscheduler).
_FOR_SCHEDULERS = (
    "volcano.sh/",
    "yunikorn.apache.org/",
    "kai.scheduler/",
    "ray.io/priority-class-name",
    "ray.io/gang-scheduling",
)
_KUEUE_QUEUE = "kueue.x-k8s.io/queue-name"
_OPERATOR = "KubeRay v1.7.0 pod.go, read when a pod is made"


def metadata_changes(sides: Sides, ledger: Ledger) -> None:
    """Enter what changes of labels and annotations do, the chart's limits aside."""
    for change in sides.diff.changes:
        if change.path[:2] == ("metadata", "annotations"):
            _annotation(sides, ledger, change)
        elif change.path[:2] == ("metadata", "labels"):
            _label(sides, ledger, change)


def _annotation(sides: Sides, ledger: Ledger, change: Change) -> None:
    key = change.path[2] if len(change.path) > 2 else ""
    head = sides.new.get("headGroupSpec")
    if key in _FOR_PODS:
        reason = "KubeRay reads the annotation when it makes a pod"
        head_follows(sides, ledger, [change], reason)
        for name in sides.kept:
            workers_follow(sides, ledger, name, [change], reason)
    elif isinstance(head, dict) and head.get("enableIngress") is True:
        reason = "KubeRay copies the annotations of the cluster to its Ingress at once"
        ledger.add("access", Because(reason, "KubeRay v1.7.0 rcc:reconcileIngress"), [change], whom=sides.itself)
    elif key == "raychart/rollout":
        reason = "it tells the rollout's Job which values it is for, nothing more"
        ledger.add("none", Because(reason, "charts/ray files/rollout.py"), [change], whom=sides.itself)
    elif key != "raychart/autoscaling":
        ledger.add("none", Because("no pod is made from the annotation", _OPERATOR), [change], whom=sides.itself)


def _label(sides: Sides, ledger: Ledger, change: Change) -> None:
    key = str(change.path[2]) if len(change.path) > 2 else ""
    if key == _KUEUE_QUEUE and change.kind == "changed" and sides.new.get("suspend") is not True:
        reason = f"Kueue lets the queue be changed only while the cluster is suspended: {sides.context.refusal}"
        ledger.add(
            "rejected",
            Because(reason, "Kueue: jobframework validation, queue-name is immutable"),
            [change],
            whom=sides.itself,
        )
    elif key.startswith(_FOR_SCHEDULERS):
        reason = "the batch scheduler's label is copied to a pod when it is made"
        head_follows(sides, ledger, [change], reason)
        for name in sides.kept:
            workers_follow(sides, ledger, name, [change], reason)
    else:
        ledger.add("none", Because("no pod is made from the label", _OPERATOR), [change], whom=sides.itself)
