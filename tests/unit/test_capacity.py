"""What manifests may use at least and at most, and what that costs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raychart.capacity import Amount, capacity_of
from raychart.errors import RaychartError
from raychart.manifests import Manifest
from raychart.pod_requests import pod_requests
from raychart.prices import load_prices
from raychart.quantities import GI

if TYPE_CHECKING:
    from pathlib import Path

Body = dict[str, Any]


def pod(cpu: object = "1", memory: str = "1Gi", gpu: int = 0, device: str = "nvidia.com/gpu", **spec: Any) -> Body:
    """A pod spec with one container."""
    resources: Body = {"requests": {"cpu": cpu, "memory": memory}, "limits": {device: gpu} if gpu else {}}
    return {"containers": [{"name": "ray", "resources": resources}], **spec}


def group(name: str, least: int, most: int, spec: Body, **more: Any) -> Body:
    return {"groupName": name, "minReplicas": least, "maxReplicas": most, "template": {"spec": spec}, **more}


def cluster(*groups: Body, head: Body | None = None, limits: Body | None = None, **spec: Any) -> Manifest:
    """A RayCluster with an autoscaler that requests nothing."""
    nothing = {"resources": {"requests": {"cpu": 0, "memory": 0}}}
    body = {
        "metadata": {"annotations": {"raychart/autoscaling": json.dumps(limits or {})}},
        "spec": {
            "enableInTreeAutoscaling": True,
            "autoscalerOptions": nothing,
            "headGroupSpec": {"template": {"spec": head or pod("0", "0")}},
            "workerGroupSpecs": list(groups),
            **spec,
        },
    }
    return Manifest("ray.io", "v1", "RayCluster", "team-a", "main", body)


def schedule(*windows: dict[str, int]) -> Manifest:
    schedules = {str(number): {"minWorkers": window} for number, window in enumerate(windows)}
    command = ["python3", "/etc/raychart/schedule.py", "team-a", "main", json.dumps(schedules)]
    template = {"spec": {"containers": [{"command": command}]}}
    return Manifest("batch", "v1", "Job", "team-a", "main-schedule-1", {"spec": {"template": template}})


def test_workers_are_counted_by_replicas_and_hosts_and_bounded_by_the_cap_of_all() -> None:
    groups = (group("cpu", 1, 5, pod("4", "8Gi"), numOfHosts=2), group("gpu", 0, 4, pod("8", "4Gi", gpu=1)))
    free = capacity_of([cluster(*groups)])
    assert free.least == Amount(3, 8, 16 * GI, 0, ())
    assert free.most == Amount(15, 10 * 4 + 4 * 8, 96 * GI, 4, (("nvidia.com/gpu", 4.0),))
    capped = capacity_of([cluster(*groups, limits={"maxWorkers": 6})])
    # Each figure is the highest that it can be: beside the 2 that are always there 4 more, of the type that has most.
    assert capped.most == Amount(7, 2 * 4 + 4 * 8, (2 + 4) * 8 * GI, 4, (("nvidia.com/gpu", 4.0),))
    assert capped.least == free.least


@pytest.mark.parametrize("written", ["9" * 400, "1e999", "9" * 400 + "Ei"], ids=["digits", "exponent", "unit"])
def test_what_is_more_than_fits_counts_as_the_api_server_takes_it(written: str) -> None:
    found = capacity_of([cluster(group("cpu", 1, 2, pod(written, written)))])
    assert found.most == Amount(3, 2 * float(2**63 - 1), 2 * float(2**63 - 1))


def test_without_autoscaler_the_replicas_are_all_there_is() -> None:
    found = capacity_of([cluster(group("cpu", 1, 9, pod(), replicas=3), enableInTreeAutoscaling=False)])
    assert found.least == found.most == Amount(4, 3, 3 * GI)


def test_schedules_say_how_many_workers_there_are_at_most_of_the_least() -> None:
    groups = (group("cpu", 0, 9, pod()), group("other", 1, 3, pod()))
    limits = {"minWorkers": {"cpu": 2, "other": 1}}
    found = capacity_of([cluster(*groups, limits=limits), schedule({"cpu": 5}, {"cpu": 0}, {"cpu": 4})])
    assert found.least.pods == 2
    assert found.scheduled == Amount(7, 6, 6 * GI)
    assert capacity_of([cluster(*groups)]).scheduled is None


@pytest.mark.parametrize("spec", [{"suspend": True}])
def test_a_suspended_cluster_uses_nothing(spec: Body) -> None:
    assert capacity_of([cluster(group("cpu", 1, 2, pod()), **spec)]).most == Amount()


def test_deployments_count_jobs_and_tests_do_not() -> None:
    deployment = {"spec": {"replicas": 2, "template": {"spec": pod("50m", "128Mi")}}}
    found = capacity_of(
        [
            Manifest("apps", "v1", "Deployment", "team-a", "ray-operator", deployment),
            Manifest("batch", "v1", "Job", "team-a", "job", {"spec": {"template": {"spec": pod()}}}),
            Manifest("", "v1", "Pod", "team-a", "test", {"spec": pod()}),
        ]
    )
    assert found.least == found.most == Amount(2, 0.1, 256 * 2**20)


def test_the_autoscaler_is_part_of_the_head() -> None:
    quiet = capacity_of([cluster(head=pod("2", "4Gi"), autoscalerOptions={})])
    assert quiet.least == Amount(1, 2.5, 4.5 * GI)


@pytest.mark.parametrize(
    ("spec", "cpu"),
    [
        (pod("1", initContainers=[{"resources": {"requests": {"cpu": "3"}}}]), 3),
        (pod("1", initContainers=[{"resources": {"requests": {"cpu": "2"}}, "restartPolicy": "Always"}]), 3),
        (pod("1", overhead={"cpu": "250m"}), 1.25),
        (pod("1", resources={"requests": {"cpu": "5"}}), 5),
        ({"containers": [{"resources": {"limits": {"cpu": "4"}}}]}, 4),
        ({"containers": [{"resources": {"limits": {"cpu": "4"}, "requests": {"cpu": "100m"}}}]}, 0.1),
        ({"containers": None}, 0),
        ({"containers": [None, {"resources": []}, {"resources": {"requests": {"cpu": "many"}}}]}, 0),
    ],
)
def test_a_pod_requests_what_the_scheduler_adds_up(spec: Body, cpu: float) -> None:
    assert float(pod_requests(spec).amount("cpu")) == cpu


@pytest.mark.parametrize(
    ("device", "gpus"),
    [("nvidia.com/gpu", 2), ("amd.com/gpu", 2), ("nvidia.com/mig-1g.5gb", 2), ("google.com/tpu", 0), ("rdma/hca", 0)],
)
def test_devices_are_named_and_gpus_counted(device: str, gpus: int) -> None:
    found = capacity_of([cluster(group("x", 1, 1, pod(gpu=2, device=device)))])
    assert (found.least.devices, found.least.gpu) == (((device, 2.0),), gpus)


def test_amounts_are_exact() -> None:
    found = capacity_of([cluster(group("x", 3, 1000, pod("100m", "0.1Gi")))])
    assert (found.least.cpu, found.most.cpu) == (0.3, 100.0)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["spec", "template", "containers", "resources", "requests", "workerGroupSpecs", "headGroupSpec"]
                ),
                inner,
            )
        ),
    )
)
def test_no_object_is_too_odd(value: Any) -> None:
    body = value if isinstance(value, dict) else {"spec": value}
    for kind in (("ray.io", "RayCluster"), ("apps", "Deployment"), ("batch", "Job")):
        capacity_of([Manifest(kind[0], "v1", kind[1], "a", "b", body)])


PRICES = """\
currency: EUR
cpuHour: 0.04
memoryGiBHour: 0.005
gpuHour: {nvidia.com/gpu: 2}
placements:
  - {nodeSelector: {pool: spot}, factor: 0.25}
  - {nodeSelector: {pool: big}, cpuHour: 0.1, gpuHour: 3}
"""


@pytest.mark.parametrize(
    ("spec", "price"),
    [
        (pod("2", "4Gi"), 0.1),
        (pod("2", "4Gi", gpu=1), 2.1),
        (pod("2", "4Gi", gpu=1, nodeSelector={"pool": "spot", "zone": "a"}), 0.525),
        (pod("2", "4Gi", gpu=1, nodeSelector={"pool": "big"}), 3.22 - 1),
        (pod("2", "4Gi", gpu=1, device="amd.com/gpu", nodeSelector={"pool": "big"}), 3.22),
        (pod("2", "4Gi", gpu=4, device="google.com/tpu"), 0.1),
    ],
)
def test_prices_are_those_of_the_nodes_that_a_pod_wants(tmp_path: Path, spec: Body, price: float) -> None:
    (tmp_path / "prices.yaml").write_text(PRICES)
    found = capacity_of([cluster(group("x", 1, 3, spec))], load_prices(tmp_path / "prices.yaml"))
    assert found.least_price == pytest.approx(price, rel=1e-12)
    assert found.most_price == pytest.approx(3 * price, rel=1e-12)
    assert found.currency == "EUR"


def test_required_affinity_names_nodes_as_a_selector_does(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(PRICES)
    prices = load_prices(tmp_path / "prices.yaml")
    for values, price in ((["spot"], 0.01), (["spot", "other"], 0.04)):
        terms = [{"matchExpressions": [{"key": "pool", "operator": "In", "values": values}]}]
        rule = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
        assert float(prices.of(pod_requests(pod("1", "0", affinity={"nodeAffinity": rule})))) == price


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("currency: EUR\ncpuhour: 1\n", 2, "cpuhour"),
        ("currency: EUR\ncpuHour: dear\n", 2, "cpuHour"),
        ("cpuHour: 1\n", 1, "currency"),
        ("currency: EUR\nplacements: [{factor: 2}]\n", 2, "nodeSelector"),
        ("currency: [\n", 2, ""),
    ],
)
def test_a_wrong_price_table_is_refused_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    (tmp_path / "prices.yaml").write_text(text)
    with pytest.raises(RaychartError) as refused:
        load_prices(tmp_path / "prices.yaml")
    assert refused.value.where == f"{tmp_path}/prices.yaml:{line}"
    assert words in refused.value.what


def of_kind(kind: str, *path: str, **spec: Any) -> Manifest:
    """An object of KubeRay's with a cluster of 2 to 4 pods in it, under a path in its spec."""
    inner: Body = cluster(group("cpu", 1, 3, pod("4", "8Gi")), head=pod("1", "1Gi")).body["spec"]
    for key in reversed(path):
        inner = {key: inner}
    return Manifest("ray.io", "v1", kind, "team-a", "main", {"spec": {**inner, **spec}})


@pytest.mark.parametrize(
    ("manifest", "least", "most"),
    [
        (of_kind("RayCluster"), 2, 4),
        # The next cluster takes over while the former is still there.
        (of_kind("RayService", "rayClusterConfig"), 2, 8),
        (of_kind("RayService", "rayClusterConfig", upgradeStrategy={"type": "NewCluster"}), 2, 8),
        (of_kind("RayService", "rayClusterConfig", upgradeStrategy={"type": "None"}), 2, 4),
        (of_kind("RayService", "rayClusterConfig", suspend=True), 0, 0),
        # It stays when the job is done, unless that is to be cleaned up.
        (of_kind("RayJob", "rayClusterSpec"), 2, 4),
        (of_kind("RayJob", "rayClusterSpec", shutdownAfterJobFinishes=True), 0, 4),
        (of_kind("RayJob", "rayClusterSpec", suspend=True), 0, 0),
        (of_kind("RayJob", "rayClusterSpec", clusterSelector={"ray.io/cluster": "other"}), 0, 0),
        (of_kind("RayJob", "rayClusterSpec", clusterSelector={}), 2, 4),
        (of_kind("RayCronJob", "jobTemplate", "rayClusterSpec"), 0, 4),
        (of_kind("RayCronJob", "jobTemplate", "rayClusterSpec", suspend=True), 0, 0),
        (of_kind("RayService", rayClusterConfig=[]), 0, 0),
    ],
    ids=str,
)
def test_every_ray_cluster_counts_that_may_be_there(manifest: Manifest, least: int, most: int) -> None:
    found = capacity_of([manifest])
    assert (found.least.pods, found.most.pods) == (least, most)
    heads = most // 4
    assert found.most.cpu == heads + 4 * (most - heads)
