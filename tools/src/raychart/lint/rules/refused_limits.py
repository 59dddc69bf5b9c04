"""Rules for numbers of workers: minima, maxima and replicas that contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.places import once_a_place
from raychart.lint.rule import Problem, Rule
from raychart.paths import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Cluster, Pod, Subject


def _below_minimum(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        most = cluster.settings.get("maxWorkers")
        autoscaled = cluster.settings["autoscaling"]["enabled"]
        number = "minWorkers" if autoscaled else "replicas"
        pods = sum(_workers(pod, autoscaled=autoscaled) * hosts_of(pod) for pod in cluster.types)
        if most is not None and pods > most:
            yield Problem(
                cluster.place("maxWorkers"),
                f"{most} is less than the pods of all worker types' {number} together ({pods})",
                f"raise maxWorkers or lower {number}",
            )


def _workers(pod: Pod, *, autoscaled: bool) -> int:
    replicas = pod.settings.get("replicas")
    return minimum_of(pod) if autoscaled or replicas is None else int(replicas)


def _not_kept(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        autoscaling = cluster.settings["autoscaling"]
        if not autoscaling["enabled"] or autoscaling["version"] != "v2":
            continue
        version = dotted((*cluster.path, "autoscaling", "version"))
        most, speed = cluster.settings.get("maxWorkers"), cluster.settings["upscalingSpeed"]
        if most is not None:
            yield Problem(
                cluster.place("maxWorkers"),
                f"{most}, which autoscaling.version v2 does not keep",
                f"set {version} to v1, or maxWorkers to null and lower each type's own",
            )
        if speed != 1:
            yield Problem(
                cluster.place("upscalingSpeed"),
                f"{speed}, which autoscaling.version v2 does not keep",
                f"set {version} to v1, or upscalingSpeed to 1",
            )


def _range(subject: Subject) -> Iterator[Problem]:
    for pod in _types(subject):
        least, most = minimum_of(pod), maximum_of(pod)
        if least > most:
            yield Problem(
                pod.place("minWorkers"),
                f"{least} is more than maxWorkers ({most})",
                "raise maxWorkers or lower minWorkers",
            )


def _autoscaled_replicas(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        for pod in cluster.types:
            replicas = pod.settings.get("replicas")
            if replicas is not None and cluster.settings["autoscaling"]["enabled"]:
                yield Problem(
                    pod.place("replicas"),
                    f"{replicas} is given, but autoscaling is enabled and the number is the autoscaler's",
                    f"remove it, or set {dotted((*cluster.path, 'autoscaling', 'enabled'))} to false",
                )


def _replicas_range(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        for pod in cluster.types:
            replicas = pod.settings.get("replicas")
            if replicas is None or cluster.settings["autoscaling"]["enabled"]:
                continue
            least, most = minimum_of(pod), maximum_of(pod)
            if not least <= replicas <= most:
                yield Problem(
                    pod.place("replicas"),
                    f"{replicas} is not between minWorkers ({least}) and maxWorkers ({most})",
                    "choose a number between them",
                )


def _types(subject: Subject) -> Iterator[Pod]:
    for cluster in subject.clusters:
        yield from cluster.types


def minimum_of(pod: Pod) -> int:
    """Return a worker type's minWorkers."""
    return int(pod.settings.get("minWorkers") or 0)


def maximum_of(pod: Pod) -> int:
    """Return a worker type's maxWorkers."""
    return int(pod.settings.get("maxWorkers") or 0)


def hosts_of(pod: Pod) -> int:
    """Return how many pods make up one worker of a type."""
    return int(pod.settings.get("numOfHosts") or 1)


def highest_minimum(cluster: Cluster, pod: Pod) -> int:
    """Return the highest minimum that a worker type has at any time, its schedules' included."""
    schedules = (cluster.settings.get("schedules") or {}).values()
    scheduled = [int((one.get("minWorkers") or {}).get(pod.name, 0)) for one in schedules if one]
    return max([minimum_of(pod), *scheduled])


RULES = (
    Rule(
        "max-workers-below-minimum",
        "error",
        "The worker types' minima add up to more pods than maxWorkers allows.",
        "The operator makes minWorkers pods of each type (replicas where autoscaling is off), times numOfHosts, "
        "whatever the cluster's maxWorkers says: the cap would be broken from the first minute.",
        "GetWorkerGroupDesiredReplicas of KubeRay 1.7.0 clamps to minReplicas; a RayCluster has no cap over all groups",
        once_a_place(_below_minimum),
    ),
    Rule(
        "v2-keeps-no-limits",
        "error",
        "maxWorkers or upscalingSpeed is set beside an autoscaler that has neither.",
        "Ray's second autoscaler has no cap over all types and no speed to set: what is written would not happen.",
        "v2/instance_manager/reconciler.py of Ray 2.60 takes 10 launches a round and the sum of maxReplicas",
        once_a_place(_not_kept),
    ),
    Rule(
        "worker-range",
        "error",
        "A worker type's minWorkers is more than its maxWorkers.",
        "KubeRay refuses such a RayCluster: it keeps the old state, and nothing is reconciled until the numbers fit.",
        "ValidateRayClusterSpec of KubeRay 1.7.0 (minReplicas must not exceed maxReplicas)",
        once_a_place(_range),
    ),
    Rule(
        "replicas-with-autoscaling",
        "error",
        "replicas is set although the autoscaler decides how many workers there are.",
        "Each upgrade would set the number of running workers back to what the file says.",
        "Helm replaces workerGroupSpecs as a whole; Ray's autoscaler writes replicas into the same list",
        once_a_place(_autoscaled_replicas),
    ),
    Rule(
        "replicas-range",
        "error",
        "replicas is not between minWorkers and maxWorkers.",
        "The operator clamps the number without a word, so another number of workers than the file says would run.",
        "GetWorkerGroupDesiredReplicas of KubeRay 1.7.0",
        once_a_place(_replicas_range),
    ),
)
