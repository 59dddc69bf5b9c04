"""Leave out of an object that was read from a cluster what the cluster itself has put there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from raychart.manifests import Manifest

# Sources: ObjectMeta of the API reference; kubectl apply; Helm's setMetadataVisitor; the deployment controller.
_METADATA = frozenset({"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink"})
_ANNOTATIONS = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        "meta.helm.sh/release-name",
        "meta.helm.sh/release-namespace",
        "deployment.kubernetes.io/revision",
    }
)


def as_applied(manifest: Manifest) -> Manifest:
    """Return an object as somebody applied it, as far as one that a cluster gave out can tell.

    Defaults that the API server filled in stay, for nothing tells them from what was said.
    """
    metadata = manifest.body["metadata"]
    if "uid" not in metadata:
        return manifest
    kept = {key: value for key, value in metadata.items() if key not in _METADATA}
    annotations = _without(kept.pop("annotations", None), _ANNOTATIONS)
    if annotations:
        kept["annotations"] = annotations
    body = {key: kept if key == "metadata" else value for key, value in manifest.body.items() if key != "status"}
    return replace(manifest, body=body, alike="")


def _without(value: Any, keys: frozenset[str]) -> Any:
    return {key: item for key, item in value.items() if key not in keys} if isinstance(value, dict) else value
