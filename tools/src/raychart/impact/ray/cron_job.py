"""RayCronJobs: their next run, which may be now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import mapping
from raychart.impact.model import NO_PODS, Pods
from raychart.impact.ray.job import pods_of_job
from raychart.impact.ray.lifetime import is_suspended, of_field, only_comes_or_goes, spec_of
from raychart.impact.ray.refused import problems_of

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context

_SOURCE = "KubeRay v1.7.0 raycronjob_controller.go:Reconcile"


def ray_cron_job(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a RayCronJob do."""
    if diff.kind == "added":
        ledger.add("live", Because("its jobs are started when their time comes", _SOURCE))
        return
    old, new = (pods_of_job(mapping(spec_of(manifest), "jobTemplate")) for manifest in (diff.old, diff.new))
    goes = "jobs of it that still run go with it"
    if only_comes_or_goes(diff, context, ledger, ("", goes), (Pods(0, old.most), NO_PODS)):
        return
    if is_suspended(diff.new):
        reason = "suspended: no more jobs are started, those that run go on"
        ledger.add("live", Because(reason, _SOURCE), of_field(diff, "suspend"))
        ledger.add("none", Because("it counts when it is resumed", _SOURCE), ledger.uncovered())
        return
    waited = of_field(diff, "suspend") if is_suspended(diff.old) else of_field(diff, "schedule", "timeZone")
    if diff.old and list(problems_of(diff.old, context.comparison.old)):
        waited = ledger.uncovered()
    # The operator looks for the first time after its last run, or after it was made, whether that has passed or not.
    reason = "a job is started at once if one has been due since the last, by what the schedule says now"
    ledger.add("scale-up", Because(reason, _SOURCE), waited, pods=Pods(0, new.most))
    reason = "false is what it is when nothing is said"
    ledger.add("none", Because(reason, _SOURCE), [one for one in of_field(diff, "suspend") if one not in waited])
    reason = "it counts from its next run on, jobs that run have what they were started with"
    ledger.add("live", Because(reason, _SOURCE), ledger.uncovered())
