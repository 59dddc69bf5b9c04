"""What is mechanical is mended in place: nothing but the intended value changes, and no other byte."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from raychart.chart import find_chart
from raychart.helm_yaml import read_documents
from raychart.lint.fix import Change, mend, save
from raychart.lint.rule import Fix
from raychart.lint.run import Request
from raychart.lint.yaml_edit import CannotEditError, edited

CHART = find_chart()
BLOCK = """\
# top
a:
  # about b
  b: 1 # one
  "c": 'x'

  d: {e: 1, f: 2} # flow
  g:
    h: 1 # only
list:
  - i: 1
    j: 2
text: |
  # no comment

last:
"""
EDITS = {
    "a key": (Fix("rename", ("a", "b"), "bee"), "  b: 1 # one", "  bee: 1 # one"),
    "a key in quotes": (Fix("rename", ("a", "c"), "cee"), '"c"', "cee"),
    "a key in a flow": (Fix("rename", ("a", "d", "e"), "x-y"), "{e:", "{x-y:"),
    "a key that needs quotes": (Fix("rename", ("a", "b"), "on"), "  b: 1", '  "on": 1'),
    "a value": (Fix("set", ("a", "b"), 0), "b: 1", "b: 0"),
    "a value in quotes": (Fix("set", ("a", "c"), True), "'x'", "true"),
    "text like a number": (Fix("set", ("a", "b"), "1e3"), "b: 1", 'b: "1e3"'),
    "text": (Fix("set", ("a", "c"), "4Gi"), "'x'", "4Gi"),
    "an item": (Fix("set", ("list", 0, "j"), 3), "j: 2", "j: 3"),
    "nothing yet": (Fix("set", ("last",), [1]), "last:", "last: [1]"),
    "a flow for a value": (Fix("set", ("a", "d"), None), "{e: 1, f: 2}", "null"),
    "a new key in a flow": (Fix("set", ("a", "d", "g"), "x"), "f: 2}", "f: 2, g: x}"),
    "a new key": (Fix("set", ("a", "g", "k"), 2), "h: 1 # only\n", "h: 1 # only\n    k: 2\n"),
    "a new key below a new one": (Fix("set", ("a", "k", "l"), 2), "# only\n", "# only\n  k:\n    l: 2\n"),
    "an entry": (Fix("remove", ("a", "b")), "  b: 1 # one\n", ""),
    "the first of a flow": (Fix("remove", ("a", "d", "e")), "{e: 1, f: 2}", "{f: 2}"),
    "the last of a flow": (Fix("remove", ("a", "d", "f")), "{e: 1, f: 2}", "{e: 1}"),
    "the only one": (Fix("remove", ("a", "g", "h")), "  g:\n    h: 1 # only\n", "  g: {}\n"),
    "a mapping": (Fix("remove", ("a", "g")), "  g:\n    h: 1 # only\n", ""),
    "a text block": (Fix("remove", ("text",)), "text: |\n  # no comment\n", ""),
}
UNSAFE = {
    "an alias": ("a: &a {b: 1}\nc: *a\n", Fix("set", ("c",), 1)),
    "an anchored value": ("a: &a 1\n", Fix("set", ("a",), 2)),
    "a text block": ("a: |\n  x\n", Fix("set", ("a",), "y")),
    "text on two lines": ("a: x\n  y\n", Fix("set", ("a",), "y")),
    "a block": ("a:\n  b: 1\n", Fix("set", ("a",), 1)),
    "a flow on two lines": ("a: {b: 1,\n  c: 2}\n", Fix("remove", ("a", "b"))),
    "the first key of an item": ("a:\n  - b: 1\n    c: 2\n", Fix("remove", ("a", 0, "b"))),
    "the last key of all": ("a: 1\n", Fix("remove", ("a",))),
    "no such key": ("a: 1\n", Fix("rename", ("b",), "c")),
    "a key that is there": ("a: 1\nb: 2\n", Fix("rename", ("a",), "b")),
    "below a number": ("a: 1\n", Fix("set", ("a", "b"), 1)),
    "nothing": ("# only words\n", Fix("set", ("a",), 1)),
}


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("name", EDITS)
def test_an_edit_changes_what_it_is_about(name: str, line_break: str) -> None:
    fix, old, new = EDITS[name]
    assert BLOCK.count(old) == 1
    text = BLOCK.replace("\n", line_break)
    assert edited(text, fix) == BLOCK.replace(old, new).replace("\n", line_break)


def test_a_new_key_goes_behind_a_last_line_without_an_end() -> None:
    assert edited("a:\n  b: 1", Fix("set", ("a", "c"), 2)) == "a:\n  b: 1\n  c: 2\n"


@pytest.mark.parametrize("name", UNSAFE)
def test_what_cannot_be_edited_safely_is_left(name: str) -> None:
    text, fix = UNSAFE[name]
    with pytest.raises(CannotEditError):
        edited(text, fix)


KEYS = st.sampled_from(["a", "b", "c", "on", "1", "é x"])
SCALARS = (
    st.none() | st.booleans() | st.integers(-9, 99) | st.text("a:# -é\n", max_size=6) | st.sampled_from([1.5, "1"])
)
DATA = st.dictionaries(
    KEYS,
    st.recursive(SCALARS, lambda of: st.lists(of, max_size=3) | st.dictionaries(KEYS, of, max_size=3), max_leaves=8),
    min_size=1,
    max_size=4,
)


def paths(data: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [at, *(path for key, of in inside for path in paths(of, (*at, key)))]


@given(st.data(), DATA, st.sampled_from([True, False, None]), st.sampled_from(["\n", "\r\n"]))
def test_an_edited_text_has_the_intended_values_or_is_not_kept(
    draw: st.DataObject, data: dict[str, Any], flow: bool | None, line_break: str
) -> None:
    text = "# before\n" + yaml.safe_dump(data, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    text = text.replace("\n", line_break)
    before = read_documents(text, "")[0].data
    path = draw.draw(st.sampled_from(paths(before)[1:] or [("a",)]))
    fix = Fix(draw.draw(st.sampled_from(["set", "remove"])), path, draw.draw(SCALARS))
    try:
        new = edited(text, fix)
    except CannotEditError:
        return
    after = read_documents(new, "")[0].data
    expected = [one for one in paths(before) if one[: len(path)] != path]
    found = [one for one in paths(after) if one[: len(path)] != path]
    assert sorted(map(repr, found)) == sorted(map(repr, expected)), new
    assert new.startswith(f"# before{line_break}")


def request(*paths: Path) -> Request:
    return Request(paths, (), CHART, date(2026, 11, 24))


MISTAKES = """\
# team é
clusters:
  main:
    # about the types
    workertypes: # misspelt
      cpu:
        minWorkers: "1" # in quotes
        maxWorkers: 2
        maxWorkers: 2
        memory: 8Gi # one
        memory: 4Gi # another
"""


def test_a_file_is_mended_as_far_as_that_is_mechanical_and_once(tmp_path: Path) -> None:
    file = tmp_path / "team-a.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + MISTAKES.replace("\n", "\r\n").encode())
    mended = mend(request(file))
    assert mended.count == 3
    assert mended.refused == ()
    for change in mended.changes:
        save(change)
    wanted = MISTAKES.replace("workertypes", "workerTypes").replace('"1"', "1")
    wanted = wanted.replace("        maxWorkers: 2\n", "", 1)
    assert file.read_bytes() == b"\xef\xbb\xbf" + wanted.replace("\n", "\r\n").encode()
    assert [one.rule for one in mended.result.findings if one.severity == "error"] == ["values-duplicate-key"]
    again = mend(request(file))
    assert (again.changes, again.count) == ((), 0)


def test_a_fix_that_would_change_something_else_is_left_and_said(tmp_path: Path) -> None:
    file = tmp_path / "team-a.yaml"
    text = "x-types: &t {cpu: {maxWorkers: '2'}}\nclusters: {main: {workerTypes: *t}}\n"
    file.write_text(text)
    mended = mend(request(file))
    assert mended.changes == ()
    assert [one.rule for one in mended.refused] == ["values-schema"]


def test_what_is_ignored_is_not_mended(tmp_path: Path) -> None:
    file = tmp_path / "team-a.yaml"
    file.write_text(MISTAKES.replace("# misspelt", "# raychart: ignore[values-schema] so it is"))
    assert [change for change in mend(request(file)).changes if "workerTypes" in change.after] == []


def test_a_layer_is_mended_where_the_layer_is_wrong(tmp_path: Path) -> None:
    file, layer = tmp_path / "team-a.yaml", tmp_path / "layer.yaml"
    file.write_text("clusters: {main: {}}\n")
    layer.write_text("operator:\n  enabeld: true\n")
    asked = Request((file,), (layer,), CHART, date(2026, 11, 24))
    (change,) = mend(asked).changes
    assert (change.path, change.after) == (layer, "operator:\n  enabled: true\n")


def test_a_diff_says_where_the_last_line_has_no_end() -> None:
    assert Change(Path("a.yaml"), "a: 1\nb: 2", "a: 1\nb: 3\n").diff == (
        "--- a.yaml\n+++ a.yaml\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n\\ No newline at end of file\n+b: 3\n"
    )
