"""One object as rules see it, with the pods that it describes and the Ray clusters in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from raychart.validate.reach import mapping, mappings

if TYPE_CHECKING:
    from raychart.manifests import Manifest
    from raychart.paths import ValuesPath
    from raychart.validate.schemas import Schemas

RAY = "ray.io"
# Where the templates of pods are, by kind.
_TEMPLATES: dict[tuple[str, str], tuple[ValuesPath, ...]] = {
    ("", "Pod"): ((),),
    ("", "PodTemplate"): (("template",),),
    ("", "ReplicationController"): (("spec", "template"),),
    ("batch", "CronJob"): (("spec", "jobTemplate", "spec", "template"),),
    ("batch", "Job"): (("spec", "template"),),
    **{("apps", kind): (("spec", "template"),) for kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")},
    (RAY, "RayJob"): (("spec", "submitterPodTemplate"),),
    (RAY, "RayCronJob"): (("spec", "jobTemplate", "submitterPodTemplate"),),
}
# Where the spec of a RayCluster is, by kind.
_CLUSTERS: dict[str, ValuesPath] = {
    "RayCluster": ("spec",),
    "RayJob": ("spec", "rayClusterSpec"),
    "RayService": ("spec", "rayClusterConfig"),
    "RayCronJob": ("spec", "jobTemplate", "rayClusterSpec"),
}
KINDS = frozenset(_CLUSTERS)


class Pod(NamedTuple):
    """A template of pods: where it is and what it says; `ray` tells what part of a Ray cluster it is."""

    path: ValuesPath
    template: dict[str, Any]
    ray: Literal["head", "worker"] | None = None

    @property
    def spec_path(self) -> ValuesPath:
        """Return where the pods' spec is."""
        return (*self.path, "spec")

    @property
    def spec(self) -> dict[str, Any]:
        """Return the pods' spec."""
        return mapping(self.template, "spec")


class Group(NamedTuple):
    """The head's group of a Ray cluster, whose name is empty, or one of workers."""

    path: ValuesPath
    body: dict[str, Any]
    is_head: bool

    @property
    def words(self) -> str:
        """Return what to call it."""
        return "the head's group" if self.is_head else f"the worker group {self.body.get('groupName')}"

    @property
    def pod(self) -> Pod:
        """Return the template of its pods."""
        return Pod((*self.path, "template"), mapping(self.body, "template"), "head" if self.is_head else "worker")


class RayCluster(NamedTuple):
    """The spec of a RayCluster, which stands alone or in another kind of KubeRay's; `annotations` are that object's."""

    path: ValuesPath
    spec: dict[str, Any]
    annotations: dict[str, Any]

    @property
    def head(self) -> Group:
        """Return the head's group."""
        return Group((*self.path, "headGroupSpec"), mapping(self.spec, "headGroupSpec"), True)

    @property
    def workers(self) -> list[Group]:
        """Return the groups of workers."""
        return [Group((*self.path, *at), body, False) for at, body in mappings(self.spec, ("workerGroupSpecs",))]

    @property
    def groups(self) -> list[Group]:
        """Return all groups, the head's first."""
        return [self.head, *self.workers]


def cluster_of(manifest: Manifest) -> RayCluster | None:
    """Return the Ray cluster that an object describes."""
    path = _CLUSTERS.get(manifest.kind) if manifest.group == RAY else None
    spec = mapping(manifest.body, *path) if path else {}
    return RayCluster(path, spec, mapping(manifest.body, "metadata", "annotations")) if path and spec else None


def pods_of(manifest: Manifest) -> list[Pod]:
    """Return the templates of the pods that come of an object."""
    paths = _TEMPLATES.get((manifest.group, manifest.kind), ())
    found = [Pod(path, mapping(manifest.body, *path)) for path in paths]
    cluster = cluster_of(manifest)
    found += [group.pod for group in cluster.groups] if cluster else []
    return [pod for pod in found if pod.spec]


@dataclass(frozen=True)
class Subject:
    """One object with the schemas that it is held against."""

    manifest: Manifest
    schemas: Schemas

    @property
    def body(self) -> dict[str, Any]:
        """Return the object itself."""
        return self.manifest.body

    @cached_property
    def cluster(self) -> RayCluster | None:
        """Return the Ray cluster that it describes."""
        return cluster_of(self.manifest)

    @cached_property
    def pods(self) -> list[Pod]:
        """Return the templates of the pods that come of it."""
        return pods_of(self.manifest)
