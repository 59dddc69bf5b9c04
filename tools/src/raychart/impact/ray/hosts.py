"""What another number of pods per worker does: KubeRay counts whole workers, by a label of their pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.ledger import Because, Ledger
from raychart.impact.model import NO_PODS, Pods
from raychart.impact.ray.numbers import autoscales, numbers_of, workers_of
from raychart.impact.ray.pods import rolled

if TYPE_CHECKING:
    from raychart.diff.model import Change
    from raychart.impact.ray.sides import Sides

_HOSTS = "KubeRay v1.7.0 rcc:reconcileMultiHostWorkerGroup"


def hosts_change(sides: Sides, ledger: Ledger, name: str) -> None:
    """Enter what the operator itself does about more pods per worker."""
    changes = sides.of_field(name, "numOfHosts")
    old, new = numbers_of(sides.old_groups[name]), numbers_of(sides.new_groups[name])
    # Recreate deletes all pods first, whatever they are part of.
    if sides.asleep or new.hosts <= old.hosts or sides.recreates:
        return
    if old.hosts == 1 and rolled(sides, name):
        return  # The rollout takes the former pods away, and says so.
    if old.hosts == 1:
        reason = "pods that were workers by themselves are none any more to the operator, and stay beside the new ones"
        if sides.autoscaled:
            reason += ": not even the autoscaler can have them deleted"
        ledger.add("new-pods", Because(reason, _HOSTS), changes, whom=sides.worker_type(name))
        return
    pods = workers_of(sides.old_groups[name], autoscaled=autoscales(sides.old))
    reason = f"the operator deletes every worker that has fewer than {new.hosts} pods at once, with what it runs"
    ledger.add("roll", Because(reason, _HOSTS), changes, whom=sides.worker_type(name), pods=pods)


def made_of_more(sides: Sides, ledger: Ledger, name: str) -> None:
    """Enter how many pods the operator makes where workers have more of them, and the autoscaler its say after that."""
    changes = sides.of_field(name, "numOfHosts")
    old, new = numbers_of(sides.old_groups[name]), numbers_of(sides.new_groups[name])
    if new.hosts <= old.hosts:
        return
    live = counted(sides, name)
    wanted = new.desired * new.hosts
    pods = Pods(max(wanted - live.most, 0), max(wanted - live.least, 0))
    if pods.most:
        reason = f"the operator makes pods until there are {wanted}, {new.hosts} for each worker"
        ledger.add("scale-up", Because(reason, _HOSTS), changes, whom=sides.worker_type(name), pods=pods)


def counted(sides: Sides, name: str) -> Pods:
    """Return how many of a worker type's pods that run the operator counts by what the cluster says now."""
    old, new = numbers_of(sides.old_groups[name]), numbers_of(sides.new_groups[name])
    if old.hosts == 1 < new.hosts and not sides.recreates:
        return NO_PODS
    return workers_of(sides.old_groups[name], autoscaled=autoscales(sides.old))


def fewer_hosts(sides: Sides, ledger: Ledger, name: str, changes: list[Change]) -> None:
    """Enter what becomes of workers with more pods than they are to have: each counts, with all of its pods."""
    old, new = numbers_of(sides.old_groups[name]), numbers_of(sides.new_groups[name])
    live = workers_of(sides.old_groups[name], autoscaled=autoscales(sides.old))
    least, most = live.least // old.hosts, live.most // old.hosts
    whom = sides.worker_type(name)
    if new.desired < most:
        reason = f"the operator keeps {new.desired} workers and deletes any that are more, busy or not"
        pods = Pods(max(least - new.desired, 0) * old.hosts, (most - new.desired) * old.hosts)
        ledger.add("scale-down", Because(reason, _HOSTS), changes, whom=whom, pods=pods)
    if new.desired > least:
        reason = f"the operator makes workers until there are {new.desired}, with {new.hosts} pods each"
        pods = Pods(max(new.desired - most, 0) * new.hosts, (new.desired - least) * new.hosts)
        ledger.add("scale-up", Because(reason, _HOSTS), changes, whom=whom, pods=pods)
