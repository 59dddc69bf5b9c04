"""Rules for the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject


def _budget_of_one(subject: Subject) -> Iterator[Problem]:
    operator = subject.operator
    replicas = int(operator.settings.get("replicas") or 0)
    if (operator.settings.get("podDisruptionBudget") or {}).get("enabled") and replicas < 2:
        yield Problem(
            operator.place("podDisruptionBudget", "enabled"),
            f"true with operator.replicas {replicas}, which protects nothing",
            "set operator.replicas to 2, or the budget to false",
        )


def _arguments(subject: Subject) -> Iterator[Problem]:
    for index, argument in enumerate(subject.operator.settings.get("args") or []):
        flag = argument.lstrip("-").partition("=")[0]
        if argument.startswith("-") and flag in _FLAGS:
            yield Problem(
                subject.operator.place("args", index),
                f"--{flag} is set by the chart, and this would undo it",
                _FLAGS[flag],
            )


_PROBED = "remove it: probes, services and policies go by the chart's"
_FLAGS = {
    "batch-scheduler": "use operator.batchScheduler",
    "config": "remove it: KubeRay ignores the other options beside a configuration file",
    "enable-leader-election": "remove it: operator.replicas goes by the election",
    "enable-metrics": "use operator.metrics.enabled",
    "feature-gates": "use operator.featureGates",
    "health-probe-bind-address": _PROBED,
    "leader-election-namespace": "remove it: the operator has rights in its own namespace alone",
    "log-stdout-encoder": "use operator.logEncoder",
    "metrics-addr": _PROBED,
    "watch-namespace": "remove it: the operator has rights in its own namespace alone",
    "zap-log-level": "use operator.logLevel",
}

RULES = (
    Rule(
        "operator-argument",
        "error",
        "An option of the operator's command is one that the chart sets.",
        "Of an option that is given twice the last one counts. The operator would watch where it has no rights, or "
        "stop answering its probes.",
        "main of KubeRay 1.7.0 (ray-operator/main.go); operator/deployment.yaml of the chart",
        _arguments,
    ),
    Rule(
        "operator-budget-of-one",
        "error",
        "A disruption budget is made for a single operator.",
        "The budget lets one pod go at a time. Of one operator that is all of them.",
        "Kubernetes: policy/v1 PodDisruptionBudget with maxUnavailable 1",
        _budget_of_one,
    ),
)
