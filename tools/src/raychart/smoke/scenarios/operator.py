"""The operator is lost: clusters keep serving, its neighbours do not notice, and it makes up for what it missed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke import ready
from raychart.smoke.results import Outcome
from raychart.smoke.scenario import Scenario
from raychart.smoke.scenarios.frame import ENDING, OPENING, live_pods, since
from raychart.smoke.wait import wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.smoke.cast import Cast
    from raychart.smoke.scenario import Step
    from raychart.smoke.snapshot import Snapshot
    from raychart.smoke.stage import Stage

# How long the cluster is watched without its operator.
_ALONE = 15.0


def lose_operator(stage: Stage) -> Outcome:
    """Scale the operator's Deployment to nothing, and wait until its pods are gone."""
    replicas = _scale(stage, 0)
    stage.touched.add("operator")
    by_hand = f"kubectl scale deployment {stage.plan.operator} --replicas {replicas} -n {stage.plan.namespace}"
    what = f"operator of {stage.plan.namespace} at no replicas"
    stage.cleanup.add(what, lambda: _restore(stage, replicas), by_hand=by_hand)
    stage.moments |= {"operator": stage.the_recorder.mark("operator gone"), "replicas": replicas}

    def missing(_: Snapshot) -> str | None:
        left = [life.name for life in stage.the_recorder.lives if life.lane == "operator" and life.gone is None]
        return f"the end of {', '.join(left)}" if left else None

    finding = wait(stage, missing, diagnosing=False)
    return Outcome((finding,) if finding else (), f"deployment {stage.plan.operator} scaled to 0")


def goes_on(stage: Stage) -> Outcome:
    """Watch for a while that results keep coming."""
    began = time.time()
    time.sleep(_ALONE)
    return _served(stage, began)


def lose_worker(stage: Stage) -> Outcome:
    """Delete a worker pod of the subject."""
    subject = stage.cast.subject
    lost = live_pods(stage, subject)[0]
    stage.touched.add(subject)
    stage.api.delete(f"/api/v1/namespaces/{stage.plan.namespace}/pods/{lost.name}")
    stage.moments["worker"] = stage.the_recorder.mark("worker deleted")
    return Outcome(detail=lost.name)


def operator_back(stage: Stage) -> Outcome:
    """Scale the operator up again and wait until it is ready."""
    _scale(stage, int(stage.moments["replicas"]))
    stage.moments["back"] = stage.the_recorder.mark("operator back")
    name = str(stage.plan.operator)
    finding = wait(stage, lambda snapshot: ready.missing_operator(snapshot, name), diagnosing=False)
    return Outcome((finding,) if finding else (), f"ready after {since(stage, 'back')}")


def worker_replaced(stage: Stage) -> Outcome:
    """Wait until the subject has as many ready pods as before, and tasks run there."""
    subject = stage.cast.subject
    count = sum(life.lane == subject for life in stage.standing)

    def missing(_: Snapshot) -> str | Finding | None:
        pods = [life for life in live_pods(stage, subject) if life.state == "ready"]
        if len(pods) < count:
            return f"{count - len(pods)} pods of {subject}"
        return None if stage.the_work.ledger.works_on(subject) else stage.the_work.trouble() or f"a task on {subject}"

    finding = wait(stage, missing, diagnosing=False)
    origin = "back" if "back" in stage.moments else "worker"
    words = "the operator was back" if origin == "back" else "it was lost"
    return Outcome((finding,) if finding else (), f"a new pod of {subject} works {since(stage, origin)} after {words}")


def both(step: Callable[[Stage], Outcome]) -> Callable[[Stage], Outcome]:
    """Return a step that is taken in the namespace, then in its neighbour."""

    def taken(stage: Stage) -> Outcome:
        first = step(stage)
        if first.status == "failed" or stage.neighbour is None:
            return first
        second = step(stage.neighbour)
        told = {"namespace": stage.neighbour.plan.namespace, **second.facts}
        facts = {**first.facts, **({"neighbour": told} if "work" in second.facts else {})}
        detail = f"{stage.plan.namespace}: {first.detail}; {stage.neighbour.plan.namespace}: {second.detail}"
        return Outcome((*first.findings, *second.findings), detail, facts, skipped=first.skipped and second.skipped)

    return taken


def in_neighbour(step: Callable[[Stage], Outcome]) -> Callable[[Stage], Outcome]:
    """Return a step that is taken in the neighbour."""

    def taken(stage: Stage) -> Outcome:
        if stage.neighbour is None:
            raise RuntimeError("this scenario has no neighbour")
        return step(stage.neighbour)

    return taken


def every(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the same steps, taken in both namespaces."""
    return tuple((name, both(step)) for name, step in steps)


def has_operator(cast: Cast) -> str:
    """Say why the scenario cannot be played where the release has no operator to lose."""
    return "" if cast.operator else "operator.enabled is false: the operator belongs to somebody else"


def _served(stage: Stage, began: float) -> Outcome:
    ledger = stage.the_work.ledger
    count = ledger.results_since(began)
    if count:
        return Outcome(detail=f"{count} results in {time.time() - began:.0f} s")
    what = f"no result for {time.time() - began:.0f} s while the operator was away"
    remedy = "see the working pod's log in the evidence"
    return Outcome((Finding("smoke-served", "error", what, remedy, file=stage.plan.label),))


def _scale(stage: Stage, replicas: int) -> int:
    """Set the operator's replicas and return how many there were."""
    path = f"/apis/apps/v1/namespaces/{stage.plan.namespace}/deployments/{stage.plan.operator}/scale"
    before = int(stage.api.get(path)["spec"].get("replicas", 1))
    stage.api.merge(path, {"spec": {"replicas": replicas}})
    return before


def _restore(stage: Stage, replicas: int) -> None:
    path = f"/apis/apps/v1/namespaces/{stage.plan.namespace}/deployments/{stage.plan.operator}"
    if stage.api.find(path) is not None:
        _scale(stage, replicas)


OPERATOR_LOSS = Scenario(
    name="operator-loss",
    purpose="the operator is away; the cluster serves on, a worker lost meanwhile is replaced when it is back",
    steps=(
        *OPENING,
        ("lose the operator", lose_operator),
        ("cluster goes on", goes_on),
        ("lose a worker", lose_worker),
        ("operator back", operator_back),
        ("worker replaced", worker_replaced),
        *ENDING,
    ),
    obstacle=has_operator,
)
TWO_NAMESPACES = Scenario(
    name="two-namespaces",
    purpose="two releases side by side; while one operator is away, the other namespace gets its lost worker back",
    steps=(
        *every(OPENING),
        ("lose one operator", lose_operator),
        ("neighbour loses a worker", in_neighbour(lose_worker)),
        ("neighbour gets another", in_neighbour(worker_replaced)),
        ("both go on", both(goes_on)),
        ("operator back", operator_back),
        *every(ENDING),
    ),
    obstacle=has_operator,
    neighbour=True,
)
