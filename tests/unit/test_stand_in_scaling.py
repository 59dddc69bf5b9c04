"""Which pods the stand-in operator creates and deletes, for every situation KubeRay tells apart."""

from __future__ import annotations

import copy
from itertools import count
from typing import TYPE_CHECKING

import pytest
from contract.cases import plain_cluster, plain_group
from stand_in.cluster import HEAD_GROUP, RayCluster
from stand_in.pods import Seat, head_pod, worker_pod
from stand_in.scaling import Create, Delete, DeleteAll, Plan, plan
from stand_in.switches import Switches

if TYPE_CHECKING:
    from contract.facts import Object

SWITCHES = Switches()


def cluster(**spec: object) -> Object:
    """Return a RayCluster with one group, small, of one worker."""
    body = plain_cluster("main", "team-a")
    body["metadata"]["uid"] = "u"
    body["spec"].update(spec)
    return body


def small(body: Object) -> Object:
    group: Object = body["spec"]["workerGroupSpecs"][0]
    return group


def running(body: Object) -> list[Object]:
    """Return the pods of a RayCluster as an earlier round left them: running, and named by group and place."""
    read = RayCluster(body)
    pods = [("head", head_pod(read, SWITCHES))]
    for group in read.workers:
        for replica in range(group.wanted_replicas):
            for host in range(group.hosts):
                seat = Seat(replica, f"{group.name}-{replica}", host)
                pods.append((f"{group.name}-{replica}-{host}", worker_pod(read, group, seat, SWITCHES)))
    for name, pod in pods:
        pod["metadata"]["name"] = name
        pod["status"] = {"phase": "Running"}
    return [pod for _, pod in pods]


def plan_for(body: Object, pods: list[Object], awaited: dict[str, set[str]] | None = None) -> Plan:
    numbers = count()
    return plan(RayCluster(body), pods, awaited or {}, SWITCHES, lambda group: f"{group}-new{next(numbers)}")


def deleted(found: Plan) -> list[str]:
    return [action.pod for action in found.actions if isinstance(action, Delete)]


def created(found: Plan) -> list[tuple[str, Seat | None]]:
    return [(action.group, action.seat) for action in found.actions if isinstance(action, Create)]


def kill(pod: Object, restart_policy: str) -> None:
    """Let the pod's Ray container have ended, the pod itself still counting as running."""
    name = pod["spec"]["containers"][0]["name"]
    pod["spec"]["restartPolicy"] = restart_policy
    pod["status"]["containerStatuses"] = [{"name": name, "state": {"terminated": {"exitCode": 1, "reason": "Error"}}}]


def test_nothing_is_done_for_a_cluster_that_is_as_it_should_be() -> None:
    assert plan_for(cluster(), running(cluster())) == Plan()


def test_a_new_cluster_gets_its_head_first_and_then_its_workers() -> None:
    assert created(plan_for(cluster(), [])) == [(HEAD_GROUP, None), ("small", Seat(0))]


@pytest.mark.parametrize(
    ("replicas", "minimum", "maximum", "wanted"), [(2, 0, 3, 2), (0, 1, 3, 1), (9, 0, 3, 3), (1, 1, 1, 1)]
)
def test_replicas_are_kept_between_minimum_and_maximum(replicas: int, minimum: int, maximum: int, wanted: int) -> None:
    body = cluster(workerGroupSpecs=[plain_group("small", replicas, minimum, maximum)])
    assert created(plan_for(body, []))[1:] == [("small", Seat(index)) for index in range(wanted)]


def test_more_replicas_add_workers_with_free_indexes_and_touch_nobody() -> None:
    body = cluster()
    pods = running(cluster(workerGroupSpecs=[plain_group("small", 3)]))
    del pods[2]
    small(body)["replicas"] = 3
    assert plan_for(body, pods).actions == (Create("small", Seat(1)),)


def test_fewer_replicas_delete_workers_where_autoscaling_is_off() -> None:
    pods = running(cluster(workerGroupSpecs=[plain_group("small", 3)]))
    assert len(deleted(plan_for(cluster(), pods))) == 2


def test_fewer_replicas_delete_nobody_where_autoscaling_is_on() -> None:
    pods = running(cluster(workerGroupSpecs=[plain_group("small", 3)]))
    assert plan_for(cluster(enableInTreeAutoscaling=True), pods) == Plan()


@pytest.mark.parametrize("autoscaling", [False, True])
def test_workers_to_delete_go_even_where_autoscaling_is_on(autoscaling: bool) -> None:
    pods = running(cluster(workerGroupSpecs=[plain_group("small", 3)]))
    body = cluster(enableInTreeAutoscaling=autoscaling)
    small(body).update(replicas=2, scaleStrategy={"workersToDelete": ["small-1-0"]})
    assert deleted(plan_for(body, pods)) == ["small-1-0"]
    assert not created(plan_for(body, pods))


def test_a_worker_to_delete_is_replaced_where_replicas_stay() -> None:
    body = cluster()
    small(body)["scaleStrategy"] = {"workersToDelete": ["small-0-0"]}
    found = plan_for(body, running(cluster()))
    assert deleted(found) == ["small-0-0"]
    assert created(found) == [("small", Seat(0))]


def test_a_group_rests_until_the_pods_it_lost_are_gone() -> None:
    pods = running(cluster(workerGroupSpecs=[plain_group("small", 3)]))
    assert plan_for(cluster(), pods, {"small": {"small-0-0"}}) == Plan()


def test_an_added_group_gets_workers_and_the_others_stay() -> None:
    body = cluster(workerGroupSpecs=[plain_group("big", 2), plain_group("small")])
    assert created(plan_for(body, running(cluster()))) == [("big", Seat(0)), ("big", Seat(1))]


def test_pods_of_a_removed_group_stay() -> None:
    assert plan_for(cluster(workerGroupSpecs=[]), running(cluster())) == Plan()


def test_a_changed_template_touches_no_pod() -> None:
    body = cluster()
    small(body)["template"]["spec"]["containers"][0]["image"] = "other"
    body["spec"]["headGroupSpec"]["template"]["spec"]["containers"][0]["image"] = "other"
    assert plan_for(body, running(cluster())) == Plan()


def test_a_changed_template_deletes_every_pod_of_a_recreate_cluster() -> None:
    old = cluster(upgradeStrategy={"type": "Recreate"})
    new = copy.deepcopy(old)
    small(new)["template"]["spec"]["containers"][0]["image"] = "other"
    assert plan_for(new, running(old)).actions == (DeleteAll("due to spec change with Recreate upgradeStrategy"),)


@pytest.mark.parametrize("change", [{"replicas": 2}, {"minReplicas": 0}, {"maxReplicas": 9}])
def test_scaling_does_not_recreate_a_recreate_cluster(change: dict[str, int]) -> None:
    old = cluster(upgradeStrategy={"type": "Recreate"})
    new = copy.deepcopy(old)
    small(new).update(change)
    assert not any(isinstance(action, DeleteAll) for action in plan_for(new, running(old)).actions)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ({"resources": {"limits": {"memory": "1Gi"}}}, {"resources": {"limits": {"memory": "1024Mi"}}}, True),
        ({"resources": {"limits": {"memory": "1Gi"}}}, {"resources": {"limits": {"memory": "1073741824"}}}, False),
        ({}, {"env": [], "stdin": False, "volumeMounts": []}, True),
        ({}, {"securityContext": {}}, False),
    ],
)
def test_a_recreate_cluster_goes_by_the_text_that_go_would_write(before: Object, after: Object, same: bool) -> None:
    old = cluster(upgradeStrategy={"type": "Recreate"})
    small(old)["template"]["spec"]["containers"][0].update(before)
    new = copy.deepcopy(old)
    small(new)["template"]["spec"]["containers"][0].update(after)
    assert any(isinstance(action, DeleteAll) for action in plan_for(new, running(old)).actions) is not same


def test_tolerations_do_not_recreate_a_recreate_cluster() -> None:
    old = cluster(upgradeStrategy={"type": "Recreate"})
    new = copy.deepcopy(old)
    small(new)["template"]["spec"]["tolerations"] = [{"operator": "Exists"}]
    assert plan_for(new, running(old)) == Plan()


def test_a_lost_head_is_created_again_and_the_workers_stay() -> None:
    assert plan_for(cluster(), running(cluster())[1:]).actions == (Create(HEAD_GROUP),)


def test_two_heads_stop_the_round_without_deleting_either() -> None:
    pods = running(cluster())
    found = plan_for(cluster(), [*pods[:1], *pods])
    assert not found.actions
    assert "2 head pods" in found.retry


@pytest.mark.parametrize("phase", ["Failed", "Succeeded"])
def test_an_ended_worker_is_deleted_and_its_place_is_filled_in_a_later_round(phase: str) -> None:
    pods = running(cluster())
    pods[1]["status"]["phase"] = phase
    found = plan_for(cluster(), pods)
    assert deleted(found) == ["small-0-0"]
    assert not created(found)
    assert found.retry


@pytest.mark.parametrize(("policy", "gone"), [("Never", True), ("Always", False), ("OnFailure", False)])
@pytest.mark.parametrize("place", [0, 1])
def test_an_ended_ray_container_costs_the_pod_only_where_it_may_not_restart(
    policy: str, gone: bool, place: int
) -> None:
    pods = running(cluster())
    kill(pods[place], policy)
    assert bool(deleted(plan_for(cluster(), pods))) is gone


def test_a_dead_head_ends_the_round_before_the_workers() -> None:
    pods = running(cluster())
    pods[0]["status"]["phase"] = "Failed"
    body = cluster()
    small(body)["replicas"] = 2
    found = plan_for(body, pods)
    assert deleted(found) == ["head"]
    assert not created(found)


def test_suspending_deletes_everything_and_suspended_does_nothing() -> None:
    body = cluster(suspend=True)
    body["status"] = {"conditions": [{"type": "RayClusterSuspending", "status": "True"}]}
    assert plan_for(body, running(cluster())).actions == (DeleteAll("due to suspension"),)
    body["status"] = {"conditions": [{"type": "RayClusterSuspended", "status": "True"}]}
    assert plan_for(body, []) == Plan()


def test_suspension_waits_for_its_condition_before_it_deletes() -> None:
    assert plan_for(cluster(suspend=True), running(cluster())) == Plan()


def two_hosts(replicas: int = 1) -> Object:
    return cluster(workerGroupSpecs=[plain_group("small", replicas) | {"numOfHosts": 2}])


def test_a_multi_host_replica_is_created_with_all_its_hosts() -> None:
    found = plan_for(two_hosts(2), running(two_hosts(1)))
    assert created(found) == [("small", Seat(1, "small-new0", 0)), ("small", Seat(1, "small-new0", 1))]


def test_a_multi_host_replica_that_lost_a_pod_is_deleted_whole() -> None:
    pods = running(two_hosts(2))
    found = plan_for(two_hosts(2), pods[:1] + pods[2:])
    assert deleted(found) == ["small-0-1"]
    assert found.retry


def test_a_worker_to_delete_takes_its_whole_replica_with_it() -> None:
    body = two_hosts(2)
    small(body).update(replicas=1, scaleStrategy={"workersToDelete": ["small-1-0"]})
    assert deleted(plan_for(body, running(two_hosts(2)))) == ["small-1-0", "small-1-1"]


def test_fewer_multi_host_replicas_delete_whole_ones() -> None:
    found = deleted(plan_for(two_hosts(1), running(two_hosts(3))))
    assert len(found) == 4
    assert len({name.rpartition("-")[0] for name in found}) == 2


def test_a_dead_host_takes_its_whole_replica_with_it() -> None:
    pods = running(two_hosts(1))
    pods[2]["status"]["phase"] = "Failed"
    found = plan_for(two_hosts(1), pods)
    assert deleted(found) == ["small-0-0", "small-0-1"]
