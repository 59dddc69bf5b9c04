"""What it does that autoscaling is switched on or off: the autoscaler comes and goes with the head, rights at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import text
from raychart.impact.model import Pods
from raychart.impact.ray.hosts import counted
from raychart.impact.ray.numbers import autoscales

if TYPE_CHECKING:
    from raychart.diff.model import Change
    from raychart.impact.ray.numbers import Numbers
    from raychart.impact.ray.sides import Sides

_PODS = "KubeRay v1.7.0 rcc:reconcilePods"
_RIGHTS = (
    "KubeRay v1.7.0 rcc:reconcileAutoscalerServiceAccount, reconcileAutoscalerRole, reconcileAutoscalerRoleBinding"
)


def rights_of_autoscaler(sides: Sides, ledger: Ledger) -> None:
    """Enter what becomes of the account of the autoscaler, and of its rights."""
    switch = sides.below("spec", "enableInTreeAutoscaling")
    if sides.autoscaled and not autoscales(sides.old):
        account = _account(sides.new)
        made = "a Role and a RoleBinding" if account else "a ServiceAccount, a Role and a RoleBinding"
        reason = (
            f"KubeRay makes {made} for the autoscaler at once, where there are none: what runs as "
            f"{account or sides.name} may change pods and RayClusters{_missing(sides, account)}"
        )
        ledger.add("access", Because(reason, _RIGHTS), switch, whom=sides.itself)
    elif autoscales(sides.old) and not sides.autoscaled:
        reason = "the Role and the RoleBinding that KubeRay made for the autoscaler stay, as long as the cluster does"
        ledger.add("ignored", Because(reason, _RIGHTS), switch, whom=sides.itself)
    elif sides.autoscaled and _account(sides.old) != _account(sides.new):
        reason = (
            f"the RoleBinding that KubeRay made stays with {_account(sides.old) or sides.name}: an autoscaler that "
            f"runs as {_account(sides.new) or sides.name} may do nothing until that is bound to the Role by hand"
            f"{_missing(sides, _account(sides.new))}"
        )
        path = ("spec", "headGroupSpec", "template", "spec", "serviceAccountName")
        ledger.add("access", Because(reason, _RIGHTS), sides.below(*path), whom=sides.itself)


def _missing(sides: Sides, account: str) -> str:
    """Say what KubeRay does where an account that the head is to run as is not there: of its own it makes none."""
    if not account or sides.context.find("ServiceAccount", account):
        return ""
    return f"; where there is no ServiceAccount {account}, the operator stops at the cluster until there is"


def _account(spec: dict[str, object]) -> str:
    return text(spec, "headGroupSpec", "template", "spec", "serviceAccountName")


def switched_on(sides: Sides, ledger: Ledger, name: str, new: Numbers, changes: list[Change]) -> None:
    """Enter what becomes of a worker type's pods: the operator takes none away any more, the autoscaler not yet."""
    changes = [*changes, *sides.below("spec", "enableInTreeAutoscaling"), *sides.of_field(name, "numOfHosts")]
    whom = sides.worker_type(name)
    live, wanted = counted(sides, name).most, new.desired * new.hosts
    until = "" if sides.recreates else ", which comes with the next head pod"
    if new.most * new.hosts < live:
        reason = f"no more than {new.most} workers may stay: what is more is left to the autoscaler{until}"
        pods = Pods(0, live - new.most * new.hosts)
        ledger.add("scale-down", Because(reason, _PODS), changes, whom=whom, pods=pods)
    elif wanted > live:
        reason = f"the operator makes pods until there are {wanted}, further ones are left to the autoscaler{until}"
        ledger.add("scale-up", Because(reason, _PODS), changes, whom=whom, pods=Pods(wanted - live, wanted - live))
    elif wanted < live:
        reason = (
            f"the operator takes no pod away, but makes those that are lost anew only up to {wanted}: the rest is left "
            f"to the autoscaler{until}"
        )
        ledger.add("live", Because(reason, _PODS), changes, whom=whom)
    else:
        reason = f"the number of pods is left to the autoscaler{until}"
        ledger.add("none", Because(reason, _PODS), changes, whom=whom)
