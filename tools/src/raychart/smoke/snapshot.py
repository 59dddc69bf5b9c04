"""What a namespace looks like at one moment, as plain data for diagnosis."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from raychart.smoke.api import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raychart.smoke.api import Api, Json

CLIENT = "raychart-smoke-client"
# The chart's Jobs, which come and go beside what a release is waited for.
_ERRAND = "ray-errand"
_LOG_LINES = 60


@dataclass(frozen=True, slots=True)
class Ending:
    """A container that was seen to end, with the last lines it wrote; its pod may be gone by now."""

    pod: Json = field(hash=False)
    container: str
    code: int
    reason: str
    at: datetime
    message: str = ""
    log: str = ""
    init: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What belongs to a release: its operator's Deployment if there is one, its RayClusters, events from `since` on."""

    operator: str | None
    clusters: tuple[str, ...]
    since: datetime

    def owns(self, kind: str, name: str, labels: Mapping[str, str]) -> bool:
        """Say whether an object belongs to the release, from what an event about it tells as well."""
        if labels.get("app.kubernetes.io/name") == _ERRAND:
            return False
        if labels.get("ray.io/cluster") in self.clusters or labels.get("app.kubernetes.io/name") == CLIENT:
            return True
        if kind == "RayCluster":
            return name in self.clusters
        makers = (*self.clusters, CLIENT, *([self.operator] if self.operator else []))
        return name in makers or name.startswith(tuple(f"{maker}-" for maker in makers))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The objects of one release, as the API server sent them; other tenants of the namespace are left out.

    `logs` holds the last lines of the operator's pods, by pod name.
    """

    namespace: str
    scope: Scope
    pods: tuple[Json, ...] = ()
    events: tuple[Json, ...] = ()
    deployments: tuple[Json, ...] = ()
    replicasets: tuple[Json, ...] = ()
    rayclusters: tuple[Json, ...] = ()
    quotas: tuple[Json, ...] = ()
    claims: tuple[Json, ...] = ()
    nodes: tuple[Json, ...] = ()
    endings: tuple[Ending, ...] = ()
    logs: Mapping[str, str] = field(default_factory=dict)


def take(api: Api, namespace: str, scope: Scope, endings: tuple[Ending, ...]) -> Snapshot:
    """Read the namespace; what this user may not read is left empty.

    Raises ApiError when the server does not answer.
    """
    core, apps, ray = (f"/{group}/namespaces/{namespace}" for group in ("api/v1", "apis/apps/v1", "apis/ray.io/v1"))
    pods = _own(scope, "Pod", _read(api, f"{core}/pods"))
    return Snapshot(
        namespace=namespace,
        scope=scope,
        pods=pods,
        events=tuple(event for event in _read(api, f"{core}/events") if _concerns(scope, event)),
        deployments=_own(scope, "Deployment", _read(api, f"{apps}/deployments")),
        replicasets=_own(scope, "ReplicaSet", _read(api, f"{apps}/replicasets")),
        rayclusters=_own(scope, "RayCluster", _read(api, f"{ray}/rayclusters")),
        quotas=_read(api, f"{core}/resourcequotas"),
        claims=_read(api, f"{core}/persistentvolumeclaims"),
        nodes=_read(api, "/api/v1/nodes"),
        endings=tuple(ending for ending in endings if _own(scope, "Pod", (ending.pod,))),
        logs={name: _log(api, namespace, name) for name in _operator_pods(pods, scope.operator)},
    )


def moment(text: str | None) -> datetime | None:
    """Read a Kubernetes timestamp."""
    return datetime.fromisoformat(text) if text else None


def last_seen(event: Json) -> datetime:
    """Return when an event last happened, whichever of the two event APIs recorded it."""
    series = event.get("series") or {}
    stamps = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    created = event.get("metadata", {}).get("creationTimestamp")
    return next((at for at in map(moment, (*stamps, created)) if at), datetime.min.replace(tzinfo=UTC))


def first_seen(event: Json) -> datetime:
    """Return when an event first happened."""
    created = event.get("metadata", {}).get("creationTimestamp")
    stamps = (event.get("firstTimestamp"), event.get("eventTime"), created)
    return next((at for at in map(moment, stamps) if at), datetime.min.replace(tzinfo=UTC))


def _read(api: Api, path: str) -> tuple[Json, ...]:
    try:
        return tuple(api.items(path))
    except ApiError as problem:
        if problem.status in {403, 404}:
            return ()
        raise


def _own(scope: Scope, kind: str, found: tuple[Json, ...]) -> tuple[Json, ...]:
    about = ((item, item["metadata"]) for item in found)
    return tuple(item for item, meta in about if scope.owns(kind, meta["name"], meta.get("labels") or {}))


def _concerns(scope: Scope, event: Json) -> bool:
    regarding = event.get("involvedObject") or {}
    recent = last_seen(event) >= scope.since
    return recent and scope.owns(regarding.get("kind", ""), regarding.get("name", ""), {})


def _operator_pods(pods: tuple[Json, ...], operator: str | None) -> list[str]:
    names = (pod["metadata"]["name"] for pod in pods)
    return [name for name in names if operator and name.startswith(f"{operator}-")]


def _log(api: Api, namespace: str, pod: str) -> str:
    try:
        return api.text(f"/api/v1/namespaces/{namespace}/pods/{pod}/log", tailLines=_LOG_LINES)
    except ApiError as problem:
        if problem.status:  # no log yet, or not allowed
            return ""
        raise
