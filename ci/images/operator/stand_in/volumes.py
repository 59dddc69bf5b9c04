"""The volumes the operator adds: shared memory for the object store, logs shared with the autoscaler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .autoscaler import NAME as AUTOSCALER

if TYPE_CHECKING:
    from .cluster import Object


def add_shared_memory(spec: Object, params: dict[str, str]) -> None:
    """Mount memory at /dev/shm, as large as the Ray container's memory, unless the store lives elsewhere."""
    if "plasma-directory" in params:
        return
    ray = spec["containers"][0]
    resources = ray.get("resources") or {}
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    source: Object = {"medium": "Memory"}
    size = limits.get("memory", requests.get("memory"))
    if size is not None:
        source["sizeLimit"] = size
    _mount(spec, ray, "shared-mem", "/dev/shm", source)  # noqa: S108


def add_logs(spec: Object) -> None:
    """Share /tmp/ray between the head and its autoscaler, which reads and writes logs there."""
    for container in spec["containers"]:
        if container is spec["containers"][0] or container["name"] == AUTOSCALER:
            _mount(spec, container, "ray-logs", "/tmp/ray", {})  # noqa: S108


def _mount(spec: Object, container: Object, name: str, path: str, source: Object) -> None:
    mounts = container.setdefault("volumeMounts", [])
    if any(mount["mountPath"] == path for mount in mounts):
        return
    volumes = spec.setdefault("volumes", [])
    if all(volume["name"] != name for volume in volumes):
        volumes.append({"name": name, "emptyDir": source})
    mounts.append({"name": name, "mountPath": path})
