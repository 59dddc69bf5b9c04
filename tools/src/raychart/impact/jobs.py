"""Jobs and CronJobs: they run once, or at their next time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.about import about_itself, immutable, value_of
from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import mapping
from raychart.impact.model import Pods
from raychart.impact.rollout_policy import LABEL, policy_of
from raychart.impact.schedules import is_schedule, schedule

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context

_JOB = "Kubernetes: Job"
_CHART = "charts/ray templates/cluster/rollout.yaml"
# A Job's pods cannot be changed once it is there; the others are what ValidateJobUpdate refuses besides.
_IMMUTABLE = (
    ("spec", "template"),
    ("spec", "selector"),
    ("spec", "completionMode"),
    ("spec", "completions"),
    ("spec", "podFailurePolicy"),
    ("spec", "manualSelector"),
    ("spec", "backoffLimitPerIndex"),
    ("spec", "managedBy"),
    ("spec", "successPolicy"),
)


def job(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a Job do."""
    if LABEL in mapping(diff.manifest.body, "metadata", "labels") and diff.kind != "changed":
        _of_rollout(diff, ledger)
    elif diff.kind != "changed" and (is_schedule(diff.old) or is_schedule(diff.new)):
        schedule(diff, context, ledger)
    elif diff.kind == "added":
        ledger.add("live", Because("a new Job: it runs once", _JOB))
    elif diff.kind == "renamed":
        ledger.add("live", Because("under another name it is another Job: it runs once, the former one goes", _JOB))
    elif diff.kind == "removed":
        ledger.add(
            "live", Because(f"the Job goes{context.where_pruned}, and with it its pods, if they still run", _JOB)
        )
    else:
        about_itself(ledger)
        immutable(diff, context, ledger, _IMMUTABLE, lost="it runs once more")
        _suspension(diff, ledger)
        ledger.add(
            "live", Because("it is changed in the Job that is there, if that still runs", _JOB), ledger.uncovered()
        )


def _suspension(diff: ObjectDiff, ledger: Ledger) -> None:
    """Enter what suspending a Job, or a CronJob, and resuming it do."""
    changes = [change for change in diff.changes if change.path[:2] == ("spec", "suspend")]
    suspended = value_of(diff.new, "spec", "suspend") is True
    if diff.manifest.kind == "CronJob":
        reason = "suspended: it starts no more Jobs, those that run go on"
        if not suspended:
            reason = "resumed: a Job is started at once if one has been due meanwhile, within startingDeadlineSeconds"
        ledger.add("live", Because(reason, "Kubernetes: CronJob, suspend"), changes)
        return
    number = value_of(diff.manifest, "spec", "parallelism")
    pods = Pods(0, number if isinstance(number, int) else 1)
    if suspended:
        reason = "suspended: those of its pods that run are deleted, and begin anew when it is resumed"
        ledger.add("scale-down", Because(reason, "Kubernetes: Job, suspend"), changes, pods=pods)
    else:
        reason = "resumed: its pods are made, unless it is done"
        ledger.add("scale-up", Because(reason, "Kubernetes: Job, suspend"), changes, pods=pods)


def _of_rollout(diff: ObjectDiff, ledger: Ledger) -> None:
    """Enter that another Job brings pods in line: what that does to them is said of the RayCluster."""
    if diff.kind == "removed":
        reason = "the rollout's former Job goes: what it has not done yet, it leaves"
    elif policy_of(diff.manifest) is None:
        reason = "it tries an image of a worker type, before the rollout touches a pod"
    else:
        reason = "the rollout's Job: what it does to pods is said of the RayCluster"
    ledger.add("none", Because(reason, _CHART))


def cron_job(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a CronJob do."""
    source = "Kubernetes: CronJob"
    if diff.kind == "removed":
        ledger.add("live", Because(f"it goes{context.where_pruned}: nothing is started by it any more", source))
    elif diff.kind != "changed":
        ledger.add("live", Because("its Jobs are started when their time comes", source))
    else:
        about_itself(ledger)
        _suspension(diff, ledger)
        ledger.add("live", Because("it counts from its next run on", source), ledger.uncovered())
