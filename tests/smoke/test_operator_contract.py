"""Operators keep the contract on a real cluster: the genuine one, where its image is here, and the stand-in.

All RayClusters of a test run share one namespace and one operator.
"""

from __future__ import annotations

import copy
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from contract.cases import CASES, Case, Expected, plain_cluster, plain_group
from contract.facts import Object, plain_facts, pod_facts, service_facts, status_facts
from contract.site import Site, eventually, park
from kubernetes.client import ApiException

from raychart import helm
from raychart.chart import find_chart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.cluster

RELEASE = "ray"
CLASS = "system-cluster-critical"  # a class every cluster has
# KubeRay updates Ingresses; the chart makes its own and grants no right to it.
INGRESS_RULE = {
    "apiGroups": ["networking.k8s.io"],
    "resources": ["ingresses"],
    "verbs": ["get", "list", "watch", "create", "update"],
}

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.recording)


@pytest.fixture(scope="module", params=["stand-in", "genuine"])
def site(
    request: pytest.FixtureRequest, kube: Any, kube_config: str, operators: list[tuple[str, str]]
) -> Iterator[Site]:
    """Return a namespace with one operator in it and the RayClusters of all cases."""
    images = dict(operators)
    if request.param not in images:
        pytest.skip(f"there is no image of the {request.param} operator here")
    found = Site(kube.api_client, f"contract-{request.param}-{secrets.token_hex(3)}")
    kube.core.create_namespace({"metadata": {"name": found.namespace}})
    try:
        install(found, images[request.param], Path(kube_config))
        grant_ingresses(found)
        for case in CASES:
            found.apply(case.cluster(found.namespace))
        yield found
    finally:
        helm.uninstall(release=RELEASE, namespace=found.namespace, kubeconfig=Path(kube_config), missing_ok=True)
        for cluster in found.find("RayCluster"):  # nobody is left to take the finalizers off
            found.patch("RayCluster", cluster["metadata"]["name"], {"metadata": {"finalizers": None}})
        kube.core.delete_namespace(found.namespace)


def install(site: Site, image: str, kube_config: Path) -> None:
    """Install the chart with the operator alone, which injects what the genuine one injects by default."""
    repository, _, tag = image.rpartition(":")
    operator = {
        "image": {"repository": repository, "tag": tag, "pullPolicy": "Never"},
        "env": {"ENABLE_INIT_CONTAINER_INJECTION": "true"},
        "logEncoder": "console",
    }
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as values:
        yaml.safe_dump({"operator": operator, "clusters": {}}, values)
        values.flush()
        helm.install(
            find_chart(None), [Path(values.name)], release=RELEASE, namespace=site.namespace, kubeconfig=kube_config
        )


def grant_ingresses(site: Site) -> None:
    deployment = site.find("Deployment")[0]
    account = deployment["spec"]["template"]["spec"]["serviceAccountName"]
    group = "rbac.authorization.k8s.io"
    role = {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": {"name": "ingresses"}, "rules": [INGRESS_RULE]}
    binding = {
        "apiVersion": f"{group}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "ingresses"},
        "roleRef": {"apiGroup": group, "kind": "Role", "name": "ingresses"},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": site.namespace}],
    }
    site.create(role)
    site.create(binding)


def observe(site: Site, case: Case) -> Expected:
    """Return the facts of everything that came of a case."""
    cluster = site.get("RayCluster", case.name)
    services = [item for item in site.find("Service") if _owned(item, case.name)]
    return Expected(
        pods=tuple(map(pod_facts, site.pods(case.name))),
        services=tuple(sorted(map(service_facts, services), key=lambda service: service.name)),
        others={kind: plain_facts(thing) for kind, thing in site.made_for(case.name).items()},
        events=frozenset(site.reasons(case.name)),
        status=status_facts(cluster["status"]) if cluster.get("status") else {},
        finalizers=tuple(cluster["metadata"].get("finalizers") or ()),
    )


def _owned(thing: Object, cluster: str) -> bool:
    return any(item["name"] == cluster for item in thing["metadata"].get("ownerReferences") or [])


@each_case
def test_everything_that_comes_of_a_cluster_is_in_the_contract(site: Site, case: Case) -> None:
    wanted = case.expected(site.namespace)
    found = eventually(lambda: observe(site, case), lambda found: found == wanted)
    for part in ("pods", "services", "others", "events", "status", "finalizers"):
        assert getattr(found, part) == getattr(wanted, part), f"{part} of RayCluster {case.name} in {site.namespace}"


@pytest.fixture
def bring_up(site: Site) -> Iterator[Callable[..., str]]:
    """Create a RayCluster of a test's own, ready unless told otherwise, and delete it in the end.

    Ready also means that the operator knows of every pod: KubeRay waits minutes for one that it made and never saw.
    """
    made = []

    def create(pods: int = 2, change: Callable[[Object], None] = lambda _: None, ready: bool = True) -> str:
        body = plain_cluster(f"t{secrets.token_hex(4)}", site.namespace)
        change(body["spec"])
        name = site.apply(body)
        made.append(name)
        found = eventually(lambda: site.pods(name), lambda found: len(found) == pods)
        assert len(found) == pods
        if ready:
            site.start(found)
            assert eventually(lambda: site.status(name).get("state"), lambda state: state == "ready") == "ready"
        return name

    yield create
    for name in made:
        site.delete("RayCluster", name)


def small(spec: Object) -> Object:
    group: Object = spec["workerGroupSpecs"][0]
    return group


def scale(site: Site, name: str, replicas: int, **other: Any) -> None:
    site.change(name, lambda spec: small(spec).update(replicas=replicas, **other))


def has_event(site: Site, name: str, kind: str, reason: str) -> bool:
    """Wait for an event about a RayCluster."""
    return eventually(lambda: (kind, reason) in site.reasons(name), bool)


def holds(check: Callable[[], bool], seconds: float = 2.0) -> bool:
    """Say whether something stays true for a while: what an operator must not do, it would do within that time."""
    return eventually(check, lambda found: not found, seconds)


def test_more_replicas_add_workers_and_fewer_delete_some_of_them(site: Site, bring_up: Callable[..., str]) -> None:
    name = bring_up()
    first = site.names(name)
    scale(site, name, 3)
    more = eventually(lambda: site.names(name), lambda found: len(found) == 4)
    assert len(more) == 4
    assert first < more
    scale(site, name, 1)
    fewer = eventually(lambda: site.names(name), lambda found: len(found) == 2)
    assert len(fewer) == 2
    assert site.names(name, "headgroup") < first
    assert has_event(site, name, "Normal", "DeletedWorkerPod")


def test_replicas_stay_between_minimum_and_maximum(site: Site, bring_up: Callable[..., str]) -> None:
    name = bring_up()
    scale(site, name, 9)
    assert len(eventually(lambda: site.names(name, "small"), lambda found: len(found) == 3)) == 3
    scale(site, name, 0)
    assert len(eventually(lambda: site.names(name, "small"), lambda found: len(found) == 1)) == 1
    assert holds(lambda: len(site.names(name, "small")) == 1)


def test_an_autoscaled_cluster_loses_only_the_workers_its_autoscaler_names(
    site: Site, bring_up: Callable[..., str]
) -> None:
    def autoscale(spec: Object) -> None:
        spec.update(enableInTreeAutoscaling=True, autoscalerOptions={"version": "v1"})
        small(spec)["replicas"] = 3

    name = bring_up(4, autoscale)
    before = site.names(name, "small")
    scale(site, name, 1)
    assert holds(lambda: site.names(name, "small") == before)
    gone = min(before)
    scale(site, name, 2, scaleStrategy={"workersToDelete": [gone]})
    left = before - {gone}
    assert eventually(lambda: site.names(name, "small"), lambda found: found == left) == left


def test_a_group_added_gets_its_workers_and_nobody_else_is_touched(site: Site, bring_up: Callable[..., str]) -> None:
    name = bring_up()
    before = site.names(name)
    added = plain_group("big", 2)
    park(added)
    site.change(name, lambda spec: spec["workerGroupSpecs"].append(added))
    assert len(eventually(lambda: site.names(name, "big"), lambda found: len(found) == 2)) == 2
    assert before < site.names(name)


def test_pods_of_a_removed_group_stay_behind(site: Site, bring_up: Callable[..., str]) -> None:
    name = bring_up(3, lambda spec: spec["workerGroupSpecs"].append(plain_group("big")))
    before = site.names(name)
    site.change(name, lambda spec: spec["workerGroupSpecs"].pop())
    desired = eventually(lambda: site.status(name).get("desiredWorkerReplicas"), lambda found: found == 1)
    assert desired == 1
    assert holds(lambda: site.names(name) == before)


def set_image(spec: Object) -> None:
    for group in (spec["headGroupSpec"], *spec["workerGroupSpecs"]):
        group["template"]["spec"]["containers"][0]["image"] = "example.invalid/other:1"


def test_a_changed_template_counts_for_new_pods_only(site: Site, bring_up: Callable[..., str]) -> None:
    name = bring_up()
    before = site.names(name)
    site.change(name, set_image)
    assert holds(lambda: site.names(name) == before)
    scale(site, name, 2)
    pods = eventually(lambda: site.pods(name, "small"), lambda found: len(found) == 2)
    images = {pod["metadata"]["name"] in before: pod["spec"]["containers"][0]["image"] for pod in pods}
    assert images == {True: "rayproject/ray:2.60.0", False: "example.invalid/other:1"}


def test_a_changed_template_replaces_every_pod_of_a_recreate_cluster(site: Site, bring_up: Callable[..., str]) -> None:
    name = bring_up(change=lambda spec: spec.update(upgradeStrategy={"type": "Recreate"}))
    before = site.names(name)
    scale(site, name, 2)
    assert before < eventually(lambda: site.names(name), lambda found: len(found) == 3)
    site.change(name, set_image)
    after = eventually(lambda: site.names(name), lambda found: len(found) == 3 and not found & before)
    assert len(after) == 3
    assert not after & before
    assert has_event(site, name, "Normal", "DeletedPod")


def test_a_suspended_cluster_loses_its_pods_and_gets_new_ones_when_resumed(
    site: Site, bring_up: Callable[..., str]
) -> None:
    name = bring_up()
    before = site.names(name)
    site.change(name, lambda spec: spec.update(suspend=True))
    state = eventually(lambda: site.status(name).get("state"), lambda found: found == "suspended")
    assert state == "suspended"
    assert not site.names(name)
    assert site.condition(name, "RayClusterSuspended") == "True RayClusterSuspended"
    assert site.condition(name, "RayClusterProvisioned") == "False RayClusterPodsProvisioning"
    site.change(name, lambda spec: spec.update(suspend=False))
    after = eventually(lambda: site.names(name), lambda found: len(found) == 2)
    assert len(after) == 2
    assert not after & before
    resumed = eventually(lambda: site.condition(name, "RayClusterSuspended"), lambda found: found.startswith("False"))
    assert resumed == "False RayClusterSuspended"


@pytest.mark.parametrize("group", ["headgroup", "small"])
def test_a_deleted_pod_is_replaced_and_the_other_stays(site: Site, bring_up: Callable[..., str], group: str) -> None:
    name = bring_up()
    before, lost = site.names(name), site.names(name, group)
    site.delete("Pod", *lost)
    after = eventually(lambda: site.names(name), lambda found: len(found - before) == 1)
    assert after & before == before - lost
    assert len(site.names(name, group)) == 1


@pytest.mark.parametrize("phase", ["Failed", "Succeeded"])
@pytest.mark.parametrize(("group", "event"), [("headgroup", "DeletedHeadPod"), ("small", "DeletedWorkerPod")])
def test_an_ended_pod_is_deleted_and_replaced(
    site: Site, bring_up: Callable[..., str], group: str, event: str, phase: str
) -> None:
    name = bring_up()
    before = site.names(name)
    (pod,) = site.pods(name, group)
    site.end(pod, phase)
    after = eventually(lambda: site.names(name), lambda found: len(found - before) == 1)
    assert before - after == {pod["metadata"]["name"]}
    assert has_event(site, name, "Normal", event)


@pytest.mark.parametrize(("policy", "survives"), [("Never", False), ("Always", True)])
def test_an_ended_ray_container_costs_the_pod_only_where_it_may_not_restart(
    site: Site, bring_up: Callable[..., str], policy: str, survives: bool
) -> None:
    def restart(spec: Object) -> None:
        small(spec)["template"]["spec"]["restartPolicy"] = policy

    name = bring_up(change=restart)
    before = site.names(name)
    (pod,) = site.pods(name, "small")
    ended = {"name": "ray-worker", "image": "", "imageID": "", "ready": False, "restartCount": 0}
    ended["state"] = {"terminated": {"exitCode": 1}}
    status = {"phase": "Running", "containerStatuses": [ended]}
    site.patch("Pod", pod["metadata"]["name"], {"status": status}, "status")
    if survives:
        assert holds(lambda: site.names(name) == before)
    else:
        after = eventually(lambda: site.names(name), lambda found: len(found - before) == 1)
        assert before - after == {pod["metadata"]["name"]}


def test_a_multi_host_replica_that_loses_a_pod_is_replaced_whole(site: Site, bring_up: Callable[..., str]) -> None:
    name = bring_up(3, lambda spec: small(spec).update(numOfHosts=2))
    before = site.names(name, "small")
    site.delete("Pod", min(before))
    after = eventually(lambda: site.names(name, "small"), lambda found: len(found) == 2 and not found & before)
    assert len(after) == 2
    assert not after & before


def test_an_invalid_change_is_answered_by_an_event_and_nothing_is_done_until_it_is_mended(
    site: Site, bring_up: Callable[..., str]
) -> None:
    name = bring_up()
    before = site.names(name)
    scale(site, name, 2, minReplicas=5)
    assert has_event(site, name, "Warning", "InvalidRayClusterSpec")
    event = next(event for event in site.events(name) if event["reason"] == "InvalidRayClusterSpec")
    assert event["action"] == "Validate"
    assert event["reportingController"] == "raycluster-controller"
    assert event["reportingInstance"].startswith("raycluster-controller-")
    assert "minReplicas 5" in event["note"]
    site.delete("Pod", min(before))
    assert holds(lambda: len(site.names(name)) == 1)
    scale(site, name, 2, minReplicas=0)
    assert len(eventually(lambda: site.names(name), lambda found: len(found) == 3)) == 3


def test_a_cluster_whose_pods_are_ready_is_ready_and_stays_provisioned(
    site: Site, bring_up: Callable[..., str]
) -> None:
    name = bring_up(ready=False)
    waiting = "False RayClusterPodsProvisioning"
    found = eventually(lambda: site.condition(name, "RayClusterProvisioned"), lambda found: found == waiting)
    assert found == waiting
    head, worker = site.pods(name)
    site.start([head, worker])
    status = eventually(lambda: site.status(name), lambda found: found.get("state") == "ready")
    assert status["state"] == "ready"
    assert (status["readyWorkerReplicas"], status["availableWorkerReplicas"]) == (1, 1)
    assert status["head"] == {
        "podIP": "192.0.2.1",
        "podName": head["metadata"]["name"],
        "serviceIP": "192.0.2.1",
        "serviceName": f"{name}-head-svc",
    }
    assert site.condition(name, "HeadPodReady") == "True HeadPodRunningAndReady"
    assert site.condition(name, "RayClusterProvisioned") == "True AllPodRunningAndReadyFirstTime"
    site.delete("Pod", worker["metadata"]["name"])
    ready = eventually(lambda: site.status(name).get("readyWorkerReplicas", 0), lambda found: found == 0)
    assert ready == 0
    assert site.condition(name, "RayClusterProvisioned") == "True AllPodRunningAndReadyFirstTime"


@pytest.mark.parametrize(("place", "node"), [("head", "Head"), ("worker", "Worker")])
def test_a_pod_that_the_api_server_refuses_shows_in_event_and_condition(
    site: Site, bring_up: Callable[..., str], place: str, node: str
) -> None:
    def refuse(spec: Object) -> None:
        group = spec["headGroupSpec"] if place == "head" else small(spec)
        group["template"]["spec"]["containers"][0]["imagePullPolicy"] = "Sometimes"

    name = bring_up(0 if place == "head" else 1, refuse, ready=False)
    assert has_event(site, name, "Warning", f"FailedToCreate{node}Pod")
    reason = f"True FailedCreate{node}Pod"
    assert eventually(lambda: site.condition(name, "ReplicaFailure"), lambda found: found == reason) == reason
    site.change(name, lambda spec: mend(spec, place))
    assert len(eventually(lambda: site.names(name), lambda found: len(found) == 2)) == 2
    assert eventually(lambda: site.condition(name, "ReplicaFailure"), lambda found: not found) == ""


def mend(spec: Object, place: str) -> None:
    group = spec["headGroupSpec"] if place == "head" else small(spec)
    group["template"]["spec"]["containers"][0]["imagePullPolicy"] = "IfNotPresent"


def test_a_quota_that_is_too_small_shows_until_it_is_raised(site: Site, bring_up: Callable[..., str]) -> None:
    quota = f"q{secrets.token_hex(4)}"
    # Counts pods of this class alone, so that the other clusters of the namespace go on.
    scope = {"scopeName": "PriorityClass", "operator": "In", "values": [CLASS]}
    site.create(
        {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": quota},
            "spec": {"hard": {"pods": "1"}, "scopeSelector": {"matchExpressions": [scope]}},
        }
    )
    counted = eventually(lambda: site.get("ResourceQuota", quota).get("status"), bool)
    assert counted == {"hard": {"pods": "1"}, "used": {"pods": "0"}}

    def prefer(spec: Object) -> None:
        small(spec).update(replicas=2)
        small(spec)["template"]["spec"]["priorityClassName"] = CLASS

    name = bring_up(2, prefer, ready=False)
    assert has_event(site, name, "Warning", "FailedToCreateWorkerPod")
    condition = eventually(lambda: site.condition(name, "ReplicaFailure"), bool)
    assert condition == "True FailedCreateWorkerPod"
    failure = next(item for item in site.status(name)["conditions"] if item["type"] == "ReplicaFailure")
    assert "exceeded quota" in failure["message"]
    site.patch("ResourceQuota", quota, {"spec": {"hard": {"pods": "2"}}})
    assert len(eventually(lambda: site.pods(name), lambda found: len(found) == 3)) == 3
    assert eventually(lambda: site.condition(name, "ReplicaFailure"), lambda found: not found) == ""
    site.delete("ResourceQuota", quota)


def test_a_head_service_that_exists_is_taken_and_none_is_made(site: Site, bring_up: Callable[..., str]) -> None:
    name = f"t{secrets.token_hex(4)}"
    labels = {"ray.io/cluster": name, "ray.io/node-type": "head", "ray.io/identifier": f"{name}-head"}
    ports = [{"name": "client", "port": 10001}, {"name": "dashboard", "port": 8265}]
    site.create(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": f"{name}-mine", "labels": labels},
            "spec": {"selector": labels, "ports": ports},
        }
    )
    body = plain_cluster(name, site.namespace)
    site.apply(copy.deepcopy(body))
    status = eventually(lambda: site.status(name), lambda found: "endpoints" in found)
    address = site.get("Service", f"{name}-mine")["spec"]["clusterIP"]
    assert status["head"]["serviceName"] == f"{name}-mine"
    assert status["head"]["serviceIP"] == address
    assert status["endpoints"] == {"client": "10001", "dashboard": "8265"}
    assert [service["metadata"]["name"] for service in site.find("Service", f"ray.io/cluster={name}")] == [
        f"{name}-mine"
    ]
    assert len(eventually(lambda: site.pods(name), lambda found: len(found) == 2)) == 2
    site.delete("RayCluster", name)


def test_a_cluster_with_state_in_redis_waits_for_its_clean_up_and_is_let_go_when_that_fails_too_long(
    site: Site,
) -> None:
    """The chart grants no right to Jobs, so that the clean-up cannot start: the deletion takes its whole time-out."""
    body = plain_cluster(f"t{secrets.token_hex(4)}", site.namespace)
    body["metadata"]["annotations"]["ray.io/gcs-ft-deletion-timeout"] = "6"
    body["spec"]["gcsFaultToleranceOptions"] = {"redisAddress": "redis:6379"}
    name = site.apply(body)
    assert len(eventually(lambda: site.names(name), lambda found: len(found) == 2)) == 2
    site.delete("RayCluster", name)
    assert has_event(site, name, "Warning", "FailedToCreateRedisCleanupJob")
    assert not site.names(name)
    assert site.get("RayCluster", name)["metadata"]["finalizers"] == ["ray.io/gcs-ft-redis-cleanup-finalizer"]
    assert has_event(site, name, "Warning", "ForceDeletedStuckCluster")
    with pytest.raises(ApiException, match="404"):
        site.get("RayCluster", name)


def test_what_a_deleted_cluster_owned_goes_with_it(site: Site, bring_up: Callable[..., str]) -> None:
    name = bring_up(change=lambda spec: spec.update(enableInTreeAutoscaling=True, authOptions={"mode": "token"}))
    assert set(site.made_for(name)) == {"Secret", "ServiceAccount", "Role", "RoleBinding"}
    site.delete("RayCluster", name)
    left = eventually(lambda: site.names(name) | set(site.made_for(name)), lambda found: not found)
    assert not left
    with pytest.raises(ApiException, match="404"):
        site.get("Service", f"{name}-head-svc")
