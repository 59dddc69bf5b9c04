"""Where a value comes from: through layers, nulls, and the defaults that the chart lays below clusters and pods."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from raychart.errors import RaychartError
from raychart.origins import explain, leaves
from raychart.paths import dotted, parse_path
from raychart.values import Values, load_layer, load_layers, merge_layers

DEFAULTS = """\
podDefaults: {cpu: 1, env: {HOME: /tmp}, tolerations: []}
clusterDefaults: {maxWorkers: 8, head: {cpu: 2}}
operator: {replicas: 1, image: {tag: a}}
"""
TEAM = """\
podDefaults: {memory: 1Gi}
clusters:
  main:
    head: {env: {A: b}}
    workerTypes: {cpu: {cpu: 4}}
"""


def merged(folder: Path, *texts: str, flags: tuple[str, ...] = ()) -> Values:
    files = [folder / name for name in ("defaults.yaml", "one.yaml", "two.yaml")]
    for file, text in zip(files, (DEFAULTS, *texts), strict=False):
        file.write_text(text)
    return merge_layers(load_layer(files[0]), load_layers(files[1 : len(texts) + 1], flags))


def told(values: Values, path: str) -> list[tuple[str, str, str, Any]]:
    return [
        (origin.role, Path(str(origin.position)).name, dotted(origin.path), origin.value)
        for origin in explain(values, parse_path(path)).origins
    ]


def test_the_last_layer_is_in_force_and_the_others_are_told(tmp_path: Path) -> None:
    values = merged(tmp_path, "operator: {replicas: 2}\n", flags=("--set=operator.replicas=3",))
    assert explain(values, ("operator", "replicas")).value == 3
    assert told(values, "operator.replicas") == [
        ("in force", "--set operator.replicas=3", "operator.replicas", 3),
        ("overridden", "one.yaml:1:12", "operator.replicas", 2),
        ("overridden", "defaults.yaml:3:12", "operator.replicas", 1),
    ]


def test_a_null_that_took_a_default_away_is_told(tmp_path: Path) -> None:
    values = merged(tmp_path, "operator: {replicas: null}\n")
    assert not explain(values, ("operator", "replicas")).is_set
    assert told(values, "operator.replicas")[0] == ("removes", "one.yaml:1:12", "operator.replicas", None)


def test_a_null_above_takes_everything_below_away(tmp_path: Path) -> None:
    values = merged(tmp_path, "operator: {image: null}\n")
    assert not explain(values, ("operator", "image", "tag")).is_set
    assert told(values, "operator.image.tag")[0] == ("removes", "one.yaml:1:12", "operator.image", None)


def test_a_mapping_after_a_null_has_the_charts_defaults_again(tmp_path: Path) -> None:
    values = merged(tmp_path, "operator: null\n", "operator: {replicas: 5}\n")
    assert explain(values, ("operator", "image", "tag")).value == "a"
    assert ("in force", "defaults.yaml:3:33", "operator.image.tag", "a") in told(values, "operator.image.tag")


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("clusters.main.maxWorkers", 8, "clusterDefaults.maxWorkers"),
        ("clusters.main.head.cpu", 2, "clusterDefaults.head.cpu"),
        ("clusters.main.head.memory", "1Gi", "podDefaults.memory"),
        ("clusters.main.head.env.HOME", "/tmp", "podDefaults.env.HOME"),
        ("clusters.main.head.env.A", "b", "clusters.main.head.env.A"),
        ("clusters.main.workerTypes.cpu.cpu", 4, "clusters.main.workerTypes.cpu.cpu"),
        ("clusters.main.workerTypes.cpu.memory", "1Gi", "podDefaults.memory"),
        ("clusters.main.workerTypes.cpu.tolerations", [], "podDefaults.tolerations"),
    ],
)
def test_a_setting_may_come_from_what_the_chart_lays_below(
    tmp_path: Path, path: str, value: object, place: str
) -> None:
    explanation = explain(merged(tmp_path, TEAM), parse_path(path))
    assert explanation.value == value
    assert explanation.in_force is not None
    assert dotted(explanation.in_force.path) == place


def test_a_cluster_may_end_what_the_defaults_would_give(tmp_path: Path) -> None:
    values = merged(tmp_path, "clusters: {main: {head: {env: null, cpu: null}}}\n")
    assert not explain(values, parse_path("clusters.main.head.env.HOME")).is_set
    cpu = explain(values, parse_path("clusters.main.head.cpu"))
    assert (cpu.is_set, cpu.value) == (True, None)


def test_a_mapping_falls_into_its_values(tmp_path: Path) -> None:
    found = {dotted(one.path): one.value for one in leaves(merged(tmp_path, TEAM), parse_path("clusters.main.head"))}
    prefix = "clusters.main.head"
    assert found == {
        f"{prefix}.cpu": 2,
        f"{prefix}.env.HOME": "/tmp",
        f"{prefix}.env.A": "b",
        f"{prefix}.tolerations": [],
        f"{prefix}.memory": "1Gi",
    }


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("clusters.main.head", ("clusters", "main", "head")),
        ("a.b[0].c[12]", ("a", "b", 0, "c", 12)),
        ('labels."a.b/c"', ("labels", "a.b/c")),
        ("labels.'a.b/c'", ("labels", "a.b/c")),
        ('say."a \\"b\\""', ("say", 'a "b"')),
        ("", ()),
    ],
)
def test_a_path_is_read_as_it_is_written(text: str, path: tuple[str | int, ...]) -> None:
    assert parse_path(text) == path
    assert parse_path(dotted(path)) == path


@pytest.mark.parametrize("text", ["a..b", ".a", "a.", "[0]", "a[x]", 'a."b', "a[0]b", " "])
def test_what_is_no_path_is_an_error(text: str) -> None:
    if text != " ":
        with pytest.raises(RaychartError, match="is not a path"):
            parse_path(text)
