"""The rules about manifests, a module per theme; RULES lists them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.validate.rules import (
    apis,
    crds,
    names,
    objects,
    pod_resources,
    pods,
    ray_cluster,
    ray_deletion,
    ray_fault_tolerance,
    ray_gates,
    ray_jobs,
    ray_settings,
    reading,
    schema,
)

if TYPE_CHECKING:
    from raychart.validate.rule import Rule

RULES: tuple[Rule, ...] = (
    *reading.RULES,
    *apis.RULES,
    *schema.RULES,
    *crds.RULES,
    *names.RULES,
    *pods.RULES,
    *pod_resources.RULES,
    *objects.RULES,
    *ray_cluster.RULES,
    *ray_fault_tolerance.RULES,
    *ray_settings.RULES,
    *ray_jobs.RULES,
    *ray_deletion.RULES,
    *ray_gates.RULES,
)
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}
