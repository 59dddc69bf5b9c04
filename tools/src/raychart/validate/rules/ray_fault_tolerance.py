"""What KubeRay's operator refuses of the settings for the head's fault tolerance, ported from its validation code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.validate.reach import mapping, mappings
from raychart.validate.rule import Problem
from raychart.validate.rules.ray_cluster import operators_rule
from raychart.validate.rules.ray_settings import ray_container, set_variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath
    from raychart.validate.subject import RayCluster, Subject

_OPTIONS = "gcsFaultToleranceOptions"
_STORAGE = ("RAY_gcs_storage", "RAY_gcs_storage_path")
_STORAGE_VOLUME = ("gcs-storage", "/data/gcs")
# What the options replace: annotations and variables.
_ANNOTATIONS = {
    "ray.io/ft-enabled": _OPTIONS,
    "ray.io/external-storage-namespace": f"{_OPTIONS}.externalStorageNamespace",
}
_VARIABLES = {"REDIS_PASSWORD": f"{_OPTIONS}.redisPassword", "RAY_REDIS_ADDRESS": f"{_OPTIONS}.redisAddress"}
_OF_REDIS = ("redisAddress", "redisUsername", "redisPassword", "externalStorageNamespace")


def _fault_tolerance(subject: Subject) -> Iterator[Problem]:
    cluster = subject.cluster
    if cluster is None:
        return
    options = cluster.spec.get(_OPTIONS)
    path, container = ray_container(cluster.head)
    if isinstance(options, dict):
        yield from _older_ways(cluster)
        yield from _of_rocksdb(cluster, options) if options.get("backend") == "rocksdb" else _of_redis(cluster, options)
    elif str(cluster.annotations.get("ray.io/ft-enabled")).lower() != "true":
        for name, where in set_variables(container, path, ("RAY_REDIS_ADDRESS",)):
            yield Problem(where, f"{name} is set without {_OPTIONS}", f"set {_VARIABLES[name]} instead")
    if mapping(cluster.head.body, "rayStartParams").get("redis-username"):
        where = (*cluster.head.path, "rayStartParams", "redis-username")
        yield Problem(where, "cannot be set here", f"set {_OPTIONS}.redisUsername")
    for name, where in set_variables(container, path, ("REDIS_USERNAME",)):
        yield Problem(where, f"{name} cannot be set", f"set {_OPTIONS}.redisUsername")


def _older_ways(cluster: RayCluster) -> Iterator[Problem]:
    clash = f"does not go together with {_OPTIONS}"
    for annotation, instead in _ANNOTATIONS.items():
        if cluster.annotations.get(annotation):
            yield Problem(("metadata", "annotations", annotation), clash, f"remove it, and set {instead}")
    if mapping(cluster.head.body, "rayStartParams").get("redis-password"):
        where: ValuesPath = (*cluster.head.path, "rayStartParams", "redis-password")
        yield Problem(where, clash, f"remove it, and set {_VARIABLES['REDIS_PASSWORD']}")
    path, container = ray_container(cluster.head)
    for name, where in set_variables(container, path, _VARIABLES):
        yield Problem(where, f"{name} {clash}", f"remove it, and set {_VARIABLES[name]}")


def _of_redis(cluster: RayCluster, options: dict[str, Any]) -> Iterator[Problem]:
    if options.get("storage") is not None:
        where = (*cluster.path, _OPTIONS, "storage")
        yield Problem(where, "is for the backend rocksdb alone", "remove it, or set backend: rocksdb")


def _of_rocksdb(cluster: RayCluster, options: dict[str, Any]) -> Iterator[Problem]:
    top = (*cluster.path, _OPTIONS)
    for key in _OF_REDIS:
        if options.get(key):
            yield Problem((*top, key), "is for the backend redis alone", "remove it, or set backend: redis")
    storage = mapping(options, "storage")
    more = ", ".join(key for key in ("size", "storageClassName", "accessModes") if storage.get(key))
    if storage.get("claimName") and more:
        message = f"names a claim that is there, which {more} cannot change"
        yield Problem((*top, "storage", "claimName"), message, f"remove claimName, or {more}")
    yield from _in_the_way(cluster)


def _in_the_way(cluster: RayCluster) -> Iterator[Problem]:
    """Yield what stands where the operator puts the storage."""
    path, container = ray_container(cluster.head)
    for name, where in set_variables(container, path, _STORAGE):
        yield Problem(where, f"{name} is set by the operator", "remove it")
    for where, mount in mappings(container, ("volumeMounts",)):
        if mount.get("name") == _STORAGE_VOLUME[0] or mount.get("mountPath") == _STORAGE_VOLUME[1]:
            yield Problem((*path, *where), "is in the way of the operator's own volume", "mount it elsewhere")
    for where, volume in mappings(cluster.head.pod.spec, ("volumes",)):
        if volume.get("name") == _STORAGE_VOLUME[0]:
            place = (*cluster.head.pod.spec_path, *where)
            yield Problem(place, "has the name of the operator's own volume", "give it another name")


RULES = (
    operators_rule(
        "kuberay-fault-tolerance",
        "Settings for the head's fault tolerance contradict each other.",
        "gcsFaultToleranceOptions goes before the older annotations, parameters and variables, which may not stand "
        "beside it; each backend has settings of its own.",
        "ValidateRayClusterSpec, validateGcsFaultToleranceBackend",
        _fault_tolerance,
    ),
)
