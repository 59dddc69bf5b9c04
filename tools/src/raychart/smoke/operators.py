"""Find operators that would share a namespace with the release's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke.api import ApiError
from raychart.smoke.plan import runs_operator

if TYPE_CHECKING:
    from raychart.smoke.api import Api, Json
    from raychart.smoke.plan import ReleasePlan

_FLAG = "--watch-namespace"


def find_operators(api: Api, plan: ReleasePlan) -> list[Finding]:
    """Say which other operator works on the release's namespace, or that none does where the release brings none.

    Two operators on one namespace each make a head; two in one namespace share one lease, so that one is idle. Sees
    only what this user may list: the whole cluster, or at least the namespace.
    """
    everywhere, deployments = _deployments(api, plan.namespace)
    others = [d for d in deployments if _is_operator(d) and not _is_own(d, plan)]
    working = [d for d in others if _works_on(d, plan.namespace)]
    if plan.operator is None:
        return [_none(plan)] if everywhere and not working else []
    return [_conflict(deployment, plan) for deployment in others if deployment in working or _is_here(deployment, plan)]


def watched_namespaces(containers: list[Json]) -> set[str] | None:
    """Return the namespaces an operator's arguments name; None when it works on all of them."""
    words = [str(word) for c in containers for word in (*(c.get("command") or ()), *(c.get("args") or ()))]
    for position, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name.replace("--", "-") == _FLAG.replace("--", "-"):
            listed = value if equals else "".join(words[position + 1 : position + 2])
            return {one.strip() for one in listed.split(",") if one.strip()} or None
    return None


def _deployments(api: Api, namespace: str) -> tuple[bool, list[Json]]:
    for everywhere, path in (
        (True, "/apis/apps/v1/deployments"),
        (False, f"/apis/apps/v1/namespaces/{namespace}/deployments"),
    ):
        try:
            return everywhere, api.items(path)
        except ApiError as problem:
            if problem.status != 403:
                raise
    return False, []


def _containers(deployment: Json) -> list[Json]:
    found: list[Json] = deployment["spec"]["template"]["spec"]["containers"]
    return found


def _is_operator(deployment: Json) -> bool:
    labels = deployment["spec"]["template"]["metadata"].get("labels") or {}
    return runs_operator(_containers(deployment), labels)


def _is_here(deployment: Json, plan: ReleasePlan) -> bool:
    return bool(deployment["metadata"]["namespace"] == plan.namespace)


def _is_own(deployment: Json, plan: ReleasePlan) -> bool:
    return _is_here(deployment, plan) and deployment["metadata"]["name"] == plan.operator


def _works_on(deployment: Json, namespace: str) -> bool:
    watched = watched_namespaces(_containers(deployment))
    return watched is None or namespace in watched


def _conflict(deployment: Json, plan: ReleasePlan) -> Finding:
    meta = deployment["metadata"]
    name = f"deployment {meta['namespace']}/{meta['name']}"
    image = _containers(deployment)[0].get("image", "")
    if _works_on(deployment, plan.namespace):
        what = f"this operator ({image}) works on namespace {plan.namespace} too: each of the two would make a head"
        remedy = "set operator.enabled: false to use it, or limit it to other namespaces with --watch-namespace"
    else:
        what = f"this operator ({image}) holds the lease of namespace {plan.namespace}: a second one would be idle"
        remedy = "use a namespace without an operator, or set operator.enabled: false and let this one watch it"
    return Finding("smoke-two-operators", "error", what, remedy, file=name, path="operator")


def _none(plan: ReleasePlan) -> Finding:
    what = "is false and no operator works on this namespace: nothing would make the pods"
    remedy = "set it to true, or bring up an operator that watches the namespace"
    return Finding("smoke-no-operator", "error", what, remedy, file=str(plan.values), path="operator.enabled")
