"""What running pods are compared by, and the Jobs that bring them in line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from raychart import helm as helm_program
from raychart import manifests

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.manifests import Manifest

    Render = Callable[..., list[Manifest]]

CHART = Path(__file__).parents[2] / "charts" / "ray"
STAMPS = ("raychart/template", "raychart/joint")
# What the operator, the autoscaler or a schedule acts on as it runs: no pod has to be replaced for it.
LIVE: dict[str, dict[str, Any]] = {
    "numbers": {"workerTypes": {"one": {"minWorkers": 2, "maxWorkers": 9}}},
    "limits": {"maxWorkers": 3, "upscalingSpeed": 4.5, "idleTimeoutMinutes": 30},
    "a type's time-out": {"workerTypes": {"one": {"idleTimeoutMinutes": 1}}},
    "rollout": {"rollout": {"workers": "idle", "maxUnavailable": 3, "drainSeconds": 1, "head": "restart"}},
    "schedules": {"schedules": {"day": {"start": "0 6 * * *", "end": "0 9 * * *", "minWorkers": {"one": 1}}}},
    "labels of the RayCluster": {"labels": {"team": "x"}, "annotations": {"owner": "x"}},
    "its services": {"headService": {"type": "NodePort"}, "serveService": {"enabled": True}},
    "another type": {"workerTypes": {"three": {"maxWorkers": 1, "cpu": 1}}},
    "KubeRay's policies": {"spec": {"networkPolicy": {"mode": "DenyAll"}}},
}
# What only head and workers of the same values can be sure to agree on.
JOINT: dict[str, dict[str, Any]] = {
    "Ray's version": {"rayVersion": "2.59.0"},
    "authentication": {"auth": {"mode": "disabled", "reason": "a test"}},
    "the token's Secret": {"auth": {"secretName": "mine"}},
    "fault tolerance": {"faultTolerance": {"enabled": True, "passwordSecret": {"name": "x"}}},
    "the autoscaler's version": {"autoscaling": {"version": "v2"}},
}


def values(over: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a cluster with two types, with `over` laid over it."""
    types: dict[str, Any] = {name: {"maxWorkers": 3, "cpu": 1} for name in ("one", "two")}
    main: dict[str, Any] = {"head": {"cpu": 1}, "workerTypes": types}
    _lay_over(main, over or {})
    gates = {"RayClusterNetworkPolicy": True}
    return {"operator": {"featureGates": gates}, "clusters": {"main": main}}


def stamps(objects: list[Manifest], cluster: str = "main") -> dict[str, tuple[str, str]]:
    """Return the stamps of the head, under "", and of each type."""
    (spec,) = (m.body["spec"] for m in objects if m.kind == "RayCluster" and m.name == cluster)
    groups = {"": spec["headGroupSpec"], **{group["groupName"]: group for group in spec["workerGroupSpecs"]}}
    labels = {name: group["template"]["metadata"]["labels"] for name, group in groups.items()}
    return {name: (found[STAMPS[0]], found[STAMPS[1]]) for name, found in labels.items()}


def jobs(objects: list[Manifest]) -> dict[str, dict[str, Any]]:
    """Return the Jobs of rollouts, those that try images included."""
    return {m.name: m.body for m in objects if m.kind == "Job" and "raychart/rollout" in m.body["metadata"]["labels"]}


def test_every_pod_says_what_it_was_made_from(scenario: Path, render: Render) -> None:
    for manifest in render(scenario):
        if manifest.kind == "RayCluster":
            spec = manifest.body["spec"]
            for group in (spec["headGroupSpec"], *spec["workerGroupSpecs"]):
                assert set(STAMPS) <= group["template"]["metadata"]["labels"].keys(), manifest.identity


def test_a_new_chart_version_replaces_no_pod(scenario: Path, tmp_path: Path, helm4: str) -> None:
    later = tmp_path / "ray"
    shutil.copytree(CHART, later)
    about = yaml.safe_load((later / "Chart.yaml").read_text())
    (later / "Chart.yaml").write_text(yaml.safe_dump({**about, "version": "99.0.0", "appVersion": "1.99.0"}))
    rendered = [
        manifests.load(helm_program.render(chart, [scenario], release="ray", namespace="team", helm=helm4))
        for chart in (CHART, later)
    ]
    names = [m.name for m in rendered[0] if m.kind == "RayCluster"]
    assert [stamps(rendered[0], name) for name in names] == [stamps(rendered[1], name) for name in names]
    assert jobs(rendered[0]).keys() == jobs(rendered[1]).keys()


def test_numbers_and_policies_replace_no_pod(scenario: Path, render: Render) -> None:
    body = yaml.safe_load(scenario.read_text())
    before = render(body)
    for cluster in filter(None, (body.get("clusters") or {}).values()):
        _lay_over(cluster, {"idleTimeoutMinutes": 77, "rollout": {"workers": "idle", "maxUnavailable": 7}})
        for kind in filter(None, (cluster.get("workerTypes") or {}).values()):
            kind["maxWorkers"] += 1
    after = render(body)
    names = [m.name for m in before if m.kind == "RayCluster"]
    assert [stamps(before, name) for name in names] == [stamps(after, name) for name in names]


@pytest.mark.parametrize("change", LIVE.values(), ids=LIVE)
def test_what_is_followed_live_replaces_no_pod(change: dict[str, Any], render: Render) -> None:
    before, after = stamps(render(values())), stamps(render(values(change)))
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize("kind", ["one", "two"])
def test_a_change_of_one_type_is_nobody_elses(kind: str, render: Render) -> None:
    before, after = stamps(render(values())), stamps(render(values({"workerTypes": {kind: {"env": {"A": "b"}}}})))
    assert {name for name in before if before[name] != after[name]} == {kind}
    assert before[kind][1] == after[kind][1]


def test_what_the_sidecar_of_the_head_runs_with_is_the_heads(render: Render) -> None:
    change = {"autoscaling": {"resources": {"limits": {"memory": "1Gi"}}}}
    before, after = stamps(render(values())), stamps(render(values(change)))
    assert {name for name in before if before[name] != after[name]} == {""}


@pytest.mark.parametrize("change", JOINT.values(), ids=JOINT)
def test_what_head_and_workers_share_is_a_stamp_of_all(change: dict[str, Any], render: Render) -> None:
    before, after = stamps(render(values())), stamps(render(values(change)))
    assert len({joint for _, joint in after.values()}) == 1
    assert not {joint for _, joint in after.values()} & {joint for _, joint in before.values()}


@pytest.mark.parametrize("change", [*LIVE.values(), *JOINT.values()], ids=[*LIVE, *JOINT])
def test_the_jobs_name_says_what_it_has_to_bring_about(change: dict[str, Any], render: Render) -> None:
    """A Job cannot be changed, and one that has ended does nothing: what calls for another run has another name."""
    before, after = render(values()), render(values(change))
    same = stamps(before) == stamps(after) and not change.keys() & {"rollout", "auth"}
    assert (jobs(before).keys() == jobs(after).keys()) == same
    if same:
        assert [job["spec"] for job in jobs(before).values()] == [job["spec"] for job in jobs(after).values()]


def test_the_raycluster_bears_the_goal_of_its_job(scenario: Path, render: Render) -> None:
    objects = render(scenario)
    for cluster in (m for m in objects if m.kind == "RayCluster"):
        goal = cluster.body["metadata"].get("annotations", {}).get("raychart/rollout")
        named = [job for name, job in jobs(objects).items() if name == f"{cluster.name[:46]}-rollout-{goal}"]
        spec = cluster.body["spec"]
        if spec.get("suspend") or spec.get("managedBy") == "kueue.x-k8s.io/multikueue":
            assert (goal, named) == (None, []), cluster.identity
        else:
            (job,) = named
            task = json.loads(job["spec"]["template"]["spec"]["containers"][0]["command"][3])
            assert (task["goal"], task["cluster"]) == (goal, cluster.name)


def test_a_name_of_any_length_fits(render: Render) -> None:
    name = "n" * 50
    body = values({"workerTypes": {"one": {"image": {"tag": "other"}}}})
    objects = render({**body, "clusters": {name: body["clusters"]["main"]}})
    assert {len(job) <= 63 for job in jobs(objects)} == {True}
    assert len(jobs(objects)) == 2


def test_each_further_image_is_tried_once(render: Render) -> None:
    image = {"image": {"tag": "other"}}
    objects = render(values({"workerTypes": {"one": image, "two": image, "three": {"maxWorkers": 1, "cpu": 1}}}))
    (proof,) = (job for name, job in jobs(objects).items() if name.startswith("main-image-"))
    (container,) = proof["spec"]["template"]["spec"]["containers"]
    assert (container["image"], container["command"][2]) == ("rayproject/ray:other", "import ray")
    assert proof["spec"]["template"]["spec"]["automountServiceAccountToken"] is False
    (rollout,) = (job for name, job in jobs(objects).items() if name.startswith("main-rollout-"))
    task = json.loads(rollout["spec"]["template"]["spec"]["containers"][0]["command"][3])
    assert {kind: found["job"] for kind, found in task["images"].items()} == dict.fromkeys(
        ("one", "two"), proof["metadata"]["name"]
    )


@pytest.mark.parametrize(
    ("rollout", "verbs"),
    [
        ({"workers": "rolling", "head": "manual"}, ["list", "delete"]),
        ({"workers": "never", "head": "restart"}, ["list", "delete"]),
        ({"workers": "never", "head": "manual"}, ["list"]),
    ],
)
def test_the_account_may_do_what_the_policy_asks_for(rollout: dict[str, str], verbs: list[str], render: Render) -> None:
    (role,) = (m for m in render(values({"rollout": rollout})) if m.kind == "Role" and m.name == "main-rollout")
    assert role.body["rules"] == [
        {"apiGroups": ["ray.io"], "resources": ["rayclusters"], "resourceNames": ["main"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": verbs},
    ]


def test_no_job_is_a_hook(scenario: Path, render: Render) -> None:
    for name, job in jobs(render(scenario)).items():
        assert "annotations" not in job["metadata"], name
        assert "ttlSecondsAfterFinished" not in job["spec"], f"{name} would come again, to Argo CD's mind"


def _lay_over(below: dict[str, Any], above: dict[str, Any]) -> None:
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(key), dict):
            _lay_over(below[key], value)
        else:
            below[key] = value
