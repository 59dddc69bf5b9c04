"""Documents are parsed once for all namespaces, and come out as the plain reader reads them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from raychart import manifests
from raychart.errors import RaychartError
from raychart.rendering.documents import split_printed, split_template
from raychart.rendering.parsed import STAND_IN, Documents, is_plain, without_namespace

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: %s\n"
ODD = ["a", "z7q", "y", "null", "123", "1e3", "inf", "items", "kind", "metadata", "name", "str", "int", "beef", "u00e9"]
names = st.one_of(st.sampled_from(ODD), st.from_regex(r"[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?", fullmatch=True))
# Around a name as templates might have it: what makes a number, a tag, an escape, an anchor or a key of it.
around = st.sampled_from(
    [
        *("%s", "'%s'", '"%s"', "x-%s", "%s-x", "0x%s", "0b%s", "1%s", "-%s", "+%s", ".%s", "1.%s", "%s.svc", "a/%s:b"),
        *("!%s x", "!!%s '1'", "&%s x", "[&%s x, *%s]", '"\\%s"', '"\\x%s"', '"\\u%s"', "{%s: %s}", "{a: 1, %s: 2}"),
        *("|\n    %s\n    x", ">-\n    %s\n\n    %s", "# %s", "%s # %s", "[%s, %s]", "? %s", "%s: %s", "~%s", "%%%s"),
    ]
)
trees = st.recursive(
    st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.none()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def read(text: str) -> list[manifests.Manifest] | str:
    try:
        return manifests.load(text)
    except RaychartError as error:
        return error.what


def read_through(documents: Documents, text: str, name: str) -> list[manifests.Manifest] | str:
    without, put_in = without_namespace(text, name)
    try:
        return list(documents.parse(without).manifests_in(put_in))
    except RaychartError:
        # What cannot be read is read again as it was, for the words that are said of it.
        return read(text)


@given(names, st.lists(around, max_size=4))
@example("items", ["[%s, %s]"])
def test_a_document_is_read_as_if_the_name_had_been_there(name: str, parts: list[str]) -> None:
    lines = [f"  k{number}: {part.replace('%s', name)}\n" for number, part in enumerate(parts)]
    text = HEAD % name + ("data:\n" + "".join(lines) if lines else "")
    assert read_through(Documents(), text, name) == read(text)


@given(names, names, trees)
def test_what_was_read_for_one_namespace_is_right_for_the_next(one: str, other: str, tree: Any) -> None:
    documents = Documents()
    for name in (one, other, one):
        body = {"apiVersion": "v1", "kind": "X", "metadata": {"name": "a", "namespace": f"{name}"}, name: [tree, name]}
        text = json.dumps(body, ensure_ascii=False) + "\n"
        assert read_through(documents, text, name) == read(text)


def test_the_stand_in_is_a_name_like_any_other() -> None:
    documents = Documents()
    for name in (STAND_IN, "team-a"):
        text = HEAD % name + f"data: {{own: {STAND_IN}}}\n"
        assert read_through(documents, text, name) == read(text)


def test_equal_documents_are_one_object() -> None:
    documents = Documents()
    without, put_in = without_namespace(HEAD % "team-a" + "data: {k: v}\n", "team-a")
    (first,) = documents.parse(without).manifests_in(put_in)
    (again,) = documents.parse(without).manifests_in("team-a")
    (other,) = documents.parse(without).manifests_in("team-b")
    assert again is first
    assert other.body["data"] is first.body["data"]
    assert (first.namespace, other.namespace) == ("team-a", "team-b")


def test_documents_are_kept_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("raychart.rendering.parsed._MOST_TEXT", 500)
    documents = Documents()
    kept = documents.parse(HEAD % "a")
    for number in range(20):
        documents.parse(HEAD % f"team-{number}")
        if number < 5:
            assert documents.parse(HEAD % "a") is kept
    assert documents.parse(HEAD % "a") is not kept


@pytest.mark.parametrize("name", ["y", "null", "1e3", "12-3", "inf", "items", "x"])
def test_names_that_yaml_or_kubernetes_could_take_for_something_else_are_never_exchanged(name: str) -> None:
    assert not is_plain(name)


lines = st.sampled_from(["---\n", "--- \n", "---a: 1\n", "a: 1\n", "\n", " \n", "# c\n", "b: |\n  ---\n  x\n", "x\r\n"])


@given(st.lists(lines, max_size=12).map("".join))
def test_documents_of_a_template_come_out_of_what_helm_prints_of_them(text: str) -> None:
    documents = split_template(text)
    printed = "".join(f"---\n# Source: a/templates/b.yaml\n{document}" for document in documents)
    assert split_printed(printed) == documents
