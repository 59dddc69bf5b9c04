"""Advice on CPUs, memory, the object store and GPUs: found where it was set, and not where it was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rule_tables import found_and_fine

if TYPE_CHECKING:
    from collections.abc import Callable

    PlacesOf = Callable[..., list[str]]

GIB = 1024**3
TYPE = "clusters: {main: {workerTypes: {w: {maxWorkers: 2, %s}}}}"
HEAD = "clusters: {main: {head: {%s}, workerTypes: {w: {maxWorkers: 2, cpu: 4, memory: 16Gi}}}}"
FROM_PODS = "podDefaults: {%s}\n" + TYPE % "cpu: 4, memory: 16Gi"
FROM_CLUSTERS = "clusterDefaults: {head: {%s}}\n" + TYPE % "cpu: 4, memory: 16Gi"
W = "clusters.main.workerTypes.w."
H = "clusters.main.head."

FOUND = [
    ("limit-below-request", TYPE % "cpu: 4, memory: 4Gi, resources: {requests: {memory: 8Gi}}", W + "memory"),
    (
        "limit-below-request",
        TYPE % "memory: 4Gi, resources: {requests: {cpu: 2}, limits: {cpu: 1500m}}",
        W + "resources.limits.cpu",
    ),
    (
        "limit-below-request",
        TYPE % "cpu: 4, memory: 4Gi, container: {resources: {limits: {memory: 1Gi}}}",
        W + "container.resources.limits.memory",
    ),
    ("limit-below-request", HEAD % "resources: {requests: {memory: 8Gi}}", H + "resources.requests.memory"),
    (
        "limit-below-request",
        TYPE % "cpu: 4, memory: 4Gi, sidecars: {log: {resources: {requests: {memory: 1Gi}, limits: {memory: 1G}}}}",
        W + "sidecars.log.resources.limits.memory",
    ),
    (
        "limit-below-request",
        "operator: {resources: {limits: {memory: 64Mi}}}\n" + TYPE % "cpu: 4, memory: 16Gi",
        "operator.resources.limits.memory",
    ),
    (
        "limit-below-request",
        "clusterDefaults: {autoscaling: {resources: {requests: {memory: 1Gi}}}}\n" + TYPE % "cpu: 4, memory: 16Gi",
        "clusterDefaults.autoscaling.resources.requests.memory",
    ),
    ("memory-unlimited", TYPE % "cpu: 4", W + "memory"),
    ("memory-unlimited", TYPE % "cpu: 4, resources: {requests: {memory: 8Gi}}", W + "resources.requests.memory"),
    ("memory-unlimited", HEAD % "memory: null", H + "memory"),
    ("cpu-limit-throttles", TYPE % "cpu: 500m, memory: 2Gi", W + "cpu"),
    (
        "cpu-limit-throttles",
        HEAD % "resources: {limits: {cpu: 250m}, requests: {cpu: 100m}}",
        H + "resources.limits.cpu",
    ),
    ("cpu-limit-throttles", FROM_CLUSTERS % "cpu: 0.5", "clusterDefaults.head.cpu"),
    (
        "cpu-limit-below-ray",
        TYPE % "memory: 4Gi, resources: {requests: {cpu: 1}, limits: {cpu: 2}}, rayResources: {CPU: 3}",
        W + "resources.limits.cpu",
    ),
    ("cpu-limit-below-ray", TYPE % "cpu: 2, memory: 4Gi, rayResources: {CPU: 16}", W + "cpu"),
    ("cpu-limit-below-ray", TYPE % 'cpu: 1, memory: 4Gi, rayStartParams: {num-cpus: "8"}', W + "cpu"),
    ("cpu-slots-over-limit", TYPE % "cpu: 4, memory: 4Gi, rayResources: {CPU: 8}", W + "rayResources.CPU"),
    (
        "ray-memory-over-limit",
        TYPE % f"cpu: 4, memory: 4Gi, rayResources: {{memory: {5 * GIB}}}",
        W + "rayResources.memory",
    ),
    (
        "ray-memory-over-limit",
        TYPE % f'cpu: 4, memory: 4Gi, rayStartParams: {{memory: "{5 * GIB}"}}',
        W + "rayStartParams.memory",
    ),
    ("ray-memory-unit", TYPE % "cpu: 4, memory: 4Gi, rayResources: {memory: 4}", W + "rayResources.memory"),
    (
        "object-store-as-resource",
        FROM_PODS % f"rayResources: {{object_store_memory: {GIB}}}",
        "podDefaults.rayResources.object_store_memory",
    ),
    (
        "object-store-too-small",
        TYPE % 'cpu: 4, memory: 4Gi, rayStartParams: {object-store-memory: "78643199"}',
        W + "rayStartParams.object-store-memory",
    ),
    (
        "object-store-over-memory",
        HEAD % f'rayStartParams: {{object-store-memory: "{5 * GIB}"}}',
        H + "rayStartParams.object-store-memory",
    ),
    (
        "object-store-crowds",
        TYPE % f'cpu: 4, memory: 4Gi, rayStartParams: {{object-store-memory: "{4 * GIB}"}}',
        W + "rayStartParams.object-store-memory",
    ),
    (
        "object-store-over-shared-memory",
        TYPE % f'cpu: 4, memory: 8Gi, sharedMemory: 1Gi, rayStartParams: {{object-store-memory: "{2 * GIB}"}}',
        W + "rayStartParams.object-store-memory",
    ),
    ("shared-memory-over-memory", TYPE % "cpu: 4, memory: 8Gi, sharedMemory: 9Gi", W + "sharedMemory"),
    ("shared-memory-over-memory", FROM_PODS % "sharedMemory: 17Gi", "podDefaults.sharedMemory"),
    ("shared-memory-small", TYPE % "cpu: 4, memory: 8Gi, sharedMemory: 2Gi", W + "sharedMemory"),
    ("gpu-unscheduled", TYPE % "cpu: 4, memory: 8Gi, gpu: 2, rayResources: {GPU: 1}", W + "rayResources.GPU"),
    ("gpu-missing", TYPE % "cpu: 4, memory: 8Gi, rayResources: {GPU: 1}", W + "rayResources.GPU"),
    (
        "gpu-missing",
        TYPE % 'cpu: 4, memory: 8Gi, gpu: 1, rayStartParams: {num-gpus: "2"}',
        W + "rayStartParams.num-gpus",
    ),
    ("gpu-unplaced", TYPE % "cpu: 4, memory: 8Gi, gpu: 1", W + "gpu"),
    ("gpu-unplaced", TYPE % "cpu: 4, memory: 8Gi, gpu: 1, nodeSelector: {pool: gpu}", W + "gpu"),
    ("gpu-unplaced", TYPE % "cpu: 4, memory: 8Gi, gpu: 1, tolerations: [{key: spot, operator: Exists}]", W + "gpu"),
    (
        "gpu-unplaced",
        TYPE % "cpu: 4, memory: 8Gi, resources: {limits: {amd.com/gpu: 1}}",
        W + 'resources.limits."amd.com/gpu"',
    ),
    ("gpu-on-head", HEAD % "gpu: 1", H + "gpu"),
    ("head-runs-tasks", HEAD % "cpu: 2, rayResources: {CPU: 2}", H + "rayResources.CPU"),
    ("head-runs-tasks", HEAD % "rayResources: null", H + "rayResources"),
    ("head-runs-tasks", FROM_CLUSTERS % "rayResources: {CPU: 1}", "clusterDefaults.head.rayResources.CPU"),
    ("head-too-small", HEAD % "memory: 1Gi", H + "memory"),
    (
        "head-too-small",
        HEAD % "resources: {limits: {memory: 1500Mi}, requests: {memory: 1Gi}}",
        H + "resources.limits.memory",
    ),
    (
        "head-small-for-many",
        "clusters: {main: {workerTypes: {w: {maxWorkers: 100, cpu: 4, memory: 16Gi}}}}",
        H + "memory",
    ),
]

FINE = [
    ("limit-below-request", TYPE % "cpu: 4, memory: 8Gi, resources: {requests: {memory: 4Gi}}"),
    ("limit-below-request", TYPE % "memory: 4Gi, resources: {requests: {cpu: 1000m}, limits: {cpu: 1}}"),
    ("memory-unlimited", TYPE % "cpu: 4, container: {resources: {limits: {memory: 8Gi}}}"),
    ("cpu-limit-throttles", TYPE % "cpu: 1, memory: 2Gi"),
    ("cpu-limit-throttles", TYPE % "memory: 2Gi, resources: {requests: {cpu: 100m}}"),
    ("cpu-limit-below-ray", TYPE % "cpu: 4, memory: 4Gi, rayResources: {CPU: 8}"),
    ("cpu-limit-below-ray", TYPE % "memory: 4Gi, resources: {requests: {cpu: 100m}}, rayResources: {CPU: 8}"),
    ("cpu-slots-over-limit", TYPE % "memory: 4Gi, resources: {requests: {cpu: 100m}}, rayResources: {CPU: 8}"),
    ("cpu-slots-over-limit", TYPE % "cpu: 8, memory: 4Gi, rayResources: {CPU: 4}"),
    ("ray-memory-over-limit", TYPE % f"cpu: 4, memory: 4Gi, rayResources: {{memory: {4 * GIB}}}"),
    ("ray-memory-unit", TYPE % "cpu: 4, memory: 4Gi, rayResources: {memory: 0}"),
    ("object-store-too-small", TYPE % 'cpu: 4, memory: 4Gi, rayStartParams: {object-store-memory: "78643200"}'),
    ("object-store-over-memory", TYPE % f'cpu: 4, memory: 4Gi, rayStartParams: {{object-store-memory: "{4 * GIB}"}}'),
    ("object-store-crowds", TYPE % f'cpu: 4, memory: 4Gi, rayStartParams: {{object-store-memory: "{3 * GIB}"}}'),
    (
        "object-store-over-shared-memory",
        TYPE % 'cpu: 4, memory: 8Gi, sharedMemory: 1Gi, rayStartParams: {object-store-memory: "2147483648", '
        "plasma-directory: /fast}",
    ),
    ("shared-memory-over-memory", TYPE % "cpu: 4, memory: 8Gi, sharedMemory: 8192Mi"),
    ("shared-memory-small", TYPE % "cpu: 4, memory: 8Gi, sharedMemory: 2458Mi"),
    ("shared-memory-small", TYPE % "cpu: 4, memory: 64Gi, sharedMemory: 12Gi"),
    ("gpu-unscheduled", TYPE % "cpu: 4, memory: 8Gi, gpu: 1, rayResources: {CPU: 4}"),
    ("gpu-missing", TYPE % "cpu: 4, memory: 8Gi, rayResources: {GPU: 1}, resources: {claims: [{name: gpu}]}"),
    (
        "gpu-missing",
        TYPE % "cpu: 4, memory: 8Gi, rayResources: {GPU: 1}, resources: {limits: {nvidia.com/mig-1g.5gb: 1}}",
    ),
    ("gpu-unplaced", TYPE % "cpu: 4, memory: 8Gi, gpu: 1, tolerations: [{operator: Exists}]"),
    ("gpu-unplaced", TYPE % "cpu: 4, memory: 8Gi, gpu: 0"),
    ("gpu-on-head", "clusters: {main: {autoscaling: {enabled: false}, head: {gpu: 1}}}"),
    ("head-runs-tasks", "clusters: {main: {autoscaling: {enabled: false}, head: {rayResources: {CPU: 1}}}}"),
    ("head-runs-tasks", HEAD % 'rayResources: null, rayStartParams: {num-cpus: "0"}'),
    ("head-too-small", HEAD % "memory: 2G"),
    (
        "head-small-for-many",
        "clusters: {main: {maxWorkers: 99, workerTypes: {w: {maxWorkers: 500, cpu: 4, memory: 16Gi}}}}",
    ),
]


test_it_is_found_where_it_was_set, test_it_is_not_found_where_all_is_well = found_and_fine(FOUND, FINE)


def test_what_a_default_says_wrong_is_told_once_and_there(places_of: PlacesOf) -> None:
    text = "podDefaults: {memory: 8Gi, sharedMemory: 9Gi}\nclusters: {a: {workerTypes: {v: {maxWorkers: 1, cpu: 1}, w: {maxWorkers: 1, cpu: 1}}}}"  # noqa: E501
    assert places_of("shared-memory-over-memory", text) == ["podDefaults.sharedMemory"]
