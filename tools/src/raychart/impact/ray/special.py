"""Fields of a RayCluster by which all of its pods come, go, or are looked after in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import mapping, text
from raychart.impact.model import Pods
from raychart.impact.ray.autoscaling import rights_of_autoscaler
from raychart.impact.ray.head_service import head_port, head_ports, head_service_labels, head_service_name
from raychart.impact.ray.limits import all_pods
from raychart.impact.ray.numbers import autoscales, workers_of
from raychart.impact.ray.pods import ONE_POD, head_stays, how_workers_roll, loss

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.impact.ray.sides import Sides

_SUSPEND = "KubeRay v1.7.0 rcc:reconcilePods, calculateStatus"
_RECREATE = "KubeRay v1.7.0 rcc:shouldRecreatePodsForUpgrade"
_INGRESS = "KubeRay v1.7.0 rcc:reconcileIngress"
_AUTH = "KubeRay v1.7.0 rcc:reconcileAuthSecret, pod.go:SetContainerTokenAuthEnvVars"
_OPERATOR = "KubeRay v1.7.0 rcc:rayClusterReconcile"
_ROLLOUT = "charts/ray files/rollout.py"


def suspension(sides: Sides, ledger: Ledger) -> None:
    """Enter what suspending and resuming do."""
    changes = sides.below("spec", "suspend")
    old, new = sides.old.get("suspend"), sides.new.get("suspend")
    if not changes:
        return
    if new is True:
        reason = (
            "suspended: the operator deletes the head and all workers at once, and makes none until "
            f"suspend is false; {loss(sides)}"
        )
        ledger.add("head-restart", Because(reason, _SUSPEND), changes, whom=sides.head, pods=ONE_POD)
        for name, group in sides.old_groups.items():
            pods = workers_of(group, autoscaled=autoscales(sides.old))
            ledger.add(
                "scale-down",
                Because("suspended: all of its pods go", _SUSPEND),
                changes,
                whom=sides.worker_type(name),
                pods=pods,
            )
    elif old is True and new is False:
        reason = "resumed: the operator makes the head and the workers, from what the cluster says now"
        ledger.add("scale-up", Because(reason, _SUSPEND), changes, whom=sides.itself, pods=all_pods(sides.diff.new))
    elif old is True:
        reason = "a suspended cluster stays suspended when suspend goes: to resume it, suspend has to be false"
        ledger.add("ignored", Because(reason, _SUSPEND), changes, whom=sides.itself)
    elif sides.recreates:
        return  # Recreate takes the change from nothing to false for another spec, and has said so.
    else:
        reason = "a cluster that runs goes on; one that was left suspended before is resumed by false"
        ledger.add("none", Because(reason, _SUSPEND), changes, whom=sides.itself)


def upgrade_strategy(sides: Sides, ledger: Ledger) -> None:
    """Enter what another way of following changes does."""
    changes = sides.below("spec", "upgradeStrategy")
    before = text(sides.old, "upgradeStrategy", "type") == "Recreate"
    if sides.recreates and not before:
        reason = (
            "from now on the operator deletes all pods at once when the spec changes, and now if it says anything "
            "else than when the head was made; what was changed and changed back does not count"
        )
        # With another change beside it they are counted there.
        pods = Pods(0, 0 if sides.hashed else all_pods(sides.diff.old).most)
        ledger.add("head-restart", Because(reason, _RECREATE), changes, whom=sides.itself, pods=pods)
    else:
        when = "from now on" if before else "as before,"
        reason = f"{when} the operator leaves running pods as they are"
        ledger.add("none", Because(reason, _RECREATE), changes, whom=sides.itself)


def ingress(sides: Sides, ledger: Ledger) -> None:
    """Enter what an Ingress of KubeRay's own does."""
    changes = sides.below("spec", "headGroupSpec", "enableIngress")
    head = sides.new.get("headGroupSpec")
    if isinstance(head, dict) and head.get("enableIngress") is True:
        reason = (
            "KubeRay makes an Ingress at once, without authentication of its own: the dashboard is reached from outside"
        )
        ledger.add("access", Because(reason, _INGRESS), changes, whom=sides.itself)
    elif mapping(sides.old, "headGroupSpec").get("enableIngress") is not True:
        reason = "KubeRay makes no Ingress, and has made none"
        ledger.add("none", Because(reason, _INGRESS), sides.not_recreated(changes), whom=sides.itself)
    else:
        reason = "KubeRay makes an Ingress, but deletes none: it stays, and lets in, until it is deleted by hand"
        ledger.add("ignored", Because(reason, _INGRESS), changes, whom=sides.itself)


def no_authentication(sides: Sides, ledger: Ledger) -> None:
    """Enter what options of an authentication that is off, before and after, do: pods are made without it."""
    changes = [] if sides.authenticates else sides.below("spec", "authOptions")
    options = mapping(sides.new, "authOptions")
    makes = "authOptions" in sides.new and text(options, "mode") != "disabled" and not text(options, "secretName")
    if makes and options.get("enableK8sTokenAuth") is not True:
        reason = "KubeRay makes a Secret with a token, but no pod asks for it unless mode is token"
        ledger.add("live", Because(reason, _AUTH), changes, whom=sides.itself)
    else:
        reason = "pods ask for a token where mode is token only: they stay without"
        ledger.add("none", Because(reason, _AUTH), sides.not_recreated(changes), whom=sides.itself)


def unread(sides: Sides, ledger: Ledger) -> None:
    """Enter that nobody reads the options of what is switched off."""
    changes = [change for change in sides.diff.changes if sides.is_unread(change)]
    # Of a Secret that is made all the same no_authentication tells.
    rest = [one for one in sides.not_recreated(changes) if one.path[1] != "authOptions" or sides.authenticates]
    reason = "what this is about is switched off: nobody reads it"
    ledger.add("none", Because(reason, _OPERATOR), rest, whom=sides.itself)


def loosened_policy(sides: Sides, ledger: Ledger) -> None:
    """Enter what a policy that lets the rollout do more does to pods that an earlier change has left out of date."""
    changes = sides.below("metadata", "annotations", "raychart/rollout")
    policy, former = sides.policy, sides.context.former_policies.get(sides.name)
    if policy is None or former is None or not changes:
        return
    if policy.head == "restart" and former.head != "restart" and head_stays(sides):
        reason = (
            "rollout.head is restart now: a head pod that an earlier change has left out of date is "
            f"replaced; {loss(sides)}"
        )
        ledger.add("head-restart", Because(reason, _ROLLOUT), changes, whom=sides.head, pods=Pods(0, 1))
    waited = policy.head == "restart" != former.head
    if policy.rolls_workers and (waited or not former.rolls_workers):
        what = "that an earlier change has left out of date"
        if former.rolls_workers:
            what = "that wait for a new head since an earlier change"
        for name in sides.kept:
            pods = Pods(0, workers_of(sides.old_groups[name], autoscaled=autoscales(sides.old)).most)
            reason = f"pods {what} are replaced now; {how_workers_roll(policy)}"
            ledger.add("roll", Because(reason, _ROLLOUT), changes, whom=sides.worker_type(name), pods=pods)


def stale_finalizer(sides: Sides, ledger: Ledger) -> None:
    """Enter what KubeRay leaves behind of fault tolerance that is switched off."""
    former = mapping(sides.old, "gcsFaultToleranceOptions")
    if former and former.get("backend") != "rocksdb" and not mapping(sides.new, "gcsFaultToleranceOptions"):
        reason = (
            "the finalizer by which KubeRay empties Redis stays, and nobody takes it away any more: a cluster that is "
            "deleted goes on with its pods until metadata.finalizers is emptied by hand"
        )
        source = "KubeRay v1.7.0 rcc:rayClusterReconcile, GCSFaultToleranceRedisCleanupFinalizer"
        changes = sides.below("spec", "gcsFaultToleranceOptions")
        ledger.add("ignored", Because(reason, source), changes, whom=sides.itself)


SPECIAL: tuple[Callable[[Sides, Ledger], None], ...] = (
    suspension,
    upgrade_strategy,
    rights_of_autoscaler,
    ingress,
    head_ports,
    head_service_name,
    head_port,
    head_service_labels,
    no_authentication,
    unread,
    loosened_policy,
    stale_finalizer,
)
