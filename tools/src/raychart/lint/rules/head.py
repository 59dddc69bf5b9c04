"""Rules for the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject


def _runs_tasks(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        cpus = (cluster.head.settings.get("rayResources") or {}).get("CPU")
        if cluster.types and cpus != 0:
            found = "not set" if cpus is None else f"CPU {cpus}"
            yield Problem(
                cluster.head.place("rayResources", "CPU"),
                f"the head takes tasks ({found}) though there are worker types: one that takes it down takes down all",
                f"set clusters.{cluster.name}.head.rayResources.CPU to 0",
            )


RULES = (
    Rule(
        "head-runs-tasks",
        "warning",
        "The head runs tasks although there are worker types.",
        "A task that uses up the head's memory or CPU takes down the GCS, the autoscaler and with them the cluster.",
        "Ray's advice for large clusters; KubeRay passes CPU 0 as --num-cpus=0 and the autoscaler never counts it",
        _runs_tasks,
    ),
)
