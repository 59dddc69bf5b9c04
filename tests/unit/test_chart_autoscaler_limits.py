"""The limits that the chart's autoscaler scripts read, and the room for pods that they reckon."""

from __future__ import annotations

import json
from typing import Any

import pytest
from autoscaler_census import HELD_SECONDS, Census, Promises, Size, grant
from autoscaler_limits import LIMITS, SCHEDULED, describe, groups_of, limited, read_limits
from hypothesis import given
from hypothesis import strategies as st

CONFIG = {
    "max_workers": 10,
    "upscaling_speed": 1,
    "idle_timeout_minutes": 5,
    "available_node_types": {
        "headgroup": {"min_workers": 0, "max_workers": 0},
        "a": {"min_workers": 0, "max_workers": 5},
        "b": {"min_workers": 0, "max_workers": 5},
    },
}


def raycluster(limits: Any = None, scheduled: Any = None, **groups: dict[str, Any]) -> dict[str, Any]:
    said = {key: json.dumps(value) for key, value in ((LIMITS, limits), (SCHEDULED, scheduled)) if value is not None}
    named = groups or {"a": {}, "b": {}}
    return {
        "metadata": {"annotations": said},
        "spec": {
            "workerGroupSpecs": [
                {"groupName": name, "minReplicas": 0, "maxReplicas": 5, **own} for name, own in named.items()
            ]
        },
    }


def test_without_the_charts_annotation_there_are_no_limits() -> None:
    assert read_limits(raycluster()) is None
    assert read_limits({"metadata": {}, "spec": {}}) is None


def test_limits_are_laid_over_what_ray_derived() -> None:
    limits = read_limits(
        raycluster({"maxWorkers": 4, "upscalingSpeed": 0.5, "idleTimeoutMinutes": {"b": 30}, "minWorkers": {"a": 2}})
    )
    config = limited(CONFIG, limits)
    assert (config["max_workers"], config["upscaling_speed"]) == (4, 0.5)
    assert {name: own["min_workers"] for name, own in config["available_node_types"].items()} == {
        "headgroup": 0,
        "a": 2,
        "b": 0,
    }
    assert describe(limits, config) == (
        "limits in force: maxWorkers 4, upscalingSpeed 0.5, idleTimeoutMinutes 5, b 30, minWorkers a 2"
    )


@pytest.mark.parametrize(("most", "holds"), [(None, 10), (3, 3), (99, 10), (0, 0)])
def test_the_maximum_over_all_types_is_at_most_what_they_add_up_to(most: int | None, holds: int) -> None:
    assert limited(CONFIG, read_limits(raycluster({"maxWorkers": most})))["max_workers"] == holds


@pytest.mark.parametrize(
    ("base", "scheduled", "groups", "most", "minimum"),
    [
        ({"a": 2}, None, {"a": {}, "b": {}}, None, {"a": 2, "b": 0}),
        ({"a": 2}, {"a": 4}, {"a": {}, "b": {}}, None, {"a": 4, "b": 0}),
        ({"a": 2}, {"a": 0, "b": 1}, {"a": {}, "b": {}}, None, {"a": 0, "b": 1}),
        ({"a": 2}, {"a": 9}, {"a": {}}, None, {"a": 5}),
        ({}, {"a": 4, "b": 4}, {"a": {}, "b": {}}, 6, {"a": 4, "b": 2}),
        ({"a": 1}, {"a": 2}, {"a": {"numOfHosts": 4}, "b": {}}, 7, {"a": 4, "b": 0}),
        ({}, None, {"a": {"minReplicas": 1}}, None, {"a": 1}),
        ({"a": 0}, {"a": 0}, {"a": {"minReplicas": 1}}, None, {"a": 1}),
        ({"gone": 3}, {"gone": 5}, {"a": {}}, None, {"a": 0}),
    ],
)
def test_the_minimum_is_the_schedules_or_else_the_types_own_within_the_maxima(
    base: dict[str, int],
    scheduled: dict[str, int] | None,
    groups: dict[str, Any],
    most: int | None,
    minimum: dict[str, int],
) -> None:
    said = {"maxWorkers": most, "minWorkers": base, "scheduled": sorted(scheduled or {})}
    limits = read_limits(raycluster(said, scheduled, **groups))
    assert limits.minimum == minimum


def test_what_a_schedule_left_behind_does_not_count_once_the_values_have_none_for_the_type() -> None:
    limits = read_limits(raycluster({"minWorkers": {"a": 1}, "scheduled": ["b"]}, {"a": 4, "b": 2}))
    assert limits.minimum == {"a": 1, "b": 2}


@pytest.mark.parametrize("broken", ["{", "[]", "3"])
def test_an_annotation_that_cannot_be_read_is_told_by_name(broken: str) -> None:
    cluster = raycluster({})
    cluster["metadata"]["annotations"][SCHEDULED] = broken
    with pytest.raises(ValueError, match="annotation raychart/min-workers of the RayCluster is no JSON object"):
        read_limits(cluster)


def test_room_counts_what_leaves_what_is_orphaned_and_what_is_promised() -> None:
    # Five pods, of which three stay and one is leaving and one of no type; two more are promised.
    assert Census(pods=5, staying={"a": 3}, promised={"a": 4, "b": 1}).room(8) == 1


def test_a_promise_that_is_taken_back_unkept_counts_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    promises = Promises()

    def look(replicas: int, made: int) -> dict[str, int]:
        seen: dict[str, int] = promises.look(groups_of(raycluster(a={"replicas": replicas})), {"a": made})
        return seen

    assert look(5, 2) == {"a": 5}
    assert look(3, 2) == {"a": 5}, "the operator may still make the five"
    now[0] = HELD_SECONDS - 1
    assert look(3, 3) == {"a": 5}
    now[0] = HELD_SECONDS
    assert look(3, 3) == {"a": 3}
    assert look(2, 2) == {"a": 2}, "a promise that was kept is over when it is taken back"


def test_the_minimum_goes_before_what_work_asks_for() -> None:
    sizes = {"a": Size(staying=0, covered=0, minimum=0), "b": Size(staying=1, covered=1, minimum=3)}
    assert grant({"a": 5, "b": 4}, 3, sizes) == {"a": 1, "b": 2}


def test_pods_come_in_whole_workers() -> None:
    assert grant({"a": 5}, 3, {"a": Size(staying=2, covered=2, minimum=0, hosts=2)}) == {"a": 2}


@st.composite
def demands(draw: st.DrawFn) -> tuple[dict[str, int], int, dict[str, Size]]:
    """Draw what is wanted, the room, and how large each type is."""
    sizes, wanted = {}, {}
    for name in draw(st.lists(st.sampled_from("abcd"), unique=True)):
        hosts = draw(st.integers(1, 4))
        staying = hosts * draw(st.integers(0, 5))
        promised = hosts * draw(st.integers(0, 8))
        leaving = draw(st.integers(0, 3))
        covered = max(staying + leaving, promised) - leaving
        sizes[name] = Size(staying, covered, hosts * draw(st.integers(0, 4)), hosts)
        wanted[name] = draw(st.integers(0, 20))
    return wanted, draw(st.integers(-5, 30)), sizes


@given(demands())
def test_no_more_pods_come_than_there_is_room_for(demand: tuple[dict[str, int], int, dict[str, Size]]) -> None:
    wanted, room, sizes = demand
    granted = grant(wanted, room, sizes)
    assert all(0 <= granted[name] <= wanted[name] for name in wanted)
    assert sum(sizes[name].cost(number) for name, number in granted.items()) <= max(room, 0)


@given(demands())
def test_room_is_used_as_far_as_whole_workers_fit(demand: tuple[dict[str, int], int, dict[str, Size]]) -> None:
    wanted, room, sizes = demand
    granted = grant(wanted, room, sizes)
    left = room - sum(sizes[name].cost(number) for name, number in granted.items())
    for name, number in granted.items():
        if number < wanted[name]:
            assert sizes[name].cost(number + 1) - sizes[name].cost(number) > max(left, 0)
