"""Schedules: what runs when, with what rights, and what is left to the autoscaler."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.manifests import Manifest

    Render = Callable[..., list[Manifest]]

CHART = Path(__file__).parents[2] / "charts" / "ray"
MORNINGS = {"start": "30 6 * * 1-5", "end": "0 10 * * 1-5", "timeZone": "Europe/Berlin", "minWorkers": {"cpu": 2}}
WEEKENDS = {"start": "0 20 * * FRI", "end": "0 6 * * MON", "minWorkers": {"cpu": 0, "gpu": 1}}
VALUES: dict[str, Any] = {
    "clusters": {
        "main": {
            "schedules": {"mornings": MORNINGS, "weekends": WEEKENDS, "removed": None},
            "workerTypes": {
                "cpu": {"minWorkers": 1, "maxWorkers": 3, "cpu": 1},
                "gpu": {"maxWorkers": 3, "cpu": 1},
                "other": {"minWorkers": 2, "maxWorkers": 3, "cpu": 1},
            },
        },
        "plain": {"workerTypes": {"cpu": {"minWorkers": 1, "maxWorkers": 3, "cpu": 1}}},
    }
}


def changed(**main: Any) -> dict[str, Any]:
    """Return the values with other settings of the cluster."""
    values = copy.deepcopy(VALUES)
    values["clusters"]["main"].update(main)
    return values


def of(render: Render, kind: str, values: dict[str, Any] = VALUES, **options: Any) -> dict[str, dict[str, Any]]:
    """Return the objects of a kind that belong to schedules, by name."""
    found = {m.name: m.body for m in render(values, **options) if m.kind == kind}
    return {name: body for name, body in found.items() if not any(word in name for word in ("operator", "rollout"))}


def test_each_boundary_has_a_cronjob_in_its_time_zone(render: Render) -> None:
    found = {name: (body["spec"]["schedule"], body["spec"]["timeZone"]) for name, body in of(render, "CronJob").items()}
    assert found == {
        "main-mornings-start": ("30 6 * * 1-5", "Europe/Berlin"),
        "main-mornings-end": ("0 10 * * 1-5", "Europe/Berlin"),
        "main-weekends-start": ("0 20 * * FRI", "Etc/UTC"),
        "main-weekends-end": ("0 6 * * MON", "Etc/UTC"),
    }


def test_all_of_a_cluster_run_the_same_with_all_its_schedules(render: Render) -> None:
    (job,) = of(render, "Job").values()
    for name, cron_job in of(render, "CronJob").items():
        assert cron_job["spec"]["jobTemplate"]["spec"] == job["spec"], name
    *_, namespace, cluster, schedules = job["spec"]["template"]["spec"]["containers"][0]["command"]
    assert (namespace, cluster) == ("team", "main")
    assert json.loads(schedules) == {"mornings": MORNINGS, "weekends": {**WEEKENDS, "timeZone": "Etc/UTC"}}


def test_a_missed_run_is_made_up_for_and_none_stands_in_the_way_of_the_next(render: Render) -> None:
    for name, body in of(render, "CronJob").items():
        assert body["spec"]["concurrencyPolicy"] == "Replace", name
        assert 3600 <= body["spec"]["startingDeadlineSeconds"] <= 86400, name


@pytest.mark.parametrize(
    "values",
    [
        changed(schedules={"mornings": MORNINGS}),
        changed(schedules={"mornings": {**MORNINGS, "end": "0 11 * * 1-5"}}),
        changed(rayVersion="2.59.0"),
        changed(head={"nodeSelector": {"pool": "head"}}),
    ],
)
def test_the_job_has_another_name_whenever_its_pod_changes(render: Render, values: dict[str, Any]) -> None:
    # Kubernetes refuses to change the pod of a Job that is there.
    assert of(render, "Job").keys().isdisjoint(of(render, "Job", values))


def test_the_job_keeps_its_name_while_its_pod_is_the_same(render: Render) -> None:
    assert of(render, "Job") == of(render, "Job", changed(idleTimeoutMinutes=7, labels={"team": "x"}))


def test_the_account_may_read_and_patch_its_raycluster_and_nothing_else(render: Render) -> None:
    (role,) = of(render, "Role").values()
    (binding,) = of(render, "RoleBinding").values()
    (account,) = of(render, "ServiceAccount").values()
    (job,) = of(render, "Job").values()
    rule = {"apiGroups": ["ray.io"], "resources": ["rayclusters"], "resourceNames": ["main"], "verbs": ["get", "patch"]}
    assert role["rules"] == [rule]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "main-schedule", "namespace": "team"}]
    assert account["automountServiceAccountToken"] is False
    assert job["spec"]["template"]["spec"]["serviceAccountName"] == account["metadata"]["name"] == "main-schedule"


def test_a_schedule_can_lower_what_the_raycluster_asks_for(render: Render) -> None:
    # KubeRay never runs fewer than minReplicas, so that is the lowest number of all; the autoscaler holds the others.
    clusters = of(render, "RayCluster")
    least = {
        name: {group["groupName"]: group["minReplicas"] for group in body["spec"]["workerGroupSpecs"]}
        for name, body in clusters.items()
    }
    assert least == {"main": {"cpu": 0, "gpu": 0, "other": 2}, "plain": {"cpu": 1}}


def test_the_autoscaler_knows_which_types_are_scheduled_and_what_the_others_numbers_are(render: Render) -> None:
    # What the Jobs have written stays when the schedules are gone: without them it must not count.
    said = {
        name: json.loads(body["metadata"]["annotations"]["raychart/autoscaling"])
        for name, body in of(render, "RayCluster").items()
    }
    assert {name: one["scheduled"] for name, one in said.items()} == {"main": ["cpu", "gpu"], "plain": []}
    assert said["main"]["minWorkers"] == {"cpu": 1, "gpu": 0, "other": 2}


def test_what_the_jobs_write_is_never_rendered(render: Render) -> None:
    for name, body in of(render, "RayCluster").items():
        assert "raychart/min-workers" not in body["metadata"].get("annotations", {}), name


def test_a_release_without_schedules_has_nothing_of_theirs(render: Render) -> None:
    for schedules in (None, {}, {"removed": None}):
        for kind in ("CronJob", "Job", "Role", "ServiceAccount"):
            assert not of(render, kind, changed(schedules=schedules)), f"{kind} for {schedules}"


def test_schedules_of_all_clusters_are_those_of_the_defaults_and_their_own(render: Render) -> None:
    values = changed(schedules={"weekends": WEEKENDS, "nights": None})
    values["clusterDefaults"] = {"schedules": {"nights": {**MORNINGS, "minWorkers": {"cpu": 3}}}}
    names = {"main-weekends-start", "main-weekends-end", "plain-nights-start", "plain-nights-end"}
    assert of(render, "CronJob", values).keys() == names


def test_numbers_survive_both_helms(render: Render, helm3: str, helm4: str) -> None:
    three, four = (of(render, "CronJob", helm=helm) for helm in (helm3, helm4))
    assert three == four
    assert '"cpu":2' in yaml.safe_dump(three, width=10_000)
