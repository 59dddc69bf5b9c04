"""Limits of autoscaling for which a RayCluster has no fields, as the chart writes them (charts/ray, ray.limits)."""

from __future__ import annotations

import json
from typing import Any

ANNOTATION = "raychart/autoscaling"


def limits_of(body: dict[str, Any]) -> dict[str, Any]:
    """Return the limits that a RayCluster names, nothing where it names none or they are no JSON."""
    metadata = body.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    written = annotations.get(ANNOTATION) if isinstance(annotations, dict) else None
    try:
        limits = json.loads(written) if isinstance(written, str) else {}
    except ValueError:
        return {}
    return limits if isinstance(limits, dict) else {}
