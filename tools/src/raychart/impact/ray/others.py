"""RayJobs, RayServices and RayCronJobs, which make RayClusters of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.about import about_itself
from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import mapping, text
from raychart.impact.ray.numbers import pods_of
from raychart.impact.ray.sides import is_scaling

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff
    from raychart.impact.context import Context
    from raychart.impact.model import Pods
    from raychart.manifests import Manifest

_JOB = "KubeRay v1.7.0 rayjob_controller.go"
_SERVICE = "KubeRay v1.7.0 rayservice_controller.go:shouldPrepareNewCluster"
_CRON = "KubeRay v1.7.0 raycronjob_controller.go"
_CRD = "KubeRay v1.7.0 CRD: x-kubernetes-validations self == oldSelf"


def ray_job(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a RayJob do."""
    pods = _pods(diff.old or diff.new, "rayClusterSpec")
    if _comes_or_goes(diff, context, ledger, "the job is stopped, and its cluster goes", pods):
        return
    suspend = [change for change in diff.changes if change.path[:2] == ("spec", "suspend")]
    if mapping(diff.new.body if diff.new else None, "spec").get("suspend") is True:
        reason = "suspended: a job that runs is stopped and its cluster deleted, to begin anew when it is resumed"
        ledger.add("replace", Because(reason, _JOB), suspend, pods=pods)
    else:
        ledger.add("scale-up", Because("resumed: its cluster is made, and the job runs", _JOB), suspend, pods=pods)
    reason = "a job that was started goes on with what it was started with; only another RayJob has it"
    ledger.add("ignored", Because(reason, _JOB), ledger.uncovered())


def ray_service(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a RayService do."""
    field = "rayClusterConfig"
    pods = _pods(diff.old or diff.new, field)
    if _comes_or_goes(diff, context, ledger, "the service and its cluster go", pods):
        return
    serve = [change for change in diff.changes if change.path[:2] == ("spec", "serveConfigV2")]
    reason = "the applications are changed in the cluster that is there, replica by replica"
    ledger.add("live", Because(reason, "KubeRay v1.7.0 rayservice_controller.go:updateServeDeployment"), serve)
    inside = [change for change in diff.changes if change.path[:2] == ("spec", field)]
    rest = [change for change in inside if not is_scaling(change.path[1:])]
    reason = "replicas of the cluster that is there are changed"
    ledger.add("live", Because(reason, _SERVICE), [change for change in inside if is_scaling(change.path[1:])])
    if text(diff.new.body if diff.new else None, "spec", "upgradeStrategy", "type") == "None":
        reason = "upgradeStrategy is None: the cluster that is there stays as it is until it is deleted"
        ledger.add("ignored", Because(reason, _SERVICE), rest)
    else:
        reason = (
            "another cluster is made beside the one that is there, takes over when it is ready, and "
            "the former one is deleted with its state"
        )
        ledger.add("replace", Because(reason, _SERVICE), rest, pods=pods)
    ledger.add("live", Because("the operator acts by it at once", _SERVICE), ledger.uncovered())


def ray_cron_job(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a RayCronJob do."""
    if diff.kind == "removed":
        ledger.add("replace", Because(f"it goes{context.where_pruned}, and jobs of its that still run", _CRON))
    elif diff.kind == "renamed":
        ledger.add(
            "replace", Because("under another name it is another one: jobs of the former one that still run go", _CRON)
        )
    elif diff.kind == "added":
        ledger.add("live", Because("its jobs are started when their time comes", _CRON))
    else:
        about_itself(ledger)
        ledger.add("live", Because("it counts from its next run on", _CRON), ledger.uncovered())


def _comes_or_goes(diff: ObjectDiff, context: Context, ledger: Ledger, lost: str, pods: Pods) -> bool:
    """Enter what is the same for both kinds; tell whether that is all."""
    if diff.kind == "added":
        ledger.add("scale-up", Because("its cluster is made", "KubeRay v1.7.0"), pods=pods)
    elif diff.kind == "removed":
        ledger.add("replace", Because(f"{lost}{context.where_pruned}", "Kubernetes: owner references"), pods=pods)
    elif diff.kind == "renamed":
        ledger.add(
            "replace",
            Because(f"under another name it is another one: {lost}", "Kubernetes: owner references"),
            pods=pods,
        )
    else:
        about_itself(ledger)
        owner = [change for change in diff.changes if _is_other_owner(change)]
        reason = f"managedBy cannot be changed once it is set: {context.refusal}"
        ledger.add("rejected", Because(reason, _CRD), owner)
        return False
    return True


def _is_other_owner(change: Change) -> bool:
    return change.path == ("spec", "managedBy") and change.kind == "changed"


def _pods(manifest: Manifest | None, field: str) -> Pods:
    return pods_of(mapping(manifest.body if manifest else None, "spec", field))
