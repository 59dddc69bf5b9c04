"""Rules for batch queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.places import once_a_place
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject

TAKES = {
    "kueue": ("name", "priorityClass"),
    "volcano": ("name", "priorityClass"),
    "yunikorn": ("name", "gang"),
    "kai-scheduler": ("name",),
    "scheduler-plugins": ("gang",),
}
_KEYS = ("name", "gang", "priorityClass")


def _mismatch(subject: Subject) -> Iterator[Problem]:
    operator = subject.operator.settings
    works_with = operator.get("batchScheduler") or "none"
    for cluster in subject.clusters:
        scheduler = cluster.settings["queue"].get("scheduler")
        if scheduler and operator.get("enabled") and scheduler not in ("kueue", works_with):
            yield Problem(
                cluster.place("queue", "scheduler"),
                f"{scheduler}, but the operator works with {works_with}",
                f"set operator.batchScheduler to {scheduler}",
            )


def _unread(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        queue = cluster.settings["queue"]
        scheduler = queue.get("scheduler")
        for key in _KEYS:
            if scheduler and queue.get(key) and key not in TAKES[scheduler]:
                found = "true" if queue[key] is True else queue[key]
                yield Problem(
                    cluster.place("queue", key),
                    f"{found} is given, and {scheduler} takes only {' and '.join(TAKES[scheduler])}",
                    "remove it",
                )


def _no_name(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        queue = cluster.settings["queue"]
        if queue.get("scheduler") in ("kueue", "kai-scheduler") and not queue.get("name"):
            yield Problem(
                cluster.place("queue", "name"),
                f"none given, and without one {queue['scheduler']} leaves the cluster alone",
                "name the queue",
            )


def _no_scheduler(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        queue = cluster.settings["queue"]
        if not queue.get("scheduler") and any(queue.get(key) for key in _KEYS):
            yield Problem(
                cluster.place("queue", "scheduler"),
                "none given, so the rest of queue does nothing",
                "set it to kueue, volcano, yunikorn, kai-scheduler or scheduler-plugins",
            )


RULES = (
    Rule(
        "queue-scheduler-mismatch",
        "error",
        "The queue's scheduler is not the one that the operator works with.",
        "The operator makes the scheduler's PodGroups only for the one batch scheduler it was started with.",
        "--batch-scheduler of KubeRay 1.7.0",
        once_a_place(_mismatch),
    ),
    Rule(
        "queue-setting-unread",
        "error",
        "A setting of the queue is one that its scheduler does not read.",
        "It would be a promise that nobody keeps, such as a gang that is scheduled pod by pod.",
        "The labels that KubeRay 1.7.0 and each scheduler read on a RayCluster",
        once_a_place(_unread),
    ),
    Rule(
        "queue-without-name",
        "error",
        "A scheduler that goes by the queue's name is given none.",
        "Without its label kueue and kai-scheduler leave a RayCluster alone: it would run at once, outside any quota.",
        "kueue.x-k8s.io/queue-name and kai.scheduler/queue",
        once_a_place(_no_name),
    ),
    Rule(
        "queue-without-scheduler",
        "error",
        "A queue is described, but no scheduler is named.",
        "The chart writes the labels of the scheduler that is named, so none would be written.",
        "queue.scheduler of the chart",
        once_a_place(_no_scheduler),
    ),
)
