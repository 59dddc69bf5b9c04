"""minWorkers by the clock: pods are there when the window begins, and go some time after it has ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke.cast import ELASTIC, overlay
from raychart.smoke.results import Outcome
from raychart.smoke.scenario import Scenario
from raychart.smoke.scenarios.autoscale import obstacle
from raychart.smoke.scenarios.frame import ENDING, OPENING, change, live_pods
from raychart.smoke.wait import wait

if TYPE_CHECKING:
    from raychart.smoke.api import Json
    from raychart.smoke.cast import Cast
    from raychart.smoke.draft import Draft
    from raychart.smoke.plan import ReleasePlan
    from raychart.smoke.snapshot import Snapshot
    from raychart.smoke.stage import Stage

_WORKERS = 2
_IDLE_MINUTES = 0.5
_WINDOW = timedelta(minutes=2)
# What an upgrade takes before the CronJobs know of the window.
_NOTICE = timedelta(seconds=20)


def begin(draft: Draft, cast: Cast) -> ReleasePlan:
    """Plan the values with a type that starts at no pod."""
    return draft.plan(_layer(cast))


def schedule(stage: Stage) -> Outcome:
    """Set a window of two minutes that begins with the next full minute, by helm upgrade."""
    stage.api.get("/version")
    now = stage.api.server_time
    ahead = datetime.now(UTC) - now
    start = (now + _NOTICE).replace(second=0, microsecond=0) + timedelta(minutes=1)
    end = start + _WINDOW
    stage.moments |= {"start": (start + ahead).timestamp(), "end": (end + ahead).timestamp()}
    window = {"start": _cron(start), "end": _cron(end), "timeZone": "Etc/UTC", "minWorkers": {ELASTIC: _WORKERS}}
    layer = overlay(_layer(stage.cast), stage.cast.layer({"schedules": {"smoke": window}}))
    finding = change(stage, layer, f"window {start:%H:%M} to {end:%H:%M}")
    return Outcome((finding,) if finding else (), f"{ELASTIC} keeps {_WORKERS} from {start:%H:%M} to {end:%H:%M} UTC")


def pods_rise(stage: Stage) -> Outcome:
    """Wait for the pods of the window."""

    def missing(_: Snapshot) -> str | None:
        pods = [life for life in live_pods(stage, ELASTIC) if life.state == "ready"]
        return None if len(pods) >= _WORKERS else f"{_WORKERS - len(pods)} ready pods of {ELASTIC}"

    if finding := wait(stage, missing):
        return Outcome((finding,))
    pods = [life for life in stage.the_recorder.lives if life.lane == ELASTIC]
    early = stage.moments["start"] - min(life.created for life in pods)
    if early > 1:
        return Outcome((_finding(stage, f"a pod of {ELASTIC} came {early:.0f} s before the window began"),))
    stage.the_recorder.mark("window: pods ready")
    ready = max(at for life in pods for state, at in life.states if state == "ready") - stage.moments["start"]
    detail = f"{len(pods)} pods of {ELASTIC} ready {ready:.1f} s after the window began"
    return Outcome(detail=detail, facts={"schedule": {"secondsToReady": round(ready, 1)}})


def pods_fall(stage: Stage) -> Outcome:
    """Wait until the pods are gone again; they stay to the end of the window."""

    def missing(_: Snapshot) -> str | None:
        pods = [life.name for life in stage.the_recorder.lives if life.lane == ELASTIC and life.gone is None]
        return f"the end of {', '.join(pods)}" if pods else None

    if finding := wait(stage, missing):
        return Outcome((finding,))
    ends = [life.deleted or life.gone or 0.0 for life in stage.the_recorder.lives if life.lane == ELASTIC]
    first, last = min(ends) - stage.moments["end"], max(ends) - stage.moments["end"]
    if first < -1:
        return Outcome((_finding(stage, f"a pod of {ELASTIC} went {-first:.0f} s before the window ended"),))
    return Outcome(detail=f"they went {first:.0f} to {last:.0f} s after the window ended")


def _layer(cast: Cast) -> Json:
    body: Json = {"workerTypes": {ELASTIC: {**cast.elastic(_WORKERS), "idleTimeoutMinutes": _IDLE_MINUTES}}}
    if cast.values.get("maxWorkers") is not None:
        body["maxWorkers"] = cast.values["maxWorkers"] + len(cast.types) + 2 + _WORKERS
    return overlay(cast.base(), cast.layer(body))


def _cron(at: datetime) -> str:
    return f"{at.minute} {at.hour} * * *"


def _finding(stage: Stage, what: str) -> Finding:
    remedy = "see the schedule's CronJobs and the autoscaler's log in the evidence"
    return Finding("smoke-schedule", "error", what, remedy, file=stage.plan.label)


SCHEDULE = Scenario(
    name="schedule",
    purpose="a window of minWorkers; pods come when it begins and go when it has ended and they were idle",
    steps=(*OPENING, ("set a window", schedule), ("pods rise", pods_rise), ("pods fall", pods_fall), *ENDING),
    begin=begin,
    obstacle=obstacle,
)
