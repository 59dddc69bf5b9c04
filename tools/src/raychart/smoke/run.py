"""Take the steps in order, keep the evidence of what failed, and undo what was made."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.smoke.cleanup import Cleanup
from raychart.smoke.evidence import collect
from raychart.smoke.provider import choose_provider
from raychart.smoke.releases import remove_release
from raychart.smoke.results import Outcome, Part, Run, StepResult
from raychart.smoke.signals import interruptible
from raychart.smoke.stage import Session, Stage
from raychart.smoke.steps import ONCE
from raychart.smoke.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from raychart.smoke.options import Options
    from raychart.smoke.signals import Interruption
    from raychart.smoke.stage import Act


def run_smoke(options: Options, progress: Callable[[str], None]) -> Run:
    """Run all steps and return what they found; raises KeyboardInterrupt, after cleaning up, when the user stops it.

    A step that fails ends its scenario in its namespace, not the run: the others are still tried.
    """
    began = time.monotonic()
    cleanup = Cleanup()
    logs = options.logs or Path("raychart-smoke-logs") / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    with TemporaryDirectory(prefix="raychart-smoke-") as layers, interruptible(progress) as interruption:
        session = Session(options, choose_provider(options), progress, cleanup, logs, Path(layers))
        try:
            parts = list(_parts(session))
        except BaseException:
            _clean(cleanup, interruption, progress)
            raise
        left = [*session.left, *_clean(cleanup, interruption, progress)]
    return Run(tuple(parts), round(time.monotonic() - began, 2), tuple(left))


def _parts(session: Session) -> Iterable[Part]:
    once = _take("", "", [(name, partial(step, session)) for name, step in ONCE], session.progress)
    if not once.passed:
        yield _with_evidence(once, partial(_collect_nodes, session), session.logs)
        return
    yield once
    for act in session.acts:
        part = _play(session, act)
        yield part
        if not session.options.keep:
            _make_room(session, act, uninstalled=part.passed)


def _play(session: Session, act: Act) -> Part:
    """Take the steps of one scenario, and keep what was seen meanwhile."""
    named = act.scenario.name if session.options.scenarios else ""
    if act.obstacle:
        outcome = Outcome(skipped=act.obstacle)
        return Part(act.namespace, (StepResult("play", outcome, 0.0),), named)
    stages = [
        Stage(role, role.plan, session.the_api, session.options, session.progress, session.cleanup)
        for role in act.roles
    ]
    stage = stages[0]
    stage.neighbour = stages[1] if len(stages) > 1 else None
    part = _take(
        act.namespace, named, [(name, partial(step, stage)) for name, step in act.scenario.steps], session.progress
    )
    part = replace(part, observed=_observed(stages))
    for one in stages:
        for watcher in (one.witness, one.recorder):
            if watcher:
                watcher.stop()
    if part.passed:
        return part
    for neighbour in stages[1:]:
        collect(neighbour, session.logs / named)
    return _with_evidence(part, partial(collect, stage), session.logs / named)


def _observed(stages: list[Stage]) -> dict[str, Any]:
    """Return the pods' lives in each namespace, and the account of the work so far."""
    now = time.time()
    seen: dict[str, Any] = {}
    lines = {
        one.plan.namespace: timeline(one.recorder, one.work.ledger if one.work else None, now)
        for one in stages
        if one.recorder
    }
    if lines:
        seen["timelines"] = lines
    if stages[0].work and stages[0].work.ledger.long_tasks:
        seen["work"] = stages[0].work.ledger.figures()
    return seen


def _make_room(session: Session, act: Act, *, uninstalled: bool) -> None:
    """Take away what a scenario left up, so that the next one finds the namespace as this one did."""
    session.left += session.cleanup.run(session.progress, lasting=False)
    for role in () if uninstalled or act is session.acts[-1] else act.roles:
        if left := remove_release(session.the_api, session.options, role.plan):
            session.left.append(left)


def _take(
    namespace: str, scenario: str, steps: Iterable[tuple[str, Callable[[], Outcome]]], progress: Callable[[str], None]
) -> Part:
    """Take steps until one fails."""
    title = Part(namespace, (), scenario).title if namespace else ""
    results: list[StepResult] = []
    for name, step in steps:
        progress(f"{title}: {name}" if title else name)
        began = time.monotonic()
        try:
            outcome = step()
        except RaychartError as problem:
            outcome = Outcome((Finding("smoke-error", "error", problem.what, problem.remedy, file=problem.where),))
        seconds = time.monotonic() - began if outcome.seconds is None else outcome.seconds
        results.append(StepResult(name, outcome, round(seconds, 2)))
        if results[-1].status == "failed":
            break
    return Part(namespace, tuple(results), scenario)


def _with_evidence(part: Part, collect_into: Callable[[Path], Path | None], logs: Path) -> Part:
    """Keep the evidence, and name its folder in the finding that it is about."""
    folder = collect_into(logs)
    if folder is None:
        return part
    *before, last = part.steps
    findings = tuple(replace(f, remedy=f"{f.remedy}\nevidence: {folder}") for f in last.outcome.findings)
    return replace(part, steps=(*before, replace(last, outcome=replace(last.outcome, findings=findings))))


def _collect_nodes(session: Session, folder: Path) -> Path | None:
    """Keep the nodes' logs of a cluster that was made for this run and did not come up."""
    if session.api is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    session.provider.collect(folder)
    return folder if any(folder.iterdir()) else None


def _clean(cleanup: Cleanup, interruption: Interruption, progress: Callable[[str], None]) -> list[Finding]:
    interruption.clean()
    try:
        return cleanup.run(progress)
    except KeyboardInterrupt:
        for line in cleanup.left:
            progress(f"left: {line}")
        raise
