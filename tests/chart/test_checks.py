"""checks.yaml: every broken combination is told, all at once, with the values path and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from raychart.process import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

WORKER = {"maxWorkers": 2, "cpu": 1, "memory": "1Gi"}
LONG = "a" * 51

BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "long name": (
        {LONG: {"workerTypes": {"cpu": WORKER}}},
        f"clusters.{LONG}: the name has 51 characters, KubeRay has room for 50",
    ),
    "nothing to scale": ({"main": {}}, "clusters.main.workerTypes: none given"),
    "minimum over maximum": (
        {"main": {"workerTypes": {"cpu": WORKER | {"minWorkers": 3}}}},
        "clusters.main.workerTypes.cpu.minWorkers: 3 is more than maxWorkers (2)",
    ),
    "replicas beside the autoscaler": (
        {"main": {"workerTypes": {"cpu": WORKER | {"replicas": 1}}}},
        "clusters.main.workerTypes.cpu.replicas: 1 is given, but autoscaling is enabled",
    ),
    "replicas out of range": (
        {"main": {"autoscaling": {"enabled": False}, "workerTypes": {"cpu": WORKER | {"replicas": 3}}}},
        "clusters.main.workerTypes.cpu.replicas: 3 is not between minWorkers (0) and maxWorkers (2)",
    ),
    "CPUs unknown": (
        {"main": {"workerTypes": {"cpu": {"maxWorkers": 2}}}},
        "clusters.main.workerTypes.cpu: no CPUs given",
    ),
    "resources said twice": (
        {"main": {"workerTypes": {"cpu": WORKER | {"rayResources": {"CPU": 1}, "rayStartParams": {"num-cpus": "1"}}}}},
        "clusters.main.workerTypes.cpu.rayStartParams.num-cpus: given beside rayResources",
    ),
    "unknown placement": (
        {"main": {"workerTypes": {"cpu": WORKER | {"placement": ["spot"]}}}},
        'clusters.main.workerTypes.cpu.placement: "spot" is not among placements (none)',
    ),
    "ray start in a setup command": (
        {"main": {"workerTypes": {"cpu": WORKER | {"setupCommands": ["ray start --head"]}}}},
        'clusters.main.workerTypes.cpu.setupCommands: "ray start --head" calls ray start',
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_combination_is_refused_with_its_path(
    render_text: Callable[..., str], helm3: str, helm4: str, broken: tuple[dict[str, Any], str]
) -> None:
    clusters, message = broken
    for helm in (helm3, helm4):
        with pytest.raises(CommandError) as caught:
            render_text({"clusters": clusters}, helm=helm)
        assert message in caught.value.completed.stderr


def test_all_problems_are_told_at_once(render_text: Callable[..., str]) -> None:
    broken = {"main": {"workerTypes": {"cpu": {"maxWorkers": 1, "minWorkers": 2, "placement": ["spot"]}}}}
    with pytest.raises(CommandError) as caught:
        render_text({"clusters": broken})
    for part in ("minWorkers: 2 is more", "no CPUs given", '"spot" is not among'):
        assert part in caught.value.completed.stderr
