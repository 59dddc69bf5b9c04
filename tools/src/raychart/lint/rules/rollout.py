"""Rules for changes of a running cluster: what follows them, and what they interrupt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.each import dig, per_cluster
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.each import Here


def _never(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    if dig(cluster.settings, "rollout", "workers") == "never":
        yield Problem(
            cluster.place("rollout", "workers"),
            "worker pods that run keep what they were made from, whatever the values say, until they go by themselves",
            "set it to idle or rolling, or leave it where pods are short-lived",
        )


def _restart(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    restarts = dig(cluster.settings, "rollout", "head") == "restart"
    if restarts and not dig(cluster.settings, "faultTolerance", "enabled"):
        yield Problem(
            cluster.place("rollout", "head"),
            "a change of the head's values restarts it at once, and without fault tolerance all tasks and actors are "
            "lost",
            "set it to manual, or faultTolerance.enabled to true",
        )


def _budget(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    if dig(cluster.settings, "podDisruptionBudget", "enabled") is True:
        yield Problem(
            cluster.place("podDisruptionBudget", "enabled"),
            f"a node with the head of {cluster.name} is not drained until somebody deletes the head's pod",
            "leave it if those who drain nodes know, else set it to false",
        )


def _suspended(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    suspend = cluster.settings.get("suspend")
    if suspend is not None and dig(cluster.settings, "queue", "scheduler") == "kueue":
        yield Problem(
            cluster.place("suspend"),
            f"suspend is {str(suspend).lower()} beside a Kueue queue: each upgrade overrules what Kueue has decided",
            "remove it; Kueue suspends and resumes the cluster",
        )
    elif suspend is True:
        yield Problem(
            cluster.place("suspend"),
            "the cluster is suspended: it has no pods, and its address nobody behind it",
            "remove it to have the cluster run",
        )


RULES = (
    Rule(
        "rollout-never",
        "info",
        "Running workers do not follow a change of values.",
        "With `workers: never` an upgrade reaches only pods that are made after it. A type may then run old and new "
        "pods side by side for as long as the old ones have work.",
        "charts/ray/values.yaml, clusterDefaults.rollout",
        per_cluster(_never),
    ),
    Rule(
        "head-restart-loses-work",
        "info",
        "A change of the head interrupts everything.",
        "With `head: restart` any change of the head's image, resources or environment replaces it as soon as it is "
        "applied. Without GCS fault tolerance tasks, actors and objects go with it, and clients connect again.",
        "charts/ray/values.yaml, clusterDefaults.rollout; KubeRay facts, head failure",
        per_cluster(_restart),
    ),
    Rule(
        "head-budget-holds-drains",
        "info",
        "The head's disruption budget holds up the draining of nodes.",
        "There is one head, and the budget keeps one: no eviction of it is ever allowed. A drain waits, and with it "
        "the upgrade of the node, until somebody deletes the pod.",
        "charts/ray/values.yaml, clusterDefaults.podDisruptionBudget",
        per_cluster(_budget),
    ),
    Rule(
        "cluster-suspended",
        "info",
        "A cluster is suspended, or suspend is not left to Kueue.",
        "A suspended cluster has no pods. Kueue sets the field itself, so that a value in the file is in its way.",
        "charts/ray/values.yaml, clusterDefaults.suspend",
        per_cluster(_suspended),
    ),
)
