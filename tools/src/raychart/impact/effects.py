"""The effects a change may have, the gentlest first, each with what it means."""

from __future__ import annotations

from typing import Literal, get_args

Effect = Literal[
    "none",
    "live",
    "scale-up",
    "new-pods",
    "ignored",
    "head-deferred",
    "operator-restart",
    "access",
    "scale-down",
    "roll",
    "remove-type",
    "head-restart",
    "replace",
    "rejected",
]
EFFECTS: tuple[Effect, ...] = get_args(Effect)

MEANINGS: dict[Effect, str] = {
    "none": "nothing that runs notices",
    "live": "applied to what runs, without touching a pod",
    "scale-up": "pods may be added",
    "new-pods": "pods made from now on differ, those that run stay as they are",
    "ignored": "applied, but without effect until the object is deleted",
    "head-deferred": "waits until the head pod is made again",
    "operator-restart": "the operator's pod is replaced, clusters keep serving",
    "access": "who may reach or do something changes",
    "scale-down": "pods may be taken away",
    "roll": "pods are replaced while others serve, those of a worker type by its cluster's rollout policy",
    "remove-type": "the pods of a worker type go, by its cluster's rollout policy, or stay behind as nobody's",
    "head-restart": "the head pod goes, and is made again: without fault tolerance what runs on the cluster is lost",
    "replace": "an object goes, or another one takes its place: its state is lost",
    "rejected": "the API server or the operator refuses it",
}


def rank(effect: Effect) -> int:
    """Return an effect's place in the order, 0 for none."""
    return EFFECTS.index(effect)


def worst(effects: list[Effect]) -> Effect:
    """Return the gravest of some effects, none of nothing."""
    return max(effects, key=rank, default="none")
