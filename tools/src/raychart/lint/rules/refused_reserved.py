"""Rules for what the chart and KubeRay keep for themselves: variables, annotations, labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.places import once_a_place, quoted
from raychart.lint.rule import Problem, Rule
from raychart.paths import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Cluster, Subject

_START_COMMAND = "KUBERAY_GEN_AUTOSCALER_START_CMD"
_REDIS_VARIABLES = ("RAY_REDIS_ADDRESS", "REDIS_PASSWORD", "REDIS_USERNAME")
# Annotations that the chart writes, with the settings that it writes them from.
_ANNOTATIONS = {
    "ray.io/enable-serve-service": ("is set by the chart", "use {}.serveService.enabled"),
    "ray.io/external-storage-namespace": ("is set by the chart", "use {}.faultTolerance.storageNamespace"),
    "ray.io/ft-enabled": ("is set by the chart", "use {}.faultTolerance.enabled"),
    "raychart/rollout": ("is set by the chart", "use {}.rollout"),
    **dict.fromkeys(
        ("raychart/autoscaling", "raychart/min-workers"),
        (
            "is the chart's own",
            "remove it; maxWorkers, upscalingSpeed, idleTimeoutMinutes and schedules are keys of {}",
        ),
    ),
}
_SELECTOR = {"app.kubernetes.io/name", "app.kubernetes.io/instance"}
_CLUSTER_LABELS = {
    *_SELECTOR,
    "helm.sh/chart",
    "app.kubernetes.io/version",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/component",
}
_POD_LABELS = {
    "ray.io/cluster",
    "ray.io/node-type",
    "ray.io/group",
    "ray.io/identifier",
    "ray.io/is-ray-node",
    "app.kubernetes.io/name",
    "app.kubernetes.io/created-by",
    "raychart/template",
    "raychart/joint",
}
# The labels that schedulers read, each with the setting of queue that it is written from.
_QUEUE_LABELS = {
    "kueue": {"kueue.x-k8s.io/queue-name": "name", "kueue.x-k8s.io/priority-class": "priorityClass"},
    "volcano": {"volcano.sh/queue-name": "name", "ray.io/priority-class-name": "priorityClass"},
    "yunikorn": {
        "yunikorn.apache.org/queue": "name",
        "ray.io/gang-scheduling-enabled": "gang",
        "yunikorn.apache.org/app-id": "scheduler",
    },
    "kai-scheduler": {"kai.scheduler/queue": "name"},
    "scheduler-plugins": {"ray.io/gang-scheduling-enabled": "gang"},
}


def _variables(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        path = dotted(cluster.path)
        if _START_COMMAND in (cluster.settings["autoscaling"].get("env") or {}):
            where = cluster.place("autoscaling", "env", _START_COMMAND)
            yield Problem(where, "is KubeRay's own, which refuses it", "remove it")
        # As the chart looks: what the head sets, and what podDefaults set.
        own, defaults = (cluster.head.sources[i][1].get("env") or {} for i in (0, -1))
        given = {*cluster.head.env, *(name for env in (own, defaults) for name in env if env[name] is not None)}
        for name in sorted(given.intersection(_REDIS_VARIABLES)):
            where = cluster.head.place_of_env(name)
            yield Problem(where, "KubeRay refuses it as a variable", f"use {path}.faultTolerance")
        if "RAY_enable_autoscaler_v2" in given:
            where = cluster.head.place_of_env("RAY_enable_autoscaler_v2")
            yield Problem(where, "KubeRay refuses it beside autoscaling.version", f"use {path}.autoscaling")


def _annotations(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        given = cluster.settings.get("annotations") or {}
        for annotation, (why, remedy) in _ANNOTATIONS.items():
            if annotation in given:
                where = cluster.place("annotations", annotation)
                yield Problem(where, f"{annotation} {why}", remedy.format(dotted(cluster.path)))


def _labels(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        own = _labels_of(cluster)
        for key in sorted(cluster.settings.get("labels") or {}):
            if key in own:
                yield Problem(cluster.place("labels", key), f"{quoted(key)} is the chart's own", "use another key")
    for pod in (pod for cluster in subject.clusters for pod in cluster.pods):
        for setting in ("labels", "rayLabels"):
            for key in sorted(pod.settings.get(setting) or {}):
                if key in _POD_LABELS:
                    yield Problem(pod.place(setting, key), f"{quoted(key)} is the chart's own", "use another key")
    for key in sorted(subject.operator.settings.get("labels") or {}):
        if key in _SELECTOR:
            yield Problem(subject.operator.place("labels", key), f"{quoted(key)} is the chart's own", "use another key")


def _labels_of(cluster: Cluster) -> set[str]:
    queue = cluster.settings["queue"]
    written = _QUEUE_LABELS.get(queue.get("scheduler") or "", {})
    return _CLUSTER_LABELS | {label for label, setting in written.items() if queue.get(setting)}


RULES = (
    Rule(
        "reserved-variable",
        "error",
        "An environment variable is set that KubeRay refuses.",
        "KubeRay sets these itself, from fields of the RayCluster. Beside them it takes the spec for contradictory, "
        "and nothing is reconciled.",
        "ValidateRayClusterSpec of KubeRay 1.7.0 (GCS fault tolerance, autoscalerOptions)",
        once_a_place(_variables),
    ),
    Rule(
        "reserved-annotation",
        "error",
        "An annotation of the cluster is one that the chart writes.",
        "It says what a setting says already. Of two places for one thing, one is wrong after the next change.",
        "The annotations of cluster/raycluster.yaml and those that KubeRay 1.7.0 reads",
        once_a_place(_annotations),
    ),
    Rule(
        "reserved-label",
        "error",
        "A label is one that the chart or KubeRay sets.",
        "Services, NetworkPolicies and the rollout find pods by these labels: with another value they find none.",
        "HeadServiceLabels and labelPod of KubeRay 1.7.0",
        once_a_place(_labels),
    ),
)
