"""A document that differs from another in single values is read by the other, and never otherwise than by itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raychart.helm_yaml import read_documents
from raychart.manifest_text import to_yaml
from raychart.rendering.kin import Kin

TEXT = """\
apiVersion: v1
kind: Deployment
metadata: {name: a, labels: {b: c}}
spec:
  replicas: 3
  paused: false
  args:
  - --name=x
  - "quoted: text"
  - name: first
    value: "1"
  script: |
    a: 1
    b: 2
  folded: one
    two
  anchor: &here 5
  tagged: !!str 7
  flow: [1,
    2
  ]
  empty:
  last: end
"""


def read(text: str) -> Any:
    """Return what a text says, None where it is not one document that is in order."""
    documents = read_documents(text, "")
    return documents[0].data if len(documents) == 1 and not documents[0].findings else None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("replicas: 3", "replicas: 12"),
        ("replicas: 3", "replicas: '12'"),
        ("replicas: 3", "replicas: null"),
        ("paused: false", "paused: yes"),
        ("paused: false", "paused: 0x1f"),
        ("paused: false", 'paused: ""'),
        ("- name: first", "- name: 0644"),
        ('value: "1"', "value: 12:30:45"),
        ("last: end", "last: 1e3"),
        ("    2\n", "    3\n"),
    ],
)
def test_single_values_are_exchanged_and_all_else_is_shared(old: str, new: str) -> None:
    kin = Kin(TEXT)
    found, before = kin.read(TEXT.replace(old, new)), kin.read(TEXT)
    assert found == read(TEXT.replace(old, new)) != before
    assert found["metadata"] is before["metadata"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("replicas: 3", "replicas: [3]"),
        ("replicas: 3", "replicas: |"),
        ("replicas: 3", "replicas: &a 3"),
        ("replicas: 3", "replicas: 3 # three"),
        ("replicas: 3", "replicas: a: b"),
        ("replicas: 3", "replicas: -"),
        ("replicas: 3", "replicas: a:"),
        ("replicas: 3", 'replicas: "\\t"'),
        ("replicas: 3", "replicas: 'it''s'"),
        ("replicas: 3", "replicas: 3\r"),
        ("replicas: 3", "replica: 3"),
        ("replicas: 3", "replicas: 3\n  more: 1"),
        ("    a: 1", "    a: 2"),
        ("folded: one", "folded: 1"),
        ("&here 5", "&here 6"),
        ("!!str 7", "!!str 8"),
        ("[1,", "[2,"),
        ("empty:", "empty: 1"),
        ("name: a,", "name: b,"),
    ],
)
def test_other_differences_are_left_to_the_reader(old: str, new: str) -> None:
    assert Kin(TEXT).read(TEXT.replace(old, new)) is None


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x\n", "a: 1\na: 2\n", "a: 1\n---\nb: 1\n", "a: [\n", "a: 1\r\nb: 2\n", ""]
)
def test_some_documents_are_no_models(text: str) -> None:
    assert Kin(text).read(text.replace("1", "3")) is None


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-99, 99),
    st.sampled_from(["a", "", "0644", "1e3", "yes", "x: y", "a b", "#", "-", "a\nb\n"]),
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "y", "c d"]), inner, max_size=3)
    ),
    max_leaves=8,
)
words = st.sampled_from(
    ["1", "x", "'q'", '"d"', "- 1", "k: 1", "{}", "|", ">", "&a", "*a", "!!int", "#", "", "a b", "1:", "? a", "%x"]
)


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), trees, min_size=1), st.data())
def test_whatever_is_changed_it_is_never_read_otherwise(tree: dict[str, Any], data: st.DataObject) -> None:
    text = to_yaml([tree])
    lines = text.split("\n")
    for _ in range(data.draw(st.integers(1, 2))):
        number = data.draw(st.integers(0, len(lines) - 1))
        column = data.draw(st.integers(0, len(lines[number])))
        lines[number] = lines[number][:column] + data.draw(words)
    changed = "\n".join(lines)
    found = Kin(text).read(changed)
    if found is not None:
        assert repr(found) == repr(read(changed))
