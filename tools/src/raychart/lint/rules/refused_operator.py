"""Rules for the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject


def _budget_of_one(subject: Subject) -> Iterator[Problem]:
    operator = subject.operator
    replicas = int(operator.settings["replicas"])
    if operator.settings["podDisruptionBudget"].get("enabled") and replicas < 2:
        yield Problem(
            operator.place("podDisruptionBudget", "enabled"),
            f"true with operator.replicas {replicas}, which protects nothing",
            "set operator.replicas to 2, or the budget to false",
        )


RULES = (
    Rule(
        "operator-budget-of-one",
        "error",
        "A disruption budget is made for a single operator.",
        "The budget lets one pod go at a time. Of one operator that is all of them.",
        "Kubernetes: policy/v1 PodDisruptionBudget with maxUnavailable 1",
        _budget_of_one,
    ),
)
