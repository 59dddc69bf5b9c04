"""RayClusters that the operator rejects, or does not look at."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke.snapshot import moment

if TYPE_CHECKING:
    from datetime import datetime

    from raychart.smoke.api import Json
    from raychart.smoke.snapshot import Snapshot

# A lease that an operator before this one left behind runs out after 15 s.
_PATIENCE = timedelta(seconds=25)


def rejected_cluster(snapshot: Snapshot, now: datetime) -> Finding | None:  # noqa: ARG001 (a rejection is final)
    """Find a RayCluster that the operator calls invalid: it then does nothing until the RayCluster changes.

    Reasons InvalidRayClusterSpec, InvalidRayClusterMetadata and InvalidRayClusterStatus; KubeRay 1.7.0 gives the first
    one to a mere warning too (rayClusterReconcile).
    """
    uids = {cluster["metadata"]["uid"]: cluster["metadata"]["name"] for cluster in snapshot.rayclusters}
    for event in snapshot.events:
        name, message = uids.get(event["involvedObject"].get("uid", "")), event.get("message", "")
        rejects = event.get("reason", "").startswith("InvalidRayCluster") and event.get("type") == "Warning"
        if name and rejects and not message.startswith("RayCluster spec warning"):
            said = re.sub(r"^The RayCluster .*? is invalid \S+?[:,] ", "", message)
            what = f"the operator rejects this RayCluster ({event['reason']}: {said})"
            remedy = f"mend what it says in the values under clusters.{name}; the operator looks again when it changes"
            return _finding(snapshot, name, "rejected", what, remedy)
    return None


def neglected_cluster(snapshot: Snapshot, now: datetime) -> Finding | None:
    """Find a RayCluster without any status although the release's operator has been available for 25 s."""
    since = _available_since(snapshot)
    if since is None or now - since < _PATIENCE:
        return None
    for cluster in snapshot.rayclusters:
        if not cluster.get("status") and not any(_belongs(pod, cluster) for pod in snapshot.pods):
            what = f"the operator has been available for {(now - since).seconds} s and has not touched this RayCluster"
            remedy = (
                "see the operator's log, and who holds its lease: "
                f"kubectl --namespace {snapshot.namespace} get lease ray-operator-leader"
            )
            return _finding(snapshot, cluster["metadata"]["name"], "neglected", what, remedy)
    return None


def _available_since(snapshot: Snapshot) -> datetime | None:
    for deployment in snapshot.deployments:
        for condition in deployment.get("status", {}).get("conditions") or []:
            if condition["type"] == "Available" and condition["status"] == "True":
                return moment(condition.get("lastTransitionTime"))
    return None


def _belongs(pod: Json, cluster: Json) -> bool:
    labels = pod["metadata"].get("labels") or {}
    return bool(labels.get("ray.io/cluster") == cluster["metadata"]["name"])


def _finding(snapshot: Snapshot, name: str, rule: str, what: str, remedy: str) -> Finding:
    where = f"raycluster {snapshot.namespace}/{name}"
    return Finding(f"smoke-{rule}", "error", what, remedy, file=where, path=f"clusters.{name}")
