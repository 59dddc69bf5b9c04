"""Every rule there is: those of lint, which are about values, and those of validate, which are about manifests."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raychart.rule_info import RuleInfo


@cache
def all_rules() -> dict[str, RuleInfo]:
    """Return the rules by their id, lint's first."""
    from raychart.lint.rules import RULES as OF_VALUES
    from raychart.validate.rules import RULES as OF_MANIFESTS

    return {rule.id: rule for rule in (*OF_VALUES, *OF_MANIFESTS)}
