"""`raychart diff`, run as people run it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Raychart = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "tools/src/raychart/diff/diff.schema.json").read_text(encoding="utf-8"))
TEAM = (ROOT / "values/team-a.yaml").read_text(encoding="utf-8")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Copy values/team-a.yaml under another name, with more workers."""
    path = tmp_path / "proposal.yaml"
    path.write_text(re.sub(r"maxWorkers: (\d+)", r"maxWorkers: 1\1", TEAM), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != TEAM
    return path


def test_two_values_files_are_compared_in_the_namespace_of_the_first(raychart: Raychart, other: Path) -> None:
    done = raychart("diff", "values/team-a.yaml", other)
    assert (done.returncode, done.stderr) == (1, "")
    first, *rest = done.stdout.splitlines()
    assert re.fullmatch(r"team-a: \+0 ~\d -0  [a-z-]+", first)
    assert any(re.search(r"spec\.workerGroupSpecs\[\w+\]\.maxReplicas: \d+ -> 1\d+$", line) for line in rest)


def test_the_same_is_no_difference_in_any_form(raychart: Raychart, tmp_path: Path) -> None:
    rendered = tmp_path / "manifests" / "all.yaml"
    rendered.parent.mkdir()
    rendered.write_text(raychart("render", "values/team-a.yaml").stdout, encoding="utf-8")
    for old in ("values/team-a.yaml", rendered, rendered.parent):
        for new in ("values/team-a.yaml", rendered):
            done = raychart("diff", old, new)
            assert (done.returncode, done.stdout, done.stderr) == (0, "no differences\n", "")
    piped = raychart("diff", "-", "values/team-a.yaml", stdin=rendered.read_text(encoding="utf-8"))
    assert (piped.returncode, piped.stdout) == (0, "no differences\n")


def test_folders_of_values_are_compared_file_by_file(raychart: Raychart, tmp_path: Path, other: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "team-b.yaml").write_text(TEAM, encoding="utf-8")
    (old / "team-a.yaml").write_text(TEAM, encoding="utf-8")
    (new / "team-c.yaml").write_text(TEAM, encoding="utf-8")
    done = raychart("diff", old, new)
    assert done.returncode == 1
    heads = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert [line.split()[0] for line in heads] == ["team-a:", "team-c:", "2"]
    assert heads[-1] == "2 of 3 namespaces differ"


def test_what_is_grave_comes_first_and_what_it_does_before_what_it_is(raychart: Raychart, tmp_path: Path) -> None:
    path = tmp_path / "fewer.yaml"
    path.write_text(
        "clusters: {main: {workerTypes: {a: {cpu: 1, maxWorkers: 1}, b: {cpu: 1, maxWorkers: 1}}}}\n", encoding="utf-8"
    )
    other = tmp_path / "more.yaml"
    other.write_text("clusters: {main: {workerTypes: {a: {cpu: 1, maxWorkers: 1}}}}\n", encoding="utf-8")
    text = raychart("diff", path, other, "--namespace", "team-a").stdout
    assert text.index("  ~ RayCluster main\n      remove-type: ") < text.index("  ~ Job main-rollout")
    assert "\n      -           - args:\n" in text
    markdown = raychart("diff", path, other, "--namespace", "team-a", "-o", "markdown").stdout
    assert markdown.index("~ RayCluster main\n#     remove-type: ") < markdown.index("~ Job main-rollout")


def test_what_a_cluster_adds_to_an_object_is_no_difference(raychart: Raychart, tmp_path: Path) -> None:
    about = {"name": "a", "namespace": "team-a"}
    given = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": about}
    added = {"uid": "u", "resourceVersion": "7", "creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": [{}]}
    annotations = {"meta.helm.sh/release-name": "ray", "kubectl.kubernetes.io/last-applied-configuration": "{}"}
    live = {**given, "metadata": {**about, **added, "annotations": annotations}, "status": {"a": 1}}
    for name, body in (("given", given), ("live", live), ("other", {**live, "data": {"a": "b"}})):
        (tmp_path / name).write_text(json.dumps(body), encoding="utf-8")
    assert raychart("diff", tmp_path / "live", tmp_path / "given").stdout == "no differences\n"
    assert "      + data: {a: b}\n" in raychart("diff", tmp_path / "given", tmp_path / "other").stdout


@pytest.mark.parametrize(
    "text", [b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \xe9}\n", b"# \n\nclusters: {\xe9: {}}\n"]
)
def test_what_is_not_utf8_is_not_compared(raychart: Raychart, tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "latin.yaml"
    file.write_bytes(text)
    done = raychart("diff", file, file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{file}:3: the file is not UTF-8 (byte 0xe9)\n")


def test_nothing_at_all_is_said(raychart: Raychart) -> None:
    done = raychart("diff", "-", "values/team-a.yaml", stdin="")
    assert (done.returncode, done.stderr.split(",")[0]) == (1, "stdin: there is nothing in it")


def test_objects_that_name_no_namespace_are_in_that_of_the_others(raychart: Raychart, tmp_path: Path) -> None:
    about = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a%s}\ndata: {a: %s}\n"
    sides = (", namespace: team-a", "one"), ("", "two")
    for number, side in enumerate(sides):
        (tmp_path / f"{number}.yaml").write_text(about % side, encoding="utf-8")
    done = raychart("diff", tmp_path / "1.yaml", tmp_path / "0.yaml")
    assert "~ data.a: two -> one" in done.stdout


def test_files_for_namespaces_of_one_name_are_told_apart(raychart: Raychart, tmp_path: Path) -> None:
    for side in ("old", "new"):
        for cluster in ("prod", "stage"):
            path = tmp_path / side / cluster / "team-a.yaml"
            path.parent.mkdir(parents=True)
            other = (side, cluster) == ("new", "stage")
            path.write_text(TEAM.replace("maxWorkers: ", "maxWorkers: 1") if other else TEAM, encoding="utf-8")
    for style in ("text", "markdown"):
        done = raychart("diff", tmp_path / "old", tmp_path / "new", "-o", style)
        assert f"team-a ({tmp_path}/new/stage/team-a.yaml): +0 " in done.stdout


def test_json_has_the_shape_of_its_schema(raychart: Raychart, other: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.yaml"
    nothing.write_text("", encoding="utf-8")
    rendered = tmp_path / "r.yaml"
    rendered.write_text(raychart("render", "values/team-a.yaml").stdout, encoding="utf-8")
    for old, new in (("values/team-a.yaml", other), (nothing, rendered), (rendered, "values/team-b.yaml")):
        done = raychart("diff", old, new, "-o", "json")
        assert done.returncode == 1, done.stderr
        document = json.loads(done.stdout)
        jsonschema.validate(document, SCHEMA)
        assert document["differs"]
        assert document["namespaces"][0]["objects"]


def test_markdown_holds_the_changes_in_a_fence(raychart: Raychart, other: Path, tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    done = raychart("diff", "values/team-a.yaml", other, "-o", f"markdown={path}")
    assert done.returncode == 1
    text = path.read_text(encoding="utf-8")
    assert text.startswith("### raychart diff: 1 of 1 namespace differs\n")
    assert re.search(r"^```diff$(.|\n)*^-     spec\.worker.*maxReplicas: \d+$(.|\n)*^```$", text, re.MULTILINE)


def test_fail_on_takes_the_effect_into_account(raychart: Raychart, other: Path) -> None:
    assert raychart("diff", "values/team-a.yaml", other, "--fail-on", "head-restart").returncode == 0
    assert raychart("diff", "values/team-a.yaml", other, "--fail-on", "none").returncode == 1
    assert raychart("diff", "values/team-a.yaml", "values/team-a.yaml", "--fail-on", "none").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-", "-"], "standard input can be one side only"),
        (["values/none.yaml", "values"], "values/none.yaml: cannot be read"),
        (["values", "{folder}"], "has no YAML files in it"),
        (["values/team-a.yaml", "{bad}"], "{bad}:"),
        (["values/team-a.yaml", "{half}"], "{half}:1: not a Kubernetes object"),
        (["values", "{bad}"], "has no file bad.yaml"),
        (["values/team-a.yaml", "values/team-b.yaml", "--fail-on", "doom"], "invalid choice"),
    ],
)
def test_what_cannot_be_compared_is_told(raychart: Raychart, tmp_path: Path, arguments: list[str], told: str) -> None:
    names = {"folder": tmp_path / "empty", "bad": tmp_path / "bad.yaml", "half": tmp_path / "half.yaml"}
    names["folder"].mkdir()
    names["bad"].write_text("clusters: {main: {upscalingSpeed: fast}}\n", encoding="utf-8")
    names["half"].write_text("apiVersion: v1\nkind: Pod\n", encoding="utf-8")
    done = raychart("diff", *(argument.format(**names) for argument in arguments))
    assert (done.returncode, done.stdout) == (2, "")
    assert told.format(**names) in done.stderr
    assert "Traceback" not in done.stderr


def test_no_secret_is_written_anywhere(raychart: Raychart, tmp_path: Path) -> None:
    sides = []
    for number, value in enumerate(("hunter2hunter", "correcthorse")):
        path = tmp_path / f"{number}.yaml"
        path.write_text(
            f"{{apiVersion: v1, kind: Secret, metadata: {{name: a}}, stringData: {{a: {value}}}}}\n---\n"
            f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{url: 'redis://u:{value}@h'}}}}\n",
            encoding="utf-8",
        )
        sides.append(path)
    for style in ("text", "json", "markdown"):
        done = raychart("diff", *sides, "-o", f"{style}={tmp_path / style}", env={**os.environ, "RAYCHART_DEBUG": "1"})
        written = (tmp_path / style).read_text(encoding="utf-8") + done.stdout + done.stderr
        assert done.returncode == 1
        assert "hidden" in written
        assert "hunter2hunter" not in written
        assert "correcthorse" not in written
