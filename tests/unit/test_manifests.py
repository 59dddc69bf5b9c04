"""Rendered YAML as objects, and objects as YAML that every reader reads alike."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from raychart import manifests
from raychart.errors import RaychartError

RENDERED = """\
---
# Source: ray/templates/service.yaml
apiVersion: v1
kind: Service
metadata: {name: b, namespace: team-a}
---
# only a comment
---
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: main}
---
apiVersion: v1
kind: ConfigMapList
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: z}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {mode: 0644, text: "0644"}}
"""

texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["0644", "1e3", "yes", "y", "null", "", "~", "12:30:45", "0o7", "a\nb\n", "x: y", "- a", "1_0"]),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.floats(-1e300, 1e300), texts)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def a_manifest(body: dict[str, Any]) -> manifests.Manifest:
    return manifests.Manifest("", "v1", "ConfigMap", "", "a", {"apiVersion": "v1", "kind": "ConfigMap"} | body)


def test_objects_are_sorted_by_identity_with_lists_taken_apart() -> None:
    assert [manifest.identity for manifest in manifests.load(RENDERED)] == [
        ("", "ConfigMap", "", "a"),
        ("", "ConfigMap", "", "z"),
        ("", "Service", "team-a", "b"),
        ("ray.io", "RayCluster", "", "main"),
    ]


def test_a_list_has_no_name_and_may_be_empty() -> None:
    named = "{apiVersion: a.io/v1, kind: AllowList, metadata: {name: main}, items: [{a: 1}]}"
    assert [manifest.kind for manifest in manifests.load(named)] == ["AllowList"]
    assert manifests.load("{apiVersion: v1, kind: List, items: null}") == []


def test_a_new_version_of_a_kind_is_the_same_object() -> None:
    (old,) = manifests.load("{apiVersion: ray.io/v1alpha1, kind: RayCluster, metadata: {name: main}}")
    (new,) = manifests.load("{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: main}}")
    assert (old.version, new.version) == ("v1alpha1", "v1")
    assert old.identity == new.identity


def test_scalars_are_what_helm_and_the_api_server_read() -> None:
    assert manifests.load(RENDERED)[0].body["data"] == {"mode": 420, "text": "0644"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "not YAML"),
        ("apiVersion: v1\nkind: Pod\n", "metadata.name missing"),
        ("kind: 3\nmetadata: {name: x}\n", "apiVersion, kind missing"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: n}\n", "metadata.namespace missing or not text"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: [.Inf]\n", "rendered manifests:4: a number"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nx: &x {a: .nan}\nz: *x", "rendered manifests:4: a number"),
        ("- 1\n", "apiVersion, kind, metadata.name missing"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nkind: Job\n", "kind stands here again"),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\nx: 1\n",
            "rendered manifests:4: not a Kubernetes object",
        ),
    ],
)
def test_what_is_no_object_is_an_error_that_says_where(text: str, words: str) -> None:
    with pytest.raises(RaychartError, match=words):
        manifests.load(text)


def test_an_empty_text_with_a_tag_is_read_within_braces() -> None:
    text = """data: {b: !!null "", c: !!str '', d: [!!str "", 1], e: !!str , f: 1}\n"""
    (read,) = manifests.load(f"apiVersion: v1\nkind: Thing\nmetadata: {{name: a}}\n{text}")
    assert read.body["data"] == {"b": None, "c": "", "d": ["", 1], "e": "", "f": 1}


@given(st.dictionaries(texts, trees, max_size=4))
def test_an_object_written_and_read_again_is_the_same(data: dict[str, Any]) -> None:
    body = {"metadata": {"name": "a"}, "data": data}
    (read,) = manifests.load(manifests.dump([a_manifest(body)]))
    assert read.body["data"] == data


@given(texts)
def test_text_is_text_for_other_readers_too(text: str) -> None:
    dumped = manifests.dump([a_manifest({"metadata": {"name": "a"}, "data": {"key": text}})])
    assert yaml.safe_load(dumped)["data"]["key"] == text


def test_only_text_that_somebody_would_misread_is_quoted() -> None:
    body = {"metadata": {"name": "a"}, "data": {"a": "1e3", "b": "0o644", "c": "y", "d": "plain", "e": "12:30:45"}}
    dumped = manifests.dump([a_manifest(body)])
    assert dumped.endswith("data:\n  a: '1e3'\n  b: '0o644'\n  c: 'y'\n  d: plain\n  e: '12:30:45'\n")


def test_scripts_stay_readable() -> None:
    body = {"metadata": {"name": "a"}, "data": {"run.py": "import ray\n\nray.init()\n"}}
    assert "run.py: |\n    import ray\n\n    ray.init()\n" in manifests.dump([a_manifest(body)])


def test_writing_keeps_the_order_of_keys_and_documents() -> None:
    bodies = [{"metadata": {"name": "z"}, "b": 1, "a": 2}, {"metadata": {"name": "y"}, "d": 1, "c": 2}]
    dumped = manifests.dump([a_manifest(body) for body in bodies])
    assert [list(body)[3:] for body in yaml.safe_load_all(dumped)] == [["b", "a"], ["d", "c"]]
