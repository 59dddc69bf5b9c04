"""Kinds that somebody has to install on a Kubernetes cluster before objects of them can be deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context

# API groups that every Kubernetes cluster has (k8s.io/api), and KubeRay's, without which there is nothing to review.
_THERE = frozenset(
    (
        "",
        "apps",
        "autoscaling",
        "batch",
        "policy",
        "ray.io",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
    )
)


def caveat(diff: ObjectDiff, context: Context) -> str:
    """Say that a kind may not be installed, of the first object of it in a release that is there; else nothing."""
    new = diff.manifest
    if diff.kind != "added" or new.group in _THERE or not context.comparison.old:
        return ""
    if any((old.group, old.kind) == (new.group, new.kind) for old in context.comparison.old):
        return ""
    return f"; where {new.kind} of {new.group} is not installed, {context.refusal}"
