"""The KubeRay operator among a release's Deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.mappings import at, items, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.manifests import Manifest


def is_operator(manifest: Manifest) -> bool:
    """Tell whether a manifest is a Deployment of the KubeRay operator: by its label, or by what it starts."""
    if manifest.kind != "Deployment":
        return False
    labels = at(manifest.body, "spec", "template", "metadata", "labels", "app.kubernetes.io/name")
    containers = mappings(manifest.body, "spec", "template", "spec", "containers")
    return labels == "kuberay-operator" or any("/manager" in items(container, "command") for container in containers)


def operator_away(old: Sequence[Manifest], new: Sequence[Manifest]) -> str:
    """Say that no operator is left in a release that has one, or had one; of a release without one nobody knows."""
    if operators := [one for one in new if is_operator(one)]:
        away = all(mapping(one.body, "spec").get("replicas") == 0 for one in operators)
        return "the operator has no pod (replicas is 0)" if away else ""
    gone = any(is_operator(one) for one in old)
    return "the operator goes (unless another one looks after the namespace)" if gone else ""
