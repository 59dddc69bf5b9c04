"""How many pods a change touches: no more than the cluster's workers may be together."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from impact_clusters import impacts, raycluster, rollout_job

from raychart.impact.model import Pods
from raychart.impact.touched import touched

if TYPE_CHECKING:
    from raychart.manifests import Manifest

JOB = rollout_job()
NOT_SCALED: dict[str, Any] = {"enableInTreeAutoscaling": None}
RECREATE: dict[str, Any] = {**NOT_SCALED, "upgradeStrategy": {"type": "Recreate"}}


def cluster(cap: int | None, groups: dict[str, Any] | None = None, **over: Any) -> Manifest:
    limits = {"minWorkers": {}} if cap is None else {"minWorkers": {}, "maxWorkers": cap}
    scaled = {"enableInTreeAutoscaling": True, **over}
    return raycluster(scaled, groups, annotations={"raychart/autoscaling": json.dumps(limits)})


# The sides, and the pods that are touched; each type has 1 to 4.
ROWS: dict[str, tuple[list[Manifest], list[Manifest], Pods]] = {
    "a new cluster": ([], [cluster(5)], Pods(3, 6)),
    "without a cap": ([], [cluster(None)], Pods(3, 9)),
    "a cap that is none": ([], [cluster(50)], Pods(3, 9)),
    "less than there are at least": ([], [cluster(1)], Pods(3, 3)),
    "without an autoscaler nobody heeds it": ([], [cluster(3, enableInTreeAutoscaling=False)], Pods(5, 5)),
    "a cluster that goes": ([cluster(5)], [], Pods(3, 6)),
    "one that is resumed": ([cluster(5, suspend=True)], [cluster(5, suspend=False)], Pods(3, 6)),
    "types that go": ([cluster(5), JOB], [cluster(5, {"a": None, "b": None}), JOB], Pods(2, 5)),
    "types that come": ([cluster(5, {"a": None, "b": None})], [cluster(5)], Pods(2, 5)),
    "more workers beside those that are replaced": (
        [cluster(None, **RECREATE)],
        [cluster(None, {"a": {"replicas": 3}}, rayVersion="2.61.0", **RECREATE)],
        Pods(6, 6),
    ),
    "fewer workers than those that are replaced": (
        [cluster(None, **RECREATE)],
        [cluster(None, {"a": {"replicas": 1}}, rayVersion="2.61.0", **RECREATE)],
        Pods(5, 5),
    ),
    "more pods for each worker": (
        [cluster(None, {"a": {"numOfHosts": 2}}, **NOT_SCALED)],
        [cluster(None, {"a": {"numOfHosts": 4}}, **NOT_SCALED)],
        Pods(8, 8),
    ),
    "more workers at least, and no more at most": (
        [cluster(None, upgradeStrategy={"type": "Recreate"})],
        [cluster(None, {"a": {"minReplicas": 3}}, rayVersion="2.61.0", upgradeStrategy={"type": "Recreate"})],
        Pods(3, 9),
    ),
    "one for another": ([cluster(3, {"b": None}), JOB], [cluster(3, {"a": None}), JOB], Pods(2, 6)),
}


def test_what_a_schedule_says_of_a_type_leaves_the_cap() -> None:
    (made,) = impacts([cluster(3, {"b": None})], [cluster(3)])
    scheduled = replace(made, object=replace(made.object, new=JOB), pods=Pods(0, 4))
    for order in ([made, scheduled], [scheduled, made]):
        assert touched(order) == Pods(1, 3)


@pytest.mark.parametrize(("old", "new", "pods"), ROWS.values(), ids=ROWS)
def test_a_cap_holds_for_all_workers_together(old: list[Manifest], new: list[Manifest], pods: Pods) -> None:
    assert touched(impacts(old, new)) == pods
