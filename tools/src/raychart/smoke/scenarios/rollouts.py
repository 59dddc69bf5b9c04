"""Wait for the chart's rollout to bring running pods in line, and tell what its Job said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.smoke.api import ApiError

if TYPE_CHECKING:
    from raychart.smoke.stage import Stage

_LINES = 200


def said(stage: Stage) -> list[str]:
    """Return the lines of the newest rollout Job's pod; none where there is no such Job, or it has said nothing."""
    prefix = f"{stage.cluster.name}-rollout-"
    pods = [life for life in stage.the_recorder.lives if life.labels.get("job-name", "").startswith(prefix)]
    for life in reversed(pods):
        try:
            path = f"/api/v1/namespaces/{stage.plan.namespace}/pods/{life.name}/log"
            return [line for line in stage.api.text(path, tailLines=_LINES).splitlines() if line.strip()]
        except ApiError:
            continue  # gone, or not started
    return []


def account(stage: Stage) -> str:
    """Return the last thing the rollout Job said, for readers."""
    lines = said(stage)
    return f"; its Job: {lines[-1].strip()[:160]}" if lines else ""


def facts(stage: Stage) -> dict[str, list[str]]:
    """Return what the rollout Job said, as facts of a step."""
    lines = said(stage)
    return {"rollout": lines} if lines else {}
