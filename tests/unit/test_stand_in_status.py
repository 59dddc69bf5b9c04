"""The status the stand-in operator reports as a RayCluster comes up, fails, is suspended and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from contract.cases import plain_cluster, plain_group
from contract.expectations import ENDPOINTS
from stand_in.cluster import RayCluster
from stand_in.conditions import Condition, head_ready, with_condition
from stand_in.status import Failure, differs, new_status

if TYPE_CHECKING:
    from contract.facts import Object

SERVICE = {
    "metadata": {"name": "main-head-svc"},
    "spec": {
        "clusterIP": "None",
        "ports": [{"name": name, "port": int(port), "targetPort": int(port)} for name, port in ENDPOINTS.items()],
    },
}


def pod(node_type: str, phase: str = "Running", ready: bool | None = True) -> Object:
    conditions = [] if ready is None else [{"type": "Ready", "status": str(ready)}]
    labels = {"ray.io/node-type": node_type, "ray.io/group": "small"}
    status = {"phase": phase, "conditions": conditions, "podIP": "10.0.0.1"}
    return {"metadata": {"name": f"main-{node_type}-x", "labels": labels}, "status": status}


def report(
    pods: list[Object], before: Object | None = None, failure: Failure | None = None, now: str = "T1", **spec: Any
) -> Object:
    body = plain_cluster("main", "team-a")
    body["spec"].update(spec)
    body["metadata"]["generation"] = 4
    return new_status(RayCluster({**body, "status": before or {}}), pods, SERVICE, failure, now)


def condition(status: Object, kind: str) -> str:
    found = next(item for item in status["conditions"] if item["type"] == kind)
    return f"{found['status']} {found['reason']}"


def test_a_cluster_is_ready_when_all_its_pods_are() -> None:
    status = report([pod("head"), pod("worker")])
    assert status["state"] == "ready"
    assert condition(status, "RayClusterProvisioned") == "True AllPodRunningAndReadyFirstTime"
    assert condition(status, "HeadPodReady") == "True HeadPodRunningAndReady"
    assert (status["readyWorkerReplicas"], status["availableWorkerReplicas"]) == (1, 1)
    assert status["stateTransitionTimes"] == {"ready": "T1"}


@pytest.mark.parametrize(
    "pods",
    [[pod("head")], [pod("head"), pod("worker", ready=False)], [pod("head"), pod("worker", "Pending", None)]],
    ids=["worker missing", "worker unready", "worker pending"],
)
def test_a_cluster_is_not_ready_as_long_as_a_worker_is_not(pods: list[Object]) -> None:
    assert "state" not in report(pods)


def test_provisioned_stays_true_when_pods_are_lost_later() -> None:
    before = report([pod("head"), pod("worker")])
    after = report([pod("head", ready=False)], before)
    assert condition(after, "RayClusterProvisioned").startswith("True")
    assert after["state"] == "ready"
    assert "readyWorkerReplicas" not in after


def test_the_address_of_a_headless_service_is_the_heads() -> None:
    assert report([pod("head")])["head"] == {
        "podIP": "10.0.0.1",
        "podName": "main-head-x",
        "serviceIP": "10.0.0.1",
        "serviceName": "main-head-svc",
    }


def test_a_pod_that_cannot_be_created_shows_until_a_round_succeeds() -> None:
    failed = report([], failure=Failure("exceeded quota", "FailedCreateHeadPod"))
    assert condition(failed, "ReplicaFailure") == "True FailedCreateHeadPod"
    assert "exceeded quota" in str(failed["conditions"])
    assert "ReplicaFailure" not in str(report([pod("head")], failed)["conditions"])


def test_a_round_that_only_waits_shows_no_failure() -> None:
    assert "ReplicaFailure" not in str(report([], failure=Failure("2 head pods"))["conditions"])


def test_suspension_goes_through_suspending_to_suspended_and_back() -> None:
    pods = [pod("head"), pod("worker")]
    asked = report(pods, report(pods), suspend=True)
    assert condition(asked, "RayClusterSuspending").startswith("True")
    still = report(pods, asked, suspend=True)
    assert condition(still, "RayClusterSuspended").startswith("False")
    gone = report([], still, suspend=True)
    assert condition(gone, "RayClusterSuspended").startswith("True")
    assert condition(gone, "RayClusterSuspending").startswith("False")
    assert condition(gone, "RayClusterProvisioned").startswith("False")
    assert gone["state"] == "suspended"
    resumed = report([], gone, suspend=False)
    assert condition(resumed, "RayClusterSuspended").startswith("False")
    assert report(pods, resumed, suspend=False)["state"] == "ready"


def test_totals_count_every_group_and_every_host() -> None:
    groups = [plain_group("small", 2), plain_group("big", 1, 0, 4) | {"numOfHosts": 2}]
    status = report([], workerGroupSpecs=groups)
    totals = {key: status[key] for key in ("desiredCPU", "desiredMemory", "desiredWorkerReplicas", "maxWorkerReplicas")}
    assert totals == {
        "desiredCPU": "1",
        "desiredMemory": "6Gi",
        "desiredWorkerReplicas": 4,
        "maxWorkerReplicas": 11,
    }
    assert status["minWorkerReplicas"] == 1


def test_an_unlimited_group_does_not_overflow_the_total() -> None:
    group = plain_group("small")
    del group["maxReplicas"]
    assert report([], workerGroupSpecs=[group, plain_group("big")])["maxWorkerReplicas"] == 2**31 - 1


def test_only_the_time_having_passed_is_no_reason_to_write() -> None:
    before = report([pod("head"), pod("worker")], now="T1")
    after = report([pod("head"), pod("worker")], before, now="T2")
    assert after["lastUpdateTime"] == "T2"
    assert not differs(before, after)


def test_a_condition_keeps_its_time_until_its_status_changes() -> None:
    first = with_condition([], Condition("C", "False", "A"), "T1")
    second = with_condition(first, Condition("C", "False", "B"), "T2")
    third = with_condition(second, Condition("C", "True", "B"), "T3")
    assert [found[0]["lastTransitionTime"] for found in (first, second, third)] == ["T1", "T1", "T3"]
    assert second[0]["reason"] == "B"


def test_an_unready_head_tells_why_its_container_waits() -> None:
    head = pod("head", "Pending", None)
    head["status"]["conditions"] = [{"type": "Ready", "status": "False", "reason": "ContainersNotReady"}]
    waiting = {"reason": "ErrImagePull", "message": "not found"}
    head["status"]["containerStatuses"] = [{"name": "ray-head", "state": {"waiting": waiting}}]
    found = head_ready(head)
    assert (found.status, found.reason, found.message) == ("False", "ErrImagePull", "ray-head: not found")
