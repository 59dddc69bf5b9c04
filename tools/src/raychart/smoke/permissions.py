"""Ask the API server whether this user may do what a run does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke.inventory import resource_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.smoke.api import Api
    from raychart.smoke.plan import ReleasePlan

_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_NEEDED = (
    ("", "pods", "", ("list", "watch", "create", "delete")),
    ("", "pods", "log", ("get",)),
    ("", "pods", "portforward", ("get",)),
    ("", "secrets", "", ("list", "create", "delete")),  # where Helm keeps releases
)


_PLAYING = ("apps", "deployments", "scale", ("get", "patch"))


def missing_permissions(api: Api, plan: ReleasePlan, *, plays: bool = False) -> list[Finding]:
    """Return one finding that names every right this user lacks in the release's namespace, or none.

    `plays` says that the release will also be upgraded and its operator scaled.
    """
    lacking = [_words(right) for right in _rights(api, plan, plays=plays) if not _may(api, plan.namespace, *right)]
    if api.find(f"/api/v1/namespaces/{plan.namespace}") is None and not _may(api, "", "", "namespaces", "", "create"):
        lacking.append("create namespaces")
    if not lacking:
        return []
    what = f"this user may not {', '.join(lacking)}"
    remedy = "use a context of somebody who may, or ask the cluster's administrator for a Role in the namespace"
    return [Finding("smoke-permission", "error", what, remedy, file=f"namespace {plan.namespace}")]


def _rights(api: Api, plan: ReleasePlan, *, plays: bool) -> Iterator[tuple[str, str, str, str]]:
    """Yield group, resource, subresource and verb of what a run does; kinds that are not served yet are left out."""
    for group, resource, subresource, verbs in (*_NEEDED, *([_PLAYING] if plays else [])):
        for verb in verbs:
            yield group, resource, subresource, verb
    for kind in resource_types(api):
        if (kind.group, kind.kind) in plan.kinds:
            for verb in ("create", "delete", *(["patch"] if plays else [])):
                yield kind.group, kind.resource, "", verb


def _may(api: Api, namespace: str, group: str, resource: str, subresource: str, verb: str) -> bool:
    attributes = {
        "namespace": namespace,
        "group": group,
        "resource": resource,
        "subresource": subresource,
        "verb": verb,
    }
    kind = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
    review = api.create(_REVIEWS, {**kind, "spec": {"resourceAttributes": attributes}})
    return bool(review.get("status", {}).get("allowed"))


def _words(right: tuple[str, str, str, str]) -> str:
    group, resource, subresource, verb = right
    name = f"{resource}/{subresource}" if subresource else resource
    return f"{verb} {name}.{group}" if group else f"{verb} {name}"
