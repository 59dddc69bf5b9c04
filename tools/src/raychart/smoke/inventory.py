"""Everything a namespace holds, of whatever kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.smoke.api import ApiError

if TYPE_CHECKING:
    from raychart.smoke.api import Api

_DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
# Records and measurements: they run out by themselves and hold nothing up.
_PASSING = {("", "events"), ("events.k8s.io", "events"), ("metrics.k8s.io", "pods")}


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of namespaced object that the API server keeps; `prefix` is its path up to the namespace."""

    group: str
    kind: str
    resource: str
    prefix: str


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """One object; the uid tells an object from a later one of the same name."""

    resource: str
    name: str
    uid: str

    def __str__(self) -> str:
        """Return how messages name it."""
        return f"{self.resource} {self.name}"


def resource_types(api: Api) -> list[ResourceType]:
    """Return every namespaced type that can be listed, by discovery, so that no kind is forgotten.

    Needs aggregated discovery, which API servers have answered with since Kubernetes 1.27.
    """
    found: list[ResourceType] = []
    for root in ("/api", "/apis"):
        for group in api.get(root, accept=_DISCOVERY).get("items") or []:
            found += _preferred(root, group)
    return [kind for kind in found if (kind.group, kind.resource) not in _PASSING]


def inventory(api: Api, namespace: str, types: list[ResourceType]) -> frozenset[Identity]:
    """Return every object in a namespace; types that may not be listed, or are not served now, are left out."""
    found: set[Identity] = set()
    for kind in types:
        try:
            items = api.get(f"{kind.prefix}/namespaces/{namespace}/{kind.resource}", accept=_METADATA)["items"]
        except ApiError as problem:
            if problem.status in {403, 404, 405, 503}:
                continue
            raise
        resource = f"{kind.resource}.{kind.group}" if kind.group else kind.resource
        about = (item["metadata"] for item in items or [])
        found |= {Identity(resource, meta["name"], meta.get("uid", "")) for meta in about}
    return frozenset(found)


def _preferred(root: str, group: dict[str, object]) -> list[ResourceType]:
    """Read one group of the discovery document; its first version is the preferred one."""
    metadata, versions = group.get("metadata"), group.get("versions")
    if not isinstance(versions, list) or not versions:
        return []
    name = str(metadata.get("name", "")) if isinstance(metadata, dict) else ""
    version = versions[0]
    prefix = "/".join(part for part in (root, name, version["version"]) if part)
    return [
        ResourceType(name, (entry.get("responseKind") or {}).get("kind", ""), entry["resource"], prefix)
        for entry in version.get("resources") or []
        if entry.get("scope") == "Namespaced" and "list" in entry.get("verbs", ())
    ]
