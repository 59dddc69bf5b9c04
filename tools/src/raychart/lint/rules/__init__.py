"""The rules, a module per theme; RULES lists them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.rules import (
    head,
    ignoring,
    reading,
    refused_access,
    refused_cluster,
    refused_fields,
    refused_limits,
    refused_names,
    refused_network,
    refused_operator,
    refused_options,
    refused_pod,
    refused_queue,
    refused_ray,
    refused_resources,
    refused_schedule,
    refused_spec,
    refused_start,
)

if TYPE_CHECKING:
    from raychart.lint.rule import Rule

RULES: tuple[Rule, ...] = (
    *refused_cluster.RULES,
    *refused_limits.RULES,
    *refused_pod.RULES,
    *refused_start.RULES,
    *refused_schedule.RULES,
    *refused_access.RULES,
    *refused_queue.RULES,
    *refused_operator.RULES,
    *refused_fields.RULES,
    *refused_names.RULES,
    *refused_network.RULES,
    *refused_options.RULES,
    *refused_ray.RULES,
    *refused_resources.RULES,
    *refused_spec.RULES,
    *head.RULES,
    *reading.RULES,
    *ignoring.RULES,
)
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}
