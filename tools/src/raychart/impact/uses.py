"""Which pods use a ConfigMap or a Secret, and in which way: that decides when a change of it reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from raychart.impact.mappings import at, mapping, mappings, text
from raychart.impact.ray.numbers import groups_of
from raychart.validate.subject import cluster_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.manifests import Manifest

# As files that the kubelet renews, as files under subPath, which it does not, in the environment, to pull images with.
Way = Literal["files", "subPath", "environment", "images"]


class Holder(NamedTuple):
    """What makes pods from a template: what people call it, the pod spec, and further containers' fields."""

    name: str
    pod: dict[str, Any]
    beside: tuple[dict[str, Any], ...] = ()


_TEMPLATES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"), ("spec", "template", "spec")),
    "Job": ("spec", "template", "spec"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    "Pod": ("spec",),
    "RayJob": ("spec", "submitterPodTemplate", "spec"),
    "RayCronJob": ("spec", "jobTemplate", "submitterPodTemplate", "spec"),
}
_REFERENCES = {"ConfigMap": ("configMap", "name", "configMapKeyRef", "configMapRef")}
_REFERENCES["Secret"] = ("secret", "secretName", "secretKeyRef", "secretRef")


def holders(manifest: Manifest) -> Iterator[Holder]:
    """Yield what makes pods in an object: itself, and the head and the worker types of a Ray cluster in it."""
    if cluster := cluster_of(manifest):
        yield from _of_cluster(manifest, cluster.spec)
    if manifest.kind in _TEMPLATES and (pod := mapping(manifest.body, *_TEMPLATES[manifest.kind])):
        yield Holder(f"{manifest.kind} {manifest.name}", pod)


def _of_cluster(manifest: Manifest, spec: dict[str, Any]) -> Iterator[Holder]:
    options = mapping(spec, "gcsFaultToleranceOptions")
    # KubeRay puts these into the environment of the head (pod.go: configureRedisFT), the token into that of all pods.
    store = tuple({"env": [options[key]]} for key in ("redisPassword", "redisUsername") if key in options)
    token: tuple[dict[str, Any], ...] = ()
    # The Secret that KubeRay makes is called as the cluster, which is another name than that of what makes the cluster.
    single = manifest.kind == "RayCluster"
    secret = text(spec, "authOptions", "secretName") or (manifest.name if single else "")
    if secret and text(spec, "authOptions", "mode") == "token":
        token = ({"env": [{"valueFrom": {"secretKeyRef": {"name": secret}}}]},)
    head = mapping(spec, "headGroupSpec", "template", "spec")
    sidecar = mapping(spec, "autoscalerOptions")
    of = manifest.name if single else f"{manifest.kind} {manifest.name}"
    yield Holder(f"head of {of}", head, (sidecar, *store, *token))
    for name, group in groups_of(spec).items():
        pod = mapping(group, "template", "spec")
        yield Holder(f"worker type {name} of {of}", pod, token)


def ways(holder: Holder, kind: str, name: str) -> set[Way]:
    """Return in which ways a holder's pods use a ConfigMap or a Secret."""
    field, key, single, every = _REFERENCES[kind]
    volumes = {
        text(volume, "name")
        for volume in mappings(holder.pod, "volumes")
        if text(volume, field, key) == name or _projected(volume, field, name)
    }
    found: set[Way] = set()
    lists = ("containers", "initContainers", "ephemeralContainers")
    for container in (*(one for part in lists for one in mappings(holder.pod, part)), *holder.beside):
        for mount in mappings(container, "volumeMounts"):
            if text(mount, "name") in volumes:
                found.add("subPath" if mount.get("subPath") or mount.get("subPathExpr") else "files")
        sources = [at(entry, "valueFrom", single, "name") for entry in mappings(container, "env")]
        sources += [at(entry, every, "name") for entry in mappings(container, "envFrom")]
        if name in sources:
            found.add("environment")
    if volumes and not found & {"files", "subPath"}:
        found.add("files")
    if kind == "Secret" and any(text(secret, "name") == name for secret in mappings(holder.pod, "imagePullSecrets")):
        found.add("images")
    return found


def _projected(volume: dict[str, Any], field: str, name: str) -> bool:
    return any(text(source, field, "name") == name for source in mappings(volume, "projected", "sources"))
