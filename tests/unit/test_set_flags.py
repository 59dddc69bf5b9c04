"""--set flags as layers: where their values come from, and what is said where Helm refuses them."""

from __future__ import annotations

from pathlib import Path

import pytest

from raychart.errors import RaychartError
from raychart.values import Layer, Position, Values, load_flags, load_layers, merge_layers


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a values file."""
    monkeypatch.chdir(tmp_path)
    Path("v.yaml").write_text("a: {b: 1, c: 2}\nl: [{x: 1, z: 2}, 3]\n")
    return tmp_path


def merged(*flags: str) -> Values:
    return merge_layers(Layer("defaults.yaml", None), load_layers([Path("v.yaml")], flags))


def test_a_flag_is_the_place_of_what_it_sets_as_it_was_written(folder: Path) -> None:
    values = merged("--set=a.b=5,l[0].x=9")
    flag = Position("--set 'a.b=5,l[0].x=9'", None, None)
    assert values.data == {"a": {"b": 5, "c": 2}, "l": [{"x": 9, "z": 2}, 3]}
    assert values.position(("a", "b")) == values.position(("l", 0, "x")) == flag
    assert values.position(("a", "c")) == Position("v.yaml", 1, 11)
    assert values.position(("l", 0, "z")) == Position("v.yaml", 2, 12)
    assert values.position(("l", 1)) == Position("v.yaml", 2, 19)
    assert values.position(("missing",)) == Position("v.yaml", 1, 1)


def test_a_mapping_in_json_replaces_what_files_say_of_it(folder: Path) -> None:
    values = merged('--set-json=a={"b": 7}')
    assert values.data["a"] == {"b": 7}
    assert values.position(("a", "c")).file.startswith("--set-json")
    assert [one.value for one in values.statements(("a", "c"))] == []


def test_the_kind_of_flag_decides_which_counts(folder: Path) -> None:
    values = merged("--set-string=a.b=text", "--set=a.b=1", "--set-json=a.b=2")
    assert values.data["a"]["b"] == "text"
    assert [str(one.position) for one in values.statements(("a", "b"))] == [
        *("v.yaml:1:5", "--set-json a.b=2", "--set a.b=1", "--set-string a.b=text")
    ]


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("--set=a", "'a' has no value"),
        ("--set=a,b=1", "'a' has no value"),
        ("--set==1", "a key is empty"),
        ("--set=a[x]=1", "[x] is no index"),
        ("--set=a[-1]=1", "[-1] is no index"),
        ("--set=a[65537]=1", "[65537] is no index"),
        ("--set=a[0=1", "an index has no end"),
        ("--set=a[0]b=1", "'b' follows an index"),
        ("--set=a={x", "a list has no end"),
        ("--set=" + "a." * 31 + "b=1", "more than 30 dots"),
        ("--set-json=a=[", "not JSON"),
        ("--set-json=a=" + "[" * 5000 + "]" * 5000, "not JSON"),
        ('--set-json={"a": 1', "not JSON"),
        ("--set-file=a=missing", "missing cannot be read (No such file or directory)"),
        ("--set-file=a=x\0", "cannot be read"),
    ],
)
def test_a_flag_that_helm_refuses_is_an_error_that_shows_it(folder: Path, flag: str, words: str) -> None:
    with pytest.raises(RaychartError) as caught:
        load_flags([flag])
    assert words in caught.value.what
    assert caught.value.where.startswith(flag.partition("=")[0])
    assert caught.value.remedy


def test_a_flag_through_a_value_that_is_no_mapping_is_a_finding(folder: Path) -> None:
    (finding,) = merged("--set=a.b.c=1").findings
    assert str(finding) == (
        "--set a.b.c=1: a.b: Helm refuses the flag: it needs a.b to be a mapping (found 1, set by v.yaml:1:5) "
        "[values-yaml]\n    remove a.b there, or write in a values file what the flag sets"
    )


def test_what_only_helm4_reads_is_a_warning(folder: Path) -> None:
    (layer,) = load_flags(['--set-json={"a": {"b": 1}}'])
    assert [(finding.rule, finding.line) for finding in layer.findings] == [("helm-versions", None)]
    assert merged('--set-json={"a": {"b": 5}}').data["a"] == {"b": 5, "c": 2}


def test_json_is_rounded_as_in_a_file(folder: Path) -> None:
    (layer,) = load_flags(["--set-json=a=9007199254740993"])
    assert "rounds" in layer.findings[0].message
    assert load_flags(["--set=a=9007199254740993"])[0].findings == ()
