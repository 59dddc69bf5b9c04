"""Wait for something, and stop as soon as it is known that it will not come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke.api import ApiError
from raychart.smoke.diagnosis import diagnose

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.smoke.snapshot import Snapshot
    from raychart.smoke.stage import Stage

Missing = str | Finding | None
"""What a wait looks for: words for what is still missing, a finding when it will never come, None when it is there."""

_PAUSE = 1.0
_SILENCE = 15.0


def wait(stage: Stage, missing: Callable[[Snapshot], Missing], *, diagnosing: bool = True) -> Finding | None:
    """Look at the namespace about once a second until `missing` returns None.

    Without `diagnosing` only `missing` decides: where pods are lost on purpose, their containers end. Returns the
    reason for which it ended otherwise: what `missing` or the diagnosis found, an API server that stays silent for
    15 s, or the time-out with what was still missing.
    """
    deadline = time.monotonic() + stage.options.timeout
    answered = time.monotonic()
    still = "an answer from the API server"
    while True:
        stage.news.clear()
        try:
            snapshot = stage.look()
        except ApiError as problem:
            if time.monotonic() - answered > _SILENCE:
                return Finding("smoke-api", "error", problem.what, problem.remedy, file=problem.where)
        else:
            answered = time.monotonic()
            state = missing(snapshot)
            if state is None or isinstance(state, Finding):
                return state
            still = state
            if diagnosing and (finding := diagnose(snapshot, stage.api.server_time)):
                return finding
        if time.monotonic() > deadline:
            return _late(stage, still)
        stage.news.wait(_PAUSE)


def _late(stage: Stage, still: str) -> Finding:
    what = f"not done after {stage.options.timeout:g} s, still missing: {still}"
    remedy = "see the evidence for why it takes so long, or allow more with --timeout"
    return Finding("smoke-timeout", "error", what, remedy, file=stage.plan.label)
