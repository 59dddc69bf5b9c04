"""What a change of a RayCluster does: to its head, to each worker type, and to who may reach it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from raychart.impact.about import about_itself
from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import text
from raychart.impact.model import Pods
from raychart.impact.ray import group_list, groups
from raychart.impact.ray.fields import GROUP_RULES, RULES, outcomes_of
from raychart.impact.ray.hosts import hosts_change
from raychart.impact.ray.labels import metadata_changes
from raychart.impact.ray.limits import all_pods, limits_change
from raychart.impact.ray.pods import all_recreated, head_follows, workers_follow
from raychart.impact.ray.refused import held_up
from raychart.impact.ray.sides import Sides
from raychart.impact.ray.special import SPECIAL

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff
    from raychart.impact.context import Context
    from raychart.impact.ray.fields import Outcome

_OPERATOR = "KubeRay v1.7.0 rcc:rayClusterReconcile"
_MULTIKUEUE = "kueue.x-k8s.io/multikueue"


def raycluster(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what the changes of a RayCluster do."""
    sides = Sides(diff, context)
    problem, stopped = held_up(diff, context)
    if problem and diff.kind in {"added", "changed"}:
        ledger.add("rejected", problem, whom=sides.itself)
    elif diff.kind != "changed":
        _comes_or_goes(sides, ledger)
    elif text(sides.new, "managedBy") == _MULTIKUEUE:
        _managed_elsewhere(sides, ledger)
    elif text(sides.old, "managedBy") == _MULTIKUEUE:
        _changed(sides, ledger, idle="the operator of this namespace had left the cluster alone")
    else:
        _changed(sides, ledger, idle="the operator had stopped at the cluster as it was" if stopped else "")


def _comes_or_goes(sides: Sides, ledger: Ledger) -> None:
    if sides.diff.kind == "added":
        reason = "a new cluster: the operator makes its pods"
        if text(sides.new, "managedBy") == _MULTIKUEUE:
            reason = "a new cluster, whose pods another Kubernetes cluster runs (managedBy is multikueue)"
        elif not all_pods(sides.diff.new).most:
            reason = "a new cluster, which has no pods while it is suspended"
        ledger.add("scale-up", Because(reason, _OPERATOR), whom=sides.itself, pods=all_pods(sides.diff.new))
        return
    pods = all_pods(sides.diff.old)
    if sides.diff.kind == "removed":
        pruned = sides.context.where_pruned
        reason = f"the cluster is deleted{pruned}: its pods, Services and token go, and all that runs on it"
    else:
        after = all_pods(sides.diff.new)
        pods = Pods(max(pods.least, after.least), max(pods.most, after.most))
        former = sides.diff.old.name if sides.diff.old else ""
        reason = (
            f"under another name it is another cluster, at another address: {former} is deleted with "
            "all that runs on it"
        )
    ledger.add(
        "replace",
        Because(reason, "Kubernetes: owner references; KubeRay v1.7.0 rcc:rayClusterReconcile"),
        whom=sides.itself,
        pods=pods,
    )


def _managed_elsewhere(sides: Sides, ledger: Ledger) -> None:
    reason = (
        "managedBy is multikueue: this namespace's operator leaves the cluster alone, another "
        "Kubernetes cluster runs a copy"
    )
    about_itself(ledger)
    changes = [change for change in sides.below("spec") if change.path != ("spec", "managedBy")]
    ledger.add("ignored", Because(reason, _OPERATOR), changes, whom=sides.itself)
    reason = "from now on the operator leaves the cluster alone, and its pods, if there are any, without care"
    ledger.add("ignored", Because(reason, _OPERATOR), sides.below("spec", "managedBy"), whom=sides.itself)


def _changed(sides: Sides, ledger: Ledger, *, idle: str) -> None:
    """Enter what a change does; `idle` says why the operator had not looked after the cluster until now, if so."""
    if idle:
        # Which pods there are, a spec that nobody went by does not say.
        reason = (
            f"{idle}: it looks after it from now on, and makes or takes away pods until there are as many as are said"
        )
        ledger.add(
            "scale-up",
            Because(reason, _OPERATOR),
            sides.below("spec"),
            whom=sides.itself,
            pods=Pods(0, all_pods(sides.diff.new).most),
        )
    if sides.recreates and not sides.asleep and text(sides.old, "managedBy") != _MULTIKUEUE:
        all_recreated(sides, ledger, sides.hashed)
    for name in (name for name in sides.new_groups if name not in sides.old_groups):
        group_list.group_added(sides, ledger, name)
    for name in (name for name in sides.old_groups if name not in sides.new_groups):
        group_list.group_removed(sides, ledger, name)
    for name in sides.kept:
        if not idle:
            groups.numbers_change(sides, ledger, name)
        groups.workers_to_delete(sides, ledger, name)
        hosts_change(sides, ledger, name)
        _fields_of_group(sides, ledger, name)
    group_list.list_rewritten(sides, ledger)
    limits_change(sides, ledger)
    metadata_changes(sides, ledger)
    for enter in SPECIAL:
        enter(sides, ledger)
    _fields(sides, ledger)


def _fields_of_group(sides: Sides, ledger: Ledger, name: str) -> None:
    """Enter what changes in a worker group that stays do, its numbers aside."""
    by_outcome: defaultdict[Outcome, list[Change]] = defaultdict(list)
    for change in (one for one in sides.of_group(name) if not sides.is_unread(one)):
        for outcome in outcomes_of(change.path[3:], GROUP_RULES) if change.kind != "moved" or change.path[3:] else ():
            by_outcome[outcome].append(change)
    for outcome, changes in by_outcome.items():
        if outcome.effect == "workers":
            workers_follow(sides, ledger, name, sides.not_recreated(changes), outcome.reason)
        elif outcome.effect != "head":
            ledger.add(outcome.effect, outcome.because, changes, whom=sides.worker_type(name))
    moved = [change for change in sides.of_group(name) if change.kind == "moved" and not change.path[3:]]
    reason = "the order of worker types means nothing to the operator"
    ledger.add(
        "none", Because(reason, "KubeRay v1.7.0 rcc:reconcilePods"), sides.not_recreated(moved), whom=sides.itself
    )


def _fields(sides: Sides, ledger: Ledger) -> None:
    """Enter what changes of the cluster's and the head's fields do."""
    by_outcome: defaultdict[Outcome, list[Change]] = defaultdict(list)
    for change in sides.diff.changes:
        if sides.is_unread(change):
            continue
        for outcome in outcomes_of(change.path, RULES):
            by_outcome[outcome].append(change)
    for outcome, changes in by_outcome.items():
        rest = sides.not_recreated(changes)
        if outcome.effect == "head":
            head_follows(sides, ledger, rest, outcome.reason)
        elif outcome.effect == "workers":
            for name in sides.kept:
                workers_follow(sides, ledger, name, rest, outcome.reason)
        else:
            ledger.add(outcome.effect, outcome.because, changes, whom=sides.itself)
