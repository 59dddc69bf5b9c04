"""When the pods that run follow a change of what they are made from: by KubeRay, and by this chart's rollout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.ledger import Because, Ledger
from raychart.impact.model import NO_PODS, Pods
from raychart.impact.ray.numbers import autoscales, workers_of
from raychart.impact.ray.sides import STAMPS, stamps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.diff.model import Change
    from raychart.impact.effects import Effect
    from raychart.impact.ray.sides import Sides
    from raychart.impact.rollout_policy import Policy

_OPERATOR = "KubeRay v1.7.0 rcc:reconcilePods"
_RECREATE = "KubeRay v1.7.0 rcc:shouldRecreatePodsForUpgrade"
_ROLLOUT = "charts/ray files/rollout.py"
ONE_POD = Pods(1, 1)


def head_follows(sides: Sides, ledger: Ledger, changes: Sequence[Change], besides: str) -> None:
    """Enter what becomes of the head pod when what it is made from changes."""
    effect, because, pods = _head(sides)
    ledger.add(effect, because, changes, whom=sides.head, pods=pods, besides=besides)


def workers_follow(sides: Sides, ledger: Ledger, name: str, changes: Sequence[Change], besides: str) -> None:
    """Enter what becomes of a worker type's pods when what they are made from changes."""
    effect, because, pods = _workers(sides, name)
    ledger.add(effect, because, changes, whom=sides.worker_type(name), pods=pods, besides=besides)


def all_recreated(sides: Sides, ledger: Ledger, changes: Sequence[Change]) -> None:
    """Enter that the operator deletes every pod at once."""
    what = "upgradeStrategy is Recreate: the operator deletes the head and all workers at once, with what they run"
    if sides.context.operator_changes:
        what += ", unless the new operator sees the change first and takes it for its own"
    ledger.add("head-restart", Because(what, _RECREATE), changes, whom=sides.head, pods=ONE_POD)
    for name in sides.kept:
        pods = workers_of(sides.old_groups[name], autoscaled=autoscales(sides.old))
        because = Because("upgradeStrategy is Recreate: all of its pods go at once, with what they run", _RECREATE)
        ledger.add("roll", because, changes, whom=sides.worker_type(name), pods=pods)


def head_stays(sides: Sides) -> bool:
    """Tell whether the head pod is made from the same before and after, as far as a rollout can tell."""
    old, new = (spec.get("headGroupSpec") or {} for spec in (sides.old, sides.new))
    return stamps(old) == stamps(new)


def rolled(sides: Sides, name: str) -> bool:
    """Tell whether the rollout replaces a worker type's pods for what differs in it."""
    policy = sides.policy
    return (
        policy is not None and policy.rolls_workers and stamps(sides.old_groups[name]) != stamps(sides.new_groups[name])
    )


def loss(sides: Sides) -> str:
    """Say what is lost with the head pod."""
    if sides.tolerant:
        return "detached actors and what runs on workers outlive it, drivers on the head do not"
    return "all tasks, actors and objects of the cluster are lost with it"


def _head(sides: Sides) -> tuple[Effect, Because, Pods]:
    policy = sides.policy
    if idle := _no_pods(sides):
        return "new-pods", idle, NO_PODS
    if policy is None or head_stays(sides):
        reason = "the head pod that runs stays as it is; the next one is made from it"
        return "head-deferred", Because(reason, _OPERATOR), NO_PODS
    if policy.head == "restart":
        return (
            "head-restart",
            Because(f"rollout.head is restart: the head pod is replaced; {loss(sides)}", _ROLLOUT),
            ONE_POD,
        )
    reason = "rollout.head is manual: it waits until somebody deletes the head pod"
    return "head-deferred", Because(reason, _ROLLOUT), NO_PODS


def _workers(sides: Sides, name: str) -> tuple[Effect, Because, Pods]:
    old, new = sides.old_groups[name], sides.new_groups[name]
    pods = workers_of(old, autoscaled=autoscales(sides.old))
    policy = sides.policy
    if idle := _no_pods(sides):
        return "new-pods", idle, NO_PODS
    if policy is None or stamps(old) == stamps(new):
        return "new-pods", Because("pods that run stay as they are, those made from now on have it", _OPERATOR), NO_PODS
    if not policy.rolls_workers:
        why = "rollout.workers is never" if policy.workers == "never" else "a trial has no Ray to ask which are idle"
        return "new-pods", Because(f"{why}: pods that run stay as they are", _ROLLOUT), NO_PODS
    if policy.head != "restart" and stamps(old)[1] != stamps(new)[1]:
        reason = f"it concerns head and workers alike ({STAMPS[1]}): workers wait until somebody deletes the head pod"
        return "head-deferred", Because(f"{reason}, and are replaced then", _ROLLOUT), NO_PODS
    return "roll", Because(how_workers_roll(policy), _ROLLOUT), pods


def how_workers_roll(policy: Policy) -> str:
    """Say how worker pods that are out of date are replaced."""
    if policy.workers == "idle":
        return "rollout.workers is idle: each pod is replaced when it has nothing to do"
    seconds = policy.drain_seconds
    return (
        f"rollout.workers is rolling: pods are replaced, {policy.max_unavailable} at a time, idle ones first; a busy "
        f"one gets no more tasks and has {seconds} s for those it has"
    )


def _no_pods(sides: Sides) -> Because | None:
    if sides.new.get("suspend") is True:
        return Because("the cluster is suspended: its pods are made from it when it is resumed", _OPERATOR)
    if sides.old.get("suspend") is True:
        return Because("the cluster was suspended: the pods that are made now have it", _OPERATOR)
    return None
