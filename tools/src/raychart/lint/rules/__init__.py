"""The rules, a module per theme; RULES lists them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.rules import head

if TYPE_CHECKING:
    from raychart.lint.rule import Rule

RULES: tuple[Rule, ...] = (*head.RULES,)
