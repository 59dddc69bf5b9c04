"""Every values file can be played by every scenario, or the reason why not is said, whatever the file has."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from raychart.smoke import command
from raychart.smoke.cast import ADDED, ELASTIC, Cast
from raychart.smoke.casting import cast_acts
from raychart.smoke.draft import Draft
from raychart.smoke.options import Options, read_options
from raychart.smoke.scenario import NAMES
from raychart.smoke.scenarios.upgrade import changed_types

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from raychart.manifests import Manifest
    from raychart.smoke.plan import ReleasePlan

# A revision is not every checkout's to have; tests/cli has the upgrade.
PLAYED = [name for name in NAMES if name != "upgrade"]
# The autoscaler wants a worker type.
HEAD_ONLY = {"autoscaling": {"enabled": False}}


def options(helm: str, *words: str | Path) -> Options:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return read_options(parser.parse_args([*map(str, words), "--helm", helm]))


def groups(plan: ReleasePlan, cluster: str) -> dict[str, Any]:
    body = raycluster(plan.manifests, cluster)
    return {group["groupName"]: group for group in body["spec"].get("workerGroupSpecs") or []}


def raycluster(manifests: tuple[Manifest, ...], cluster: str) -> dict[str, Any]:
    return next(one.body for one in manifests if (one.kind, one.name) == ("RayCluster", cluster))


def test_each_scenario_begins_with_a_pod_for_every_part(scenario: Path, helm4: str, tmp_path: Path) -> None:
    """Healthy: bystander and subject are two types with at least a pod each, in every scenario that is played."""
    words = [word for name in PLAYED for word in ("--scenario", name)]
    acts, refused = cast_acts(options(helm4, *words, scenario), tmp_path)
    assert not refused, [str(finding) for finding in refused]
    assert [act.scenario.name for act in acts] == PLAYED
    for act in acts:
        assert act.obstacle or act.roles, act
        for role in act.roles:
            if not act.scenario.plays:
                continue
            assert role.cast
            found = groups(role.plan, role.cast.cluster)
            for part in (role.cast.bystander, role.cast.subject):
                assert found[part]["minReplicas"] >= 1, f"{scenario.name} {act.scenario.name}: {part}"
                assert found[part]["maxReplicas"] > found[part]["minReplicas"]
            assert role.cast.bystander != role.cast.subject


def test_a_change_of_one_type_leaves_the_pods_of_all_others(scenario: Path, helm4: str, tmp_path: Path) -> None:
    made = options(helm4, scenario)
    draft = Draft(made, scenario.stem, scenario, tmp_path, made.chart)
    cast = draft.cast()
    if cast is None:
        return
    before = raycluster(draft.plan(cast.base()).manifests, cast.cluster)

    def changed(layer: dict[str, Any]) -> set[str]:
        from raychart.smoke.cast import overlay

        plan = draft.plan(overlay(cast.base(), cast.layer({"workerTypes": layer})))
        return changed_types(before, raycluster(plan.manifests, cast.cluster))

    assert changed({cast.subject: {"env": {"RAYCHART_SMOKE": "changed"}}}) == {cast.subject}
    assert changed({ADDED: cast.copied()}) == {ADDED}
    assert changed({ELASTIC: cast.elastic(2)}) == {ELASTIC}


def test_small_types_are_added_to_a_file_that_has_none(
    helm4: str, tmp_path: Path, small_values: Callable[[dict[str, Any]], Path]
) -> None:
    for types in ({}, {"only": {"maxWorkers": 1, "cpu": 64, "memory": "512Gi", "gpu": 8}}):
        path = small_values({"clusters": {"main": {**HEAD_ONLY, "workerTypes": types}}})
        acts, refused = cast_acts(options(helm4, "--scenario", "worker-type-change", path), tmp_path)
        assert not refused
        cast = played(acts[0].roles[0].cast)
        limits = groups(acts[0].roles[0].plan, "main")[cast.subject]["template"]["spec"]["containers"][0]["resources"]
        assert "cpu" not in limits.get("limits", {})
        assert not any("gpu" in key for key in limits["limits"])


def test_what_cannot_be_played_is_said(
    helm4: str, tmp_path: Path, small_values: Callable[[dict[str, Any]], Path]
) -> None:
    fixed = {"operator": {"enabled": False}, "clusters": {"main": HEAD_ONLY}}
    path = small_values(fixed)
    named = ("--scenario", "autoscale", "--scenario", "operator-loss", "--scenario", "head-loss")
    acts, refused = cast_acts(options(helm4, *named, path), tmp_path)
    assert not refused
    said = {act.scenario.name: act.obstacle for act in acts}
    assert "autoscaling.enabled is false" in said["autoscale"]
    assert "operator.enabled is false" in said["operator-loss"]
    assert not said["head-loss"]
    none = small_values({"clusters": {"main": {"suspend": True}}})
    acts, _ = cast_acts(options(helm4, *named, none), tmp_path)
    assert all("no cluster" in act.obstacle for act in acts)


def test_values_that_the_chart_refuses_are_found_once(
    helm4: str, tmp_path: Path, small_values: Callable[[dict[str, Any]], Path]
) -> None:
    path = small_values({"clusters": {"main": {"workertypes": {"cpu": {"maxWorkers": 1, "cpu": 1}}}}})
    acts, refused = cast_acts(options(helm4, "--scenario", "all", path), tmp_path)
    assert not acts
    assert [finding.path for finding in refused] == ["clusters.main.workertypes"]


@pytest.mark.parametrize("files", [1, 2, 3])
def test_files_take_part_two_by_two_where_a_neighbour_does(
    helm4: str, tmp_path: Path, small_values: Callable[..., Path], files: int
) -> None:
    paths = [small_values({"clusters": {"main": HEAD_ONLY}}, f"team-{number}") for number in range(files)]
    acts, _ = cast_acts(options(helm4, "--scenario", "two-namespaces", *paths), tmp_path)
    pairs = [[role.plan.namespace for role in act.roles] for act in acts]
    expected = {
        1: [["team-0", "team-0-beside"]],
        2: [["team-0", "team-1"]],
        3: [["team-0", "team-1"], ["team-2", "team-2-beside"]],
    }
    assert pairs == expected[files]


def played(cast: Cast | None) -> Cast:
    assert cast
    return cast


@pytest.fixture
def small_values(tmp_path: Path) -> Callable[..., Path]:
    """Write a values file."""

    def write(body: dict[str, Any], name: str = "team") -> Path:
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump(body))
        return path

    return write
