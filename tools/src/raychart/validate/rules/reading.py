"""Rules that are applied while manifests are read, or to a whole release."""

from __future__ import annotations

from raychart.validate.rule import Rule

UNREADABLE = "manifest-yaml"
RELEASE_SIZE = "release-size"

RULES = (
    Rule(
        UNREADABLE,
        "error",
        "A document is not a Kubernetes object.",
        "Every YAML document has to be readable, and an object needs apiVersion, kind and metadata.name, all of them "
        "text.",
        "Kubernetes: TypeMeta and ObjectMeta of every object",
    ),
    Rule(
        RELEASE_SIZE,
        "warning",
        "A release is nearly or entirely too large for Helm to store.",
        "Helm keeps the chart, the values and the manifests of each revision in one Secret, as compressed JSON in "
        "base64. A Secret may have 1 MiB: beyond it an install or upgrade fails, after all of its objects have been "
        "made.\n\nWhat is told is an estimate, from 90 % on; beyond 100 % it is an error. Argo CD does not store "
        "releases.",
        "Helm: pkg/storage/driver, encodeRelease; Kubernetes: MaxSecretSize (1,048,576 bytes)",
    ),
)
