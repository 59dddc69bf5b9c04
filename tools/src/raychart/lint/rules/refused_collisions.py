"""Rules for names that two objects would share, with the name of the release applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.lint.effective import as_map
from raychart.lint.places import once_a_place
from raychart.lint.rule import Problem, Rule
from raychart.lint.rules.refused_names import objects_of
from raychart.lint.rules.refused_schedule import schedules_of
from raychart.paths import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject

_KUEUE = "kueue.x-k8s.io/multikueue"


def _collisions(subject: Subject) -> Iterator[Problem]:
    """Tell of clusters whose account, which KubeRay names after them, is one that the chart makes for other work."""
    made: dict[str, str] = {}
    if subject.operator.settings.get("enabled"):
        made[f"{subject.release}-operator"] = "the operator"
        if any(cluster.settings["faultTolerance"]["enabled"] for cluster in subject.clusters):
            made[f"{subject.release}-uninstall"] = "the Job that uninstalls the release"
    for cluster in subject.clusters:
        if not cluster.settings.get("suspend") and cluster.settings.get("managedBy") != _KUEUE:
            made[f"{cluster.name}-rollout"] = f"the rollout of the cluster {cluster.name}"
    for cluster in subject.clusters:
        # KubeRay makes the account for the autoscaler.
        if cluster.name in made and cluster.settings["autoscaling"]["enabled"]:
            yield Problem(
                cluster.path,
                f"its account {cluster.name} would be that of {made[cluster.name]} too (release {subject.release})",
                "choose another name for the cluster",
            )


def _objects_twice(subject: Subject) -> Iterator[Problem]:
    made = dict(_made(subject))
    for key, body in objects_of(subject):
        metadata = as_map(body.get("metadata"))
        name, kind = (str(one) for one in (metadata.get("name") or "", body.get("kind")))
        if metadata.get("namespace") not in (None, subject.namespace):
            continue
        path = ("extraObjects", key)
        if name and (kind, name) in made:
            yield Problem(
                (*path, "metadata", "name"),
                f"{kind} {name} is made by {made[kind, name]} too",
                "choose another name",
            )
        made[kind, name] = dotted(path)


def _made(subject: Subject) -> Iterator[tuple[tuple[Any, Any], str]]:
    """Yield what the release makes, as (kind, name) with what makes it, as far as others might take the name."""
    release = subject.release
    if subject.operator.settings.get("enabled"):
        for kind in ("Deployment", "ServiceAccount", "Role", "RoleBinding", "Lease", "NetworkPolicy"):
            yield (kind, f"{release}-operator"), "the operator"
    if subject.clusters:
        yield ("ConfigMap", f"{release}-scripts"), "the chart"
        for name in ("ray", "head", "errand"):
            yield ("NetworkPolicy", f"{release}-{name}"), "the chart"
    for cluster in subject.clusters:
        by = dotted(cluster.path)
        yield ("RayCluster", cluster.name), by
        for name in ("head-svc", "external", "dashboard", "serve-svc", "redis"):
            yield ("Service", f"{cluster.name}-{name}"), by
        for kind in ("ServiceAccount", "Role", "RoleBinding"):
            yield (kind, cluster.name), by
            yield (kind, f"{cluster.name}-rollout"), by
            yield (kind, f"{cluster.name}-schedule"), by
    for cluster, name, _ in schedules_of(subject):
        for boundary in ("start", "end"):
            yield ("CronJob", f"{cluster.name}-{name}-{boundary}"), dotted((*cluster.path, "schedules", name))


RULES = (
    Rule(
        "account-collision",
        "error",
        "A cluster's account would be one that the chart makes for other work.",
        "KubeRay names the account of a head after its cluster and takes one that is there as it is: jobs on the head "
        "would have the rights of the operator or of the rollout, and the autoscaler would lack its own.",
        "CheckName and reconcileAutoscalerServiceAccount of KubeRay 1.7.0; ray.operatorName of the chart",
        _collisions,
    ),
    Rule(
        "object-twice",
        "error",
        "An object of extraObjects has the name of one that the release makes anyway.",
        "Helm refuses to install two objects of one name, or lets one overwrite the other.",
        "Helm: resource kinds and names are unique in a release",
        once_a_place(_objects_twice),
    ),
)
