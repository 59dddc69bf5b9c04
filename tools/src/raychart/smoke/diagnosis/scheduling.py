"""Pods that get no place, nodes that are gone, volumes that do not come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke.diagnosis.subjects import events, finding, live, values_path, waiting
from raychart.smoke.snapshot import first_seen, moment

if TYPE_CHECKING:
    from datetime import datetime

    from raychart.smoke.api import Json
    from raychart.smoke.snapshot import Snapshot

# A pod that just went may not have freed its place yet.
_PATIENCE = timedelta(seconds=10)
_NODES_NAMED = 3


def unschedulable_pod(snapshot: Snapshot, now: datetime) -> Finding | None:
    """Find a pod that has fitted no node for 10 s, unless a node autoscaler said that it is getting one."""
    for pod in live(snapshot):
        condition = _condition(pod, "PodScheduled")
        if condition.get("status") != "False" or condition.get("reason") != "Unschedulable":
            continue
        since = moment(condition.get("lastTransitionTime"))
        if since and now - since >= _PATIENCE and not events(snapshot, pod, "TriggeredScaleUp"):
            return _unschedulable(snapshot, pod, condition.get("message", ""))
    return None


def broken_node(snapshot: Snapshot, now: datetime) -> Finding | None:
    """Find a node that holds a pod of the release, or is the only one, and has not been Ready for 10 s."""
    hosts = {pod["spec"].get("nodeName") for pod in snapshot.pods}
    for node in snapshot.nodes:
        name, ready = node["metadata"]["name"], _condition(node, "Ready")
        since = moment(ready.get("lastTransitionTime"))
        concerned = name in hosts or len(snapshot.nodes) == 1
        if concerned and ready.get("status") != "True" and since and now - since >= _PATIENCE:
            what = f"is not Ready ({ready.get('reason', 'no reason given')}: {ready.get('message', '')})"
            remedy = "see the kubelet's log on the node; a kind cluster is made anew when it is deleted first"
            return Finding("smoke-node", "error", what, remedy, file=f"node {name}")
    return None


def unmounted_volume(snapshot: Snapshot, now: datetime) -> Finding | None:
    """Find a pod that has waited 10 s for a volume."""
    for pod in live(snapshot):
        failed = events(snapshot, pod, "FailedMount", "FailedAttachVolume")
        still_waits = any(reason in {"ContainerCreating", "PodInitializing"} for _, reason, _ in waiting(pod))
        if failed and still_waits and now - first_seen(failed[0]) >= _PATIENCE:
            what = f"a volume cannot be mounted ({failed[-1].get('message', 'no details given')})"
            remedy = f"create what the volume names, or mend the volumes under {values_path(pod)}.pod"
            return finding("volume", pod, what, remedy)
    return None


def _unschedulable(snapshot: Snapshot, pod: Json, message: str) -> Finding:
    path = values_path(pod)
    claims = _pending_claims(snapshot, pod)
    if claims or "persistentvolumeclaim" in message.lower():
        what = f"waits for a volume ({message}{''.join(f'; claim {claim} is Pending' for claim in claims)})"
        remedy = "create the claim, or give it a storage class that exists: kubectl get storageclass"
        return finding("claim", pod, what, remedy)
    what = f"fits no node ({message}); it asks for {_asked(pod)}{_nodes(snapshot)}"
    remedy = f"ask for less under {path}, change its placement, or add a node" if path else "free room on a node"
    return finding("unschedulable", pod, what, remedy)


def _pending_claims(snapshot: Snapshot, pod: Json) -> list[str]:
    volumes = pod["spec"].get("volumes") or []
    used = {volume.get("persistentVolumeClaim", {}).get("claimName") for volume in volumes}
    pending = (claim for claim in snapshot.claims if claim.get("status", {}).get("phase") == "Pending")
    return [name for claim in pending if (name := claim["metadata"]["name"]) in used]


def _asked(pod: Json) -> str:
    """Say what each container asks for: a sum would need arithmetic on quantities and show numbers nobody wrote."""
    parts = []
    for container in pod["spec"]["containers"]:
        requests = container.get("resources", {}).get("requests") or {}
        amounts = ", ".join(f"{name} {amount}" for name, amount in requests.items()) or "nothing"
        parts.append(f"{amounts} (container {container['name']})")
    return " and ".join(parts)


def _nodes(snapshot: Snapshot) -> str:
    """Say what nodes have for pods in all, free or taken; the scheduler's message says which part was short."""
    told = []
    for node in snapshot.nodes[:_NODES_NAMED]:
        has = node.get("status", {}).get("allocatable") or {}
        amounts = ", ".join(f"{name} {has[name]}" for name in has if name in {"cpu", "memory"} or "gpu" in name)
        told.append(f"node {node['metadata']['name']} has {amounts}")
    more = len(snapshot.nodes) - len(told)
    return "".join(f"; {words}" for words in told) + (f"; and {more} more nodes" if more > 0 else "")


def _condition(item: Json, kind: str) -> Json:
    conditions: list[Json] = item.get("status", {}).get("conditions") or []
    return next((condition for condition in conditions if condition["type"] == kind), {})
