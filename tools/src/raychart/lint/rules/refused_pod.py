"""Rules for pods: what collides with what the chart or KubeRay puts into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.effective import as_list, look_up
from raychart.lint.places import all_pods, listed, once_a_place, quoted, ray_pods
from raychart.lint.rule import Problem, Rule
from raychart.paths import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject

# The chart's and KubeRay's own containers of a pod, by the pod's role.
_RAY = ("ray-head", "ray-worker", "autoscaler")
CONTAINERS = {"head": _RAY, "worker": _RAY, "operator": ("operator",), "redis": ("redis",)}
_VOLUMES = ("ray-logs", "autoscaler-token", "scripts")


def _unknown_placement(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        for index, name in enumerate(pod.settings.get("placement") or []):
            if name not in subject.placements:
                yield Problem(
                    pod.place("placement", index),
                    f"{quoted(name)} is not among placements ({listed(subject.placements)})",
                    "add it to placements, or use one that is there",
                )


def _renamed(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        if "name" in (pod.settings.get("container") or {}):
            yield Problem(pod.place("container", "name"), "the container's name is the chart's", "remove it")


def _name_taken(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        taken = CONTAINERS[pod.role]
        for index, container in enumerate(as_list((pod.settings.get("pod") or {}).get("containers"))):
            if isinstance(container, dict) and container.get("name") in taken:
                key = dotted((*pod.path, "container"))
                yield Problem(
                    pod.place("pod", "containers", index),
                    f"{container['name']} is the name of the chart's own container",
                    f"say under {key} what it should be, or choose another name",
                )
        for name, sidecar in (pod.settings.get("sidecars") or {}).items():
            if sidecar and name in taken:
                yield Problem(
                    pod.place("sidecars", name),
                    "the name is taken by the chart's own container",
                    "choose another name",
                )


def _volume_taken(subject: Subject) -> Iterator[Problem]:
    for _, pod in ray_pods(subject):
        taken = {*_VOLUMES}
        taken |= {"shared-mem"} if pod.settings.get("sharedMemory") else set()
        taken |= {"trial"} if pod.settings.get("installRay") else set()
        for name, volume in (pod.settings.get("volumes") or {}).items():
            if volume and name in taken:
                yield Problem(
                    pod.place("volumes", name),
                    "the name is taken by a volume that the pod has anyway",
                    "choose another name",
                )


def _restart_policy(subject: Subject) -> Iterator[Problem]:
    for cluster, pod in ray_pods(subject):
        autoscaling = cluster.settings["autoscaling"]
        policy = (pod.settings.get("pod") or {}).get("restartPolicy")
        if autoscaling["enabled"] and autoscaling["version"] == "v2" and policy not in (None, "Never"):
            yield Problem(
                pod.place("pod", "restartPolicy"),
                f"{policy}, which KubeRay refuses with autoscaling.version v2",
                f"remove it, or set {dotted((*cluster.path, 'autoscaling', 'version'))} to v1",
            )


def _no_cpus(subject: Subject) -> Iterator[Problem]:
    for cluster, pod in ray_pods(subject):
        said = [
            *(pod.resources[kind].get("cpu") for kind in ("requests", "limits")),
            look_up(pod.settings, ("rayResources", "CPU")),
            look_up(pod.settings, ("rayStartParams", "num-cpus")),
        ]
        if cluster.settings["autoscaling"]["enabled"] and not any(one or one == 0 for one in said):
            yield Problem(
                pod.path,
                "no CPUs given, and the autoscaler stops when it cannot tell how many a pod has",
                f"set {dotted((*pod.path, 'cpu'))}",
            )


RULES = (
    Rule(
        "placement-unknown",
        "error",
        "A placement is used that is not among placements.",
        "A pod without the node selector that was meant would run anywhere.",
        "placement and placements of the chart",
        once_a_place(_unknown_placement),
    ),
    Rule(
        "container-renamed",
        "error",
        "The main container is given another name.",
        "The chart, its rollout and whoever reads logs find the main container by its name.",
        "BuildPod of KubeRay 1.7.0; _pod.tpl of the chart",
        once_a_place(_renamed),
    ),
    Rule(
        "container-name-taken",
        "error",
        "A further container has the name of the chart's or KubeRay's own.",
        "Two containers of one name are refused by the API server; under `pod` the entry would replace the chart's.",
        "Kubernetes: names of containers are unique in a pod; DefaultHeadPodTemplate of KubeRay 1.7.0",
        once_a_place(_name_taken),
    ),
    Rule(
        "volume-name-taken",
        "error",
        "A volume has the name of one that the pod has anyway.",
        "The pod would have two volumes of one name, which the API server refuses when KubeRay makes the pod.",
        "Kubernetes: names of volumes are unique in a pod; DefaultHeadPodTemplate of KubeRay 1.7.0",
        once_a_place(_volume_taken),
    ),
    Rule(
        "restart-policy-with-v2",
        "error",
        "A restart policy is set that KubeRay refuses with the second autoscaler.",
        "The second autoscaler counts on pods that are replaced, never restarted in place. KubeRay refuses the "
        "RayCluster, and nothing is reconciled.",
        "ValidateRayClusterSpec of KubeRay 1.7.0 (autoscaler v2: restartPolicy Never)",
        once_a_place(_restart_policy),
    ),
    Rule(
        "cpus-unknown",
        "error",
        "The autoscaler cannot tell how many CPUs a pod has.",
        "Ray's autoscaler ends with an error for a group without CPUs, and no worker of any type comes or goes.",
        "_get_num_cpus of Ray 2.60 (autoscaling_config.py) raises ValueError",
        once_a_place(_no_cpus),
    ),
)
