"""Say what an operator or a RayCluster still lacks; the steps that wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.smoke.results import Outcome
from raychart.smoke.wait import wait

if TYPE_CHECKING:
    from raychart.smoke.api import Json
    from raychart.smoke.plan import ClusterPlan
    from raychart.smoke.snapshot import Snapshot
    from raychart.smoke.stage import Stage

STAND_IN = "operator-stand-in"
_CONDITIONS = ("HeadPodReady", "RayClusterProvisioned")


def operator_ready(stage: Stage) -> Outcome:
    """Wait until the operator's Deployment is available, and note which operator runs."""
    name = stage.plan.operator
    if name is None:
        return Outcome(skipped="operator.enabled is false: the namespace has one already")
    finding = wait(stage, lambda snapshot: missing_operator(snapshot, name))
    if finding:
        return Outcome((finding,))
    image = _operator_image(stage.look(), name)
    detail = f"{image} (stand-in for tests)" if is_stand_in(image) else image
    return Outcome(detail=detail, facts={"operator": {"image": image, "standIn": is_stand_in(image)}})


def cluster_ready(stage: Stage) -> Outcome:
    """Wait until every RayCluster of the release has its head and the workers it starts with."""
    running = stage.plan.running
    if not running:
        return Outcome(skipped="no cluster that is to run")
    finding = wait(stage, lambda snapshot: _missing(snapshot, running))
    if finding:
        return Outcome((finding,))
    found = {cluster.name: _counts(stage.look(), cluster) for cluster in running}
    detail = ", ".join(
        f"{name}: head and {count['workers']} of {count['expectedWorkers']} workers ready"
        for name, count in found.items()
    )
    return Outcome(detail=detail, facts={"clusters": found})


def missing_operator(snapshot: Snapshot, name: str) -> str | None:
    """Return what the operator's Deployment still lacks."""
    deployment = next((d for d in snapshot.deployments if d["metadata"]["name"] == name), None)
    if deployment is None:
        return f"deployment {name}"
    status = deployment.get("status", {})
    wanted = deployment["spec"].get("replicas", 1)
    if status.get("observedGeneration", 0) < deployment["metadata"].get("generation", 0):
        return f"the controller's look at deployment {name}"
    ready = status.get("availableReplicas", 0)
    return None if ready >= wanted else f"{wanted - ready} of {wanted} pods of deployment {name}"


def missing_cluster(snapshot: Snapshot, cluster: ClusterPlan) -> str | None:
    """Return what a RayCluster still lacks: the head, workers, or the conditions that the operator sets."""
    body = next((c for c in snapshot.rayclusters if c["metadata"]["name"] == cluster.name), None)
    if body is None:
        return f"raycluster {cluster.name}"
    if not any(_ready(pod) for pod in _pods(snapshot, cluster, "head")):
        return f"a ready head pod of {cluster.name}"
    workers = sum(_ready(pod) for pod in _pods(snapshot, cluster, "worker"))
    if workers < cluster.workers:
        return f"{cluster.workers - workers} of {cluster.workers} ready workers of {cluster.name}"
    true = {c["type"] for c in body.get("status", {}).get("conditions") or [] if c["status"] == "True"}
    unmet = [condition for condition in _CONDITIONS if condition not in true]
    return f"condition {' and '.join(unmet)} of raycluster {cluster.name}" if unmet else None


def is_stand_in(image: str) -> bool:
    """Say whether an image is the operator that the project's tests build where the genuine one cannot be had."""
    return image.split("@", maxsplit=1)[0].rpartition(":")[0].endswith(STAND_IN) or image.endswith(STAND_IN)


def _missing(snapshot: Snapshot, clusters: tuple[ClusterPlan, ...]) -> str | None:
    missing = [words for cluster in clusters if (words := missing_cluster(snapshot, cluster))]
    return ", ".join(missing) or None


def _operator_image(snapshot: Snapshot, name: str) -> str:
    deployment = next(d for d in snapshot.deployments if d["metadata"]["name"] == name)
    return str(deployment["spec"]["template"]["spec"]["containers"][0]["image"])


def _counts(snapshot: Snapshot, cluster: ClusterPlan) -> dict[str, object]:
    return {
        "rayVersion": cluster.ray_version,
        "image": cluster.image,
        "address": cluster.address,
        "workers": sum(_ready(pod) for pod in _pods(snapshot, cluster, "worker")),
        "expectedWorkers": cluster.workers,
    }


def _pods(snapshot: Snapshot, cluster: ClusterPlan, node_type: str) -> list[Json]:
    wanted = {"ray.io/cluster": cluster.name, "ray.io/node-type": node_type}.items()
    found = (pod for pod in snapshot.pods if wanted <= (pod["metadata"].get("labels") or {}).items())
    return [pod for pod in found if not pod["metadata"].get("deletionTimestamp")]


def _ready(pod: Json) -> bool:
    conditions = pod.get("status", {}).get("conditions") or []
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
