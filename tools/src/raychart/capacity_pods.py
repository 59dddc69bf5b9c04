"""Which pods manifests ask for: what each requests, and how many there are at least and at most."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from raychart.autoscaling_limits import limits_of
from raychart.impact.ray.job import cleans_up
from raychart.pod_requests import Requests, pod_requests
from raychart.validate.reach import entries, mapping
from raychart.validate.subject import cluster_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from raychart.manifests import Manifest
    from raychart.validate.subject import RayCluster


@dataclass(frozen=True, slots=True)
class AlikePods:
    """Pods that are alike: what each requests, and how many there are at least, in schedules' hours, and at most."""

    each: Requests
    least: int
    scheduled: int
    most: int


@dataclass(frozen=True, slots=True)
class ClusterPods:
    """The pods of one Ray cluster, or of all else, with the cap that its workers have together.

    `scheduled` tells that schedules have a say in it.
    """

    fixed: tuple[AlikePods, ...]
    workers: tuple[AlikePods, ...] = ()
    cap: int | None = None
    scheduled: bool = False


def clusters_of(manifests: Sequence[Manifest]) -> list[ClusterPods]:
    """Return the pods of every Ray cluster that may be there, and of all else; what is not as it should be has none."""
    schedules = dict(_schedules(manifests))
    found = [one for manifest in manifests for one in _of_object(manifest, schedules)]
    return [*found, ClusterPods(tuple(_deployed(manifests)))]


def _of_object(manifest: Manifest, schedules: dict[str, dict[str, int]]) -> Iterator[ClusterPods]:
    described = cluster_of(manifest)
    spec = mapping(manifest.body, "spec")
    if described is None or spec.get("suspend") is True:
        return
    job = mapping(spec, "jobTemplate") if manifest.kind == "RayCronJob" else spec
    if manifest.kind in {"RayJob", "RayCronJob"} and mapping(job, "clusterSelector"):
        # The job goes to a cluster that is there, and has none of its own.
        return
    own = schedules.get(manifest.name) if manifest.kind == "RayCluster" else None
    cluster = _cluster(described, own or {})
    if manifest.kind == "RayCronJob" or (manifest.kind == "RayJob" and cleans_up(manifest)):
        yield _at_times(cluster)
        return
    yield replace(cluster, scheduled=own is not None)
    if manifest.kind == "RayService" and mapping(spec, "upgradeStrategy").get("type") != "None":
        yield _at_times(cluster)


def _at_times(cluster: ClusterPods) -> ClusterPods:
    """Return a cluster that is not always there."""
    fixed, workers = (
        tuple(replace(pods, least=0, scheduled=0) for pods in group) for group in (cluster.fixed, cluster.workers)
    )
    return replace(cluster, fixed=fixed, workers=workers)


def _cluster(described: RayCluster, schedules: dict[str, int]) -> ClusterPods:
    spec = described.spec
    if spec.get("suspend") is True:
        return ClusterPods(())
    scales = spec.get("enableInTreeAutoscaling") is True
    limits = limits_of({"metadata": {"annotations": described.annotations}}) if scales else {}
    beside = [_sidecar(spec)] if scales else []
    head = pod_requests(mapping(spec, "headGroupSpec", "template", "spec"), beside)
    groups = spec.get("workerGroupSpecs")
    workers = tuple(
        _workers(mapping(group), schedules, mapping(limits, "minWorkers"), scales=scales)
        for group in (groups if isinstance(groups, list) else ())
        if mapping(group).get("suspend") is not True
    )
    cap = limits.get("maxWorkers")
    return ClusterPods((AlikePods(head, 1, 1, 1),), workers, cap if isinstance(cap, int) else None)


def _workers(group: dict[str, Any], schedules: dict[str, int], usual: dict[str, Any], *, scales: bool) -> AlikePods:
    each = pod_requests(mapping(group, "template", "spec"))
    hosts = max(1, _int(group.get("numOfHosts"), 1))
    least = _int(group.get("minReplicas"), 0)
    if not scales:
        replicas = _int(group.get("replicas"), least) * hosts
        return AlikePods(each, replicas, replicas, replicas)
    name = str(group.get("groupName"))
    # minReplicas is the lowest that any schedule asks for; the annotation has what holds outside of them.
    scheduled = max(least, _int(usual.get(name), least), schedules.get(name, 0))
    # KubeRay's default where nothing is said is no limit; nobody can add that up.
    most = max(_int(group.get("maxReplicas"), scheduled), scheduled)
    return AlikePods(each, least * hosts, scheduled * hosts, most * hosts)


# What KubeRay gives the autoscaler where nothing is said (common/constant.go, BuildAutoscalerContainer).
_AUTOSCALER = {"requests": {"cpu": "500m", "memory": "512Mi"}}


def _sidecar(spec: dict[str, Any]) -> dict[str, Any]:
    return {"resources": mapping(spec, "autoscalerOptions").get("resources") or _AUTOSCALER}


def _schedules(manifests: Iterable[Manifest]) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield clusters with the highest number that a schedule has for each worker type (files/schedule.py)."""
    highest: dict[str, Counter[str]] = {}
    for manifest in manifests:
        if (manifest.group, manifest.kind) != ("batch", "Job"):
            continue
        for container in _containers(manifest.body):
            words = container.get("command")
            if isinstance(words, list) and words[1:2] == ["/etc/raychart/schedule.py"] and len(words) == 5:
                cluster = highest.setdefault(str(words[3]), Counter())
                for types in _windows(words[4]):
                    cluster |= Counter({str(name): _int(number, 0) for name, number in types.items()})
                highest[str(words[3])] = cluster
    for name, numbers in highest.items():
        yield name, dict(numbers)


def _windows(text: object) -> Iterator[dict[str, Any]]:
    try:
        schedules = mapping(json.loads(str(text)))
    except ValueError:
        return
    for schedule in schedules.values():
        yield mapping(schedule, "minWorkers")


def _containers(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in entries(body, "spec", "template", "spec", "containers") if isinstance(one, dict)]


def _deployed(manifests: Iterable[Manifest]) -> Iterator[AlikePods]:
    """Yield what runs all the time besides RayClusters: the operator, and Redis where the chart brings it."""
    for manifest in manifests:
        if (manifest.group, manifest.kind) in {("apps", "Deployment"), ("apps", "StatefulSet")}:
            spec = mapping(manifest.body, "spec")
            number = _int(spec.get("replicas"), 1)
            each = pod_requests(mapping(spec, "template", "spec"))
            yield AlikePods(each, number, number, number)


def _int(value: object, otherwise: int) -> int:
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else otherwise
