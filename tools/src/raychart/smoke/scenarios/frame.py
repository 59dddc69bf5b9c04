"""How every scenario begins and ends: a release at work, and the account of that work."""

from __future__ import annotations

import time
from copy import deepcopy
from typing import TYPE_CHECKING

from raychart.chart import read_chart
from raychart.findings import Finding
from raychart.process import CommandError
from raychart.smoke import deploy, ready
from raychart.smoke.cast import ELASTIC
from raychart.smoke.diagnosis.helm import diagnose_helm
from raychart.smoke.long_work import LongWork
from raychart.smoke.releases import install_release
from raychart.smoke.results import Outcome
from raychart.smoke.wait import wait

if TYPE_CHECKING:
    from raychart.smoke.api import Json
    from raychart.smoke.plan import ReleasePlan
    from raychart.smoke.recorder import PodLife
    from raychart.smoke.scenario import Step
    from raychart.smoke.snapshot import Snapshot
    from raychart.smoke.stage import Stage


def install(stage: Stage, *, detached: bool = False) -> Outcome:
    """Start the pod that works, then run `helm install` without waiting for pods."""
    deploy.prepare(stage)
    seconds = stage.options.long_task
    place = (stage.api, stage.plan.namespace, stage.cluster, stage.news)
    stage.work = LongWork(*place, seconds=seconds, leave=(ELASTIC,), detached=detached)
    if finding := deploy.start_pod(stage, stage.work, stage.cluster.name):
        return Outcome((finding,))
    return deploy.install_release_of(stage)


def work_begins(stage: Stage) -> Outcome:
    """Wait until a long task is under way on every type that keeps a pod, and note which pods are there."""
    kinds = kinds_at_work(stage)

    def missing(_: Snapshot) -> str | Finding | None:
        idle = [kind for kind in kinds if not stage.the_work.ledger.works_on(kind)]
        return stage.the_work.trouble() or (f"a long task on {' and '.join(idle)}" if idle else None)

    if finding := wait(stage, missing):
        return Outcome((finding,))
    stage.the_work.ledger.counted_from = stage.the_recorder.mark("all at work")
    stage.standing = tuple(deepcopy(life) for life in ready_pods(stage))
    return Outcome(detail=f"long tasks on {' and '.join(kinds)}, short ones without a break")


def others_untouched(stage: Stage) -> Outcome:
    """Check that the pods of everything else are those from the beginning, none of them restarted."""
    now = {life.uid: life for life in stage.the_recorder.lives}
    findings = []
    kept = [life for life in stage.standing if not _is_touched(stage, life)]
    for before in kept:
        after = now[before.uid]
        if after.deleted or after.gone or after.restarts != before.restarts:
            became = (
                "was deleted" if after.deleted or after.gone else f"was restarted {after.restarts - before.restarts}x"
            )
            what = f"{became}, though nothing was to happen to {before.lane}"
            remedy = "see the events and the operator's log in the evidence for who did it"
            findings.append(Finding("smoke-disturbed", "error", what, remedy, file=_pod(stage, before)))
    if not kept:
        return Outcome(skipped="everything of the release was to be touched")
    lanes = ", ".join(dict.fromkeys(life.lane for life in kept))
    pods = f"{len(kept)} pod{'' if len(kept) == 1 else 's'} of {lanes}"
    return Outcome(tuple(findings), f"{pods}: those from the beginning, never restarted")


def work_ends(stage: Stage) -> Outcome:
    """Let what is under way come to its end, and check the account: nothing lost, nothing untouched interrupted."""
    work = stage.the_work
    work.ask_to_end()

    def missing(_: Snapshot) -> str | Finding | None:
        return None if work.ledger.done else work.trouble() or "the end of the tasks that are under way"

    finding = wait(stage, missing, diagnosing=False)
    return Outcome((finding,) if finding else account(stage), _summary(stage), facts={"work": work.ledger.figures()})


def account(stage: Stage) -> tuple[Finding, ...]:
    """Return what the account has against the release."""
    ledger, where = stage.the_work.ledger, f"raycluster {stage.plan.namespace}/{stage.cluster.name}"
    findings = []
    remedy = "see the log of the working pod in the evidence"
    if lost := ledger.lost():
        what = f"{len(lost)} results never came: {', '.join(lost[:10])}"
        findings.append(Finding("smoke-lost", "error", what, remedy, file=where))
    if wrong := ledger.wrong():
        what = f"the results of short tasks {wrong[:10]} are not theirs"
        findings.append(Finding("smoke-wrong", "error", what, remedy, file=where))
    for kind in dict.fromkeys(task.kind for task in ledger.long_tasks):
        broken = ledger.interrupted(kind)
        if broken and kind not in stage.touched:
            why = broken[0].breaks[0] if broken[0].breaks else "begun again"
            what = f"{len(broken)} long tasks on {kind} were interrupted, the first one {broken[0].id} ({why})"
            findings.append(Finding("smoke-interrupted", "error", what, remedy, file=where))
    return tuple(findings)


def ready_pods(stage: Stage) -> list[PodLife]:
    """Return the pods of the release's clusters and its operator that are ready."""
    lives = (life for life in stage.the_recorder.lives if life.state == "ready" and life.gone is None)
    return [life for life in lives if "ray.io/node-type" in life.labels or life.lane == "operator"]


def kinds_at_work(stage: Stage) -> list[str]:
    """Return the worker types of the release as it is now that keep at least a pod."""
    groups = raycluster(stage.plan, stage.cluster.name)["spec"].get("workerGroupSpecs") or []
    return [group["groupName"] for group in groups if (group.get("minReplicas") or 0) > 0]


def raycluster(plan: ReleasePlan, name: str) -> Json:
    """Return a RayCluster as it was rendered; one without a spec where the release has none of this name."""
    found = (one.body for one in plan.manifests if (one.group, one.kind, one.name) == ("ray.io", "RayCluster", name))
    return next(found, {"spec": {}})


def live_pods(stage: Stage, lane: str) -> list[PodLife]:
    """Return the pods of a worker type, or of "head", that exist and are not being deleted."""
    lives = (life for life in stage.the_recorder.lives if life.lane == lane and life.gone is None)
    own = (life for life in lives if life.labels.get("ray.io/cluster") == stage.cluster.name)
    return [life for life in own if life.state not in {"terminating", "ended"}]


def change(stage: Stage, layer: Json, what: str) -> Finding | None:
    """Run `helm upgrade` with this layer over the values."""
    return upgrade_to(stage, stage.role.draft.plan(layer), what)


def upgrade_to(stage: Stage, plan: ReleasePlan, what: str) -> Finding | None:
    """Run `helm upgrade` to another plan of the release, and note the moment under the name "change"."""
    stage.plan = plan
    stage.moments["change"] = stage.the_recorder.mark(f"helm upgrade: {what}")
    try:
        install_release(stage.api, stage.options, plan, upgrade=True)
    except CommandError as failed:
        return diagnose_helm(failed, plan.label, read_chart(plan.chart).app_version)
    return None


def since(stage: Stage, moment: str) -> str:
    """Return how long ago something was done, for readers."""
    return f"{time.time() - stage.moments[moment]:.1f} s"


def _summary(stage: Stage) -> str:
    figures = stage.the_work.ledger.figures()
    short, long = figures["shortTasks"], figures["longTasks"]
    returned = sum(one["returned"] for one in long.values())
    untouched = [kind for kind in long if kind not in stage.touched]
    said = f"{short['returned']} short and {returned} long tasks returned, {figures['lost']} lost"
    if untouched:
        said += f"; interrupted on {', '.join(untouched)}: {sum(long[kind]['interrupted'] for kind in untouched)}"
    if stage.touched & set(long):
        touched = [kind for kind in long if kind in stage.touched]
        said += f"; on {', '.join(touched)}: {sum(long[kind]['interrupted'] for kind in touched)}"
    gap = figures["longestGapSeconds"]
    return f"{said}; longest time without a result {gap:.1f} s" if gap is not None else said


def _is_touched(stage: Stage, life: PodLife) -> bool:
    elsewhere = life.labels.get("ray.io/cluster") not in {None, stage.cluster.name}
    return life.lane in stage.touched and not elsewhere


def _pod(stage: Stage, life: PodLife) -> str:
    return f"pod {stage.plan.namespace}/{life.name}"


OPENING: tuple[Step, ...] = (
    ("install", install),
    ("operator ready", ready.operator_ready),
    ("raycluster ready", ready.cluster_ready),
    ("work begins", work_begins),
)
ENDING: tuple[Step, ...] = (
    ("others untouched", others_untouched),
    ("work ends", work_ends),
    ("uninstall", deploy.uninstall),
)
