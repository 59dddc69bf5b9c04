"""`raychart lint`: files, folders, standard input, layers, formats."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Raychart = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]
BROKEN = """\
clusters:
  main:
    workertypes: {}
    workerTypes:
      gpu:
        minWorkers: "1"
        maxWorkers: 2
        maxWorkers: 3
        cpu: 4
        memory: 16Gi
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a broken and a sound values file, one of them further down."""
    (tmp_path / "broken.yaml").write_text(BROKEN)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "sound.yml").write_text("operator: {enabled: false}\n")
    (tmp_path / "notes.txt").write_text("not: [values\n")
    return tmp_path


def test_the_projects_own_values_have_no_findings(raychart: Raychart) -> None:
    done = raychart("lint", "values")
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("nothing found in ")


def test_findings_name_the_file_as_the_user_wrote_it_with_line_path_and_remedy(
    raychart: Raychart, folder: Path
) -> None:
    done = raychart("lint", "broken.yaml", cwd=folder)
    assert done.returncode == 1
    assert done.stderr == ""
    assert done.stdout == (
        "broken.yaml:3: clusters.main.workertypes: is not a known key [values-schema]\n"
        "    did you mean workerTypes?\n"
        "broken.yaml:6: clusters.main.workerTypes.gpu.minWorkers: "
        'has to be a whole number (found the text "1") [values-schema]\n'
        "    remove the quotes (Workers that are always there)\n"
        "broken.yaml:8: the key maxWorkers stands here again (first on line 7); Helm silently takes the last "
        "[values-duplicate-key]\n"
        "    keep one of the two\n"
        "3 findings in 1 file: 3 errors\n"
    )


def test_a_folder_stands_for_the_yaml_files_below_it(raychart: Raychart, folder: Path) -> None:
    done = raychart("lint", ".", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "3 findings in 2 files: 3 errors"
    assert raychart("lint", "below", cwd=folder).returncode == 0


def test_standard_input_is_linted_as_dash(raychart: Raychart) -> None:
    done = raychart("lint", "-", stdin=BROKEN)
    assert done.returncode == 1
    assert done.stdout.startswith("stdin:3: clusters.main.workertypes")


def test_a_layer_is_laid_over_each_file_and_its_findings_are_told_once(raychart: Raychart, folder: Path) -> None:
    (folder / "other.yaml").write_text("operator: {enabled: false}\n")
    (folder / "layer.yaml").write_text("operator: {image: {repo: x}}\n")
    done = raychart("lint", "other.yaml", "below/sound.yml", "-f", "layer.yaml", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith("layer.yaml:1: operator.image.repo: ")
    assert done.stdout.splitlines()[-1] == "1 finding in 2 files: 1 error"


def test_a_layer_may_mend_what_the_file_lacks(raychart: Raychart, folder: Path) -> None:
    (folder / "part.yaml").write_text("clusters: {main: {workerTypes: {gpu: {minWorkers: 0, cpu: 1, memory: 4Gi}}}}\n")
    (folder / "rest.yaml").write_text("clusters: {main: {workerTypes: {gpu: {maxWorkers: 1}}}}\n")
    assert "maxWorkers is missing" in raychart("lint", "part.yaml", cwd=folder).stdout
    assert raychart("lint", "part.yaml", "-f", "rest.yaml", cwd=folder).returncode == 0


def test_another_chart_has_its_own_schema(raychart: Raychart, folder: Path) -> None:
    (folder / "v.yaml").write_text("size: large\n")
    done = raychart("lint", "v.yaml", "--chart", ROOT / "tests/fixtures/strict", cwd=folder)
    assert done.stdout.startswith('v.yaml:1: size: has to be a whole number (found the text "large")')


def test_several_formats_are_written_in_one_run(raychart: Raychart, folder: Path) -> None:
    done = raychart("lint", "broken.yaml", "-o", "json", "-o", "junit=lint.xml", "-o", "text=lint.txt", cwd=folder)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert (report["apiVersion"], report["kind"]) == ("raychart/v1", "Findings")
    assert [finding["line"] for finding in report["findings"]] == [3, 6, 8]
    assert report["findings"][0]["column"] == 5
    assert ET.parse(folder / "lint.xml").getroot().get("failures") == "1"  # noqa: S314 (our own)
    assert (folder / "lint.txt").read_text().endswith("3 findings in 1 file: 3 errors\n")


@pytest.mark.parametrize("text", ["owner: [\n", "- owner\n"])
def test_what_a_broken_file_lacks_is_not_told_as_well(raychart: Raychart, tmp_path: Path, text: str) -> None:
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 0.1.0\n")
    (tmp_path / "values.schema.json").write_text('{"type": "object", "required": ["owner"]}')
    assert "owner is missing" in raychart("lint", "-", "--chart", tmp_path, stdin="other: 1\n").stdout
    done = raychart("lint", "-", "--chart", tmp_path, stdin=text)
    assert done.stdout.splitlines()[-1] == "1 finding in 1 file: 1 error"
    assert "owner is missing" not in done.stdout


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"a: " + b"[" * 100_000,
        b"{" * 100_000,
        b"? " * 20_000,
        b"a: &a [*a]",
        b"%YAML 9.9\n---\n",
        b"a: !!python/object/apply:os.system [exit]",
        b"a: 1e99999999999\n",
        b"a: " + b"9" * 5000,
        b"? ? ? a\n",
        b"clusters: {main: {workerTypes: {gpu: {maxWorkers: .nan}}}}",
        b"clusters: {'': {}, ' ': 1, '\\': [], \"\\n\": {}}",
        b"clusters: &c {main: &m {head: {pod: {x: *c}}}}",
        b"podDefaults: {rayStartParams: {labels: {a: 1}}}",
        b"- - - -",
        b"---\n---\n---\n",
        b"a: |\n" + b" " * 5 + b"x" * 100_000,
    ],
    ids=lambda content: repr(content[:30]),
)
def test_no_input_makes_lint_crash(raychart: Raychart, content: bytes) -> None:
    done = raychart("lint", "-", stdin=content)
    assert done.returncode == 1, done.stderr
    assert "stdin:" in done.stdout
    assert done.stderr == ""


def test_a_file_name_that_is_not_utf8_is_printed_escaped(raychart: Raychart, tmp_path: Path) -> None:
    name = b"caf\xe9.yaml".decode("utf-8", "surrogateescape")
    (tmp_path / name).write_text("unknown: 1\n")
    done = raychart("lint", ".", cwd=tmp_path)
    assert done.returncode == 1
    assert "unknown: is not a known key" in done.stdout


def test_flags_are_layers_and_have_a_remedy_of_their_own(raychart: Raychart, folder: Path) -> None:
    done = raychart("lint", "below/sound.yml", "--set", "clusters.main.upscalingSpeed=1.5", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.startswith(
        "--set clusters.main.upscalingSpeed=1.5: clusters.main.upscalingSpeed: "
        'has to be a number (found the text "1.5") [values-schema]\n'
        "    write it in JSON: --set-json clusters.main.upscalingSpeed=1.5"
    )
    mended = raychart("lint", "below/sound.yml", "--set-json", "clusters.main.upscalingSpeed=1.5", cwd=folder)
    assert "values-schema" not in mended.stdout


ADVICE = """\
clusters: {main: {head: {rayResources: {CPU: 2}}, workerTypes: {cpu: {maxWorkers: 2, cpu: 4, memory: 16Gi}}}}
"""


@pytest.mark.parametrize(
    ("text", "least", "code"),
    [
        (ADVICE, "error", 0),
        (ADVICE, "warning", 1),
        (ADVICE, "info", 1),
        (BROKEN, "error", 1),
        ("operator: {replicas: 1}\n", "info", 1),
        ("operator: {replicas: 1}\n", "warning", 0),
    ],
)
def test_fail_on_decides_which_findings_make_the_exit_code(
    raychart: Raychart, text: str, least: str, code: int
) -> None:
    done = raychart("lint", "-", "--fail-on", least, stdin=text)
    assert (done.returncode, done.stderr) == (code, "")


def test_one_run_tells_what_the_schema_refuses_and_what_the_rules_find(raychart: Raychart) -> None:
    text = (
        "clusters:\n  main:\n    idleTimeoutMinute: 1\n    head: {rayResources: {CPU: 2}}\n"
        "    workertypes: {cpu: {maxWorkers: '2'}}\n"
    )
    done = raychart("lint", "-", "-o", "json", stdin=text)
    found = {(one["rule"], one["line"]) for one in json.loads(done.stdout)["findings"]}
    assert {("values-schema", 3), ("values-schema", 5), ("head-runs-tasks", 4)} <= found


def test_what_is_below_a_misspelt_key_is_placed_where_it_stands(raychart: Raychart, tmp_path: Path) -> None:
    text = (
        "clusters:\n  main:\n    haed:\n      rayResources:\n        CPU: 2\n    workerTypes: {cpu: {maxWorkers: 2}}\n"
    )
    done = raychart("lint", "-", "-o", "json", stdin=text)
    places = {one["rule"]: (one["line"], one["path"]) for one in json.loads(done.stdout)["findings"]}
    assert places["head-runs-tasks"] == (5, "clusters.main.haed.rayResources.CPU")


def test_a_baseline_is_recorded_once_and_hides_what_was_there(raychart: Raychart, folder: Path) -> None:
    recorded = raychart("lint", ".", "--baseline", "known.json", "--write-baseline", cwd=folder)
    assert (recorded.returncode, recorded.stdout) == (0, "")
    done = raychart("lint", ".", "--baseline", "known.json", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "nothing found in 2 files (3 in the baseline)\n")
    (folder / "broken.yaml").write_text("# moved\n" + BROKEN + "more: 1\n")
    done = raychart("lint", ".", "--baseline", "known.json", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.startswith("broken.yaml:12: more: is not a known key")
    assert raychart("lint", ".", "--baseline", "none.json", cwd=folder).returncode == 2


def test_fix_mends_and_check_only_shows(raychart: Raychart, folder: Path) -> None:
    shown = raychart("lint", ".", "--fix", "--check", cwd=folder)
    assert shown.returncode == 1
    assert (folder / "broken.yaml").read_text() == BROKEN
    assert '-        minWorkers: "1"\n+        minWorkers: 1\n' in shown.stdout
    (folder / "shown.patch").write_text(shown.stdout)

    done = raychart("lint", ".", "--fix", cwd=folder)
    assert done.stderr.startswith("mended 1 problem in 1 file")
    assert '"1"' not in (folder / "broken.yaml").read_text()
    again = raychart("lint", ".", "--fix", "--check", cwd=folder)
    assert (again.returncode, again.stdout) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["-", "--fix"],
        [".", "--check"],
        [".", "--write-baseline"],
        [".", "--fix", "--write-baseline", "--baseline", "b.json"],
        [".", "--ignore-file", "none.yaml"],
        [".", "--namespace", "No"],
        [".", "--fail-on", "never"],
    ],
    ids=str,
)
def test_what_cannot_be_meant_ends_with_2_and_a_remedy(raychart: Raychart, folder: Path, arguments: list[str]) -> None:
    done = raychart("lint", *arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 2


def test_many_files_are_linted_as_one_by_one(raychart: Raychart, tmp_path: Path) -> None:
    for number in range(150):
        (tmp_path / f"team-{number}.yaml").write_text(ADVICE if number % 3 else BROKEN)
    together = json.loads(raychart("lint", ".", "-o", "json", cwd=tmp_path).stdout)
    alone = json.loads(raychart("lint", "team-9.yaml", "-o", "json", cwd=tmp_path).stdout)
    assert together["summary"]["files"] == 150
    assert together["summary"]["error"] == 150
    assert [one for one in together["findings"] if one["file"] == "team-9.yaml"] == alone["findings"]


def test_paths_of_annotations_begin_at_the_top_of_the_workspace(raychart: Raychart, folder: Path) -> None:
    env = os.environ | {"GITHUB_WORKSPACE": str(folder.parent)}
    done = raychart("lint", "broken.yaml", "-o", "github", cwd=folder, env=env)
    assert done.stdout.startswith(f"::error file={folder.name}/broken.yaml,line=3,col=5,title=values-schema::")


@pytest.mark.parametrize(("more", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colour_is_for_terminals_that_want_it(folder: Path, more: dict[str, str], is_coloured: bool) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "raychart", "lint", "broken.yaml"]
    env = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"} | more
    env["PYTHONPATH"] = str(ROOT / "tools/src") + os.pathsep + env.get("PYTHONPATH", "")
    subprocess.run(command, cwd=folder, env=env, stdout=theirs, stdin=theirs, check=False)
    os.close(theirs)
    assert (b"\x1b[31m[values-schema]" in os.read(ours, 65_536)) is is_coloured
    os.close(ours)


def test_explain_lists_the_rules_and_tells_one(raychart: Raychart) -> None:
    listed = raychart("explain")
    assert listed.returncode == 0
    assert "values-duplicate-key" in listed.stdout
    assert "Helm silently takes the last" in raychart("explain", "values-duplicate-key").stdout
    assert raychart("explain", "values-duplicate-key", "-o", "markdown").stdout.startswith("## values-duplicate-key\n")
    wrong = raychart("explain", "values-duplicate-keys")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "did you mean values-duplicate-key?" in wrong.stderr
