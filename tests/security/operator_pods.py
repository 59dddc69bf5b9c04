"""The pods that KubeRay makes of a RayCluster, as the stand-in operator builds them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from stand_in.cluster import RayCluster
from stand_in.pods import Seat, head_pod, worker_pod
from stand_in.redis_cleanup import cleanup_job
from stand_in.switches import Switches, from_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Object = dict[str, Any]


def pods_of(objects: Iterable[Object]) -> list[Object]:
    """Return head, one worker of each type, and the Redis clean-up Job, for every RayCluster among the objects.

    They are built as the operator among the objects builds them, or as KubeRay does by default where there is none.
    """
    objects = list(objects)
    switches = _switches(objects)
    return [pod for body in objects if body["kind"] == "RayCluster" for pod in _pods(_stored(body), switches)]


def _pods(cluster: RayCluster, switches: Switches) -> Iterator[Object]:
    yield _named(head_pod(cluster, switches))
    for group in cluster.workers:
        yield _named(worker_pod(cluster, group, Seat(0), switches))
    if cluster.fault_tolerance is not None and switches.redis_cleanup:
        yield cleanup_job(cluster, switches)


def _stored(body: Object) -> RayCluster:
    """Return the RayCluster as the API server would hold it."""
    body = copy.deepcopy(body)
    body["metadata"]["uid"] = "00000000-1111-2222-3333-444444444444"
    return RayCluster(body)


def _named(pod: Object) -> Object:
    """Give the pod a name that stays the same."""
    pod["metadata"]["name"] = pod["metadata"].pop("generateName").rstrip("-")
    return pod


def _switches(objects: list[Object]) -> Switches:
    for body in objects:
        if body["kind"] == "Deployment":
            for container in body["spec"]["template"]["spec"]["containers"]:
                if container["name"] == "operator":
                    return from_environment(
                        {entry["name"]: entry.get("value", "") for entry in container.get("env", [])}
                    )
    return Switches()
