"""A burst of demand: pods come at the set speed, never above the cap, and go when they were idle long enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke import deploy
from raychart.smoke.cast import ELASTIC, ELASTIC_SLOT, overlay
from raychart.smoke.long_work import Burst
from raychart.smoke.results import Outcome
from raychart.smoke.scenario import Scenario
from raychart.smoke.scenarios.frame import ENDING, OPENING
from raychart.smoke.wait import wait

if TYPE_CHECKING:
    from raychart.smoke.api import Json
    from raychart.smoke.cast import Cast
    from raychart.smoke.draft import Draft
    from raychart.smoke.plan import ReleasePlan
    from raychart.smoke.recorder import PodLife
    from raychart.smoke.snapshot import Snapshot
    from raychart.smoke.stage import Stage

# More than one round launches and more than the cap admits.
_TASKS, _SECONDS = 14, 15.0
_ELASTIC = 7
_IDLE_MINUTES = 0.5
# Launches of one round come within a moment; rounds are five seconds apart.
_ROUND = 2.5
# Ray Client's word that a task has returned, the raylet's that the pod is idle, the autoscaler's look: whole seconds.
_ROUNDING = 2.0


def begin(draft: Draft, cast: Cast) -> ReleasePlan:
    """Plan the values with a type that starts at no pod, and a cap that is in its way."""
    return draft.plan(_layer(cast))


def obstacle(cast: Cast) -> str:
    """Say why there is nothing to scale."""
    return "" if cast.autoscaling else "autoscaling.enabled is false"


def burst(stage: Stage) -> Outcome:
    """Submit all tasks at once, wait for all results, and count what was launched."""
    one = Burst(stage.api, stage.plan.namespace, stage.cluster, tasks=_TASKS, seconds=_SECONDS, slot=ELASTIC_SLOT)
    if finding := deploy.start_pod(stage, one, stage.cluster.name):
        return Outcome((finding,))
    stage.moments["burst"] = stage.the_recorder.mark(f"burst of {_TASKS} tasks")

    def missing(_: Snapshot) -> str | Finding | None:
        return None if one.done else one.trouble() or f"{_TASKS - len(one.returned)} results of the burst"

    if finding := wait(stage, missing):
        return Outcome((finding,))
    one.stop()
    stage.the_recorder.mark("burst done")
    for facts in one.returned:
        busy_until = f"idle {facts['node']}"
        stage.moments[busy_until] = max(stage.moments.get(busy_until, 0.0), facts["ended"] + one.ahead)
    return Outcome(detail=f"{len(one.returned)} of {_TASKS} tasks of {_SECONDS:g} s returned")


def launched(stage: Stage) -> Outcome:
    """Check how many pods each round launched, and how many workers there ever were."""
    pods = _elastic(stage)
    rounds = rounds_of([life.created for life in pods])
    speed = float(stage.cast.values["upscalingSpeed"])
    findings, before = [], 0
    for number, count in enumerate(rounds, 1):
        allowed = max(5, int(speed * before))
        if count > allowed:
            what = f"round {number} launched {count} pods of {ELASTIC}, more than max(5, {speed:g} x {before})"
            findings.append(_finding(stage, what))
        before += count
    cap, most = _cap(stage.cast), most_at_once(_workers(stage))
    if most > cap:
        findings.append(_finding(stage, f"there were {most} workers at once, and maxWorkers is {cap}"))
    if len(pods) < _ELASTIC:
        findings.append(_finding(stage, f"only {len(pods)} pods of {ELASTIC} came, though {_TASKS} tasks waited"))
    detail = f"{'+'.join(map(str, rounds))} pods in {len(rounds)} rounds, at most {most} workers of {cap}"
    facts = {"autoscaling": {"rounds": rounds, "mostWorkers": most, "maxWorkers": cap}}
    return Outcome(tuple(findings), detail, facts)


def pods_go(stage: Stage) -> Outcome:
    """Wait until the type has no pod again; none may go before it was idle for the time set."""

    def missing(_: Snapshot) -> str | None:
        left = [life.name for life in _elastic(stage) if life.gone is None]
        return f"the end of {len(left)} pods of {ELASTIC}" if left else None

    if finding := wait(stage, missing):
        return Outcome((finding,))
    idle = {
        life.name: (life.deleted or life.gone or 0.0) - stage.moments[f"idle {life.name}"]
        for life in _elastic(stage)
        if f"idle {life.name}" in stage.moments
    }
    early = [name for name, seconds in idle.items() if seconds < 60 * _IDLE_MINUTES - _ROUNDING]
    findings = [_finding(stage, f"pod {name} went after {idle[name]:.1f} s without a task") for name in early]
    span = f"{min(idle.values()):.0f} to {max(idle.values()):.0f} s" if idle else "-"
    detail = f"each went {span} after its last task, {60 * _IDLE_MINUTES:g} s is set"
    return Outcome(tuple(findings), detail, {"secondsIdle": {name: round(idle[name], 1) for name in idle}})


def rounds_of(created: list[float]) -> list[int]:
    """Return how many pods each round launched, from the times at which they were created."""
    rounds: list[int] = []
    last = 0.0
    for at in sorted(created):
        if rounds and at - last < _ROUND:
            rounds[-1] += 1
        else:
            rounds.append(1)
        last = at
    return rounds


def most_at_once(lives: list[PodLife]) -> int:
    """Return the largest number of pods that existed at one moment, those being deleted left out."""
    moves = [(life.created, 1) for life in lives]
    moves += [(end, -1) for life in lives if (end := life.deleted or life.gone) is not None]
    count = most = 0
    for _, move in sorted(moves):
        count += move
        most = max(most, count)
    return most


def _layer(cast: Cast) -> Json:
    kind = {**cast.elastic(_ELASTIC + 1), "idleTimeoutMinutes": _IDLE_MINUTES}
    return overlay(cast.base(), cast.layer({"maxWorkers": _cap(cast), "workerTypes": {ELASTIC: kind}}))


def _cap(cast: Cast) -> int:
    standing = {
        kind.name: max(1, kind.least) if kind.name in {cast.bystander, cast.subject} else kind.least
        for kind in cast.types
    }
    return _ELASTIC + sum(standing.values()) + max(0, 2 - len(cast.types))


def _elastic(stage: Stage) -> list[PodLife]:
    return [life for life in _workers(stage) if life.lane == ELASTIC]


def _workers(stage: Stage) -> list[PodLife]:
    wanted = {"ray.io/cluster": stage.cluster.name, "ray.io/node-type": "worker"}.items()
    return [life for life in stage.the_recorder.lives if wanted <= life.labels.items()]


def _finding(stage: Stage, what: str) -> Finding:
    remedy = "see the autoscaler's log in the evidence"
    where = f"raycluster {stage.plan.namespace}/{stage.cluster.name}"
    return Finding("smoke-scaling", "error", what, remedy, file=where)


AUTOSCALE = Scenario(
    name="autoscale",
    purpose="a burst of tasks; pods come at the set speed, never above maxWorkers, and go when idle, not before",
    steps=(*OPENING, ("burst", burst), ("launches", launched), ("idle pods go", pods_go), *ENDING),
    begin=begin,
    obstacle=obstacle,
)
