"""Which pods use a ConfigMap or a Secret, and in which way: that decides when a change of it reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from raychart.impact.mappings import at, mapping, mappings, text
from raychart.impact.ray.numbers import groups_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.manifests import Manifest

# As files that the kubelet renews, as files under subPath, which it does not, in the environment, to pull images with.
Way = Literal["files", "subPath", "environment", "images"]


class Holder(NamedTuple):
    """What makes pods from a template: what people call it, the pod spec, and further containers' fields."""

    name: str
    pod: dict[str, Any]
    cluster: str | None = None
    beside: tuple[dict[str, Any], ...] = ()


_TEMPLATES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"), ("spec", "template", "spec")),
    "Job": ("spec", "template", "spec"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    "Pod": ("spec",),
}
_REFERENCES = {"ConfigMap": ("configMap", "name", "configMapKeyRef", "configMapRef")}
_REFERENCES["Secret"] = ("secret", "secretName", "secretKeyRef", "secretRef")


def holders(manifest: Manifest) -> Iterator[Holder]:
    """Yield what makes pods in an object: itself, or the head and the worker types of a RayCluster."""
    if manifest.kind == "RayCluster":
        yield from _of_cluster(manifest)
    elif manifest.kind in _TEMPLATES:
        yield Holder(f"{manifest.kind} {manifest.name}", mapping(manifest.body, *_TEMPLATES[manifest.kind]))


def _of_cluster(manifest: Manifest) -> Iterator[Holder]:
    spec = mapping(manifest.body, "spec")
    options = mapping(spec, "gcsFaultToleranceOptions")
    # KubeRay puts these into the environment of head and workers (pod.go: configureGCSFaultTolerance, SetAuth).
    store = tuple({"env": [options[key]]} for key in ("redisPassword", "redisUsername") if key in options)
    token: tuple[dict[str, Any], ...] = ()
    if text(spec, "authOptions", "mode") == "token":
        secret = text(spec, "authOptions", "secretName") or manifest.name
        token = ({"env": [{"valueFrom": {"secretKeyRef": {"name": secret}}}]},)
    head = mapping(spec, "headGroupSpec", "template", "spec")
    sidecar = mapping(spec, "autoscalerOptions")
    yield Holder(f"head of {manifest.name}", head, manifest.name, (sidecar, *store, *token))
    for name, group in groups_of(spec).items():
        pod = mapping(group, "template", "spec")
        yield Holder(f"worker type {name} of {manifest.name}", pod, manifest.name, (*store, *token))


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
