"""What is said of a change of values is what becomes of the pods, step by step in one release."""

from __future__ import annotations

import copy
import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from impact_site import ImpactSite, problems
from rollout_site import RolloutSite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Kube

    Object = dict[str, Any]

pytestmark = pytest.mark.cluster

PARTS = ("operator", "head", "aaa", "bbb")
# Seconds in which a pod that must stay would be gone: rounds of the operator and of the autoscaler.
HOLDS = 5.5
_SIZE = {"requests": {"cpu": "100m", "memory": "400Mi"}, "limits": {"memory": "1Gi"}}
_MAIN: Object = {
    "rollout": {"drainSeconds": 5},
    "head": {"resources": {"requests": {"cpu": "200m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}}},
    "workerTypes": {
        "aaa": {"minWorkers": 1, "maxWorkers": 3, "resources": _SIZE, "rayResources": {"CPU": 1}},
        "bbb": {"minWorkers": 1, "maxWorkers": 2, "resources": _SIZE, "rayResources": {"CPU": 1}},
    },
}


class Step(NamedTuple):
    """A change of values, an effect that is said of it, how many pods parts have then, and which are all others."""

    over: Object
    effect: str
    counts: dict[str, int]
    replaced: tuple[str, ...] = ()


def main(**settings: Any) -> Object:
    """Return a change of the cluster."""
    return {"clusters": {"main": settings}}


def aaa(**settings: Any) -> Object:
    """Return a change of worker type aaa."""
    return {"workerTypes": {"aaa": settings}}


_ALWAYS = {"start": "* * * * *", "end": "0 0 1 1 *", "minWorkers": {"aaa": 2}}
# Each from what the one before has left.
STEPS: dict[str, Step] = {
    "the operator's log level": Step({"operator": {"logLevel": "debug"}}, "operator-restart", {}, ("operator",)),
    "a schedule that keeps more now": Step(main(schedules={"now": _ALWAYS}), "scale-up", {"aaa": 2}),
    "no schedule": Step(main(schedules=None), "scale-down", {}),
    "more workers kept": Step(main(**aaa(minWorkers=2)), "scale-up", {"aaa": 2}),
    "fewer workers allowed than run": Step(main(**aaa(minWorkers=1, maxWorkers=1)), "scale-down", {"aaa": 1}),
    "a worker's environment": Step(main(**aaa(env={"STEP": "a"})), "roll", {"aaa": 1}, ("aaa",)),
    "more pods for each worker": Step(main(**aaa(numOfHosts=2)), "scale-up", {"aaa": 2}, ("aaa",)),
    "the same under never": Step(main(rollout={"workers": "never"}, **aaa(env={"STEP": "b"})), "new-pods", {}),
    "the head's environment": Step(main(head={"env": {"STEP": "c"}}), "head-deferred", {}),
    "an annotation for a Service": Step(main(headService={"annotations": {"step": "d"}}), "none", {}),
    "a peer": Step({"networkPolicy": {"peers": {"other": {"namespace": "other"}}}}, "access", {}),
    "the head that was left": Step(main(rollout={"head": "restart"}), "head-restart", {"head": 1}, ("head",)),
    "a type removed, and what was left of the other": Step(
        main(rollout={"workers": "rolling"}, workerTypes={"bbb": None}), "remove-type", {"aaa": 2, "bbb": 0}, ("aaa",)
    ),
    "suspended": Step(main(suspend=True), "head-restart", {"head": 0, "aaa": 0}),
    "suspend taken away": Step(main(suspend=None), "ignored", {"head": 0, "aaa": 0}),
}


@pytest.fixture(scope="module")
def site(kube_config: str, kube: Kube, helm4: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImpactSite]:
    """Install a head and one worker of each of two types."""
    namespace = f"impact-{secrets.token_hex(3)}"
    kube.core.create_namespace({"metadata": {"name": namespace}})
    pods = RolloutSite(kube, kube_config, helm4, namespace, tmp_path_factory.mktemp("impact"))
    made = ImpactSite(pods, {"clusters": {"main": copy.deepcopy(_MAIN)}})
    made.deploy()
    pods.await_ready(head=1, aaa=1, bbb=1)
    yield made
    pods.uninstall()


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_pods_do_what_was_said(site: ImpactSite, step: Step) -> None:
    before = site.snapshot(PARTS)
    found = site.change(step.over)
    assert step.effect in {impact.effect for impact in found}
    site.settle(step.counts, HOLDS)
    after = site.snapshot(PARTS)
    assert not [words for part in PARTS if (words := problems(found, part, (before[part], after[part])))]
    for part in step.replaced:
        assert not before[part] & after[part], f"{part} has pods that were there before"
