"""Steps that use the clusters: what the client pods did, and a job from outside."""

from __future__ import annotations

from base64 import b64decode
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from raychart.smoke.jobs import Jobs, run_job
from raychart.smoke.results import Outcome
from raychart.smoke.wait import wait

if TYPE_CHECKING:
    from raychart.findings import Finding
    from raychart.smoke.client import Heard
    from raychart.smoke.plan import ClusterPlan
    from raychart.smoke.stage import Stage

_NO_CLUSTER = "no cluster that is to run"


def first_task(stage: Stage) -> Outcome:
    """Wait for each client's first result; the headline figure is the time from `helm install` to it."""
    heard = _hear(stage, "task")
    if not isinstance(heard, dict):
        return heard
    seconds = {name: round(one.at - stage.install_began, 2) for name, one in heard.items()}
    said = ", ".join(f"{_prefix(stage, name)}{figure:.1f} s after helm install" for name, figure in seconds.items())
    return Outcome(detail=said, facts={"secondsToFirstTask": seconds})


def actor(stage: Stage) -> Outcome:
    """Wait for each client's actor to have counted."""
    heard = _hear(stage, "actor")
    return _timed(heard, "3 calls in order") if isinstance(heard, dict) else heard


def large_object(stage: Stage) -> Outcome:
    """Wait for each client's large object to have gone there and back."""
    heard = _hear(stage, "object")
    if not isinstance(heard, dict):
        return heard
    size = max(one.facts["bytes"] for one in heard.values()) / 2**20
    return _timed(heard, f"{size:.0f} MiB there and back, same digest")


def tasks(stage: Stage) -> Outcome:
    """Wait for each client's series of tasks, and work out the round trip's percentiles in milliseconds."""
    heard = _hear(stage, "tasks")
    if not isinstance(heard, dict):
        return heard
    found = {name: latency(one.facts["milliseconds"]) for name, one in heard.items()}
    said = ", ".join(
        f"{_prefix(stage, name)}{one['tasks']} tasks, p50 {one['p50']} ms, p90 {one['p90']} ms, p99 {one['p99']} ms"
        for name, one in found.items()
    )
    seconds = sum(one.facts["seconds"] for one in heard.values())
    return Outcome(detail=said, facts={"latency": found}, seconds=seconds)


def job(stage: Stage) -> Outcome:
    """Submit a job to each cluster from here through the Jobs API, and read its log."""
    if not stage.plan.running:
        return Outcome(skipped=_NO_CLUSTER)
    findings: list[Finding] = []
    for cluster in stage.plan.running:
        head = _head(stage, cluster)
        jobs = Jobs(stage.api, stage.plan.namespace, head, _token(stage, cluster))
        result = run_job(jobs, f"raycluster {stage.plan.namespace}/{cluster.name}", stage.options.timeout)
        if not isinstance(result, str):
            findings.append(result)
    return Outcome(tuple(findings), "submitted, succeeded, log read")


def latency(milliseconds: list[float]) -> dict[str, Any]:
    """Return the count and the 50th, 90th and 99th percentile, in milliseconds."""
    cuts = quantiles(milliseconds, n=100, method="inclusive")
    return {"tasks": len(milliseconds), "p50": round(cuts[49], 1), "p90": round(cuts[89], 1), "p99": round(cuts[98], 1)}


def _hear(stage: Stage, what: str) -> dict[str, Heard] | Outcome:
    """Wait until every client has said `what`; an outcome means that there is nothing to work out."""
    if not stage.clients:
        return Outcome(skipped=_NO_CLUSTER)

    def missing(_: object) -> str | Finding | None:
        for client in stage.clients.values():
            if client.heard(what) is None:
                return client.trouble() or f"{what} of {client.label}"
        return None

    finding = wait(stage, missing)
    if finding:
        return Outcome((finding,))
    return {name: heard for name, client in stage.clients.items() if (heard := client.heard(what))}


def _timed(heard: dict[str, Heard], detail: str) -> Outcome:
    """Give the seconds that the work took where it was done."""
    return Outcome(detail=detail, seconds=sum(one.facts["seconds"] for one in heard.values()))


def _prefix(stage: Stage, name: str) -> str:
    return f"{name}: " if len(stage.clients) > 1 else ""


def _head(stage: Stage, cluster: ClusterPlan) -> str:
    labels = f"ray.io/cluster={cluster.name},ray.io/node-type=head"
    pods = stage.api.items(f"/api/v1/namespaces/{stage.plan.namespace}/pods", labelSelector=labels)
    return str(next(pod for pod in pods if not pod["metadata"].get("deletionTimestamp"))["metadata"]["name"])


def _token(stage: Stage, cluster: ClusterPlan) -> str | None:
    if cluster.token_secret is None:
        return None
    secret = stage.api.get(f"/api/v1/namespaces/{stage.plan.namespace}/secrets/{cluster.token_secret}")
    return b64decode(secret["data"]["auth_token"]).decode()
