"""What changes of a RayCluster's own labels and annotations do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.autoscaling_limits import ANNOTATION
from raychart.impact.about import about_version, keys_of
from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import mapping, text
from raychart.impact.ray.pods import head_follows, workers_follow

if TYPE_CHECKING:
    from raychart.diff.model import Change
    from raychart.impact.ray.sides import Sides

# Annotations that KubeRay reads when it makes a pod (pod.go, utils/constant.go).
FOR_PODS = {
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
# The annotation by which KubeRay makes a Service for Ray Serve.
_FOR_SERVE = "ray.io/enable-serve-service"
_KUEUE_QUEUE = "kueue.x-k8s.io/queue-name"
_OPERATOR = "KubeRay v1.7.0 pod.go, read when a pod is made"


def metadata_changes(sides: Sides, ledger: Ledger) -> None:
    """Enter what changes of apiVersion, labels and annotations do, the chart's limits aside."""
    about_version(ledger)
    for change in sides.diff.changes:
        for key in keys_of(change, 2):
            if change.path[:2] == ("metadata", "annotations"):
                _annotation(sides, ledger, change, key)
            elif change.path[:2] == ("metadata", "labels"):
                _label(sides, ledger, change, key)


def _annotation(sides: Sides, ledger: Ledger, change: Change, key: str) -> None:
    if key in FOR_PODS:
        _of_pods(sides, ledger, change, "KubeRay reads the annotation when it makes a pod")
    elif key == _FOR_SERVE:
        _serve_service(sides, ledger, change)
    elif mapping(sides.new, "headGroupSpec").get("enableIngress") is True:
        reason = "KubeRay copies the annotations of the cluster to its Ingress at once"
        ledger.add("access", Because(reason, "KubeRay v1.7.0 rcc:reconcileIngress"), [change], whom=sides.itself)
    elif key == "raychart/rollout":
        reason = "it tells the rollout's Job which values it is for, nothing more"
        ledger.add("none", Because(reason, "charts/ray files/rollout.py"), [change], whom=sides.itself)
    elif key != ANNOTATION:
        ledger.add("none", Because("no pod is made from the annotation", _OPERATOR), [change], whom=sides.itself)


def _serve_service(sides: Sides, ledger: Ledger, change: Change) -> None:
    source = "KubeRay v1.7.0 rcc:reconcileServeService"
    if text(sides.diff.new.body if sides.diff.new else None, "metadata", "annotations", _FOR_SERVE) == "true":
        reason = f"KubeRay makes {sides.name}-serve-svc at once, a new address for Ray Serve"
        ledger.add("access", Because(reason, source), [change], whom=sides.itself)
    else:
        reason = "KubeRay makes the Service for Ray Serve, but deletes none: it stays until it is deleted by hand"
        ledger.add("ignored", Because(reason, source), [change], whom=sides.itself)


def _label(sides: Sides, ledger: Ledger, change: Change, key: str) -> None:
    if key == _KUEUE_QUEUE and sides.new.get("suspend") is not True:
        reason = (
            f"where Kueue is, it lets the queue be changed only while the cluster is suspended: {sides.context.refusal}"
        )
        source = "Kueue: jobframework validation, queue-name is immutable"
        ledger.add("rejected", Because(reason, source), [change], whom=sides.itself)
    elif key.startswith(_FOR_SCHEDULERS):
        _of_pods(sides, ledger, change, "the batch scheduler's label is copied to a pod when it is made")
    else:
        ledger.add("none", Because("no pod is made from the label", _OPERATOR), [change], whom=sides.itself)


def _of_pods(sides: Sides, ledger: Ledger, change: Change, reason: str) -> None:
    head_follows(sides, ledger, [change], reason)
    for name in sides.kept:
        workers_follow(sides, ledger, name, [change], reason)
