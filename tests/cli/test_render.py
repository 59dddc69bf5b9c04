"""`raychart render`: manifests in a fixed order, or the chart's refusal in words."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from raychart import helm, manifests

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Raychart = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]
STRICT = ROOT / "tests" / "fixtures" / "strict"
SCENARIOS = sorted(path.name for path in (ROOT / "values").glob("*.yaml"))


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_printed_is_what_helm_would_apply_sorted(raychart: Raychart, helm4: str, name: str) -> None:
    file = Path("values") / name
    done = raychart("render", file, "--helm", helm4)
    assert done.returncode == 0, done.stderr
    text = helm.render(ROOT / "charts/ray", [ROOT / file], release="ray", namespace=file.stem, helm=helm4)
    printed = list(yaml.safe_load_all(done.stdout))
    assert printed == [manifest.body for manifest in manifests.load(text)]
    assert done.stdout.startswith(f"# {file} in namespace {file.stem}\n---\n")


@pytest.mark.parametrize("name", SCENARIOS)
def test_both_helms_give_the_same_bytes(raychart: Raychart, helm3: str, helm4: str, name: str) -> None:
    old, new = (raychart("render", f"values/{name}", "--helm", program).stdout for program in (helm3, helm4))
    assert old == new
    assert old


def test_the_library_and_the_command_give_the_same_bytes(raychart: Raychart) -> None:
    files = [f"values/{name}" for name in SCENARIOS]
    library, command = (raychart("render", *files, "--engine", engine) for engine in ("sdk", "helm"))
    assert (library.returncode, library.stderr) == (0, "")
    assert library.stdout == command.stdout


def test_values_from_standard_input_need_a_namespace(raychart: Raychart) -> None:
    text = (ROOT / "values" / SCENARIOS[0]).read_text()
    done = raychart("render", "-", "--namespace", "team-a", stdin=text)
    assert done.stdout.startswith("# stdin in namespace team-a\n---\n")
    assert raychart("render", "-", stdin=text).returncode == 2


def test_what_another_helm_makes_otherwise_is_told_beside_the_manifests(raychart: Raychart, tmp_path: Path) -> None:
    chart = tmp_path / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 1.0.0\n")
    template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  k: |+\n    x\n\n\n"
    (chart / "templates" / "a.yaml").write_text(template)
    (tmp_path / "team.yaml").write_text("a: 1\n")
    done = raychart("render", "team.yaml", "--chart", chart, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("# team.yaml in namespace team\n")
    assert done.stderr.startswith("team.yaml: a document ends with a text that keeps its line breaks")
    assert "[helm-versions, warning]" in done.stderr


def test_release_namespace_layers_and_settings_are_helms(raychart: Raychart, helm4: str, tmp_path: Path) -> None:
    (tmp_path / "team.yaml").write_text("name: own\n")
    (tmp_path / "layer.yaml").write_text("name: layer\n")
    done = raychart(
        *("render", "team.yaml", "-f", "layer.yaml", "--chart", STRICT, "--release", "r", "--namespace", "other"),
        *("--set", "size=2", "--set-string", "text=0644", "--helm", helm4),
        cwd=tmp_path,
    )
    (body,) = yaml.safe_load_all(done.stdout)
    assert body["metadata"] == {"name": "r-layer", "namespace": "other"}
    assert body["data"] == {"size": "2", "text": "0644"}


def test_failed_checks_name_file_line_and_remedy_without_helms_wrapping(
    raychart: Raychart, helm4: str, tmp_path: Path
) -> None:
    (tmp_path / "team.yaml").write_text("name: x\nsize: 9\n")
    done = raychart("render", "team.yaml", "--chart", STRICT, "--helm", helm4, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "team.yaml:2: size: 9 is more than 8 [chart-check]\n"
        "    lower it\n"
        "    or ask for more\n"
        "team.yaml: nothing fits [chart-check]\n"
    )


def test_a_check_of_the_projects_chart_is_placed_in_the_layer_that_set_the_value(
    raychart: Raychart, helm4: str, tmp_path: Path
) -> None:
    (tmp_path / "team.yaml").write_text("clusters:\n  main:\n    workerTypes:\n      cpu: {cpu: 1, maxWorkers: 3}\n")
    (tmp_path / "more.yaml").write_text("clusters: {main: {workerTypes: {cpu: {\n  minWorkers: 9}}}}\n")
    done = raychart("render", "team.yaml", "-f", "more.yaml", "--helm", helm4, cwd=tmp_path)
    assert done.returncode == 1
    assert "more.yaml:2: clusters.main.workerTypes.cpu.minWorkers: 9 is more than maxWorkers (3)" in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sizes: 3\n", "team.yaml:1: sizes: is not a known key [values-schema]\n    did you mean size?\n"),
        ("name: x\nsize: [1\n", "team.yaml:3: not YAML: "),
    ],
)
def test_what_schema_and_yaml_refuse_is_told_as_lint_tells_it(
    raychart: Raychart, helm3: str, helm4: str, tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "team.yaml").write_text(text)
    for program in (helm3, helm4):
        done = raychart("render", "team.yaml", "--chart", STRICT, "--helm", program, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(words)


def test_a_setting_that_the_schema_refuses_is_a_finding_too(raychart: Raychart, helm4: str, tmp_path: Path) -> None:
    (tmp_path / "team.yaml").write_text("name: x\n")
    done = raychart("render", "team.yaml", "--chart", STRICT, "--set", "size=x", "--helm", helm4, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("--set size=x: size: has to be a whole number")


def test_one_refused_file_keeps_all_manifests_back(raychart: Raychart, helm4: str, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text("name: x\n")
    (tmp_path / "bad.yaml").write_text("size: 9\n")
    done = raychart("render", "good.yaml", "bad.yaml", "--chart", STRICT, "--helm", helm4, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")


def test_helms_own_troubles_are_an_error_with_its_words(raychart: Raychart, tmp_path: Path, helm4: str) -> None:
    (tmp_path / "team.yaml").write_text("name: x\n")
    done = raychart("render", "team.yaml", "--chart", STRICT, "--set-json", "name=[", "--helm", helm4, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("--set-json 'name=[': the value is not JSON")
    assert "Traceback" not in done.stderr


def test_helm_missing_from_path_is_an_error_that_says_how_to_get_it(raychart: Raychart, tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": str(tmp_path)}
    done = raychart("render", "values/team-a.yaml", "--engine", "helm", env=environment)
    assert done.returncode == 2
    assert "there is no program helm" in done.stderr
    assert "--helm" in done.stderr
