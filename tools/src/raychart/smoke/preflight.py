"""Check everything that can be checked before anything is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart import chart, helm
from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.smoke.api import Api
from raychart.smoke.casting import cast_acts
from raychart.smoke.operators import find_operators
from raychart.smoke.permissions import missing_permissions
from raychart.smoke.releases import release_exists, remove_release
from raychart.smoke.results import Outcome

if TYPE_CHECKING:
    from raychart.smoke.plan import ReleasePlan
    from raychart.smoke.stage import Session


def preflight(session: Session) -> Outcome:
    """Check programs and values; of a cluster that exists also that it answers, allows and is free."""
    findings = session.provider.check()
    facts = {"chart": _chart_version(session)}
    try:
        facts["helm"] = helm.version(session.options.helm)
    except RaychartError as problem:
        # Without helm there is nothing to render and so nothing more to check.
        found = Finding("smoke-helm", "error", problem.what, problem.remedy, file=session.options.helm)
        return Outcome((*findings, found), facts=facts)
    acts, refused = cast_acts(session.options, session.layers)
    session.acts = tuple(acts)
    findings += refused
    detail = f"helm {facts['helm']}, chart {facts['chart']}"
    if session.provider.makes_cluster or any(finding.severity == "error" for finding in findings):
        return Outcome(tuple(findings), detail, facts)
    reached = reach_cluster(session)
    return Outcome((*findings, *reached.findings), f"{detail}, {reached.detail}", {**facts, **reached.facts})


def bring_up_cluster(session: Session) -> Outcome:
    """Make the cluster, where the provider makes one, and check it like any other."""
    if not session.provider.makes_cluster:
        return Outcome(skipped="the cluster exists")
    return reach_cluster(session)


def reach_cluster(session: Session) -> Outcome:
    """Connect to the cluster, then check nodes, permissions, operators and releases."""
    api = session.api = Api(session.provider.up(session.cleanup, session.progress))
    version = str(api.get("/version", timeout=5).get("gitVersion", "unknown"))
    nodes = _nodes(api)
    facts = {"provider": session.provider.describe(), "kubernetes": version, "nodes": nodes}
    seen = "nodes not visible to this user" if nodes is None else f"ready: {', '.join(nodes)}"
    detail = f"{session.provider.describe()}, Kubernetes {version}, {seen}"
    findings = [Finding("smoke-node", "error", "no node is Ready", "see kubectl get nodes")] if nodes == [] else []
    plays = any(act.scenario.plays for act in session.acts)
    for plan in session.plans:
        findings += missing_permissions(api, plan, plays=plays)
    # Without permission the next checks would only find the same again.
    findings = findings or [finding for plan in session.plans for finding in _occupied(session, api, plan)]
    return Outcome(tuple(findings), detail, facts)


def _occupied(session: Session, api: Api, plan: ReleasePlan) -> list[Finding]:
    """Make room for a release, or say what is in its way."""
    if release_exists(api, plan.namespace, plan.name):
        if not (session.options.replace or session.provider.makes_cluster):
            remedy = "uninstall it first, or let --replace do so; --release gives this one another name"
            what = "a release of this name exists in the namespace already"
            return [Finding("smoke-release-exists", "error", what, remedy, file=plan.label)]
        session.progress(f"removing {plan.label}, which is there already")
        left = remove_release(api, session.options, plan)
        if left:
            return [left]
    return find_operators(api, plan)


def _nodes(api: Api) -> list[str] | None:
    """Return the names of the nodes that are Ready; None when this user may not see nodes."""
    try:
        nodes = api.items("/api/v1/nodes")
    except RaychartError:
        return None
    ready = {"type": "Ready", "status": "True"}.items()
    return [n["metadata"]["name"] for n in nodes if any(ready <= c.items() for c in n["status"]["conditions"])]


def _chart_version(session: Session) -> str:
    about = chart.read_chart(session.options.chart)
    return f"{about.name}-{about.version}"
