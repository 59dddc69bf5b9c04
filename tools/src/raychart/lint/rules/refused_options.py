"""Rules for options that are handed on to KubeRay and its autoscaler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.effective import as_list, as_map
from raychart.lint.places import once_a_place, quoted
from raychart.lint.rule import Problem, Rule
from raychart.paths import dotted
from raychart.schema_keys import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject

_ELSEWHERE = {
    "idleTimeoutSeconds": "idleTimeoutMinutes",
    "upscalingMode": "upscalingSpeed",
    "version": "autoscaling.version",
}
# pkg/features/features.go of KubeRay 1.7.0, and the two of the library.
_GATES = (
    "AllAlpha",
    "AllBeta",
    "GCSFaultToleranceEmbeddedStorage",
    "KubernetesWAS",
    "RayClusterHistoryServer",
    "RayClusterMTLS",
    "RayClusterNetworkPolicy",
    "RayClusterStatusConditions",
    "RayCronJob",
    "RayJobDeletionPolicy",
    "RayMultiHostIndexing",
    "RayServiceIncrementalUpgrade",
    "SidecarSubmitterRestart",
)


def _twice(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        options = cluster.settings["autoscaling"].get("options") or {}
        for option, setting in _ELSEWHERE.items():
            if options.get(option) is not None:
                yield Problem(
                    cluster.place("autoscaling", "options", option),
                    f"would undo {setting}, which the chart checks and other settings go by",
                    f"use {dotted(cluster.path)}.{setting}",
                )


def _gates(subject: Subject) -> Iterator[Problem]:
    operator = subject.operator
    tag = (operator.settings.get("image") or {}).get("tag") or "v1.7"
    if not operator.settings.get("enabled") or not tag.startswith("v1.7"):
        return
    for name, value in (operator.settings.get("featureGates") or {}).items():
        if value is not None and name not in _GATES:
            guess = nearest(name, _GATES)
            remedy = f"did you mean {guess}?" if guess else f"remove it, or use one of: {', '.join(_GATES)}"
            yield Problem(
                operator.place("featureGates", name),
                f"{quoted(name)} is no feature gate of KubeRay 1.7, which ends with an error",
                remedy,
            )


def _groups(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        policy = (cluster.settings.get("spec") or {}).get("networkPolicy")
        groups = as_list(as_map(policy).get("workerGroups"))
        there = sorted(pod.name for pod in cluster.types)
        for index, group in enumerate(groups):
            name = as_map(group).get("groupName")
            if name and name not in there:
                yield Problem(
                    cluster.place("spec", "networkPolicy", "workerGroups", index, "groupName"),
                    f"no such worker type ({name}); there are {', '.join(there) or 'none'}",
                    "use the name of one of them",
                )


RULES = (
    Rule(
        "autoscaler-option-twice",
        "error",
        "An option of the autoscaler undoes a setting of the cluster.",
        "Options are laid over what the chart writes. The settings beside them (limits, schedules, restart policies) "
        "are checked and made for the other value.",
        "ValidateRayClusterSpec of KubeRay 1.7.0 (autoscalerOptions); raycluster.yaml of the chart",
        once_a_place(_twice),
    ),
    Rule(
        "feature-gate-unknown",
        "error",
        "A feature gate is switched that KubeRay does not have.",
        "The operator ends with an error as soon as it starts, and no cluster is reconciled.",
        "pkg/features/features.go of KubeRay 1.7.0 (--feature-gates)",
        _gates,
    ),
    Rule(
        "network-policy-group",
        "error",
        "KubeRay's network policy names a worker type that is not there.",
        "KubeRay refuses the RayCluster for it, and nothing is reconciled.",
        "ValidateRayClusterSpec of KubeRay 1.7.0 (networkPolicy)",
        once_a_place(_groups),
    ),
)
