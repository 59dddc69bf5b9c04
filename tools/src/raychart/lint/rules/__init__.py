"""The rules, a module per theme; RULES lists them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.rules import (
    autoscaling,
    exposure,
    gpu,
    head,
    idle,
    ignoring,
    images,
    keys,
    lint_settings,
    network,
    object_store,
    placement,
    quota,
    reading,
    resources,
    rollout,
    schedules,
    secrets,
    security,
    setup_commands,
    start,
)

if TYPE_CHECKING:
    from raychart.lint.rule import Rule

RULES: tuple[Rule, ...] = (
    *reading.RULES,
    *resources.RULES,
    *object_store.RULES,
    *gpu.RULES,
    *head.RULES,
    *autoscaling.RULES,
    *idle.RULES,
    *placement.RULES,
    *images.RULES,
    *start.RULES,
    *setup_commands.RULES,
    *secrets.RULES,
    *exposure.RULES,
    *network.RULES,
    *security.RULES,
    *schedules.RULES,
    *rollout.RULES,
    *quota.RULES,
    *keys.RULES,
    *lint_settings.RULES,
    *ignoring.RULES,
)
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}
