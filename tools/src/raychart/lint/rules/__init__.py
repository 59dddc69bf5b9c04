"""The rules, a module per theme; RULES lists them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.rules import head, ignoring, reading

if TYPE_CHECKING:
    from raychart.lint.rule import Rule

RULES: tuple[Rule, ...] = (
    *reading.RULES,
    *head.RULES,
    *ignoring.RULES,
)
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}
