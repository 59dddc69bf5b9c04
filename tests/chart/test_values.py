"""What single values do to the objects."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.manifests import Manifest

WORKER = {"maxWorkers": 2, "cpu": 1, "memory": "1Gi"}


def cluster_of(objects: list[Manifest], name: str = "main") -> dict[str, Any]:
    return next(m.body["spec"] for m in objects if m.kind == "RayCluster" and m.name == name)


def values(worker: dict[str, Any] | None = None, **cluster: Any) -> dict[str, Any]:
    return {"clusters": {"main": {**cluster, "workerTypes": {"cpu": {**WORKER, **(worker or {})}}}}}


def container(group: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = group["template"]["spec"]["containers"][0]
    return found


def test_without_clusters_the_operator_is_rendered_alone(render: Callable[..., list[Manifest]]) -> None:
    kinds = {"Deployment", "Lease", "NetworkPolicy", "Role", "RoleBinding", "ServiceAccount"}
    assert {manifest.kind for manifest in render({})} == kinds


def test_with_the_operator_disabled_clusters_are_rendered_alone(render: Callable[..., list[Manifest]]) -> None:
    objects = render(values() | {"operator": {"enabled": False}})
    accounts = {"Job", "Role", "RoleBinding", "ServiceAccount"}  # of the rollout
    kinds = {"ConfigMap", "NetworkPolicy", "Pod", "RayCluster", "Service"} | accounts
    assert {manifest.kind for manifest in objects} == kinds
    assert not [manifest.name for manifest in objects if "operator" in manifest.name]


def test_the_operator_watches_and_leads_in_the_release_namespace(render: Callable[..., list[Manifest]]) -> None:
    deployment = next(m.body for m in render({}, namespace="team-x") if m.kind == "Deployment")
    args = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
    assert "--watch-namespace=team-x" in args
    assert "--leader-election-namespace=team-x" in args


def test_shorthand_resources_are_requests_and_limits_alike(render: Callable[..., list[Manifest]]) -> None:
    group = cluster_of(render(values({"cpu": "500m", "gpu": 1})))["workerGroupSpecs"][0]
    assert container(group)["resources"] == {
        "requests": {"cpu": "500m", "memory": "1Gi"},
        "limits": {"cpu": "500m", "memory": "1Gi", "nvidia.com/gpu": "1"},
    }


def test_raw_resources_win_over_the_shorthand(render: Callable[..., list[Manifest]]) -> None:
    worker = {"resources": {"limits": {"cpu": "2"}, "requests": {"memory": "512Mi"}}}
    group = cluster_of(render(values(worker)))["workerGroupSpecs"][0]
    assert container(group)["resources"] == {
        "requests": {"cpu": "1", "memory": "512Mi"},
        "limits": {"cpu": "2", "memory": "1Gi"},
    }


def test_ray_resources_become_the_groups_resources_as_strings(render: Callable[..., list[Manifest]]) -> None:
    spec = cluster_of(render(values({"rayResources": {"CPU": 8, "special": 1}})))
    assert spec["headGroupSpec"]["resources"] == {"CPU": "0"}
    assert spec["workerGroupSpecs"][0]["resources"] == {"CPU": "8", "special": "1"}


def test_the_autoscaler_owns_replicas(render: Callable[..., list[Manifest]]) -> None:
    assert "replicas" not in cluster_of(render(values({"minWorkers": 1})))["workerGroupSpecs"][0]


@pytest.mark.parametrize(("worker", "replicas"), [({"minWorkers": 1}, 1), ({"replicas": 2}, 2), ({"replicas": 0}, 0)])
def test_without_autoscaling_replicas_are_always_rendered(
    render: Callable[..., list[Manifest]], worker: dict[str, Any], replicas: int
) -> None:
    spec = cluster_of(render(values(worker, autoscaling={"enabled": False})))
    assert spec["workerGroupSpecs"][0]["replicas"] == replicas
    assert "autoscalerOptions" not in spec


def test_zero_max_workers_stays_zero(render: Callable[..., list[Manifest]]) -> None:
    assert cluster_of(render(values({"maxWorkers": 0})))["workerGroupSpecs"][0]["maxReplicas"] == 0


def test_idle_timeout_is_given_in_seconds(render: Callable[..., list[Manifest]]) -> None:
    spec = cluster_of(render(values(idleTimeoutMinutes=0.5)))
    assert spec["autoscalerOptions"]["idleTimeoutSeconds"] == 30


def test_a_digest_wins_over_a_tag(render: Callable[..., list[Manifest]]) -> None:
    digest = "sha256:" + "a" * 64
    group = cluster_of(render(values({"image": {"tag": "x", "digest": digest}})))["workerGroupSpecs"][0]
    assert container(group)["image"] == f"rayproject/ray@{digest}"


def test_the_image_tag_follows_the_ray_version(render: Callable[..., list[Manifest]]) -> None:
    spec = cluster_of(render(values(rayVersion="2.59.1")))
    assert container(spec["headGroupSpec"])["image"] == "rayproject/ray:2.59.1"
    assert container(spec["workerGroupSpecs"][0])["image"] == "rayproject/ray:2.59.1"


def test_a_failing_setup_command_leaves_the_shell(render: Callable[..., list[Manifest]]) -> None:
    commands = ["export WHO=you\necho hello", "false\ntrue", "echo not reached"]
    group = cluster_of(render(values({"setupCommands": commands})))["workerGroupSpecs"][0]
    (script,) = container(group)["args"]
    done = subprocess.run(
        ["bash", "-c", "--", f'{script} && ulimit -n 65536; echo "ray started for $WHO"'],
        capture_output=True,
        text=True,
        check=False,
    )  # as KubeRay composes it
    assert (done.returncode, done.stdout) == (1, "hello\n")


def test_setup_commands_share_the_shell_that_starts_ray(render: Callable[..., list[Manifest]]) -> None:
    head = {"setupCommands": ["export WHO=you", "false || true"]}
    args = container(cluster_of(render(values(head=head)))["headGroupSpec"])["args"]
    started = f'{args[0]} && ulimit -n 65536; false; echo "ray started for $WHO"'
    done = subprocess.run(["bash", "-c", "--", started], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "ray started for you\n")


@pytest.mark.parametrize(
    ("worker", "more", "options"),
    [
        ({}, {}, "--grace 30 --service main-head-svc"),
        ({"terminationGracePeriodSeconds": 120}, {}, "--grace 120 --service main-head-svc"),
        ({"pod": {"terminationGracePeriodSeconds": 90}}, {}, "--grace 90 --service main-head-svc"),
        ({"pod": None}, {}, "--grace 30 --service main-head-svc"),
        (
            {},
            {"faultTolerance": {"enabled": True, "passwordSecret": {"name": "p"}}},
            "--grace 30 --service main-head-svc --head-outlived",
        ),
    ],
)
def test_ray_is_started_by_the_script_that_knows_the_grace_period(
    render: Callable[..., list[Manifest]], worker: dict[str, Any], more: dict[str, Any], options: str
) -> None:
    group = cluster_of(render(values(worker, **more)))["workerGroupSpecs"][0]
    started = f"{container(group)['args'][0]} && ulimit -n 64; ray start --block"
    said = subprocess.run(
        ["bash", "-c", f"exec() {{ echo $@; }}\n{started}"], capture_output=True, text=True, check=True
    )
    assert said.stdout == f"python3 -EsS /etc/raychart/ray_start.py {options} start --block\n"
    mounts = container(group)["volumeMounts"]
    assert {"name": "scripts", "mountPath": "/etc/raychart", "readOnly": True} in mounts


def test_a_ready_head_is_one_that_takes_clients_unless_a_probe_of_ones_own_says_otherwise(
    render: Callable[..., list[Manifest]],
) -> None:
    own = {"httpGet": {"path": "/", "port": 8265}}
    spec = cluster_of(render(values(head={"readinessProbe": own})))
    head, worker = container(spec["headGroupSpec"]), container(spec["workerGroupSpecs"][0])
    assert head["startupProbe"]["tcpSocket"] == {"port": 10001}
    assert "httpGet" not in head["startupProbe"]
    assert head["readinessProbe"]["httpGet"] == own["httpGet"]
    assert worker["startupProbe"]["httpGet"]["port"] == 52365


def test_a_probe_of_another_kind_takes_the_place_of_the_charts(render: Callable[..., list[Manifest]]) -> None:
    own = {"exec": {"command": ["true"]}, "httpGet": None}
    probes = {"startupProbe": own, "readinessProbe": own, "livenessProbe": own}
    spec = cluster_of(render(values(probes, head=probes)))
    for group in (spec["headGroupSpec"], spec["workerGroupSpecs"][0]):
        for name in probes:
            probe = container(group)[name]
            assert probe["exec"] == own["exec"]
            assert not {"httpGet", "tcpSocket"} & probe.keys(), name


def test_false_zero_and_empty_reach_the_pod(render: Callable[..., list[Manifest]]) -> None:
    worker = {"pod": {"enableServiceLinks": False, "priority": 0, "hostname": ""}, "container": {"stdin": False}}
    group = cluster_of(render(values(worker)))["workerGroupSpecs"][0]
    spec = group["template"]["spec"]
    assert (spec["enableServiceLinks"], spec["priority"], spec["hostname"]) == (False, 0, "")
    assert container(group)["stdin"] is False


def test_null_clears_a_default(render: Callable[..., list[Manifest]]) -> None:
    group = cluster_of(render(values({"livenessProbe": None})))["workerGroupSpecs"][0]
    assert "livenessProbe" not in container(group)


def test_sidecars_come_after_the_ray_container(render: Callable[..., list[Manifest]]) -> None:
    worker = {"pod": {"containers": [{"name": "log", "image": "log:1"}]}}
    group = cluster_of(render(values(worker)))["workerGroupSpecs"][0]
    assert [entry["name"] for entry in group["template"]["spec"]["containers"]] == ["ray-worker", "log"]


def test_placements_add_up(render: Callable[..., list[Manifest]]) -> None:
    placements = {
        "spot": {"nodeSelector": {"pool": "spot"}, "tolerations": [{"key": "spot", "operator": "Exists"}]},
        "gpu": {"nodeSelector": {"accelerator": "a10"}, "tolerations": [{"key": "gpu", "operator": "Exists"}]},
    }
    group = cluster_of(render(values({"placement": ["spot", "gpu"]}) | {"placements": placements}))["workerGroupSpecs"][
        0
    ]
    spec = group["template"]["spec"]
    assert spec["nodeSelector"] == {"pool": "spot", "accelerator": "a10"}
    assert [toleration["key"] for toleration in spec["tolerations"]] == ["spot", "gpu"]


def test_environment_variables_are_a_list_in_order_of_name(render: Callable[..., list[Manifest]]) -> None:
    reference = {"valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
    group = cluster_of(render(values({"env": {"B": 1, "A": "x", "C": reference, "HOME": None}})))["workerGroupSpecs"][0]
    assert container(group)["env"] == [
        {"name": "A", "value": "x"},
        {"name": "B", "value": "1"},
        {"name": "C", **reference},
    ]


def test_several_clusters_are_rendered_in_order_of_name(render: Callable[..., list[Manifest]]) -> None:
    own = values()["clusters"]["main"]
    objects = render({"clusters": {"two": own, "one": own}})
    assert [m.name for m in objects if m.kind == "RayCluster"] == ["one", "two"]
    assert [m.name for m in objects if m.kind == "Service"] == ["one-head-svc", "two-head-svc"]
