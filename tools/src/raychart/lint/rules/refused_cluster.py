"""Rules for a cluster as a whole: its name, its autoscaler, its Redis, its further fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.places import once_a_place
from raychart.lint.rule import Problem, Rule
from raychart.paths import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject

_LONGEST = 50
_GATES = {
    "historyServerOptions": "RayClusterHistoryServer",
    "networkPolicy": "RayClusterNetworkPolicy",
    "tlsOptions": "RayClusterMTLS",
}
_INGRESS = "KubeRay makes it once and never takes it away"
_NOT_FOLLOWED = {
    "enableIngress": (_INGRESS, "use {}.dashboard.ingress"),
    "ingressOptions": (_INGRESS, "use {}.dashboard.ingress"),
    "headServiceAnnotations": (
        "the head service is the chart's, and KubeRay never changes one",
        "use {}.headService.annotations",
    ),
}


def _long_name(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        if len(cluster.name) > _LONGEST:
            yield Problem(
                cluster.path,
                f"the name has {len(cluster.name)} characters, KubeRay has room for {_LONGEST}",
                f"choose a name of {_LONGEST} characters or fewer",
            )


def _nothing_to_scale(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        if cluster.settings["autoscaling"]["enabled"] and not cluster.types:
            path = dotted(cluster.path)
            yield Problem(
                (*cluster.path, "workerTypes"),
                "none given, but autoscaling is enabled and has nothing to scale",
                f"add a worker type, or set {path}.autoscaling.enabled to false",
            )


def _no_password(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        tolerance = cluster.settings["faultTolerance"]
        secret = tolerance["passwordSecret"]
        if tolerance["enabled"] and not tolerance.get("redisAddress") and not secret.get("name"):
            path = dotted((*cluster.path, "faultTolerance", "passwordSecret", "name"))
            yield Problem(
                cluster.place("faultTolerance", "passwordSecret", "name"),
                "empty, and the cluster's own Redis is not run without a password",
                f"make a Secret with the password under the key {secret['key']}, and name it in {path}",
            )


def _gates(subject: Subject) -> Iterator[Problem]:
    operator = subject.operator.settings
    gates = operator.get("featureGates") or {}
    for cluster in subject.clusters:
        for field, gate in _GATES.items():
            if operator.get("enabled") and field in (cluster.settings.get("spec") or {}) and not gates.get(gate):
                yield Problem(
                    cluster.place("spec", field),
                    f"KubeRay refuses it without its feature gate {gate}",
                    f"set operator.featureGates.{gate} to true, or remove it",
                )


def _not_followed(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        for field, (why, remedy) in _NOT_FOLLOWED.items():
            if field in (cluster.settings.get("spec") or {}):
                yield Problem(cluster.place("spec", field), why, remedy.format(dotted(cluster.path)))


RULES = (
    Rule(
        "cluster-name-length",
        "error",
        "A cluster's name is longer than KubeRay has room for.",
        "KubeRay clips the names of what it makes to 50 characters, from the front: two clusters could share an "
        "account or a Secret. Beyond 53 it does not reconcile the cluster at all, and an event is all that tells.",
        "CheckName and ValidateRayClusterMetadata of KubeRay 1.7.0",
        _long_name,
    ),
    Rule(
        "autoscaling-without-types",
        "error",
        "Autoscaling is on, but there is no worker type to scale.",
        "Ray's autoscaler ends with an error when the RayCluster has no worker group, again and again.",
        "_derive_autoscaling_config_from_ray_cr of Ray 2.60",
        _nothing_to_scale,
    ),
    Rule(
        "own-redis-without-password",
        "error",
        "The cluster is to run a Redis of its own, and there is no password for it.",
        "Whoever can write into that Redis decides what the head runs when it comes back.",
        "faultTolerance of the chart",
        once_a_place(_no_password),
    ),
    Rule(
        "feature-gate-off",
        "error",
        "A field of the RayCluster is used whose feature gate is off.",
        "KubeRay refuses the whole RayCluster for it, and nothing is reconciled.",
        "ValidateRayClusterSpec of KubeRay 1.7.0; pkg/features/features.go",
        once_a_place(_gates),
    ),
    Rule(
        "spec-field-not-followed",
        "error",
        "A field of the RayCluster is used that KubeRay reads once and never again.",
        "Later changes of it, or its removal, would change nothing in the cluster.",
        "reconcileIngress and reconcileHeadService of KubeRay 1.7.0",
        once_a_place(_not_followed),
    ),
)
