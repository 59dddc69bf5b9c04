"""`raychart values`: merged values that Helm reads back, and where each of them comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from raychart import helm
from raychart.manifest_text import to_yaml
from raychart.values import load_layer

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Raychart = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted(path.name for path in (ROOT / "values").glob("*.yaml"))
HEAD = "clusters.main.head"


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A folder with a chart of a few defaults and a values file."""
    (tmp_path / "chart").mkdir()
    (tmp_path / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 0.1.0\n")
    (tmp_path / "chart" / "values.yaml").write_text("size: 1\nname: small\nplace: {zone: a, rack: 1}\n")
    (tmp_path / "team.yaml").write_text("size: 2\nplace:\n  rack: null\n")
    return tmp_path


@pytest.mark.parametrize("output", ["text", "yaml"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_printed_is_what_helm_would_use(
    raychart: Raychart, helm3: str, helm4: str, tmp_path: Path, name: str, output: str
) -> None:
    done = raychart("values", f"values/{name}", "-o", output)
    assert (done.returncode, done.stderr) == (0, "")
    again = tmp_path / "values.yaml"
    again.write_text(done.stdout)
    for program in (helm3, helm4):
        first, second = (
            helm.render(ROOT / "charts/ray", [file], release="ray", namespace="y", helm=program)
            for file in (ROOT / "values" / name, again)
        )
        assert first == second


def test_values_are_marked_with_the_layer_that_set_them(raychart: Raychart, team: Path) -> None:
    done = raychart("values", "team.yaml", "--chart", "chart", "--set", "place.zone=b", cwd=team)
    assert done.returncode == 0
    assert done.stdout == (
        "# The last of these that sets a value counts; those of the first are not marked.\n"
        "#   chart/values.yaml\n"
        "#   team.yaml\n"
        "#   --set place.zone=b\n"
        "size: 2  # team.yaml:1:1\n"
        "place:\n"
        "  zone: b  # --set place.zone=b\n"
        "name: small\n"
    )


def test_an_explanation_tells_what_is_in_force_and_what_it_overrides(raychart: Raychart, team: Path) -> None:
    done = raychart(
        *("values", "team.yaml", "--chart", "chart", "--set", "size=3"),
        *("--explain", "size", "--explain", "place.rack", "--explain", "place"),
        cwd=team,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "size: 3\n"
        "  set by    --set size=3\n"
        "  over      team.yaml:1:1          2\n"
        "  over      chart/values.yaml:1:1  1  (the chart's default)\n"
        "\n"
        "place.rack: not set\n"
        "  taken by  team.yaml:3:3           null takes the default away\n"
        "  over      chart/values.yaml:3:18  1  (the chart's default)\n"
        "\n"
        "place:\n"
        '  zone  "a"  chart/values.yaml:3:9\n'
    )


def test_a_setting_of_a_pod_is_followed_to_the_charts_defaults(raychart: Raychart) -> None:
    done = raychart("values", "values/team-b.yaml", "--explain", f"{HEAD}.image.repository", "-o", "json")
    (explanation,) = json.loads(done.stdout)["explanations"]
    assert (explanation["path"], explanation["value"]) == (f"{HEAD}.image.repository", "rayproject/ray")
    (origin,) = explanation["origins"]
    assert (origin["role"], origin["path"]) == ("in force", "podDefaults.image.repository")
    assert origin["file"] == "charts/ray/values.yaml"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"{HEAD}.cpus", f"--explain {HEAD}.cpus: {HEAD} has no key cpus\n    did you mean {HEAD}.cpu?"),
        ("cluster", "the top level has no key cluster\n    did you mean clusters?"),
        ("clusters.main.workertypes.cpu", "did you mean clusters.main.workerTypes?"),
        ("operator.replicas.x", "operator.replicas is no mapping"),
        ("operator[0]", "operator is no list"),
        ("a..b", "is not a path"),
    ],
)
def test_a_path_that_leads_nowhere_is_an_error_with_the_nearest(raychart: Raychart, path: str, words: str) -> None:
    done = raychart("values", "values/team-b.yaml", "--explain", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_what_is_known_but_not_set_is_told_so(raychart: Raychart) -> None:
    done = raychart("values", "values/team-b.yaml", "--explain", "clusters.main.workerTypes.cpu.gpu")
    assert done.returncode == 0
    assert done.stdout.startswith("clusters.main.workerTypes.cpu.gpu: not set\n")


def test_values_that_helm_refuses_are_not_printed(raychart: Raychart, team: Path) -> None:
    (team / "broken.yaml").write_text("size: [\n")
    for arguments in (["broken.yaml"], ["team.yaml", "--set", "size.x=1"]):
        done = raychart("values", *arguments, "--chart", "chart", cwd=team)
        assert (done.returncode, done.stdout) == (1, "")
        assert "[values-" in done.stderr


@pytest.mark.parametrize(
    "data",
    [
        {"a": "12:30:45", "b": "1e3", "c": "y", "on": "0o644", "~": "", "d": "2024-01-01", "<<": "x"},
        {"a": "two\nlines\n", "b": "\nfirst", "c": " x\ny", "d": "t\t\n", "e": "a\u2028b\x85\ufeff\x7f😀"},
        {"a": [{"b": [[], {}]}, None, True, 1.5, 1e30, -0.0], "c": {}, "---": "...", "?": "- x: |"},
    ],
)
def test_any_text_survives(raychart: Raychart, team: Path, data: dict[str, Any]) -> None:
    (team / "odd.yaml").write_text(to_yaml([data]))
    for output in ("text", "yaml"):
        done = raychart("values", "odd.yaml", "--chart", "chart", "--set", "size=null", "-o", output, cwd=team)
        (team / "again.yaml").write_text(done.stdout)
        again = load_layer(team / "again.yaml")
        assert again.findings == ()
        assert {key: again.data.get(key) for key in data} == data


def test_json_names_the_layers(raychart: Raychart, team: Path) -> None:
    report = json.loads(raychart("values", "team.yaml", "--chart", "chart", "-o", "json", cwd=team).stdout)
    assert (report["apiVersion"], report["kind"]) == ("raychart/v1", "Values")
    assert report["layers"] == ["chart/values.yaml", "team.yaml"]
    assert report["values"] == {"size": 2, "name": "small", "place": {"zone": "a"}}


def test_standard_input_is_a_layer(raychart: Raychart, team: Path) -> None:
    done = raychart("values", "-", "--chart", "chart", "-o", "yaml", cwd=team, stdin="name: other\n")
    assert yaml.safe_load(done.stdout)["name"] == "other"
