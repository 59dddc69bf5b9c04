"""What a change of a worker type's numbers does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.autoscaling_limits import ANNOTATION
from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import items
from raychart.impact.model import Pods
from raychart.impact.ray.autoscaling import switched_on
from raychart.impact.ray.hosts import counted, fewer_hosts, made_of_more
from raychart.impact.ray.limits import floors
from raychart.impact.ray.numbers import UNLIMITED, Numbers, autoscales, numbers_of

if TYPE_CHECKING:
    from raychart.diff.model import Change
    from raychart.impact.ray.sides import Sides

_OPERATOR = "KubeRay v1.7.0 rcc:reconcilePods"
_DESIRED = "KubeRay v1.7.0 util.go:GetWorkerGroupDesiredReplicas"
_AUTOSCALER = "Ray 2.60.0 autoscaler: _keep_worker_of_node_type (v1), _enforce_max_workers_per_type (v2)"
_LIMITS = "charts/ray files/autoscaler_hooks.py"
NUMBERS = ("replicas", "minReplicas", "maxReplicas", "suspend")


def numbers_change(sides: Sides, ledger: Ledger, name: str) -> None:
    """Enter what changes of a type's replicas, minReplicas, maxReplicas and its own suspend do."""
    changes = {field: sides.of_field(name, field) for field in NUMBERS}
    if sides.asleep:
        because = Because("a suspended cluster has no pods: the numbers count when it is resumed", _OPERATOR)
        for part in changes.values():
            ledger.add("none", because, part, whom=sides.worker_type(name))
        return
    old, new = numbers_of(sides.old_groups[name]), numbers_of(sides.new_groups[name])
    if sides.autoscaled and not autoscales(sides.old):
        switched_on(sides, ledger, name, new, [change for part in changes.values() for change in part])
    elif sides.autoscaled:
        _autoscaled(sides, ledger, name, (old, new), changes)
    else:
        _fixed(sides, ledger, name, new, [change for part in changes.values() for change in part])


def _fixed(sides: Sides, ledger: Ledger, name: str, new: Numbers, changes: list[Change]) -> None:
    """The operator alone: as many pods as replicas says, within the limits, and it deletes what is too many."""
    whom = sides.worker_type(name)
    live = counted(sides, name)
    if autoscales(sides.old):
        # Until now nobody but the autoscaler deleted pods.
        changes = changes + sides.below("spec", "enableInTreeAutoscaling")
    changes = changes + sides.of_field(name, "numOfHosts")
    wanted = new.desired * new.hosts
    if 1 < new.hosts < numbers_of(sides.old_groups[name]).hosts and not sides.recreates:
        fewer_hosts(sides, ledger, name, changes)
        return
    if wanted < live.most:
        pods = Pods(max(live.least - wanted, 0), live.most - wanted)
        reason = f"the operator keeps {wanted} pods and deletes any that are more, busy or not"
        ledger.add("scale-down", Because(reason, _OPERATOR), changes, whom=whom, pods=pods)
    reason = f"the operator makes pods until there are {wanted}"
    makes = wanted - live.least
    if autoscales(sides.old):
        until = f"until there are {wanted}, or " if wanted else ""
        reason = (
            f"the operator makes pods {until}as the autoscaler of a head that is still the former one asks for them"
        )
        makes = max(makes, live.most - wanted)
    if makes > 0:
        pods = Pods(max(wanted - live.most, 0), makes)
        ledger.add("scale-up", Because(reason, _OPERATOR), changes, whom=whom, pods=pods)
    if live == Pods(wanted, wanted):
        reason = f"the number of pods stays {wanted}: without autoscaling limits only bound replicas"
        ledger.add("none", Because(reason, _DESIRED), changes, whom=whom)


def _autoscaled(
    sides: Sides, ledger: Ledger, name: str, numbers: tuple[Numbers, Numbers], changes: dict[str, list[Change]]
) -> None:
    """Operator and autoscaler together: the former makes pods, the latter alone takes them away."""
    old, new = numbers
    whom = sides.worker_type(name)
    made_of_more(sides, ledger, name)
    _minimum(sides, ledger, name, changes["minReplicas"])
    # True is refused (refused.py).
    ledger.add("none", Because("only true suspends a worker type", _OPERATOR), changes["suspend"], whom=whom)
    if changes["maxReplicas"] and new.most < old.most:
        gentle = (
            "idle pods go at once, busy ones when they are done"
            if floors(sides.diff.new)
            else "idle pods go first, but busy ones too"
        )
        least = new.most if old.most == UNLIMITED else old.most
        reason = f"no more than {new.most} workers may stay, and the autoscaler takes away what is more: {gentle}"
        source = _LIMITS if floors(sides.diff.new) else _AUTOSCALER
        pods = Pods(0, (least - new.most) * old.hosts)
        ledger.add("scale-down", Because(reason, source), changes["maxReplicas"], whom=whom, pods=pods)
    elif changes["maxReplicas"]:
        reason = "the autoscaler reads the limit each round and may go higher from now on, where there is work for more"
        ledger.add("live", Because(reason, _AUTOSCALER), changes["maxReplicas"], whom=whom)
    if changes["replicas"] and "replicas" in sides.new_groups[name] and new.desired > max(old.desired, new.least):
        pods = Pods(0, (new.desired - max(old.desired, new.least)) * new.hosts)
        reason = (
            f"the operator makes pods until there are {new.desired} workers, which the autoscaler takes "
            "away when they idle"
        )
        ledger.add("scale-up", Because(reason, _OPERATOR), changes["replicas"], whom=whom, pods=pods)
    else:
        reason = (
            "replicas is the autoscaler's where it runs: the operator deletes nothing, and the "
            "autoscaler sets its own number"
        )
        ledger.add("none", Because(reason, _OPERATOR), changes["replicas"], whom=whom)


def _minimum(sides: Sides, ledger: Ledger, name: str, changes: list[Change]) -> None:
    """Enter what a change of the minimum does: what the limits name where the chart's autoscaler reads them."""
    old, new = numbers_of(sides.old_groups[name]), numbers_of(sides.new_groups[name])
    before = max(floors(sides.diff.old).get(name, old.least), old.least)
    after = max(floors(sides.diff.new).get(name, new.least), new.least)
    whom = sides.worker_type(name)
    if floors(sides.diff.old).get(name) != floors(sides.diff.new).get(name):
        changes = changes + sides.below("metadata", "annotations", ANNOTATION)
    if after > before:
        reason = f"{after} workers are kept, so that pods are made where fewer run"
        ledger.add(
            "scale-up", Because(reason, _DESIRED), changes, whom=whom, pods=Pods(0, (after - before) * new.hosts)
        )
    elif after < before:
        reason = f"{after} workers are kept instead of {before}: the others go when they have been idle for long enough"
        ledger.add(
            "scale-down", Because(reason, _AUTOSCALER), changes, whom=whom, pods=Pods(0, (before - after) * old.hosts)
        )
    else:
        ledger.add("none", Because("the number of workers that are kept stays the same", _DESIRED), changes, whom=whom)


def workers_to_delete(sides: Sides, ledger: Ledger, name: str) -> None:
    """Enter that the operator deletes pods that it is told the names of."""
    changes = sides.of_field(name, "scaleStrategy")
    old, new = (
        items(groups[name], "scaleStrategy", "workersToDelete") for groups in (sides.old_groups, sides.new_groups)
    )
    whom = sides.worker_type(name)
    if named := [pod for pod in new if pod not in old]:
        reason = (
            "the operator deletes the pods that workersToDelete names, where they are there, busy or not, and makes "
            "others in their place as far as replicas asks for them"
        )
        ledger.add("roll", Because(reason, _OPERATOR), changes, whom=whom, pods=Pods(0, len(named)))
    else:
        reason = "what workersToDelete no longer names is deleted already, or stays"
        ledger.add("none", Because(reason, _OPERATOR), changes, whom=whom)
