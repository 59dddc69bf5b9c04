"""What fault tolerance needs, where the values bring none: the password, and a Redis on whatever can store."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.smoke import deploy
from raychart.smoke.api import ApiError
from raychart.smoke.cast import overlay
from raychart.smoke.results import Outcome

if TYPE_CHECKING:
    from raychart.smoke.api import Json
    from raychart.smoke.cast import Cast
    from raychart.smoke.draft import Draft
    from raychart.smoke.plan import ReleasePlan
    from raychart.smoke.stage import Stage

_SECRET = "raychart-smoke-redis"  # noqa: S105 (a name)
_DEFAULT = "storageclass.kubernetes.io/is-default-class"


def begin(draft: Draft, cast: Cast) -> ReleasePlan:
    """Plan the values with fault tolerance: theirs, or the chart's own Redis."""
    return draft.plan(_layer(cast, stores=True))


def provide(stage: Stage) -> Outcome:
    """Create the password's Secret if it is missing; keep the Redis in memory where nothing provides volumes."""
    deploy.ensure_namespace(stage)
    cast = stage.cast
    own = cast.values["faultTolerance"]
    name = own["passwordSecret"]["name"] or _SECRET
    finding, made = _ensure_secret(stage, name, own["passwordSecret"]["key"])
    if finding:
        return Outcome((finding,))
    if cast.fault_tolerant:
        return Outcome(detail=f"the values bring one, password in secret {name}{made}")
    stores = _has_default_storage(stage)
    stage.plan = stage.role.draft.plan(_layer(cast, stores=stores))
    where = "on a volume of the default class" if stores else "in memory: the cluster has no default StorageClass"
    return Outcome(detail=f"the chart's own, {where}, password in secret {name}{made}")


def _layer(cast: Cast, *, stores: bool) -> Json:
    if cast.fault_tolerant:
        return cast.base()
    secret = {"name": cast.values["faultTolerance"]["passwordSecret"]["name"] or _SECRET}
    tolerance: Json = {"enabled": True, "passwordSecret": secret}
    if not stores:
        # The name of a claim that is not used keeps the chart from making one; the volume of this name replaces its.
        tolerance["redis"] = {
            "storage": {"existingClaim": "none"},
            "pod": {"volumes": [{"name": "data", "emptyDir": {}}]},
        }
    return overlay(cast.base(), cast.layer({"faultTolerance": tolerance}))


def _ensure_secret(stage: Stage, name: str, key: str) -> tuple[Finding | None, str]:
    path = f"/api/v1/namespaces/{stage.plan.namespace}/secrets"
    if stage.api.find(f"{path}/{name}") is not None:
        return None, ""
    if stage.cast.values["faultTolerance"]["redisAddress"]:
        what = f"secret {name} with the password of {stage.cast.values['faultTolerance']['redisAddress']} is not there"
        remedy = f"create it in the namespace {stage.plan.namespace}"
        return Finding("smoke-secret", "error", what, remedy, file=stage.plan.label), ""
    by_hand = f"kubectl delete secret {name} --namespace {stage.plan.namespace}"
    if not stage.options.keep:
        stage.cleanup.add(f"secret {name}", lambda: stage.api.delete(f"{path}/{name}"), by_hand=by_hand)
    stage.api.create(path, {"metadata": {"name": name}, "stringData": {key: secrets.token_urlsafe(24)}})
    return None, ", made for this run"


def _has_default_storage(stage: Stage) -> bool:
    """Say whether a claim without a class gets a volume; a user who may not look is taken not to have one."""
    try:
        classes = stage.api.items("/apis/storage.k8s.io/v1/storageclasses")
    except ApiError:
        return False
    return any(
        (one["metadata"].get("annotations") or {}).get(_DEFAULT) == "true"
        and one["provisioner"] != "kubernetes.io/no-provisioner"
        for one in classes
    )
