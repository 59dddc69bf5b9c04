"""How maxWorkers, upscalingSpeed and idleTimeoutMinutes reach the autoscaler."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.manifests import Manifest

WORKER = {"maxWorkers": 3, "cpu": 1, "memory": "1Gi"}


def cluster(objects: list[Manifest]) -> dict[str, Any]:
    return next(manifest.body for manifest in objects if manifest.kind == "RayCluster")


def values(worker: dict[str, Any], **main: Any) -> dict[str, Any]:
    return {"clusters": {"main": {**main, "workerTypes": {"a": {**WORKER, **worker}, "b": WORKER}}}}


def limits(objects: list[Manifest]) -> Any:
    return json.loads(cluster(objects)["metadata"]["annotations"]["raychart/autoscaling"])


@pytest.mark.parametrize(
    ("worker", "main", "said"),
    [
        ({}, {}, {}),
        ({"minWorkers": 2}, {}, {"minWorkers": {"a": 2, "b": 0}}),
        ({}, {"maxWorkers": 4}, {"maxWorkers": 4}),
        ({}, {"maxWorkers": 0}, {"maxWorkers": 0}),
        ({}, {"upscalingSpeed": 0.25}, {"upscalingSpeed": 0.25}),
        ({"idleTimeoutMinutes": 0.5}, {"idleTimeoutMinutes": 7}, {"idleTimeoutMinutes": {"a": 0.5}}),
    ],
)
def test_limits_are_said_in_an_annotation(
    render: Callable[..., list[Manifest]], worker: dict[str, Any], main: dict[str, Any], said: dict[str, Any]
) -> None:
    usual = {"maxWorkers": None, "upscalingSpeed": 1, "idleTimeoutMinutes": {}, "minWorkers": {"a": 0, "b": 0}}
    assert limits(render(values(worker, **main))) == {**usual, "scheduled": [], **said}


def test_other_limits_change_nothing_that_pods_are_made_of(render: Callable[..., list[Manifest]]) -> None:
    before = cluster(render(values({})))["spec"]
    after = cluster(render(values({"idleTimeoutMinutes": 1}, maxWorkers=4, upscalingSpeed=3.5)))["spec"]
    assert before == after


def test_the_annotations_of_the_values_stay_beside_it(render: Callable[..., list[Manifest]]) -> None:
    assert cluster(render(values({}, annotations={"team": "x"})))["metadata"]["annotations"]["team"] == "x"


def test_without_an_autoscaler_nobody_is_told(render: Callable[..., list[Manifest]]) -> None:
    metadata = cluster(render(values({}, autoscaling={"enabled": False}, maxWorkers=4)))["metadata"]
    assert "raychart/autoscaling" not in metadata["annotations"]


def test_the_second_autoscaler_reads_a_types_idle_timeout_from_its_group(render: Callable[..., list[Manifest]]) -> None:
    body = cluster(render(values({"idleTimeoutMinutes": 0.5}, autoscaling={"version": "v2"})))
    assert [group.get("idleTimeoutSeconds") for group in body["spec"]["workerGroupSpecs"]] == [30, None]
    assert "raychart/autoscaling" not in body["metadata"]["annotations"]
    assert body["spec"]["autoscalerOptions"]["args"][0] == "v2"
