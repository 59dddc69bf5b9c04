"""RayJobs: what is started is not changed, what comes after it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import mapping, mappings, text
from raychart.impact.model import NO_PODS, Pods
from raychart.impact.ray.lifetime import is_suspended, of_field, only_comes_or_goes, spec_of, suspension
from raychart.impact.ray.numbers import pods_of
from raychart.impact.ray.refused import problems_of

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context
    from raychart.manifests import Manifest

_SOURCE = "KubeRay v1.7.0 rayjob_controller.go:"
_MODES = f"{_SOURCE}checkSubmitterAndUpdateStatusIfNeeded, ValidateRayJobStatus"
_CLEANING = ("shutdownAfterJobFinishes", "ttlSecondsAfterFinished", "deletionStrategy")


def ray_job(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a RayJob do."""
    words = ("its cluster is made, and the job runs", "the job is stopped, and its cluster goes")
    pods = (pods_of_job(spec_of(diff.old)), pods_of_job(spec_of(diff.new)))
    if only_comes_or_goes(diff, context, ledger, words, pods):
        return
    if diff.old and list(problems_of(diff.old, context.comparison.old)):
        reason = "the operator has refused the job before, and never looks at it again: only another RayJob runs"
        ledger.add("ignored", Because(reason, f"{_SOURCE}Reconcile, ValidationFailed"), ledger.uncovered())
        return
    # One that is done, or waits for a job by hand, stays as it is.
    stops = "suspended: a job that runs is stopped and its cluster deleted, to begin anew when it is resumed"
    starts = "resumed: its cluster is made, and the job runs"
    suspension(diff, ledger, (stops, starts), (Pods(0, pods[0].most), pods[1]), f"{_SOURCE}Reconcile, Suspending")
    if is_suspended(diff.old):
        reason = "the job is suspended: it runs as it says when it is resumed"
        ledger.add("new-pods", Because(reason, f"{_SOURCE}Reconcile, Suspended"), ledger.uncovered())
        return
    _deadlines(diff, ledger, pods[0])
    _cleaning(diff, ledger, pods[0])
    _submission(diff, ledger)
    reason = (
        "a job that was started goes on with what it was started with; it counts where the job is tried again or "
        "resumed, and for another RayJob"
    )
    ledger.add("ignored", Because(reason, f"{_SOURCE}getOrCreateRayClusterInstance"), ledger.uncovered())


def pods_of_job(spec: dict[str, object]) -> Pods:
    """Return how many pods a RayJob has while it runs: those of a cluster of its own, and the one that submits it."""
    if spec.get("suspend") is True:
        return NO_PODS
    submits = (text(spec, "submissionMode") or "K8sJobMode") == "K8sJobMode"
    cluster = pods_of(mapping(spec, "rayClusterSpec")) if "rayClusterSpec" in spec else NO_PODS
    return cluster + Pods(int(submits), int(submits))


def _deadlines(diff: ObjectDiff, ledger: Ledger, pods: Pods) -> None:
    """Enter that deadlines count from the start of a job that runs."""
    changes = of_field(diff, "activeDeadlineSeconds")
    old, new = (spec_of(manifest).get("activeDeadlineSeconds") for manifest in (diff.old, diff.new))
    source = f"{_SOURCE}checkActiveDeadlineAndUpdateStatusIfNeeded"
    if not isinstance(new, int) or (isinstance(old, int) and new > old):
        ledger.add("live", Because("a job that runs may take longer from now on", source), changes)
    elif cleans_up(diff.new):
        reason = f"a job that has run for {new} s has failed from now on, and what is deleted after a job goes"
        ledger.add("scale-down", Because(reason, source), changes, pods=Pods(0, pods.most))
    else:
        reason = f"a job that has run for {new} s has failed from now on, though its cluster goes on"
        ledger.add("live", Because(reason, source), changes)
    reason = "it counts until the job runs"
    source = f"{_SOURCE}checkPreRunningDeadlineAndUpdateStatusIfNeeded"
    ledger.add("live", Because(reason, source), of_field(diff, "preRunningDeadlineSeconds"))


def _cleaning(diff: ObjectDiff, ledger: Ledger, pods: Pods) -> None:
    """Enter what another way of cleaning up does: the operator goes by it when the job is done, or is done already."""
    changes = of_field(diff, *_CLEANING)
    source = f"{_SOURCE}handleShutdownAfterJobFinishes, handleDeletionRules"
    if not cleans_up(diff.new):
        ledger.add("live", Because("the cluster stays when the job is done", source), changes)
    elif _only_waits_longer(diff):
        ledger.add("live", Because("the cluster stays longer when the job is done", source), changes)
    else:
        reason = "what is to be deleted after the job goes when the job is done; of one that is done already, now"
        ledger.add("scale-down", Because(reason, source), changes, pods=Pods(0, pods.most))
    reason = "it counts when the job fails next; one that has failed for good stays so"
    ledger.add(
        "live", Because(reason, f"{_SOURCE}checkBackoffLimitAndUpdateStatusIfNeeded"), of_field(diff, "backoffLimit")
    )


def cleans_up(manifest: Manifest | None) -> bool:
    """Tell whether anything is deleted after a job: by its deletionStrategy where it has one."""
    spec = spec_of(manifest)
    strategy = mapping(spec, "deletionStrategy")
    rules = [mapping(strategy, "onSuccess"), mapping(strategy, "onFailure"), *mappings(strategy, "deletionRules")]
    policies = {text(rule, "policy") for rule in rules} - {""}
    return bool(policies - {"DeleteNone"}) if policies else spec.get("shutdownAfterJobFinishes") is True


def _only_waits_longer(diff: ObjectDiff) -> bool:
    old, new = (spec_of(manifest) for manifest in (diff.old, diff.new))
    before, after = (spec.get("ttlSecondsAfterFinished") or 0 for spec in (old, new))
    longer = isinstance(before, int) and isinstance(after, int) and after > before
    return longer and len(of_field(diff, *_CLEANING)) == len(of_field(diff, "ttlSecondsAfterFinished"))


def _submission(diff: ObjectDiff, ledger: Ledger) -> None:
    """Enter what another way of submitting the job does to one that runs or waits."""
    changes = of_field(diff, "submissionMode")
    old, new = (text(spec_of(manifest), "submissionMode") or "K8sJobMode" for manifest in (diff.old, diff.new))
    if old == new == "InteractiveMode":
        reason = "a job that waits is the one that it names now"
        ledger.add("live", Because(reason, f"{_SOURCE}Reconcile, Waiting"), of_field(diff, "jobId"))
    elif old == "InteractiveMode":
        reason = "a job that waits to be submitted is set to ValidationFailed, and the operator never looks at it again"
        ledger.add("rejected", Because(reason, _MODES), changes)
    elif new == "K8sJobMode":
        reason = "the operator looks for a submitter that nobody has made, and never sees the job that runs end"
        ledger.add("rejected", Because(reason, _MODES), changes)
