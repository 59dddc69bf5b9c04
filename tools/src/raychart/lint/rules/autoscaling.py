"""Rules for numbers of workers: those of the types against the cluster's, and what never comes into force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.each import layers_with, per_cluster, per_type
from raychart.lint.pods import autoscales
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.each import Here
    from raychart.lint.subject import Cluster, Pod


def pods_at_most(pod: Pod) -> int:
    """Return how many pods a worker type may have."""
    return int(pod.settings.get("maxWorkers") or 0) * int(pod.settings.get("numOfHosts") or 1)


def _sum(cluster: Cluster) -> str:
    numbers = " + ".join(f"{pods_at_most(pod)} {pod.name}" for pod in cluster.types)
    return f"{sum(map(pods_at_most, cluster.types))} ({numbers})"


def _cap(cluster: Cluster) -> int | None:
    cap = cluster.settings.get("maxWorkers")
    return int(cap) if isinstance(cap, (int, float)) and cluster.types else None


def _shared(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    cap = _cap(cluster)
    together = sum(map(pods_at_most, cluster.types))
    if cap is not None and cap < together and len(cluster.types) > 1 and max(map(pods_at_most, cluster.types)) <= cap:
        yield Problem(
            cluster.place("maxWorkers"),
            f"the types together may want {_sum(cluster)} pods, and the cluster gets {cap}: who asks first is served",
            f"leave it where they may share, else raise maxWorkers to {together} or lower the types'",
        )


def _never_reached(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    cap = _cap(cluster)
    together = sum(map(pods_at_most, cluster.types))
    if cap is not None and cap > together:
        yield Problem(
            cluster.place("maxWorkers"),
            f"{cap} is never reached: the types together come to {_sum(cluster)} pods",
            f"lower it to {together} or remove it, or raise a type's own maxWorkers",
        )


def _type_over_cap(here: Here) -> Iterator[Problem]:
    cluster, pod = here.cluster, here.pod
    cap = _cap(cluster)
    if cap is not None and pods_at_most(pod) > cap:
        yield Problem(
            pod.place("maxWorkers"),
            f"{pods_at_most(pod)} pods are more than the whole cluster may have (maxWorkers {cap})",
            f"lower it to {cap // int(pod.settings.get('numOfHosts') or 1)}, or raise "
            f"clusters.{cluster.name}.maxWorkers",
        )


def _never_runs(here: Here) -> Iterator[Problem]:
    pod = here.pod
    if pod.settings.get("maxWorkers") == 0:
        yield Problem(
            pod.place("maxWorkers"),
            "0 workers at most: no pod of this type ever runs, and tasks that only it could run wait forever",
            "raise it, or remove the type",
        )


def _fixed(here: Here) -> Iterator[Problem]:
    cluster, pod = here.cluster, here.pod
    if autoscales(cluster):
        return
    given = pod.settings.get("replicas")
    workers = int(pod.settings.get("minWorkers") or 0) if given is None else int(given)
    if workers < int(pod.settings.get("maxWorkers") or 0):
        yield Problem(
            pod.place("maxWorkers"),
            f"autoscaling is off, so there are always {workers} workers and never {pod.settings['maxWorkers']}",
            f"set replicas to the number that you want, or clusters.{cluster.name}.autoscaling.enabled to true",
        )


def _unused_limits(here: Here) -> Iterator[Problem]:
    subject, cluster = here.subject, here.cluster
    if autoscales(cluster):
        return
    for key in ("upscalingSpeed", "idleTimeoutMinutes"):
        path = cluster.place(key)
        if layers_with(subject.values, path):
            yield Problem(
                path,
                f"{cluster.settings[key]} does nothing: autoscaling is off",
                f"remove it, or set clusters.{cluster.name}.autoscaling.enabled to true",
            )


RULES = (
    Rule(
        "max-workers-shared",
        "info",
        "The types together may want more workers than the cluster may have.",
        "A cluster's maxWorkers caps all its worker types together. That is often what it is for. But where one type "
        "has taken all room, tasks for another wait until workers of the first have been idle for their time.",
        "charts/ray/values.yaml, clusterDefaults.maxWorkers; charts/ray/files/autoscaler_limits.py",
        per_cluster(_shared),
    ),
    Rule(
        "max-workers-unreachable",
        "info",
        "The cluster's maxWorkers is more than its types come to.",
        "Each type stops at its own maxWorkers, so a cap above their sum says nothing: the cluster stays smaller than "
        "its values make believe.",
        "charts/ray/values.yaml, clusterDefaults.maxWorkers",
        per_cluster(_never_reached),
    ),
    Rule(
        "type-over-cluster",
        "warning",
        "A worker type may have more workers than its whole cluster.",
        "The cluster's maxWorkers comes first, so that the type never reaches its own. One of the two is a mistake.",
        "charts/ray/values.yaml, clusterDefaults.maxWorkers",
        per_type(_type_over_cap),
    ),
    Rule(
        "worker-type-never-runs",
        "info",
        "A worker type may have no workers.",
        "maxWorkers 0 is a way to empty a type before it is removed, though this chart removes a type's pods by "
        "itself.",
        "charts/ray/README.md, Changes of a running cluster",
        per_type(_never_runs),
    ),
    Rule(
        "workers-fixed",
        "info",
        "maxWorkers means nothing where autoscaling is off.",
        "Without the autoscaler a type has as many workers as replicas says, or minWorkers, whatever work there is.",
        "charts/ray/templates/cluster/raycluster.yaml",
        per_type(_fixed),
    ),
    Rule(
        "autoscaling-off",
        "info",
        "A setting of the autoscaler is given where there is none.",
        "upscalingSpeed and idleTimeoutMinutes are read by the autoscaler alone.",
        "charts/ray/templates/cluster/_autoscaling.tpl",
        per_cluster(_unused_limits),
    ),
)
