"""Deployments and their kin: Kubernetes itself makes their pods anew when the template changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.about import about_itself, immutable
from raychart.impact.gates import objects_refused
from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import at, mapping, mappings, text
from raychart.impact.model import NO_PODS, Pods
from raychart.impact.operators import is_operator

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context
    from raychart.impact.effects import Effect
    from raychart.manifests import Manifest

_IMMUTABLE: dict[str, tuple[tuple[str, ...], ...]] = {
    "Deployment": (("spec", "selector"),),
    "DaemonSet": (("spec", "selector"),),
    "ReplicaSet": (("spec", "selector"),),
    "StatefulSet": (
        ("spec", "selector"),
        ("spec", "serviceName"),
        ("spec", "podManagementPolicy"),
        ("spec", "volumeClaimTemplates"),
    ),
}
_OPERATOR = "charts/ray templates/operator/deployment.yaml"
_STORE = "charts/ray templates/cluster/redis.yaml, files/redis.sh"


def workload(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a Deployment, StatefulSet, DaemonSet or ReplicaSet do."""
    if diff.kind == "added":
        _added(diff, ledger)
    elif diff.kind != "changed":
        _gone(diff, context, ledger)
    else:
        about_itself(ledger)
        immutable(diff, context, ledger, _IMMUTABLE[diff.manifest.kind], lost="its pods go, and are made anew")
        _other_strategy(diff, context, ledger)
        _paused(diff, ledger)
        _template(diff, context, ledger)
        if is_operator(diff.manifest):
            objects_refused(diff, context, ledger)
        _replicas(diff, ledger)
        reason = "it counts from the next change of its pods on"
        ledger.add("live", Because(reason, f"Kubernetes: {diff.manifest.kind}"), ledger.uncovered())


def _added(diff: ObjectDiff, ledger: Ledger) -> None:
    pods = replicas_of(diff.new)
    if is_operator(diff.manifest):
        reason = "an operator comes: it waits for the lease where another one has it"
        ledger.add("scale-up", Because(reason, "KubeRay v1.7.0 main.go: leader election"), pods=pods)
    else:
        ledger.add("scale-up", Because("its pods are made", f"Kubernetes: {diff.manifest.kind}"), pods=pods)


def _gone(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter that it goes, or goes on under another name, which is another object."""
    pods = replicas_of(diff.old)
    store = stored_clusters(diff.old, context)
    renamed = diff.kind == "renamed"
    if is_operator(diff.manifest):
        if renamed:
            reason = "under another name it is another operator, which works as soon as the former one's lease is free"
            ledger.add("operator-restart", Because(reason, _OPERATOR), pods=pods)
        else:
            reason = f"the operator goes{context.where_pruned}: clusters keep serving, but nobody makes a lost pod anew"
            ledger.add("scale-down", Because(reason, _OPERATOR), pods=pods)
    elif store:
        after = "under another name its pod is another one" if renamed else f"the Redis goes{context.where_pruned}"
        reason = (
            f"{after}: what fault tolerance keeps of {', '.join(store)} stays only in a volume that stays, and a head "
            "that was made with it fails without it"
        )
        ledger.add("replace", Because(reason, _STORE), pods=pods)
    elif renamed:
        reason = "under another name it is another object: its pods are made anew, the former ones go"
        ledger.add("replace", Because(reason, f"Kubernetes: {diff.manifest.kind}"), pods=pods)
    else:
        reason = f"its pods go{context.where_pruned}"
        ledger.add("scale-down", Because(reason, f"Kubernetes: {diff.manifest.kind}"), pods=pods)


def _other_strategy(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter that Recreate contradicts what the API server itself has filled in for a RollingUpdate."""
    filled_in = at(diff.old.body if diff.old else None, "spec", "strategy", "rollingUpdate") is None
    server_side = diff.manifest.kind == "Deployment" and context.deployer == "helm"
    if server_side and filled_in and _strategy(diff.old) != "Recreate" == _strategy(diff.new):
        changes = [change for change in diff.changes if change.path[:2] == ("spec", "strategy")]
        reason = (
            "applied server-side, as Helm 4 does it, rollingUpdate stays as the API server has filled it in, which it "
            f"refuses beside Recreate: {context.refusal}"
        )
        ledger.add("rejected", Because(reason, "Kubernetes: ValidateDeploymentStrategy"), changes)


def _is_paused(manifest: Manifest | None) -> bool:
    return at(manifest.body if manifest else None, "spec", "paused") is True


def _paused(diff: ObjectDiff, ledger: Ledger) -> None:
    """Enter what it does that a Deployment makes no pods anew, or does it again."""
    changes = [change for change in diff.changes if change.path[:2] == ("spec", "paused")]
    before, after = _is_paused(diff.old), _is_paused(diff.new)
    source = "Kubernetes: Deployment, paused"
    if after and not before:
        ledger.add("live", Because("paused: no change of its pods is carried out until it goes on", source), changes)
    elif before and not after:
        reason = "no longer paused: its pods are made anew if anything of them has changed meanwhile"
        effect: Effect = "operator-restart" if is_operator(diff.manifest) else "roll"
        pods = Pods(0, replicas_of(diff.old).most)
        ledger.add(effect, Because(reason, source), changes, pods=pods)


def _template(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    changes = [change for change in diff.changes if change.path[:2] == ("spec", "template")]
    kind, pods = diff.manifest.kind, replicas_of(diff.old)
    store = stored_clusters(diff.old, context)
    source = f"Kubernetes: {kind}, {_strategy(diff.new)} update"
    if _is_paused(diff.new):
        reason = "the Deployment is paused: pods stay as they are until it goes on"
        ledger.add("new-pods", Because(reason, source), changes)
    elif is_operator(diff.manifest):
        reason = "the operator's pod is made anew: clusters keep serving meanwhile, but nobody scales or mends them"
        ledger.add("operator-restart", Because(reason, source), changes, pods=pods)
    elif store:
        _store(diff, ledger, store, pods)
    elif kind == "ReplicaSet" or _strategy(diff.new) == "OnDelete":
        reason = "pods that run stay as they are, those made from now on have it"
        ledger.add("new-pods", Because(reason, source), changes)
    else:
        how = "all at once" if _strategy(diff.new) == "Recreate" else "a few at a time"
        if partition := _partition(diff.new):
            how += f", but for the first {partition} (partition)"
            pods = Pods(max(pods.least - partition, 0), max(pods.most - partition, 0))
        ledger.add("roll", Because(f"its pods are made anew, {how}", source), changes, pods=pods)


def _store(diff: ObjectDiff, ledger: Ledger, clusters: list[str], pods: Pods) -> None:
    """Enter what it does that the Redis of fault tolerance is another pod."""
    changes = [change for change in diff.changes if change.path[:2] == ("spec", "template")]
    names = ", ".join(clusters)
    if _keeps_data(diff.old) and _keeps_data(diff.new) and _claims(diff.old) == _claims(diff.new):
        reason = (
            f"the Redis of {names} is made anew with its volume, so that the state of fault tolerance "
            "stays; Ray waits for it"
        )
        ledger.add("roll", Because(reason, _STORE), changes, pods=pods)
    else:
        reason = (
            f"the Redis of {names} is made anew without its former volume: the state that fault tolerance keeps is lost"
        )
        ledger.add("replace", Because(reason, _STORE), changes, pods=pods)


def _replicas(diff: ObjectDiff, ledger: Ledger) -> None:
    changes = [change for change in diff.changes if change.path[:2] == ("spec", "replicas")]
    old, new = replicas_of(diff.old).most, replicas_of(diff.new).most
    source = f"Kubernetes: {diff.manifest.kind}, replicas"
    if new > old:
        reason = f"{new} pods instead of {old}"
        if is_operator(diff.manifest) and not old:
            reason += ": what was changed of clusters while it was away is done now"
        ledger.add("scale-up", Because(reason, source), changes, pods=Pods(new - old, new - old))
    elif new < old:
        reason = f"{new} pods instead of {old}"
        if is_operator(diff.manifest) and not new:
            reason += ": clusters keep serving, but nobody scales them or makes a lost pod anew"
        ledger.add("scale-down", Because(reason, source), changes, pods=Pods(old - new, old - new))
    else:
        ledger.add("none", Because(f"the number of pods stays {new}", source), changes)


def replicas_of(manifest: Manifest | None) -> Pods:
    """Return how many pods a workload has; of a DaemonSet at least none, for nobody knows the nodes here."""
    if manifest is None or manifest.kind == "DaemonSet":
        return NO_PODS
    number = at(manifest.body, "spec", "replicas")
    number = number if isinstance(number, int) and not isinstance(number, bool) else 1
    return Pods(number, number)


def stored_clusters(manifest: Manifest | None, context: Context) -> list[str]:
    """Return the RayClusters whose fault tolerance keeps its state in this workload's pods, by its Service."""
    labels = mapping(manifest.body if manifest else None, "spec", "template", "metadata", "labels")
    services = {
        one.name
        for one in (*context.comparison.old, *context.comparison.new)
        if one.kind == "Service"
        and labels
        and (selector := mapping(one.body, "spec", "selector"))
        and selector.items() <= labels.items()
    }
    found = []
    for one in (*context.comparison.old, *context.comparison.new):
        host = text(one.body, "spec", "gcsFaultToleranceOptions", "redisAddress").rpartition(":")[0].split(".")[0]
        if one.kind == "RayCluster" and host in services and one.name not in found:
            found.append(one.name)
    return found


def _strategy(manifest: Manifest | None) -> str:
    body = manifest.body if manifest else None
    return text(body, "spec", "strategy", "type") or text(body, "spec", "updateStrategy", "type") or "RollingUpdate"


def _partition(manifest: Manifest | None) -> int:
    """Return how many of a StatefulSet's first pods an update leaves as they are."""
    found = at(manifest.body if manifest else None, "spec", "updateStrategy", "rollingUpdate", "partition")
    return found if isinstance(found, int) and manifest and manifest.kind == "StatefulSet" else 0


def _keeps_data(manifest: Manifest | None) -> bool:
    spec = mapping(manifest.body if manifest else None, "spec")
    return bool(_claims(manifest)) or bool(mappings(spec, "volumeClaimTemplates"))


def _claims(manifest: Manifest | None) -> list[str]:
    volumes = mappings(manifest.body if manifest else None, "spec", "template", "spec", "volumes")
    return sorted(filter(None, (text(volume, "persistentVolumeClaim", "claimName") for volume in volumes)))
