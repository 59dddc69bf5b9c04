"""`raychart new`: specs, presets, files that were edited, checks for CI."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

from raychart.generate.presets import preset_names
from raychart.helm_yaml import read_documents

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Raychart = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]
EDITOR_SCHEMA = ROOT / "values" / "values.schema.json"
SPEC = """\
namespace: team-a
preset: spot-workers
workers:
  cpu: {tasks: 8, memoryPerTask: 2Gi, always: 1, atMost: 20}
"""


@pytest.fixture
def new(raychart: Raychart, tmp_path: Path) -> Raychart:
    """Run `raychart new` in a folder that has a spec."""
    (tmp_path / "team.yaml").write_text(SPEC)
    return lambda *words, **options: raychart(
        "new", *words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT / "tools" / "src")}, **options
    )


def respell(file: Path, *pairs: tuple[str, str]) -> None:
    text = file.read_text()
    for old, text_now in pairs:
        assert old in text
        text = text.replace(old, text_now)
    file.write_text(text)


@pytest.mark.parametrize("preset", preset_names())
def test_each_presets_scenario_is_what_the_tool_writes(raychart: Raychart, preset: str) -> None:
    path = f"values/{preset}.yaml"
    done = raychart("new", "--preset", preset, "-o", path, "--check")
    assert (done.stdout, done.returncode) == (f"{path}: follows its spec\n", 0)
    printed = raychart("new", "--preset", preset).stdout
    assert _without_packed(printed) == _without_packed((ROOT / path).read_text())


def _without_packed(text: str) -> str:
    # Compressed bytes differ between builds of zlib, what they hold does not.
    return text.partition("# raychart-generated:")[0]


@pytest.mark.parametrize("preset", preset_names())
def test_each_presets_scenario_lints_clean_and_fits_the_editors_schema(raychart: Raychart, preset: str) -> None:
    done = raychart("lint", f"values/{preset}.yaml", "-o", "json")
    assert json.loads(done.stdout)["findings"] == []
    schema = json.loads(EDITOR_SCHEMA.read_text())
    jsonschema.validate(yaml.safe_load((ROOT / "values" / f"{preset}.yaml").read_text()), schema)


def test_the_editors_schema_is_that_of_the_chart(raychart: Raychart) -> None:
    remedy = "run: raychart new --schema values > values/values.schema.json"
    assert raychart("new", "--schema", "values").stdout == EDITOR_SCHEMA.read_text(), remedy


def test_a_spec_becomes_a_file_that_says_where_it_comes_from(new: Raychart, tmp_path: Path) -> None:
    done = new("team.yaml", "-o", "out.yaml")
    assert (done.returncode, done.stdout) == (0, "out.yaml: written\n")
    text = (tmp_path / "out.yaml").read_text()
    assert "raychart new team.yaml -o out.yaml" in text
    assert read_documents(text, "out.yaml")[0].data["clusters"]["main"]["workerTypes"]["cpu"]["maxWorkers"] == 20
    assert "# 5 x (90 s for the node + 30 s for the pod) to start = 10 min" in text


def test_the_same_spec_gives_the_same_bytes_wherever_it_is_called_from(new: Raychart, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "values").mkdir()
    here = new("team.yaml", "-o", "values/team-a.yaml")
    assert here.returncode == 0
    text = (tmp_path / "values" / "team-a.yaml").read_text()
    assert new("team.yaml").stdout == text
    (tmp_path / "values" / "team-a.yaml").unlink()
    assert new(tmp_path / "team.yaml", "-o", tmp_path / "values").returncode == 0
    assert (tmp_path / "values" / "team-a.yaml").read_text() == text


@pytest.mark.parametrize(("where", "reference"), [("values", "values.schema.json"), (".", "../values.schema.json")])
def test_editors_are_sent_to_the_schema_nearby(new: Raychart, tmp_path: Path, where: str, reference: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "values").mkdir()
    (tmp_path / where / "values.schema.json").write_text(new("--schema", "values").stdout)
    assert new("team.yaml").stdout.startswith(f"# yaml-language-server: $schema={reference}\n")


def test_editors_are_sent_where_the_spec_says(new: Raychart) -> None:
    done = new("team.yaml", "--set", "modeline=https://example.com/ray.json")
    assert done.stdout.startswith("# yaml-language-server: $schema=https://example.com/ray.json\n")


def test_made_again_it_keeps_what_was_edited_and_takes_over_the_rest(new: Raychart, tmp_path: Path) -> None:
    file = tmp_path / "out.yaml"
    new("team.yaml", "-o", "out.yaml")
    respell(
        file, ("minWorkers: 1", "minWorkers: 2  # for the demo"), ("    head:\n", "    labels: {a: b}\n    head:\n")
    )
    respell(tmp_path / "team.yaml", ("atMost: 20", "atMost: 30"))
    assert new("team.yaml", "-o", "out.yaml", "--check").returncode == 1
    done = new("team.yaml", "-o", "out.yaml")
    assert (done.returncode, done.stdout) == (0, "out.yaml: written\n")
    text = file.read_text()
    assert "minWorkers: 2  # for the demo" in text
    assert "    labels: {a: b}\n" in text
    assert "maxWorkers: 30" in text
    assert "up to 240 together" in text
    assert new("team.yaml", "-o", "out.yaml", "--check").stdout == "out.yaml: follows its spec\n"


def test_a_conflict_is_told_in_words_once_and_loses_nothing(new: Raychart, tmp_path: Path) -> None:
    file = tmp_path / "out.yaml"
    new("team.yaml", "-o", "out.yaml")
    respell(file, ("maxWorkers: 20", "maxWorkers: 25"))
    respell(tmp_path / "team.yaml", ("atMost: 20", "atMost: 30"))
    done = new("team.yaml", "-o", "out.yaml")
    assert done.returncode == 1
    line = file.read_text().splitlines().index("        maxWorkers: 25") + 1
    place, remedy, last = done.stdout.splitlines()
    assert place.startswith(
        f"out.yaml:{line}: clusters.main.workerTypes.cpu.maxWorkers: was set by hand to 25, "
        "and the spec now comes to 30, where it was 20 [new-conflict"
    )
    assert remedy == "    it stays as it is; if the spec is right, write maxWorkers: 30"
    assert last == "out.yaml: written"
    assert "maxWorkers: 25" in file.read_text()
    assert new("team.yaml", "-o", "out.yaml").returncode == 0


@pytest.mark.parametrize(
    ("by_hand", "in_spec", "told"),
    [
        (
            ("        minWorkers: 1\n", ""),
            ("always: 1", "always: 2"),
            "was removed by hand, and the spec now comes to 2",
        ),
        (
            ("minWorkers: 1", "minWorkers: 3"),
            ("always: 1, ", ""),
            "by hand to 3, where it was 1, and the spec no longer",
        ),
    ],
)
def test_other_conflicts_are_told_too(
    new: Raychart, tmp_path: Path, by_hand: tuple[str, str], in_spec: tuple[str, str], told: str
) -> None:
    new("team.yaml", "-o", "out.yaml")
    respell(tmp_path / "out.yaml", by_hand)
    respell(tmp_path / "team.yaml", in_spec)
    done = new("team.yaml", "-o", "out.yaml")
    assert done.returncode == 1
    assert told in done.stdout


def test_diff_and_check_write_nothing(new: Raychart, tmp_path: Path) -> None:
    file = tmp_path / "out.yaml"
    assert new("team.yaml", "-o", "out.yaml", "--check").stdout.startswith(
        "out.yaml: is not there\n    run: raychart new"
    )
    assert not file.exists()
    new("team.yaml", "-o", "out.yaml")
    before = file.read_bytes()
    respell(tmp_path / "team.yaml", ("atMost: 20", "atMost: 30"))
    done = new("team.yaml", "-o", "out.yaml", "--diff")
    assert done.returncode == 1
    assert "\n-        maxWorkers: 20\n+        maxWorkers: 30\n" in done.stdout
    assert new("team.yaml", "-o", "out.yaml", "--check").returncode == 1
    assert file.read_bytes() == before


def test_a_new_raychart_alone_changes_no_file(new: Raychart, tmp_path: Path) -> None:
    from raychart import __version__
    from raychart.generate import provenance

    file = tmp_path / "out.yaml"
    new("team.yaml", "-o", "out.yaml")
    older = provenance.split(file.read_text()).text.replace(f"raychart {__version__} ", "raychart 0.0.9 ")
    file.write_text(provenance.sealed(older, older))
    assert new("team.yaml", "-o", "out.yaml", "--check").returncode == 0


def test_line_ends_and_byte_order_mark_stay(new: Raychart, tmp_path: Path) -> None:
    file = tmp_path / "out.yaml"
    new("team.yaml", "-o", "out.yaml")
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert new("team.yaml", "-o", "out.yaml", "--check").returncode == 0
    respell_bytes = (tmp_path / "team.yaml").read_text().replace("atMost: 20", "atMost: 30")
    (tmp_path / "team.yaml").write_text(respell_bytes)
    assert new("team.yaml", "-o", "out.yaml").returncode == 0
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n")
    assert b"maxWorkers: 30\r\n" in content


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("clusters: {}\n", "was not written by raychart new"),
        ("clusters: {}\n# raychart-generated:xxx\n", "is damaged"),
    ],
)
def test_a_file_of_others_is_left_alone_unless_told_otherwise(
    new: Raychart, tmp_path: Path, content: str, told: str
) -> None:
    (tmp_path / "out.yaml").write_text(content)
    done = new("team.yaml", "-o", "out.yaml")
    assert done.returncode == 2
    assert told in done.stderr
    assert "--overwrite" in done.stderr
    assert (tmp_path / "out.yaml").read_text() == content
    assert new("team.yaml", "-o", "out.yaml", "--overwrite").returncode == 0
    assert new("team.yaml", "-o", "out.yaml", "--check").returncode == 0


def test_a_file_that_helm_would_refuse_is_not_merged_with(new: Raychart, tmp_path: Path) -> None:
    new("team.yaml", "-o", "out.yaml")
    respell(tmp_path / "out.yaml", ("    head:\n", "<<<<<<< ours\n    head:\n"))
    before = (tmp_path / "out.yaml").read_bytes()
    done = new("team.yaml", "-o", "out.yaml")
    assert done.returncode == 1
    assert "out.yaml:" in done.stdout
    assert "a conflict that git could not resolve" in done.stdout
    assert (tmp_path / "out.yaml").read_bytes() == before


def test_mistakes_in_a_spec_are_findings_and_nothing_is_written(new: Raychart, tmp_path: Path) -> None:
    respell(tmp_path / "team.yaml", ("atMost", "atmost"))
    done = new("team.yaml", "-o", "out.yaml")
    assert done.returncode == 1
    assert "team.yaml:4: workers.cpu.atmost: is not a known key [spec-schema]\n    did you mean atMost?" in done.stdout
    assert not (tmp_path / "out.yaml").exists()
    printed = new("team.yaml")
    assert (printed.returncode, printed.stdout) == (1, "")
    assert "did you mean atMost?" in printed.stderr


def test_without_arguments_it_says_what_it_needs(new: Raychart) -> None:
    done = new()
    assert done.returncode == 2
    assert "namespace: team-a" in done.stderr
    assert "raychart new team-a.spec.yaml -o values/team-a.yaml" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["nowhere.yaml"],
        ["--preset", "gpus"],
        ["team.yaml", "--check"],
        ["team.yaml", "-o", "no/folder/out.yaml"],
        ["team.yaml", "--set", "x"],
        ["team.yaml", "--chart", "."],
        ["--print-spec"],
        ["--print-spec", "--preset", "x"],
    ],
)
def test_what_cannot_be_done_is_told_in_two_lines(new: Raychart, words: list[str]) -> None:
    done = new(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    problem, remedy = done.stderr.splitlines()
    assert ": " in problem
    assert remedy.startswith("    ")


def test_the_printed_spec_of_a_preset_stands_for_it(new: Raychart) -> None:
    spec = new("--print-spec", "--preset", "gpu").stdout
    by_spec, by_preset = new("-", stdin=spec).stdout, new("--preset", "gpu").stdout
    assert read_documents(by_spec, "new")[0].data == read_documents(by_preset, "new")[0].data
    assert by_spec


def test_the_example_in_the_help_is_a_spec(new: Raychart) -> None:
    text = new("--help").stdout
    example = text.partition("a spec:\n")[2].partition("\nexamples:")[0]
    done = new("-", stdin="".join(line[2:] + "\n" for line in example.splitlines()))
    assert done.returncode == 0, done.stderr
