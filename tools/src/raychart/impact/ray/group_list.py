"""What a change of the list of worker types does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.ledger import Because, Ledger
from raychart.impact.model import NO_PODS, Pods
from raychart.impact.ray.numbers import UNLIMITED, autoscales, numbers_of, workers_of

if TYPE_CHECKING:
    from raychart.impact.ray.sides import Sides

_OPERATOR = "KubeRay v1.7.0 rcc:reconcilePods"


def group_added(sides: Sides, ledger: Ledger, name: str) -> None:
    """Enter that a worker type comes."""
    changes, whom = sides.of_group(name), sides.worker_type(name)
    if sides.asleep:
        resumed = sides.new.get("suspend") is not True
        reason = (
            f"a new worker type: its pods are made when the cluster is resumed{', which is now' if resumed else ''}"
        )
        ledger.add("scale-up" if resumed else "none", Because(reason, _OPERATOR), changes, whom=whom)
        return
    pods = workers_of(sides.new_groups[name], autoscaled=sides.autoscaled)
    reason = "a new worker type: its pods are made, no other pod is touched"
    ledger.add("scale-up", Because(reason, _OPERATOR), changes, whom=whom, pods=pods)


def group_removed(sides: Sides, ledger: Ledger, name: str) -> None:
    """Enter that a worker type goes."""
    if sides.asleep:
        reason = "the cluster is suspended: none of its pods are left behind"
        ledger.add("none", Because(reason, _OPERATOR), sides.of_group(name), whom=sides.worker_type(name))
        return
    pods = workers_of(sides.old_groups[name], autoscaled=autoscales(sides.old))
    policy = sides.policy
    source = "charts/ray files/rollout.py"
    if sides.recreates:
        reason = "upgradeStrategy is Recreate: its pods go with all others of the cluster, with what they run"
        source = "KubeRay v1.7.0 rcc:shouldRecreatePodsForUpgrade"
    elif policy is None:
        fails = ", and the autoscaler fails over them" if sides.autoscaled else ""
        reason = f"its pods stay behind as nobody's until they are deleted by hand{fails}"
        pods, source = NO_PODS, "KubeRay v1.7.0 rcc:reconcilePods, kuberay#1739"
    elif not policy.rolls_workers:
        why = "rollout.workers is never" if policy.workers == "never" else "this is a trial"
        pods, reason = NO_PODS, f"{why}: its pods stay behind until they end or are deleted by hand"
    elif policy.workers == "idle":
        reason = "rollout.workers is idle: each of its pods goes when it has nothing to do"
    else:
        reason = f"rollout.workers is rolling: idle pods go, busy ones have {policy.drain_seconds} s for their tasks"
    ledger.add("remove-type", Because(reason, source), sides.of_group(name), whom=sides.worker_type(name), pods=pods)


def list_rewritten(sides: Sides, ledger: Ledger) -> None:
    """Enter what it does that the list of worker groups is written whole, over what others had set there."""
    changes = sides.below("spec", "workerGroupSpecs")
    if sides.asleep:
        return
    source = "Helm: lists in custom resources are replaced whole"
    for name in sides.kept:
        group = sides.new_groups[name]
        if sides.of_field(name, "replicas") or autoscales(sides.old) != sides.autoscaled:
            continue
        new = numbers_of(group)
        if sides.autoscaled and group.get("replicas") is not None and new.desired > new.least:
            reason = (
                f"replicas goes back to {new.desired} with the list, and pods are made up to that number, "
                "whatever the autoscaler had set"
            )
            pods = Pods(0, (new.desired - new.least) * new.hosts)
            ledger.add("scale-up", Because(reason, source), changes, whom=sides.worker_type(name), pods=pods)
        elif not sides.autoscaled and group.get("replicas") is None and new.most > new.least:
            most = new.least if new.most == UNLIMITED else new.most
            reason = (
                f"replicas is not said and goes back to minReplicas ({new.least}) with the list, whatever "
                "was set by hand"
            )
            pods = Pods(0, (most - new.least) * new.hosts)
            ledger.add("scale-down", Because(reason, source), changes, whom=sides.worker_type(name), pods=pods)
