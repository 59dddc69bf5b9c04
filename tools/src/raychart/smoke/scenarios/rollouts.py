"""Wait for the chart's rollout to bring running pods in line, and tell what its Job said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.findings import Finding
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


def stopped(stage: Stage) -> Finding | None:
    """Return why the rollout has stopped, if one of its Jobs has given up."""
    try:
        jobs = stage.api.items(f"/apis/batch/v1/namespaces/{stage.plan.namespace}/jobs")
    except ApiError:
        return None  # this user may not look; the pods tell as well, later
    for job in jobs:
        name = job["metadata"]["name"]
        failed = any(c["type"] == "Failed" and c["status"] == "True" for c in job["status"].get("conditions") or [])
        if failed and name.startswith(f"{stage.cluster.name}-rollout-"):
            lines = said(stage)
            what = f"the rollout has stopped ({lines[-1].strip() if lines else 'its log is gone'})"
            remedy = f"see its log: kubectl logs --namespace {stage.plan.namespace} job/{name}"
            return Finding("smoke-rollout", "error", what, remedy, file=f"job {stage.plan.namespace}/{name}")
    return None


def account(stage: Stage) -> str:
    """Return the last thing the rollout Job said, for readers."""
    lines = said(stage)
    return f"; its Job: {lines[-1].strip()[:160]}" if lines else ""


def facts(stage: Stage) -> dict[str, list[str]]:
    """Return what the rollout Job said, as facts of a step."""
    lines = said(stage)
    return {"rollout": lines} if lines else {}
