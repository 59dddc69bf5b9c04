"""An upgrade of a release at work: from another revision of the chart, from other values, to those at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.smoke import ready
from raychart.smoke.results import Outcome
from raychart.smoke.revisions import older_release
from raychart.smoke.scenario import Scenario
from raychart.smoke.scenarios import rollouts
from raychart.smoke.scenarios.frame import ENDING, OPENING, live_pods, raycluster, since, upgrade_to
from raychart.smoke.wait import wait

if TYPE_CHECKING:
    from raychart.findings import Finding
    from raychart.smoke.api import Json
    from raychart.smoke.cast import Cast
    from raychart.smoke.draft import Draft
    from raychart.smoke.plan import ReleasePlan
    from raychart.smoke.snapshot import Snapshot
    from raychart.smoke.stage import Stage

_TEMPLATE = "raychart/template"
# What scaling sets and no pod sees.
_SCALING = {"minReplicas", "maxReplicas", "replicas", "idleTimeoutSeconds", "scaleStrategy"}


def begin(draft: Draft, cast: Cast) -> ReleasePlan:  # noqa: ARG001 (the older values have a cast of their own)
    """Plan the older chart with the older values, the parts played by the same types as far as they exist."""
    older = older_release(draft)
    own = older.cast()
    return older.plan(own.base() if own else None)


def upgrade(stage: Stage) -> Outcome:
    """Run `helm upgrade` to the chart and the values at hand."""
    before = stage.plan
    after = stage.role.draft.plan(stage.cast.base())
    old, new = (raycluster(plan, stage.cluster.name) for plan in (before, after))
    changed = changed_types(old, new)
    stage.touched |= changed
    if _operator(before) != _operator(after):
        stage.touched.add("operator")
    if old["spec"].get("headGroupSpec") != new["spec"].get("headGroupSpec") and _restarts_head(stage):
        stage.touched.add("head")
    finding = upgrade_to(stage, after, "the working tree")
    said = f"from {before.chart} with {before.values} to {after.chart} with {after.values}; "
    said += f"changes the pods of {', '.join(sorted(changed)) or 'no worker type'}"
    return Outcome((finding,) if finding else (), said, {"upgrade": {"changedTypes": sorted(changed)}})


def settles(stage: Stage) -> Outcome:
    """Wait until operator and cluster are ready, and each pod of a changed type is one of the new template."""
    operator = stage.plan.operator
    wanted = {
        group["groupName"]: (group["template"].get("metadata", {}).get("labels") or {}).get(_TEMPLATE)
        for group in raycluster(stage.plan, stage.cluster.name)["spec"].get("workerGroupSpecs") or []
    }
    if any(wanted.values()):
        # Pods of a type that is gone are of no template that is wanted.
        wanted |= {life.lane: "none" for life in stage.standing if life.lane not in {*wanted, "head", "operator"}}
    rolls = stage.cast.values.get("rollout", {}).get("workers", "never") == "rolling"

    def missing(snapshot: Snapshot) -> str | Finding | None:
        if words := operator and ready.missing_operator(snapshot, operator):
            return words
        if words := ready.missing_cluster(snapshot, stage.cluster):
            return words
        old = [
            life.name
            for kind, template in wanted.items()
            for life in live_pods(stage, kind)
            if template and life.labels.get(_TEMPLATE) != template
        ]
        waits = old and rolls
        return (rollouts.stopped(stage) or f"new pods in place of {', '.join(old)}") if waits else None

    if finding := wait(stage, missing, diagnosing=False):
        return Outcome((finding,), facts=rollouts.facts(stage))
    detail = f"in line {since(stage, 'change')} after the upgrade{rollouts.account(stage)}"
    return Outcome(detail=detail, facts=rollouts.facts(stage))


def serves(stage: Stage) -> Outcome:
    """Wait until results have come that were submitted after everything was in line."""
    now = stage.the_recorder.mark("in line")

    def missing(_: Snapshot) -> str | Finding | None:
        enough = stage.the_work.ledger.results_since(now) > 10
        return None if enough else stage.the_work.trouble() or f"results at {stage.cluster.address}"

    finding = wait(stage, missing, diagnosing=False)
    return Outcome((finding,) if finding else (), f"results come at {stage.cluster.address}")


def changed_types(before: Json, after: Json) -> set[str]:
    """Return the worker types whose pods differ between two RayClusters, those that come or go among them."""
    groups = [
        {g["groupName"]: _pods_of(g) for g in body["spec"].get("workerGroupSpecs") or []} for body in (before, after)
    ]
    old, new = groups
    return {name for name in old | new if old.get(name) != new.get(name)}


def _pods_of(group: Json) -> Json:
    return {key: value for key, value in group.items() if key not in _SCALING}


def _operator(plan: ReleasePlan) -> list[Json]:
    return [one.body["spec"] for one in plan.manifests if (one.kind, one.name) == ("Deployment", plan.operator)]


def _restarts_head(stage: Stage) -> bool:
    return bool(stage.cast.values.get("rollout", {}).get("head") == "restart")


UPGRADE = Scenario(
    name="upgrade",
    purpose="from an older chart or other values to those at hand; the work goes on",
    steps=(*OPENING, ("upgrade", upgrade), ("in line", settles), ("address serves", serves), *ENDING),
    begin=begin,
)
