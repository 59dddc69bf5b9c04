"""Events about a RayCluster, in the form the genuine operator's recorder gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cluster import Object, RayCluster

CONTROLLER = "raycluster-controller"


@dataclass(frozen=True, slots=True)
class Note:
    """What happened to a RayCluster: `action` is the verb, `reason` the CamelCase word people search for."""

    reason: str
    action: str
    text: str
    warning: bool = False


def event(cluster: RayCluster, note: Note, name: str, instance: str, now: str) -> Object:
    """Return a new event; `now` is an RFC 3339 time with microseconds."""
    return {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": cluster.namespace},
        "eventTime": now,
        "type": "Warning" if note.warning else "Normal",
        "reason": note.reason,
        "action": note.action,
        "note": note.text[:1024],
        "reportingController": CONTROLLER,
        "reportingInstance": instance,
        "regarding": {
            "apiVersion": "ray.io/v1",
            "kind": "RayCluster",
            "name": cluster.name,
            "namespace": cluster.namespace,
            "uid": cluster.uid,
            "resourceVersion": cluster.metadata.get("resourceVersion", ""),
        },
    }


def series(count: int, now: str) -> Object:
    """Return the patch that says that an event was seen again."""
    return {"series": {"count": count, "lastObservedTime": now}}
