"""A worker type is added, changed, removed, while the others go on with their work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke import deploy
from raychart.smoke.cast import ADDED, ELASTIC, ELASTIC_SLOT, EXTRA, overlay
from raychart.smoke.long_work import Burst
from raychart.smoke.results import Outcome
from raychart.smoke.scenario import Scenario
from raychart.smoke.scenarios import rollouts
from raychart.smoke.scenarios.frame import ENDING, OPENING, change, live_pods, since
from raychart.smoke.wait import wait

if TYPE_CHECKING:
    from raychart.smoke.api import Json
    from raychart.smoke.cast import Cast
    from raychart.smoke.draft import Draft
    from raychart.smoke.plan import ReleasePlan
    from raychart.smoke.snapshot import Snapshot
    from raychart.smoke.stage import Stage

_MARK = "RAYCHART_SMOKE"
# The promise: so long after a worker type was removed, at most, the others scale again.
_SCALES_WITHIN = 30.0


def add(stage: Stage) -> Outcome:
    """Add a type like the bystander's by helm upgrade."""
    layer = overlay(stage.cast.base(), stage.cast.layer({"workerTypes": {ADDED: stage.cast.copied()}}))
    finding = change(stage, layer, f"{ADDED} added")
    return Outcome((finding,) if finding else (), f"{ADDED}, like {stage.cast.bystander}")


def added_works(stage: Stage) -> Outcome:
    """Wait until a long task is under way on the new type."""

    def missing(_: Snapshot) -> str | Finding | None:
        return None if stage.the_work.ledger.works_on(ADDED) else stage.the_work.trouble() or f"a long task on {ADDED}"

    finding = wait(stage, missing)
    return Outcome((finding,) if finding else (), f"a task on {ADDED} {since(stage, 'change')} after the upgrade")


def alter(stage: Stage) -> Outcome:
    """Give one type an environment variable by helm upgrade."""
    cast = stage.cast
    stage.touched.add(cast.subject)
    layer = overlay(_rolling(cast), cast.layer({"workerTypes": {cast.subject: {"env": {_MARK: "changed"}}}}))
    finding = change(stage, layer, f"{cast.subject} changed")
    return Outcome((finding,) if finding else (), f"{cast.subject} gets the variable {_MARK}")


def pods_follow(stage: Stage) -> Outcome:
    """Wait until every pod of the type is a new one with the variable, ready, and the old ones are gone."""
    subject = stage.cast.subject
    old = {life.uid for life in stage.standing if life.lane == subject}

    def missing(_: Snapshot) -> str | Finding | None:
        left = [life.name for life in stage.the_recorder.lives if life.uid in old and life.gone is None]
        if left:
            return rollouts.stopped(stage) or f"the end of {', '.join(left)}"
        new = [life for life in live_pods(stage, subject) if life.state == "ready"]
        return None if len(new) >= len(old) else f"{len(old) - len(new)} new pods of {subject}"

    if finding := wait(stage, missing):
        return Outcome((finding,), facts=rollouts.facts(stage))
    without = [life.name for life in live_pods(stage, subject) if not _has_mark(stage, life.name)]
    if without:
        what = f"new pods without the change: {', '.join(without)}"
        remedy = f"see the RayCluster and the operator's log in the evidence; {_MARK} is in the values"
        return Outcome((Finding("smoke-rollout", "error", what, remedy, file=stage.plan.label),))
    detail = f"{len(old)} replaced {since(stage, 'change')} after the upgrade{rollouts.account(stage)}"
    return Outcome(detail=detail, facts=rollouts.facts(stage))


def remove(stage: Stage) -> Outcome:
    """Take one type out of the values by helm upgrade."""
    cast = stage.cast
    stage.touched.add(cast.subject)
    layer = _scaling(cast)
    types = layer["clusters"][cast.cluster]["workerTypes"]
    if cast.subject == EXTRA:
        del types[EXTRA]
    else:
        types[cast.subject] = None
    finding = change(stage, layer, f"{cast.subject} removed")
    return Outcome((finding,) if finding else (), f"{cast.subject} is no longer in the values")


def others_scale(stage: Stage) -> Outcome:
    """Ask for a pod of another type at once, and wait until a task has run there."""
    if not stage.cast.autoscaling:
        return Outcome(skipped="autoscaling.enabled is false")
    burst = Burst(stage.api, stage.plan.namespace, stage.cluster, tasks=1, seconds=1, slot=ELASTIC_SLOT)
    if finding := deploy.start_pod(stage, burst, stage.cluster.name):
        return Outcome((finding,))

    def missing(_: Snapshot) -> str | Finding | None:
        return None if burst.done else burst.trouble() or f"a task on {ELASTIC}"

    if finding := wait(stage, missing):
        return Outcome((finding,))
    burst.stop()
    asked = burst.asked
    came = min(life.created for life in stage.the_recorder.lives if life.lane == ELASTIC)
    detail = f"a pod of {ELASTIC} was made {came - asked:.1f} s after it was asked for"
    if came - asked > _SCALES_WITHIN:
        what = f"{detail}, later than {_SCALES_WITHIN:g} s"
        remedy = "see the autoscaler's log in the evidence: pods of removed types stop it"
        return Outcome((Finding("smoke-scaling", "error", what, remedy, file=stage.plan.label),))
    return Outcome(detail=detail, facts={"secondsToScale": round(came - asked, 1)})


def pods_leave(stage: Stage) -> Outcome:
    """Wait until the removed type has no pod left."""
    subject = stage.cast.subject

    def missing(_: Snapshot) -> str | Finding | None:
        own = (life for life in stage.the_recorder.lives if life.labels.get("ray.io/cluster") == stage.cluster.name)
        left = [life.name for life in own if life.lane == subject and life.gone is None]
        return (rollouts.stopped(stage) or f"the end of {', '.join(left)}") if left else None

    finding = wait(stage, missing)
    detail = f"the last one went {since(stage, 'change')} after the upgrade{rollouts.account(stage)}"
    return Outcome((finding,) if finding else (), detail, facts=rollouts.facts(stage))


def _rolling(cast: Cast) -> Json:
    return overlay(cast.base(), cast.layer({"rollout": {"workers": "rolling"}}))


def _scaling(cast: Cast) -> Json:
    body: Json = {"workerTypes": {ELASTIC: cast.elastic(2)}}
    if cast.values.get("maxWorkers") is not None:
        body["maxWorkers"] = cast.values["maxWorkers"] + len(cast.types) + 4
    return overlay(_rolling(cast), cast.layer(body))


def _begin_rolling(draft: Draft, cast: Cast) -> ReleasePlan:
    return draft.plan(_rolling(cast))


def _begin_scaling(draft: Draft, cast: Cast) -> ReleasePlan:
    return draft.plan(_scaling(cast))


def _has_mark(stage: Stage, pod: str) -> bool:
    found = stage.api.find(f"/api/v1/namespaces/{stage.plan.namespace}/pods/{pod}")
    return found is None or any(one["name"] == _MARK for one in found["spec"]["containers"][0].get("env") or [])


WORKER_TYPE_ADD = Scenario(
    name="worker-type-add",
    purpose="a worker type is added; its pods come, nobody else's are touched",
    steps=(*OPENING, ("add a type", add), ("it works", added_works), *ENDING),
)
WORKER_TYPE_CHANGE = Scenario(
    name="worker-type-change",
    purpose="a worker type's pods are changed; they are replaced, busy ones when their tasks are done, nobody else's",
    steps=(*OPENING, ("change a type", alter), ("its pods follow", pods_follow), *ENDING),
    begin=_begin_rolling,
)
WORKER_TYPE_REMOVE = Scenario(
    name="worker-type-remove",
    purpose="a worker type is removed; its pods go, the others scale on, nobody else's are touched",
    steps=(
        *OPENING,
        ("remove a type", remove),
        ("others scale", others_scale),
        ("its pods leave", pods_leave),
        *ENDING,
    ),
    begin=_begin_scaling,
)
