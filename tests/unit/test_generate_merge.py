"""A values file that is made again keeps what the team did to it, whatever that is, and takes over the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from raychart.generate.choices import Choices
from raychart.generate.entries import UnfitError, take_apart
from raychart.generate.merge import merge
from raychart.generate.threeway import MISSING, Decision, decide, merge_values, same
from raychart.generate.write import write_values
from raychart.helm_yaml import read_documents

if TYPE_CHECKING:
    from raychart.paths import ValuesPath

Values = dict[str, Any]

KEYS = st.sampled_from(["cpu", "memory", "head", "labels", "env", "a/b", "1", "true", "with space"])
SCALARS = st.one_of(
    st.integers(-9, 9), st.booleans(), st.none(), st.sampled_from(["", "x", "12:30:45", "1e3", "no", "a: b # c", "é\n"])
)
LEAVES = SCALARS | st.lists(SCALARS, max_size=2) | st.lists(st.dictionaries(KEYS, SCALARS, max_size=2), max_size=2)
VALUES = st.recursive(
    st.dictionaries(KEYS, LEAVES, max_size=3), lambda inner: st.dictionaries(KEYS, LEAVES | inner, max_size=3)
)
WORDS = st.sampled_from(["", "why", "5 x 90 s = 7.5 min", "# twice"])


@st.composite
def generated(draw: st.DrawFn, values: st.SearchStrategy[Values] = VALUES) -> str:
    """A file as raychart writes one, with reasons here and there."""
    data = draw(values)
    reasons: dict[ValuesPath, str] = {path: draw(WORDS) for path in _paths(data)}
    return "# a header\n\n" + write_values(Choices(data, reasons))


@st.composite
def edited(draw: st.DrawFn) -> str:
    """A file as people and their tools lay it out."""
    data = draw(VALUES)
    if draw(st.booleans()):
        return draw(generated(st.just(data)))
    indent, flow = draw(st.sampled_from([2, 4])), draw(st.sampled_from([False, None]))
    text = yaml.safe_dump(data, indent=indent, default_flow_style=flow, sort_keys=False, allow_unicode=True)
    if text.startswith("{"):
        text = ""
    return "".join(f"# ours\n{line}" if not line.startswith((" ", "-")) else line for line in text.splitlines(True))


def _paths(data: Values, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in data.items():
        found.append((*above, key))
        if isinstance(value, dict):
            found += _paths(value, (*above, key))
    return found


def load(text: str) -> Values:
    documents = read_documents(text, "values")
    assert [finding for document in documents for finding in document.findings] == []
    return documents[0].data or {} if documents else {}


@given(generated(), generated())
def test_a_file_that_nobody_edited_becomes_the_new_one(old: str, new: str) -> None:
    assert merge(old, old, new).text == new
    assert merge(old, old, new).conflicts == ()


@given(generated(), edited())
def test_a_spec_that_did_not_change_leaves_the_file_as_it_is(old: str, mine: str) -> None:
    assert merge(old, mine, old).text == mine
    assert merge(old, mine, old).conflicts == ()


@given(generated(), edited(), generated())
def test_the_merged_file_is_read_as_the_merge_of_the_values(old: str, mine: str, new: str) -> None:
    merged = merge(old, mine, new)
    values, conflicts = merge_values(load(old), load(mine), load(new))
    assert same(load(merged.text), values)
    assert list(merged.conflicts) == conflicts


@given(generated(), edited(), generated())
def test_a_conflict_leaves_what_the_team_has_and_is_told_once(old: str, mine: str, new: str) -> None:
    merged = merge(old, mine, new)
    for conflict in merged.conflicts:
        here: Any = load(merged.text)
        for step in conflict.path:
            here = here.get(step, MISSING) if isinstance(here, dict) else MISSING
        assert here is MISSING if conflict.edited is MISSING else same(here, conflict.edited)
    assert merge(new, merged.text, new).conflicts == ()


@given(st.data(), generated(st.dictionaries(KEYS, st.dictionaries(KEYS, SCALARS, min_size=1, max_size=4), min_size=1)))
def test_edits_in_different_places_are_both_kept(data: st.DataObject, old: str) -> None:
    base = load(old)
    places = [(one, other) for one in base for other in base[one]]
    mine, theirs = (yaml.safe_load(yaml.safe_dump(base)) for _ in range(2))
    for one, other in places:
        side = data.draw(st.sampled_from([None, mine, theirs]))
        if side is not None:
            side[one][other] = "changed"
        # PyYAML writes such text in a way that Helm takes for a number.
        if base[one][other] == "1e3":
            base[one][other] = mine[one][other] = theirs[one][other] = "text"
    old = write_values(Choices(base))
    mine["extra"] = {"ours": 1}
    expected = {
        one: {
            other: "changed" if "changed" in {mine[one][other], theirs[one][other]} else base[one][other]
            for other in base[one]
        }
        for one in base
    } | {"extra": {"ours": 1}}
    for text in (write_values(Choices(mine)), yaml.safe_dump(mine, indent=4, sort_keys=False)):
        merged = merge(old, text, write_values(Choices(theirs)))
        assert same(load(merged.text), expected)
        assert merged.conflicts == ()


OLD = """\
# a header

clusters:
  # At most 10.
  main:
    head: {memory: 4Gi}
    workerTypes:
      # 5 x 90 s = 7.5 min.
      cpu:
        maxWorkers: 10
        idleTimeoutMinutes: 7.5
"""


@pytest.mark.parametrize(
    ("mine", "new", "merged"),
    [
        pytest.param(
            ("maxWorkers: 10", "maxWorkers: 10  # asked for by Ada"),
            ("maxWorkers: 10", "maxWorkers: 20"),
            "maxWorkers: 20  # asked for by Ada",
            id="a remark behind a value that changes",
        ),
        pytest.param(
            ("        maxWorkers", "        # Ours.\n        maxWorkers"),
            ("maxWorkers: 10", "maxWorkers: 20"),
            "# Ours.\n        maxWorkers: 20",
            id="a comment above a value that changes",
        ),
        pytest.param(
            ("head: {memory: 4Gi}", "head:\n        memory: 4Gi\n        # For logs.\n        env: {LOG: debug}"),
            ("head: {memory: 4Gi}", "head: {memory: 8Gi}"),
            "head: {memory: 8Gi, env: {LOG: debug}}",
            id="a mapping laid out another way",
        ),
        pytest.param(
            ("        maxWorkers: 10\n", "        env: {A: b}\n        maxWorkers: 10\n"),
            ("7.5 min.", "10 min."),
            "# 5 x 90 s = 10 min.\n      cpu:\n        env: {A: b}\n        maxWorkers: 10",
            id="a reason that changes above what was edited",
        ),
        pytest.param(
            ("        idleTimeoutMinutes: 7.5\n", "        # Why: costs.\n        idleTimeoutMinutes: 7.5\n"),
            ("        idleTimeoutMinutes: 7.5\n", ""),
            "        # Why: costs.\n",
            id="the team's comment above a value that goes",
        ),
        pytest.param(
            ("# a header\n", "# a header\n# of ours\n"),
            ("        maxWorkers", "        minWorkers: 1\n        maxWorkers"),
            "# of ours\n",
            id="a comment at the top",
        ),
    ],
)
def test_what_the_team_wrote_around_values_stays(mine: tuple[str, str], new: tuple[str, str], merged: str) -> None:
    result = merge(OLD, OLD.replace(*mine), OLD.replace(*new))
    assert merged in result.text
    assert result.conflicts == ()


@pytest.mark.parametrize(
    ("old", "mine", "new", "merged"),
    [
        pytest.param(
            "a:\n  b: 1\n# Why.\nc: 1\n",
            "a:\n  b: 1\n  # ours, of a\n# Why.\nc: 1\n",
            "a:\n  b: 1\n# Another why.\nc: 2\n",
            "a:\n  b: 1\n  # ours, of a\n# Another why.\nc: 2\n",
            id="a comment that stands deeper is none of the next key's",
        ),
        pytest.param(
            "# Why.\na: 1\n\n# Why too.\nb: 1\n",
            "x-a: &x {c: 1}\n# Why.\na: 1\nx-b: *x\n# Why too.\nb: 1\n",
            "# Why.\na: 1\n\n# Because.\nb: 1\n",
            "x-a: &x {c: 1}\n# Why.\na: 1\nx-b: *x\n# Why too.\nb: 1\n",
            id="empty lines count as the team's",
        ),
        pytest.param(
            "a: 1\n# Why.\nb: 1\n",
            "x-a: &x {c: 1}\na: 1\nx-b: *x\n# Why.\nb: 1\n",
            "a: 1\n# Because.\nb: 1\n",
            "x-a: &x {c: 1}\na: 1\nx-b: *x\n# Because.\nb: 1\n",
            id="a comment below an alias is the next key's",
        ),
        pytest.param(
            "a:\n  b: 1\nc: 1\n",
            "a:\n  # ours\n  b: 1\nc: 1\n",
            "a: {}\nc: 1\n",
            "# ours\na: {}\nc: 1\n",
            id="a mapping that has nothing left",
        ),
        pytest.param(
            "a:\n  b: 1\n  c: 1\n",
            "a:\n  # ours\n  b: 1\n",
            "a:\n  c: 1\n",
            "# ours\na: {}\n",
            id="a mapping of which each side took away the rest",
        ),
    ],
)
def test_comments_belong_to_the_key_that_they_stand_with(old: str, mine: str, new: str, merged: str) -> None:
    assert merge(old, mine, new).text == merged


@pytest.mark.parametrize(
    ("old", "mine", "new", "decision"),
    [
        (1, 1, 1, Decision.KEEP),
        (1, 1, 2, Decision.TAKE),
        (1, 2, 1, Decision.KEEP),
        (1, 2, 2, Decision.KEEP),
        (1, 2, 3, Decision.CONFLICT),
        (1, True, 2, Decision.CONFLICT),
        (5, 5.0, 6, Decision.TAKE),
        (None, None, 1, Decision.TAKE),
        (None, MISSING, 1, Decision.CONFLICT),
        (MISSING, MISSING, 1, Decision.TAKE),
        (MISSING, 1, 2, Decision.CONFLICT),
        (1, MISSING, MISSING, Decision.KEEP),
        (1, 2, MISSING, Decision.CONFLICT),
        ([1], [2], [3], Decision.CONFLICT),
        ({"a": 1}, {"a": 2}, {"a": 1, "b": 1}, Decision.DESCEND),
        ({"a": 1}, {"a": 2}, MISSING, Decision.CONFLICT),
        ({"a": 1}, MISSING, {"a": 2}, Decision.CONFLICT),
        (1, {"a": 1}, {"b": 1}, Decision.CONFLICT),
        (MISSING, {"a": 1}, {"b": 1}, Decision.DESCEND),
    ],
)
def test_three_values_make_one(old: object, mine: object, new: object, decision: Decision) -> None:
    assert decide(old, mine, new) is decision


def test_a_new_value_comes_after_the_one_it_follows_at_the_teams_indentation() -> None:
    mine = "clusters:\n    main:\n        ours: 1\n        workerTypes:\n            cpu: {maxWorkers: 10}\n"
    old = "clusters:\n  main:\n    workerTypes:\n      cpu: {maxWorkers: 10}\n"
    new = old + "      # More.\n      gpu:\n        maxWorkers: 2\nnetworkPolicy: {enabled: true}\n"
    assert merge(old, mine, new).text == (
        mine + "            # More.\n            gpu:\n              maxWorkers: 2\nnetworkPolicy: {enabled: true}\n"
    )


@pytest.mark.parametrize(
    "mine",
    [
        pytest.param("{clusters: {main: {maxWorkers: 1}}}\n", id="one mapping in braces"),
        pytest.param(
            "clusters: {main: &a {maxWorkers: 1}}\nx-b: *a\n", id="an anchor that the new value would take away"
        ),
        pytest.param("? clusters\n: {main: {maxWorkers: 1}}\n", id="a key after a question mark"),
        pytest.param("x-a: &a {main: {maxWorkers: 1}}\n<<: {clusters: *a}\n", id="a merge key"),
    ],
)
def test_a_layout_that_cannot_take_the_new_values_is_refused(mine: str) -> None:
    old = "clusters:\n  main: {maxWorkers: 1}\n"
    with pytest.raises(UnfitError):
        merge(old, mine, old.replace("1", "2"))


def test_an_alias_gives_way_to_the_new_value() -> None:
    old, mine = "clusters:\n  main: {maxWorkers: 1}\n", "x-a: &a {maxWorkers: 1}\nclusters: {main: *a}\n"
    merged = merge(old, mine, old.replace("1", "2")).text
    assert merged == "x-a: &a {maxWorkers: 1}\nclusters:\n  main: {maxWorkers: 2}\n"


@given(edited())
def test_a_file_taken_apart_is_put_together_as_it_was(text: str) -> None:
    assert take_apart(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "a: 1",
        "---\n# x\na: 1\n...\n",
        "a: # c\nb: &x {c: 1} # d\nd: *x\ne:\n  <<: *x\n  f: 1\n",
        "a:\n  - b\n  # of b\n# of c\nc: |\n  # text\n\n\n# of d\nd:\n    e: 1\n  # odd\n# last\n",
        "x: 'a\n\n  # text'\nz: {a: 1,\n # c\n b: 2} # d\n'q': >-\n  b\n",
    ],
)
def test_odd_layouts_are_put_together_as_they_were(text: str) -> None:
    assert take_apart(text).text.rstrip("\n") == text.rstrip("\n")
