"""Findings are ignored by comments and by ignore files, each with its reason; what is wrong with those is found."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raychart.chart import find_chart
from raychart.lint.globs import file_pattern, path_pattern
from raychart.lint.ignore_comments import read_comments
from raychart.lint.run import Request, Result, lint

if TYPE_CHECKING:
    from pathlib import Path

CHART = find_chart()
TODAY = date(2026, 11, 24)
RULE = "head-runs-tasks"
BAD = "clusters:\n  main:\n    head: {rayResources: {CPU: 2}}\n    workerTypes: {cpu: {maxWorkers: 2}}\n"


def run(folder: Path, *names: str, **options: Path) -> Result:
    return lint(Request(tuple(folder / name for name in names), (), CHART, TODAY, **options))  # type: ignore[arg-type]


def of(folder: Path, text: str) -> tuple[list[str], int]:
    """The rules found in the text of a values file, without advice on other things, and how many are ignored."""
    (folder / "team-a.yaml").write_bytes(text.encode())
    result = run(folder, "team-a.yaml")
    return [one.rule for one in result.findings if one.rule == RULE or one.rule.startswith("ignore")], result.ignored


@pytest.mark.parametrize(
    ("comment", "found", "ignored"),
    [
        (f" # raychart: ignore[{RULE}] a trial", [], 1),
        (f" # raychart:ignore[ {RULE} ]: a trial", [], 1),
        (f" # raychart: ignore[{RULE}]", ["ignore-no-reason"], 1),
        (f" # raychart: ignore[{RULE}, values-empty] a trial", ["ignore-unused"], 1),
        (" # raychart: ignore[head-run-tasks] a trial", [RULE, "ignore-unknown-rule"], 0),
        (" # raychart: ignore[] a trial", [RULE, "ignore-unknown-rule"], 0),
        (f" # raychart: ignore {RULE}: a trial", [RULE, "ignore-syntax"], 0),
        (f" # raychart: ignroe[{RULE}] a trial", [RULE, "ignore-syntax"], 0),
        (" # raychart: a fine thing", [RULE], 0),
        (f" # ignore[{RULE}] a trial", [RULE], 0),
    ],
)
def test_a_comment_on_the_line_ignores_a_rule_with_a_reason(
    tmp_path: Path, comment: str, found: list[str], ignored: int
) -> None:
    text = BAD.replace("CPU: 2}}", f"CPU: 2}}}}{comment}")
    assert of(tmp_path, text) == (found, ignored)
    assert of(tmp_path, text.replace("\n", "\r\n")) == (found, ignored)


def test_a_comment_above_is_for_the_next_line_with_something_on_it(tmp_path: Path) -> None:
    above = f"    # raychart: ignore[{RULE}] a trial\n"
    assert of(tmp_path, BAD.replace("    head", f"{above}    head")) == ([], 1)
    assert of(tmp_path, BAD.replace("    head", f"{above}    # why\n\n    head")) == ([], 1)
    assert of(tmp_path, above + BAD) == (["ignore-unused", RULE], 0)


@pytest.mark.parametrize(
    "scalar",
    [
        f"|\n    # raychart: ignore[{RULE}] x",
        f">-\n    a\n    # raychart: ignore[{RULE}] x\n    b",
        f"'# raychart: ignore[{RULE}] x'",
        f'"a\n    # raychart: ignore[{RULE}] x"',
        f"a#b # raychart:# raychart: ignore[{RULE}]",
    ],
)
def test_what_looks_like_a_comment_inside_text_is_none(scalar: str) -> None:
    text = f"x-notes:\n  text: {scalar}\n"
    ignores, findings = read_comments(text, "f")
    assert ignores == ()
    assert findings == ()


def test_the_comment_behind_the_sign_of_a_text_block_is_one() -> None:
    (ignore,), _ = read_comments(f"a: | # raychart: ignore[{RULE}] x\n  # not one\nb: 1\n", "f")
    assert (ignore.line, ignore.reason) == (1, "x")


@given(st.text("# raychart:ignore[]a\n\r|>'\"{},-é\u2028\x85", max_size=60))
def test_no_text_keeps_comments_from_being_read(text: str) -> None:
    read_comments(f"{text}raychart:", "f")


def entry(**more: str) -> str:
    return "ignore:\n  - " + "\n    ".join(f"{key}: {value}" for key, value in more.items()) + "\n"


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({}, []),
        ({"path": "clusters.main.head"}, []),
        ({"path": "clusters.*.head.rayResources.CPU"}, []),
        ({"path": "clusters.other.head"}, [RULE, "ignore-unused"]),
        ({"file": "team-*.yaml"}, []),
        ({"file": "values/team-a.yaml"}, []),
        ({"file": "values/"}, []),
        ({"file": "other/*.yaml"}, [RULE]),
        ({"expires": "2026-11-24"}, []),
        ({"expires": '"2026-11-23"'}, [RULE, "ignore-expired"]),
        ({"expires": "tomorrow"}, [RULE, "ignore-syntax"]),
        ({"reason": '""'}, ["ignore-no-reason"]),
        ({"rule": "head-run-tasks"}, [RULE, "ignore-unknown-rule"]),
        ({"rule": "1"}, [RULE, "ignore-syntax"]),
        ({"untill": "2026-11-24"}, [RULE, "ignore-syntax"]),
    ],
    ids=str,
)
def test_an_entry_of_an_ignore_file_is_for_a_rule_a_path_a_file_and_a_time(
    tmp_path: Path, keys: dict[str, str], found: list[str]
) -> None:
    (tmp_path / "values").mkdir()
    (tmp_path / "values/team-a.yaml").write_text(BAD)
    (tmp_path / ".raychart-ignore.yaml").write_text(entry(**({"rule": RULE, "reason": "a trial"} | keys)))
    told = [one.rule for one in run(tmp_path, "values").findings if one.rule == RULE or "ignore" in one.rule]
    assert sorted(told) == sorted(found)


@pytest.mark.parametrize("text", ["[]", "ignore: 1", "ignore: [a]", "ignored: []", "a: [", "ignore:\n  - reason: x\n"])
def test_an_ignore_file_that_cannot_be_read_is_told_of_with_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "team-a.yaml").write_text(BAD)
    (tmp_path / ".raychart-ignore.yaml").write_text(text)
    (finding,) = [one for one in run(tmp_path, "team-a.yaml").findings if one.rule == "ignore-syntax"]
    assert (finding.file or "").endswith(".raychart-ignore.yaml")
    assert finding.line


def test_the_nearest_ignore_file_counts_up_to_the_repositorys_top(tmp_path: Path) -> None:
    (tmp_path / "repo/values").mkdir(parents=True)
    (tmp_path / "repo/values/team-a.yaml").write_text(BAD)
    (tmp_path / ".raychart-ignore.yaml").write_text(entry(rule=RULE, reason="x"))
    assert run(tmp_path, "repo/values").ignored == 1
    (tmp_path / "repo/.git").mkdir()
    assert run(tmp_path, "repo/values").ignored == 0
    named = tmp_path / ".raychart-ignore.yaml"
    assert run(tmp_path, "repo/values", ignore_file=named).ignored == 1


def test_an_entry_is_not_unused_while_not_all_that_it_is_about_was_linted(tmp_path: Path) -> None:
    (tmp_path / "team-a.yaml").write_text(BAD)
    (tmp_path / "team-b.yaml").write_text("clusters: {}\n")
    (tmp_path / ".raychart-ignore.yaml").write_text(entry(rule=RULE, reason="x"))
    assert [one.rule for one in run(tmp_path, "team-b.yaml").findings] == []
    (tmp_path / "team-a.yaml").write_text("clusters: {}\n")
    assert [one.rule for one in run(tmp_path, "team-b.yaml", "team-a.yaml").findings] == ["ignore-unused"]
    assert [one.rule for one in run(tmp_path, ".").findings] == ["ignore-unused"]


def test_a_comment_in_a_layer_is_of_use_if_it_is_for_one_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("clusters: {main: {workerTypes: {cpu: {maxWorkers: 2}}}}\n")
    (tmp_path / "b.yaml").write_text("clusters: {}\n")
    layer = tmp_path / "layer.yaml"
    layer.write_text(f"clusterDefaults: {{head: {{rayResources: {{CPU: 1}}}}}} # raychart: ignore[{RULE}] x\n")
    result = lint(Request((tmp_path / "a.yaml", tmp_path / "b.yaml"), (layer,), CHART, TODAY))
    assert [one.rule for one in result.findings if "ignore" in one.rule or one.rule == RULE] == []


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("clusters.main", "clusters.main", True),
        ("clusters.main", "clusters.main.head", True),
        ("clusters.main", "clusters.mainly", False),
        ("clusters.*.head", "clusters.main.head", True),
        ("clusters.*.head", "clusters.main.workerTypes.head", False),
        ("clusters.*.head", 'clusters."a.b".head', True),
        ("clusters.m*", "clusters.main.head.cpu", True),
        ("**.cpu", "clusters.main.head.cpu", True),
        ("a.list[0]", "a.list[0].x", True),
        ("a.list[*].x", "a.list[12].x", True),
        ("a.list", "a.list[0]", True),
        ("a+b", "aab", False),
    ],
)
def test_a_path_glob_stands_for_a_place_and_what_is_below(glob: str, path: str, matches: bool) -> None:
    assert bool(path_pattern(glob).fullmatch(path)) is matches


@pytest.mark.parametrize(
    ("glob", "file", "matches"),
    [
        ("team-a.yaml", "values/team-a.yaml", True),
        ("team-*.yaml", "team-a.yaml", True),
        ("values", "values/a/b.yaml", True),
        ("values/*.yaml", "values/a.yaml", True),
        ("values/*.yaml", "values/a/b.yaml", False),
        ("values/**/*.yaml", "values/a/b.yaml", True),
        ("values/**/*.yaml", "values/b.yaml", True),
        ("./values/a.yaml", "values/a.yaml", True),
        ("values/a.yaml", "old/values/a.yaml", False),
    ],
)
def test_a_file_glob_is_a_name_anywhere_or_a_path_from_the_top(glob: str, file: str, matches: bool) -> None:
    assert bool(file_pattern(glob).fullmatch(file)) is matches
