"""Take the steps in order, keep the evidence of what failed, and undo what was made."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.smoke.cleanup import Cleanup
from raychart.smoke.evidence import collect
from raychart.smoke.provider import choose_provider
from raychart.smoke.results import Outcome, Part, Run, StepResult
from raychart.smoke.signals import interruptible
from raychart.smoke.stage import Session, Stage
from raychart.smoke.steps import ONCE, PER_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from raychart.smoke.options import Options
    from raychart.smoke.signals import Interruption


def run_smoke(options: Options, progress: Callable[[str], None]) -> Run:
    """Run all steps and return what they found; raises KeyboardInterrupt, after cleaning up, when the user stops it.

    A step that fails ends its namespace, not the run: the other namespaces are still tried.
    """
    began = time.monotonic()
    cleanup = Cleanup()
    logs = options.logs or Path("raychart-smoke-logs") / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    session = Session(options, choose_provider(options), progress, cleanup, logs)
    with interruptible(progress) as interruption:
        try:
            parts = list(_parts(session))
        except BaseException:
            _clean(cleanup, interruption, progress)
            raise
        left = _clean(cleanup, interruption, progress)
    return Run(tuple(parts), round(time.monotonic() - began, 2), tuple(left))


def _parts(session: Session) -> Iterable[Part]:
    once = _take("", [(name, partial(step, session)) for name, step in ONCE], session.progress)
    if not once.passed:
        yield _with_evidence(once, partial(_collect_nodes, session), session.logs)
        return
    yield once
    for plan in session.plans:
        stage = Stage(plan, session.the_api, session.options, session.progress, session.cleanup)
        steps = [(name, partial(step, stage)) for name, step in PER_NAMESPACE]
        part = _take(plan.namespace, steps, session.progress)
        if stage.witness:
            stage.witness.stop()
        yield part if part.passed else _with_evidence(part, partial(collect, stage), session.logs)


def _take(title: str, steps: Iterable[tuple[str, Callable[[], Outcome]]], progress: Callable[[str], None]) -> Part:
    """Take steps until one fails."""
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
    return Part(title, tuple(results))


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
    interruption.cleaning = True
    interruption.count = 0
    try:
        return cleanup.run(progress)
    except KeyboardInterrupt:
        for line in cleanup.left:
            progress(f"left: {line}")
        raise
