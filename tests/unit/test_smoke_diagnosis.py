"""diagnose(): what a snapshot of a namespace gives away, and what it leaves time for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from raychart.smoke.diagnosis import diagnose
from raychart.smoke.snapshot import CLIENT, Ending, Scope, Snapshot

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
SCOPE = Scope("ray-operator", ("main",), NOW - timedelta(minutes=5))


def ago(seconds: float) -> str:
    return (NOW - timedelta(seconds=seconds)).isoformat()


def pod(
    name: str, labels: dict[str, str], *statuses: dict[str, Any], started: float = 60, **status: Any
) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "team", "uid": name, "labels": labels}
    requests = {"requests": {"cpu": "64", "memory": "1Gi"}}
    spec = {"containers": [{"name": one["name"], "resources": requests} for one in statuses] or [{"name": "ray"}]}
    return {
        "metadata": metadata,
        "spec": spec,
        "status": {"startTime": ago(started), "containerStatuses": list(statuses), **status},
    }


def head(*statuses: dict[str, Any], **options: Any) -> dict[str, Any]:
    labels = {"ray.io/cluster": "main", "ray.io/node-type": "head", "ray.io/group": "headgroup"}
    return pod("main-head-x", labels, *statuses, **options)


def client(*statuses: dict[str, Any]) -> dict[str, Any]:
    return pod(f"{CLIENT}-main", {"app.kubernetes.io/name": CLIENT}, *statuses)


def waits(reason: str, message: str = "", name: str = "ray-head") -> dict[str, Any]:
    return {
        "name": name,
        "image": "ray:1",
        "ready": False,
        "state": {"waiting": {"reason": reason, "message": message}},
    }


def runs(name: str = "ray-head", *, ready: bool = True, since: float = 30) -> dict[str, Any]:
    return {"name": name, "image": "ray:1", "ready": ready, "state": {"running": {"startedAt": ago(since)}}}


def event(about: dict[str, Any], kind: str, reason: str, message: str, first: float, last: float = 1) -> dict[str, Any]:
    regarding = {"kind": kind, "name": about["metadata"]["name"], "uid": about["metadata"]["uid"]}
    return {
        "metadata": {"creationTimestamp": ago(first)},
        "involvedObject": regarding,
        "type": "Warning",
        "reason": reason,
        "message": message,
        "firstTimestamp": ago(first),
        "lastTimestamp": ago(last),
    }


def snapshot(**parts: Any) -> Snapshot:
    kept: dict[str, Any] = {name: tuple(items) for name, items in parts.items()}
    return Snapshot("team", SCOPE, **kept)


def test_a_namespace_where_all_goes_well_has_no_diagnosis() -> None:
    assert diagnose(snapshot(pods=[head(runs()), client(runs("client"))]), NOW) is None


def test_an_image_that_a_registry_does_not_know_is_told_at_once() -> None:
    found = diagnose(snapshot(pods=[head(waits("ErrImagePull", "manifest unknown"), started=1)]), NOW)
    assert found is not None
    assert (found.rule, found.path) == ("smoke-image", "clusters.main.head")
    assert found.where == "pod team/main-head-x"


@pytest.mark.parametrize(("seconds", "told"), [(5, False), (20, True)])
def test_a_registry_that_does_not_answer_gets_a_second_chance(seconds: float, told: bool) -> None:
    one = head(waits("ImagePullBackOff", "dial tcp: lookup registry: no such host"), started=seconds)
    found = diagnose(snapshot(pods=[one], events=[event(one, "Pod", "Failed", "pull", seconds)]), NOW)
    assert (found is not None) is told


def test_the_head_tells_of_an_image_that_the_client_lacks_too() -> None:
    waiting = client(waits("ErrImagePull", "manifest unknown", "client"))
    assert diagnose(snapshot(pods=[waiting]), NOW) is None
    found = diagnose(snapshot(pods=[waiting, head(waits("ErrImagePull", "manifest unknown"))]), NOW)
    assert found is not None
    assert found.path == "clusters.main.head"


@pytest.mark.parametrize(("seconds", "told"), [(3, False), (15, True)])
def test_a_pod_that_fits_no_node_is_told_after_ten_seconds(seconds: float, told: bool) -> None:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "Insufficient cpu"}
    one = head(conditions=[{**condition, "lastTransitionTime": ago(seconds)}])
    one["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "64"}}
    found = diagnose(snapshot(pods=[one], nodes=[]), NOW)
    assert (found is not None) is told
    if found:
        assert found.rule == "smoke-unschedulable"
        assert "64" in f"{found.message} {found.remedy}"


def test_a_node_that_an_autoscaler_is_bringing_is_waited_for() -> None:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "Insufficient cpu"}
    one = head(conditions=[{**condition, "lastTransitionTime": ago(15)}])
    scaling = event(one, "Pod", "TriggeredScaleUp", "pod triggered scale-up", 10)
    assert diagnose(snapshot(pods=[one], events=[scaling]), NOW) is None


def test_a_container_that_ended_twice_is_told_with_what_it_wrote() -> None:
    one = head(waits("CrashLoopBackOff"))
    endings = [Ending(one, "ray-head", 3, "Error", NOW - timedelta(seconds=s), log="one\nno licence\n") for s in (9, 2)]
    found = diagnose(snapshot(pods=[one], endings=endings), NOW)
    assert found is not None
    assert found.rule == "smoke-container-ended"
    assert "exit code 3" in found.message
    assert "no licence" in found.message
    assert "setupCommands" in found.remedy


def test_a_container_that_ended_once_and_runs_again_is_left_alone() -> None:
    ending = Ending(head(), "ray-head", 1, "Error", NOW - timedelta(seconds=30))
    assert diagnose(snapshot(pods=[head(runs())], endings=[ending]), NOW) is None


def test_out_of_memory_is_told_at_once() -> None:
    one = head(runs())
    found = diagnose(snapshot(pods=[one], endings=[Ending(one, "ray-head", 137, "OOMKilled", NOW)]), NOW)
    assert found is not None
    assert "memory" in found.remedy


def test_a_quota_that_refuses_the_head_is_told_at_once() -> None:
    cluster = {"metadata": {"name": "main", "uid": "u"}, "status": {"state": ""}}
    message = (
        "exceeded quota: small, requested: requests.memory=1Gi, used: requests.memory=0, limited: requests.memory=1"
    )
    found = diagnose(
        snapshot(rayclusters=[cluster], events=[event(cluster, "RayCluster", "FailedToCreateHeadPod", message, 1)]), NOW
    )
    assert found is not None
    assert (found.rule, found.path) == ("smoke-quota", "clusters.main.head")
    assert "small" in found.remedy


def test_a_rejected_raycluster_is_told_and_a_mere_warning_is_not() -> None:
    cluster = {"metadata": {"name": "main", "uid": "u"}, "status": {"state": ""}}
    rejection = event(
        cluster, "RayCluster", "InvalidRayClusterSpec", "The RayCluster spec is invalid team/main: too much", 1
    )
    warning = {**rejection, "message": "RayCluster spec warning team/main: restartPolicy"}
    found = diagnose(snapshot(rayclusters=[cluster], events=[rejection]), NOW)
    assert found is not None
    assert found.rule == "smoke-rejected"
    assert "too much" in found.message
    assert diagnose(snapshot(rayclusters=[cluster], events=[warning]), NOW) is None


def test_an_operator_that_lacks_a_right_is_told_by_its_log() -> None:
    one = pod("ray-operator-1", {"app.kubernetes.io/name": "kuberay-operator"}, runs("operator"))
    log = (
        'pods is forbidden: User "system:serviceaccount:team:ray-operator" cannot list resource "pods" '
        'in API group "" in the namespace "team"'
    )
    found = diagnose(replace(snapshot(pods=[one]), logs={"ray-operator-1": log}), NOW)
    assert found is not None
    assert found.rule == "smoke-permission"
    assert "list pods" in found.message


def test_other_tenants_of_the_namespace_are_not_the_releases() -> None:
    assert not SCOPE.owns("Pod", "celery-1", {"app": "celery"})
    assert SCOPE.owns("Pod", "main-head-x", {})
    assert not SCOPE.owns("Pod", "main-rollout-1a2b3c4d-x", {"app.kubernetes.io/name": "ray-errand"})
    assert SCOPE.owns("ReplicaSet", "ray-operator-1", {})
