"""The head is lost: the same address answers again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke import ready
from raychart.smoke.results import Outcome
from raychart.smoke.scenario import Scenario
from raychart.smoke.scenarios import redis
from raychart.smoke.scenarios.frame import ENDING, OPENING, install, kinds_at_work, live_pods, since
from raychart.smoke.wait import wait

if TYPE_CHECKING:
    from raychart.smoke.scenario import Step
    from raychart.smoke.snapshot import Snapshot
    from raychart.smoke.stage import Stage


def lose_head(stage: Stage) -> Outcome:
    """Delete the head pod, as the draining of its node would."""
    (head,) = live_pods(stage, "head")
    stage.touched.add("head")
    if not stage.the_work.detached:
        # The workers of a lost head start again, and what a client submitted ends with the head in any case.
        stage.touched |= {kind.name for kind in stage.cast.types} | set(kinds_at_work(stage))
    stage.moments["loss"] = stage.the_recorder.mark("head deleted")
    stage.api.delete(f"/api/v1/namespaces/{stage.plan.namespace}/pods/{head.name}")
    return Outcome(detail=head.name)


def new_head(stage: Stage) -> Outcome:
    """Wait for another head pod that is ready."""
    lost = {life.uid for life in stage.standing if life.lane == "head"}

    def missing(_: Snapshot) -> str | None:
        new = [life for life in live_pods(stage, "head") if life.uid not in lost and life.state == "ready"]
        return None if new else "a new head pod that is ready"

    finding = wait(stage, missing, diagnosing=False)
    return Outcome((finding,) if finding else (), f"ready {since(stage, 'loss')} after the loss")


def address_answers(stage: Stage) -> Outcome:
    """Wait until results come again at the same address, and give the longest time that none came."""
    ledger = stage.the_work.ledger

    def missing(_: Snapshot) -> str | Finding | None:
        gap = ledger.longest_gap(stage.moments["loss"])
        lasting = gap is not None and ledger.results_since(ledger.local(gap.end)) > 10
        return None if lasting else stage.the_work.trouble() or f"a result at {stage.cluster.address}"

    if finding := wait(stage, missing, diagnosing=False):
        return Outcome((finding,))
    gap = ledger.longest_gap(stage.moments["loss"])
    seconds = gap.seconds if gap else 0.0
    detail = f"{seconds:.1f} s without a result at {stage.cluster.address}"
    return Outcome(detail=detail, facts={"headLoss": {"longestGapSeconds": seconds}})


def workers_back(stage: Stage) -> Outcome:
    """Wait until head and workers are ready and each type has a long task again."""
    kinds = kinds_at_work(stage)

    def missing(snapshot: Snapshot) -> str | Finding | None:
        idle = [kind for kind in kinds if not stage.the_work.ledger.works_on(kind)]
        words = ready.missing_cluster(snapshot, stage.cluster)
        return words or stage.the_work.trouble() or (f"a long task on {' and '.join(idle)}" if idle else None)

    finding = wait(stage, missing, diagnosing=False)
    return Outcome((finding,) if finding else (), f"all work goes on {since(stage, 'loss')} after the loss")


def install_detached(stage: Stage) -> Outcome:
    """Install as ever; the long tasks belong to a detached actor."""
    return install(stage, detached=True)


def actor_kept(stage: Stage) -> Outcome:
    """Check that the detached actor is the one from the beginning, with its state."""
    keepers = stage.the_work.ledger.keepers
    if len(keepers) == 1:
        return Outcome(detail="the same one, with its state")
    what = f"there have been {len(keepers)} incarnations of one detached actor"
    remedy = "see that the cluster has faultTolerance, its Redis, and the workers' logs in the evidence"
    return Outcome((Finding("smoke-actor", "error", what, remedy, file=stage.plan.label),))


_LOSS: tuple[Step, ...] = (
    ("lose the head", lose_head),
    ("new head", new_head),
    ("address answers", address_answers),
    ("workers back", workers_back),
)

HEAD_LOSS = Scenario(
    name="head-loss",
    purpose="the head pod is deleted; the same address answers again, every result comes",
    steps=(*OPENING, *_LOSS, *ENDING),
)
HEAD_LOSS_FT = Scenario(
    name="head-loss-ft",
    purpose="the head pod is deleted under fault tolerance; a detached actor and the tasks on workers go on",
    steps=(
        ("redis", redis.provide),
        ("install", install_detached),
        *OPENING[1:],
        *_LOSS,
        ("detached actor", actor_kept),
        *ENDING,
    ),
    begin=redis.begin,
)
