"""What changes of values do, by way of the chart: its rollout's policy, its Services, its autoscaler."""

from __future__ import annotations

import json
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from impact_clusters import impacts, lay_over, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from raychart.manifests import Manifest

    Render = Callable[..., list[Manifest]]

Values = dict[str, Any]

HEAD, ONE, TWO, CLUSTER = "head of main", "worker type one of main", "worker type two of main", "RayCluster main"
TYPES: Values = {"one": {"minWorkers": 1, "maxWorkers": 3, "cpu": 1}, "two": {"maxWorkers": 3, "cpu": 1}}
BASE: Values = {"clusters": {"main": {"head": {"cpu": 1}, "workerTypes": TYPES}}}
ENV: Values = {"env": {"A": "b"}}
NEVER, RESTART, IDLE = (
    {"rollout": rollout} for rollout in ({"workers": "never"}, {"head": "restart"}, {"workers": "idle"})
)
REDIS: Values = {"faultTolerance": {"enabled": True, "passwordSecret": {"name": "x"}}}


@pytest.fixture(scope="module")
def known() -> dict[str, list[Manifest]]:
    """Keep what was rendered: many changes begin with the same values."""
    return {}


@pytest.fixture
def rendered(render: Render, known: dict[str, list[Manifest]]) -> Render:
    """Render values once."""

    def once(values: Values) -> list[Manifest]:
        key = json.dumps(values)
        if key not in known:
            known[key] = render(values)
        return known[key]

    return once


def one(**settings: Any) -> Values:
    """Return a change of worker type one."""
    return {"workerTypes": {"one": settings}}


# What is laid over the cluster before and after; the effects on what runs; words of a reason.
OF_CLUSTER: dict[str, tuple[Values, Values, set[str], str]] = {
    # workers, by the policy
    "environment": ({}, one(**ENV), {f"roll {ONE}"}, "1 at a time, idle ones first"),
    "environment, idle": (IDLE, one(**ENV), {f"roll {ONE}"}, "when it has nothing to do"),
    "environment, never": (NEVER, one(**ENV), {f"new-pods {ONE}"}, "rollout.workers is never"),
    "environment, trial": (
        {"head": {"installRay": "2.60.0"}, **one(installRay="2.60.0")},
        one(**ENV),
        {f"new-pods {ONE}"},
        "a trial has no Ray to ask",
    ),
    "labels": ({}, one(labels={"a": "b"}), {f"roll {ONE}"}, ""),
    "annotations": ({}, one(annotations={"a": "b"}), {f"roll {ONE}"}, ""),
    "tolerations": ({}, one(tolerations=[{"operator": "Exists"}]), {f"roll {ONE}"}, ""),
    "image": ({}, one(image={"tag": "x"}), {f"roll {ONE}"}, ""),
    "Ray's resources": ({}, one(rayResources={"CPU": 2}), {f"roll {ONE}"}, "reckons with"),
    "hosts": ({}, one(numOfHosts=2), {f"roll {ONE}", f"scale-up {ONE}"}, "until there are 2"),
    "hosts, never": (NEVER, one(numOfHosts=2), {f"new-pods {ONE}", f"scale-up {ONE}"}, "by themselves"),
    "never no longer": (
        NEVER,
        {"rollout": {"workers": "rolling"}},
        {f"roll {ONE}", f"roll {TWO}"},
        "an earlier change",
    ),
    "how long": ({}, {"rollout": {"drainSeconds": 5}}, set(), ""),
    # the head, by the policy
    "head": ({}, {"head": ENV}, {f"head-deferred {HEAD}"}, "somebody deletes the head pod"),
    "head, restart": (RESTART, {"head": ENV}, {f"head-restart {HEAD}"}, "are lost"),
    "head, restart, fault tolerance": ({**RESTART, **REDIS}, {"head": ENV}, {f"head-restart {HEAD}"}, "outlive it"),
    "manual no longer": (
        {},
        RESTART,
        {f"head-restart {HEAD}", f"roll {ONE}", f"roll {TWO}"},
        "wait for a new head since an earlier change",
    ),
    "manual no longer, workers never": (
        NEVER,
        {"rollout": {"head": "restart"}},
        {f"head-restart {HEAD}"},
        "out of date",
    ),
    "manual no longer, and another head": (
        NEVER,
        {"rollout": {"head": "restart"}, "head": ENV},
        {f"head-restart {HEAD}"},
        "the head pod is replaced",
    ),
    "restart no longer": (RESTART, {"rollout": {"head": "manual"}}, set(), ""),
    "restart no longer, and another head": (
        RESTART,
        {"rollout": {"head": "manual"}, "head": ENV},
        {f"head-deferred {HEAD}"},
        "rollout.head is manual",
    ),
    "the autoscaler's memory": (
        {},
        {"autoscaling": {"resources": {"limits": {"memory": "1Gi"}}}},
        {f"head-deferred {HEAD}"},
        "runs in the head pod",
    ),
    "manual no longer, and another version": (
        {},
        {**RESTART, "rayVersion": "2.59.0"},
        {f"head-restart {HEAD}", f"roll {ONE}", f"roll {TWO}"},
        "the head pod is replaced",
    ),
    "restart no longer, and another version": (
        RESTART,
        {"rollout": {"head": "manual"}, "rayVersion": "2.59.0"},
        {f"head-deferred {HEAD}", f"head-deferred {ONE}", f"head-deferred {TWO}"},
        "workers wait",
    ),
    # what head and workers must have alike
    "Ray's version": (
        {},
        {"rayVersion": "2.59.0"},
        {f"head-deferred {HEAD}", f"head-deferred {ONE}", f"head-deferred {TWO}"},
        "workers wait",
    ),
    "Ray's version, restart": (
        RESTART,
        {"rayVersion": "2.59.0"},
        {f"head-restart {HEAD}", f"roll {ONE}", f"roll {TWO}"},
        "",
    ),
    "Ray's version, never": (
        NEVER,
        {"rayVersion": "2.59.0"},
        {f"head-deferred {HEAD}", f"new-pods {ONE}", f"new-pods {TWO}"},
        "",
    ),
    "no token": (
        {},
        {"auth": {"mode": "disabled", "reason": "a test"}},
        {f"access {CLUSTER}", f"head-deferred {HEAD}", f"head-deferred {ONE}", f"head-deferred {TWO}"},
        "who may submit work",
    ),
    "fault tolerance": (
        RESTART,
        REDIS,
        {f"head-restart {HEAD}", f"roll {ONE}", f"roll {TWO}"},
        "are lost",
    ),
    # types
    "type added": (
        {},
        {"workerTypes": {"three": {"maxWorkers": 2, "cpu": 1}}},
        {"scale-up worker type three of main"},
        "no other",
    ),
    "type removed": ({}, {"workerTypes": {"two": None}}, {f"remove-type {TWO}"}, "for their tasks"),
    "type removed, never": (NEVER, {"workerTypes": {"two": None}}, {f"remove-type {TWO}"}, "stay behind"),
    "type renamed": (
        {},
        {"workerTypes": {"two": None, "gpu": TYPES["two"]}},
        {f"remove-type {TWO}", "scale-up worker type gpu of main"},
        "",
    ),
    # numbers
    "minWorkers up": ({}, one(minWorkers=2), {f"scale-up {ONE}"}, "2 workers are kept"),
    "minWorkers down": ({}, one(minWorkers=0), {f"scale-down {ONE}"}, "0 workers are kept instead of 1"),
    "maxWorkers down": ({}, one(maxWorkers=2), {f"scale-down {ONE}"}, "busy ones when they are done"),
    "maxWorkers up": ({}, one(maxWorkers=9), {f"live {ONE}"}, ""),
    "all workers": ({}, {"maxWorkers": 4}, {f"scale-down {CLUSTER}"}, "4 worker pods of all types"),
    "all workers, as many as there are": ({}, {"maxWorkers": 6}, {f"live {CLUSTER}"}, "within seconds"),
    "upscalingSpeed": ({}, {"upscalingSpeed": 3}, {f"live {CLUSTER}"}, "within seconds"),
    "idleTimeoutMinutes": ({}, {"idleTimeoutMinutes": 9}, {f"live {CLUSTER}"}, ""),
    "a type's idleTimeoutMinutes": ({}, one(idleTimeoutMinutes=9), {f"live {CLUSTER}"}, ""),
    "without autoscaling": (
        {"autoscaling": {"enabled": False}},
        one(replicas=3),
        {f"scale-up {ONE}"},
        "until there are 3",
    ),
    # all of it
    "suspended": (
        {},
        {"suspend": True},
        {f"head-restart {HEAD}", f"scale-down {ONE}", f"scale-down {TWO}"},
        "none until",
    ),
    "resumed": ({"suspend": True}, {"suspend": False}, {f"scale-up {CLUSTER}"}, "resumed"),
    "suspend taken away": ({"suspend": True}, {"suspend": None}, {f"ignored {CLUSTER}"}, "has to be false"),
    "labels of the cluster": ({}, {"labels": {"a": "b"}}, set(), ""),
}
# What is laid over all values; effects on other objects than the cluster.
ELSEWHERE: dict[str, tuple[Values, set[str]]] = {
    "operator": ({"operator": {"logLevel": "debug"}}, {"operator-restart Deployment ray-operator"}),
    "peer": ({"networkPolicy": {"peers": {"a": {"namespace": "b"}}}}, {"access NetworkPolicy ray-ray"}),
    "service": (
        {"clusters": {"main": {"headService": {"type": "NodePort"}}}},
        {"access Service main-external"},
    ),
    "dashboard": (
        {"clusters": {"main": {"dashboard": {"ingress": {"enabled": True, "host": "x"}}}}},
        {"access Ingress main-dashboard", "access Service main-dashboard"},
    ),
    "budget": (
        {"clusters": {"main": {"podDisruptionBudget": {"enabled": True}}}},
        {"live PodDisruptionBudget main-head"},
    ),
    "metrics": ({"clusters": {"main": {"metrics": {"podMonitor": {"enabled": True}}}}}, {"live PodMonitor main"}),
    "cluster removed": ({"clusters": {"main": None}}, {"replace RayCluster main"}),
    "cluster added": ({"clusters": {"other": BASE["clusters"]["main"]}}, {"scale-up RayCluster other"}),
    "cluster renamed": (
        {"clusters": {"main": None, "other": BASE["clusters"]["main"]}},
        {"replace RayCluster other"},
    ),
    "schedule": (
        {
            "clusters": {
                "main": {"schedules": {"day": {"start": "0 8 * * *", "end": "0 9 * * *", "minWorkers": {"one": 3}}}}
            }
        },
        {f"scale-up {ONE}"},
    ),
    "own object": (
        {"extraObjects": {"x": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}}},
        {"live ConfigMap x"},
    ),
}


@pytest.mark.parametrize("row", OF_CLUSTER.values(), ids=OF_CLUSTER)
def test_a_change_of_a_cluster(row: tuple[Values, Values, set[str], str], rendered: Render) -> None:
    before, after, effects, words = row
    values = lay_over(BASE, {"clusters": {"main": before}})
    found = impacts(rendered(values), rendered(lay_over(values, {"clusters": {"main": after}})))
    about = [impact for impact in found if impact.cluster is not None and impact.effect != "none"]
    assert said(about) == effects
    assert words in "; ".join(impact.reason for impact in about)


@pytest.mark.parametrize("row", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_change_elsewhere(row: tuple[Values, set[str]], rendered: Render) -> None:
    over, effects = row
    assert effects <= said(impacts(rendered(BASE), rendered(lay_over(BASE, over))))


def test_every_change_of_a_scenario_has_an_effect(scenario: Path, render: Render, rendered: Render) -> None:
    objects, nothing = render(scenario), rendered({})
    assert impacts(objects, objects) == []
    assert impacts(nothing, objects)
    assert impacts(objects, nothing)


def test_a_new_chart_version_touches_nothing(scenario: Path, render_text: Callable[..., str]) -> None:
    from raychart import manifests

    text = render_text(scenario)
    version = next(line.split()[-1] for line in text.splitlines() if "helm.sh/chart:" in line)
    found = impacts(manifests.load(text), manifests.load(text.replace(version, "ray-99.0.0")))
    assert {impact.effect for impact in found} == {"none"}


@pytest.mark.parametrize(("before", "after"), list(permutations((0, 1, 2), 2)))
def test_another_number_of_operators_is_never_refused(before: int, after: int, rendered: Render) -> None:
    old, new = (rendered(lay_over(BASE, {"operator": {"replicas": number}})) for number in (before, after))
    found = {impact.effect for impact in impacts(old, new) if impact.subject == "Deployment ray-operator"}
    assert found & {"scale-up", "scale-down"}
    assert "rejected" not in found
