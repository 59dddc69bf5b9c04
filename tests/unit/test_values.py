"""Values files: what is wrong with the file itself, and where each value was set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from raychart.errors import RaychartError
from raychart.paths import dotted
from raychart.values import Layer, Position, load_layer, merge_layers, namespace_of

if TYPE_CHECKING:
    from raychart.findings import Finding

DEFAULTS = "a: {b: 1, c: [1, 2, 3]}\nd:\n  e: x\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one, so that findings name files as a user would."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def layer_of(name: str, text: str | bytes) -> Layer:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_layer(Path(name))


def only_finding(layer: Layer) -> Finding:
    (finding,) = layer.findings
    return finding


def place(finding: Finding) -> tuple[str | None, int | None, int | None]:
    return finding.file, finding.line, finding.column


def test_a_key_given_twice_is_found_where_it_stands_again(folder: Path) -> None:
    finding = only_finding(layer_of("v.yaml", "a:\n  cpu: 1\n  x: 2\n  cpu: 3\n"))
    assert finding.rule == "values-duplicate-key"
    assert place(finding) == ("v.yaml", 4, 3)
    assert "cpu" in finding.message
    assert "line 2" in finding.message


def test_the_last_of_two_keys_counts(folder: Path) -> None:
    assert layer_of("v.yaml", "a: 1\na: 2\n").data == {"a": 2}


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a: 1\nb: [1\n", 3, 1, "did not find expected"),
        ("a:\n\tb: 1\n", 2, 1, "cannot start any token"),
        ("a: 1\n  b: 2\n", 2, 4, "mapping values are not allowed"),
        (b"a: 1\nb: caf\xe9\n", 2, 7, "not UTF-8"),
        ("a: 1\nb: \x01\n", 2, 4, "control characters"),
        ("a: 1\nb: *x\n", 2, 4, "no anchor &x"),
        ("a: &a\n  b: *a\n", 2, 6, "contains itself"),
        ("a: 1\n? {b: 1}\n: 2\n", 2, 3, "a key is a mapping"),
        ("a: 1\n~: 2\n", 2, 1, "a key is empty"),
        ("- a\n", 1, 1, "not a mapping"),
        ("text\n", 1, 1, "not a mapping"),
        ("a: 1\n---\nb: 2\n", 2, 1, "another YAML document"),
        ("a: 1\non: 2\n", 2, 1, 'the key "true"'),
        ("a:\n- 9007199254740993\n", 2, 3, "rounds"),
        ("a: {b: .inf}\n", 1, 5, "cannot read inf"),
        ("a: !!int x\n", 1, 4, "not a int"),
        ("%YAML 1.2\n---\na: 1\n", 1, 1, "begins with %"),
        ("  a: 1\nb: 2\n", 2, 1, "stops reading here"),
        ("a: {b: http://x/?c}\n", 1, 8, "the sign of a key"),
        ('a: "http:\\/\\/x"\n', 1, 4, "escape \\/"),
        ("a: 1\nb: \ufeff2\n", 2, 4, "invisible"),
        ("a: |\n  x\r\r\n  y\n", 2, 4, "two carriage returns"),
        ("---a: 1\n", 1, 1, "begins with ---"),
        ("---\n...\n", 2, 1, "empty"),
        (f"a: {'[' * 150}", 1, 104, "nested more than 100 levels"),
    ],
)
def test_what_helm_refuses_or_changes_is_found_in_its_place(
    folder: Path, text: str | bytes, line: int, column: int, words: str
) -> None:
    finding = only_finding(layer_of("v.yaml", text))
    assert finding.rule == "values-yaml"
    assert words in finding.message
    assert finding.remedy
    assert place(finding) == ("v.yaml", line, column)


def test_what_is_nested_without_an_end_is_told_as_that(folder: Path) -> None:
    finding = only_finding(layer_of("v.yaml", f"a: {'[' * 5000}"))
    assert finding.line == 1
    assert "nested more than 100 levels" in finding.message


def test_a_last_line_without_an_end_is_found_where_helms_differ(folder: Path) -> None:
    finding = only_finding(layer_of("v.yaml", "a: |\n  x"))
    assert (finding.rule, *place(finding)) == ("helm-versions", "v.yaml", 2, 1)
    assert layer_of("v.yaml", "a: |-\n  x").findings == layer_of("v.yaml", "a: |\n  x\n").findings == ()


def test_indenting_with_a_tab_has_its_own_remedy(folder: Path) -> None:
    assert only_finding(layer_of("v.yaml", "a:\n\tb: 1\n")).remedy == "indent with spaces, not tabs"


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "null\n"])
def test_a_file_without_values_is_a_warning(folder: Path, text: str) -> None:
    finding = only_finding(layer_of("v.yaml", text))
    assert (finding.rule, finding.severity) == ("values-empty", "warning")


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(folder: Path, name: str) -> None:
    with pytest.raises(RaychartError) as caught:
        load_layer(Path(name))
    assert caught.value.where == name


def test_every_value_knows_its_place(folder: Path) -> None:
    own = layer_of("v.yaml", "a:\n  b: 2\n  x: [{u: 1}, {z: 2}]\n")
    values = merge_layers(layer_of("defaults.yaml", DEFAULTS), [own])
    assert values.position(("a", "b")) == Position("v.yaml", 2, 3)
    assert values.position(("a", "x", 1, "z")) == Position("v.yaml", 3, 16)
    assert values.position(("a", "c", 2)) == Position("defaults.yaml", 1, 21)
    assert values.position(("d", "e")) == Position("defaults.yaml", 3, 3)


def test_a_value_that_is_nowhere_has_the_place_of_what_is_around_it(folder: Path) -> None:
    values = merge_layers(layer_of("defaults.yaml", DEFAULTS), [layer_of("v.yaml", "\na:\n  b: 2\n")])
    assert values.position(("a", "missing", "deeper")) == Position("v.yaml", 2, 1)
    assert values.position(("missing",)) == Position("v.yaml", 1, 1)


def test_the_layer_that_set_a_value_last_is_its_place(folder: Path) -> None:
    layers = [layer_of("one.yaml", "a: {b: 2, c: [5]}\n"), layer_of("two.yaml", "a:\n  c: [6]\n")]
    values = merge_layers(layer_of("defaults.yaml", DEFAULTS), layers)
    assert values.data["a"] == {"b": 2, "c": [6]}
    assert values.position(("a", "b")).file == "one.yaml"
    assert values.position(("a", "c")).file == "two.yaml"
    assert values.position(("a", "c", 0)).file == "two.yaml"


def test_what_stood_in_a_list_that_was_replaced_has_the_place_of_the_new_list(folder: Path) -> None:
    values = merge_layers(layer_of("defaults.yaml", DEFAULTS), [layer_of("v.yaml", "a:\n  c: [9]\n")])
    assert values.position(("a", "c", 2)) == Position("v.yaml", 2, 3)


def test_a_value_behind_an_alias_has_the_place_of_its_anchor(folder: Path) -> None:
    values = merge_layers(Layer("defaults.yaml", None), [layer_of("v.yaml", "x: &x\n  u: 1\nz: *x\n")])
    assert values.position(("z", "u")) == Position("v.yaml", 2, 3)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("clusters", "main", "head"), "clusters.main.head"),
        (("env", 0, "name"), "env[0].name"),
        (("labels", "a.b/c"), 'labels."a.b/c"'),
        (("say", 'a "b"'), 'say."a \\"b\\""'),
        (("say", "two\nlines"), 'say."two\\nlines"'),
        ((), ""),
    ],
)
def test_paths_are_written_as_users_write_them(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text


def test_a_values_file_is_named_after_its_namespace() -> None:
    assert namespace_of(Path("values/team-a.yaml")) == "team-a"
    assert namespace_of(Path("values/team-a.yaml"), "other") == "other"
    assert namespace_of(Path("-"), "other") == "other"


@pytest.mark.parametrize(
    ("path", "named"),
    [("values/Team_A.yaml", None), ("-", None), ("v.yaml", "a.b"), ("v.yaml", ""), (f"{'x' * 64}.yaml", None)],
)
def test_what_cannot_be_a_namespace_is_refused_with_a_remedy(path: str, named: str | None) -> None:
    with pytest.raises(RaychartError, match="--namespace"):
        namespace_of(Path(path), named)
