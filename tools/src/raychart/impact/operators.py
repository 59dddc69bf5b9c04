"""The KubeRay operator among a release's Deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.mappings import at, items, mappings

if TYPE_CHECKING:
    from raychart.manifests import Manifest


def is_operator(manifest: Manifest) -> bool:
    """Tell whether a manifest is a Deployment of the KubeRay operator: by its label, or by what it starts."""
    if manifest.kind != "Deployment":
        return False
    labels = at(manifest.body, "spec", "template", "metadata", "labels", "app.kubernetes.io/name")
    containers = mappings(manifest.body, "spec", "template", "spec", "containers")
    return labels == "kuberay-operator" or any("/manager" in items(container, "command") for container in containers)
