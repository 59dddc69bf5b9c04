"""What differs between values: by meaning where the API has one, to the letter elsewhere."""

from __future__ import annotations

import copy
import pickle
import sys
from typing import TYPE_CHECKING, Any

import pytest
from compared import changes, manifest, pod, told

from raychart.diff.apply import apply
from raychart.diff.compare import compare
from raychart.diff.model import ABSENT
from raychart.diff.show import lines
from raychart.diff.text_lines import text_lines
from raychart.manifests import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.manifests import Manifest


def container(**fields: Any) -> dict[str, Any]:
    return pod(containers=[{"name": "a", **fields}])


def limits(**amounts: Any) -> dict[str, Any]:
    return container(resources={"limits": amounts, "requests": amounts})


def test_what_is_absent_stays_so_in_another_process() -> None:
    for old, new in (({}, {"a": "b"}), ({"a": "b"}, {})):
        (change,) = changes("ConfigMap", {"data": {"x": "y", **old}}, {"data": {"x": "y", **new}})
        for copied in (pickle.loads(pickle.dumps(change)), copy.deepcopy(change)):  # noqa: S301 (our own)
            assert (copied.old is ABSENT, copied.new is ABSENT) == (not old, not new)
            assert copied == change


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("Deployment", limits(cpu="1000m", memory="1Gi"), limits(cpu=1, memory="1024Mi")),
        ("Deployment", limits(cpu="0.1", memory=1000), limits(cpu="100m", memory="1k")),
        ("Deployment", limits(cpu="70m"), limits(cpu=0.07)),
        ("Deployment", limits(memory="1e3"), limits(memory="1000")),
        ("Deployment", pod(volumes=[{"name": "v", "emptyDir": {"sizeLimit": "1Gi"}}]),
         pod(volumes=[{"name": "v", "emptyDir": {"sizeLimit": "1024Mi"}}])),
        ("Deployment", {"spec": {"replicas": 1}}, {"spec": {"replicas": 1.0}}),
        ("Deployment", {"spec": {"paused": None}}, {"spec": {}}),
        ("PersistentVolumeClaim", {"spec": {"resources": {"requests": {"storage": "1024Gi"}}}},
         {"spec": {"resources": {"requests": {"storage": "1Ti"}}}}),
        ("ResourceQuota", {"spec": {"hard": {"pods": "10"}}}, {"spec": {"hard": {"pods": 10}}}),
        ("Secret", {"data": {"a": "YWI="}}, {"stringData": {"a": "ab"}}),
        ("Secret", {"data": {"a": "eA=="}, "stringData": {"a": "ab"}}, {"data": {"a": "YW\nI="}}),
        ("Thing", {"spec": {"a": float("nan")}}, {"spec": {"a": float("nan")}}),
    ],
)  # fmt: skip
def test_what_means_the_same_is_no_difference(kind: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    assert told(kind, old, new) == []
    assert told(kind, new, old) == []


@pytest.mark.parametrize(
    ("kind", "old", "new", "line"),
    [
        ("Deployment", limits(cpu="1"), limits(cpu="2"), "limits.cpu: \"1\" -> \"2\""),
        ("ConfigMap", {"data": {"a": "1000m"}}, {"data": {"a": "1"}}, "data.a: 1000m -> \"1\""),
        ("Deployment", container(env=[{"name": "A", "value": "1"}]), container(env=[{"name": "A", "value": 1}]),
         "env[A].value: \"1\" -> 1"),
        ("Service", {"spec": {"a": True}}, {"spec": {"a": 1}}, "spec.a: true -> 1"),
        ("Service", {"spec": {"targetPort": 80}}, {"spec": {"targetPort": "80"}}, "spec.targetPort: 80 -> \"80\""),
        ("Deployment", {"spec": {}}, {"spec": {"strategy": {}}}, "+ spec.strategy: {}"),
        ("Deployment", {"spec": {"x": []}}, {"spec": {"x": None}}, "- spec.x: []"),
        ("RayCluster", {"spec": {"headGroupSpec": {"resources": {"CPU": "1"}}}},
         {"spec": {"headGroupSpec": {"resources": {"CPU": "1000m"}}}}, "resources.CPU: \"1\" -> 1000m"),
    ],
)  # fmt: skip
def test_what_the_api_tells_apart_is_told(kind: str, old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    assert any(line in one for one in told(kind, old, new))


def test_json_and_yaml_in_texts_are_told_by_what_differs_inside() -> None:
    old = container(command=["run", '{"cluster":"main","rollout":{"drainSeconds":60}}'])
    new = container(command=["run", '{"cluster":"main","rollout":{"drainSeconds":90}}'])
    assert told("Deployment", old, new)[1:] == ["~     rollout.drainSeconds: 60 -> 90"]
    texts = ["a: 1\nb: [x]\n", "# said\na: 1\nb: [x, z]\n"]
    assert told("ConfigMap", *({"data": {"c.yaml": text}} for text in texts))[1:] == ["+     b[1]: z"]
    # The same in another layout is still another text.
    assert told("ConfigMap", *({"data": {"c": text}} for text in ('{"a":1}', '{"a": 1}'))) == [
        '~ data.c: "{\\"a\\":1}" -> "{\\"a\\": 1}"'
    ]


def test_texts_are_told_by_lines() -> None:
    old = "".join(f"print({number})\n" for number in range(50))
    new = old.replace("print(7)\n", "print(77)\n").replace("print(40)\n", "")
    found = told("ConfigMap", {"data": {"a.py": old}}, {"data": {"a.py": new}})
    told_of = [line[0] + line[1:].strip() for line in found if line[0] in "+-"]
    assert told_of == [
        "-print(7)",
        "+print(77)",
        "-print(40)",
    ]


def test_edits_far_apart_in_a_long_text_are_told_alone() -> None:
    lines_of_text = [f"print({number})" for number in range(5000)]
    old, new = (
        "\n".join([*lines_of_text[:1], one, *lines_of_text[1:4000], one, *lines_of_text[4000:]]) for one in "xy"
    )
    found = told("ConfigMap", {"data": {"a.py": old}}, {"data": {"a.py": new}})
    assert [line[0] + line[1:].strip() for line in found if line[0] in "+-"] == ["-x", "+y", "-x", "+y"]
    same = told("ConfigMap", {"data": {"a": "x\n" * 2000}}, {"data": {"a": "y\n" * 2000}})
    assert "more lines" in same[-1]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a\r\nb\r\n", "a\nb\n", [" lines that end in \\r\\n and not \\n: 2 -> 0"]),
        ("a\nb\n", "a\nb", [" no line break at its end any more"]),
        ("a\nb", "a\nc\n", [" a", "-b", "+c", " a line break at its end"]),
        ("a \nb\n", "a\nb\n", ["-a\\x20", "+a", " b"]),
        ("a\u200b\nb\n", "a\nb\n", ["-a\\u200b", "+a", " b"]),
        ("\u00e9\nb\n", "e\u0301\nb\n", ["-\\xe9", "+e\\u0301", " b"]),
        ("a\x0cb\nc\n", "a\x0cb\nd\n", [" a\\x0cb", "-c", "+d"]),
        (f"a\n{'x' * 500}1{'y' * 500}", f"a\n{'x' * 500}2{'y' * 500}",
         [" a", f"-…{'x' * 30}1{'y' * 30}…", f"+…{'x' * 30}2{'y' * 30}…"]),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_is_told(old: str, new: str, expected: list[str]) -> None:
    assert text_lines(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("a\u200bb", "ab", r'"a\u200bb" -> ab'),
        ("\u202eab", "ab", r'"\u202eab" -> ab'),
        ("\u00e9", "e\u0301", r"\xe9 -> e\u0301"),
        (1000.0, 1001, "1000 -> 1001"),
        (1e300, 1, "1e+300 -> 1"),
    ],
)
def test_values_that_look_alike_are_told_apart(old: object, new: object, line: str) -> None:
    assert told("Thing", {"spec": old}, {"spec": new}) == [f"~ spec: {line}"]


def test_keys_show_what_cannot_be_seen() -> None:
    assert told("ConfigMap", {"data": {}}, {"data": {"a\u202eb": "x"}}) == [r'+ data."a\u202eb": x']


def test_long_values_are_cut_with_their_length() -> None:
    (line,) = told("ConfigMap", {"data": {}}, {"data": {"a": "x" * 5000}})
    assert len(line) < 150
    assert line.endswith("… (5,000 characters)")
    assert len(told("ConfigMap", {"data": {"a": "x\n" * 5}}, {"data": {"a": "y\n" * 5000}})) < 25


def test_the_same_file_twice_has_no_differences() -> None:
    # What another tool found "order changed" in: https://github.com/homeport/dyff/issues/676
    text = """
    apiVersion: v1
    kind: List
    items:
    - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: "1"}}
    - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: "2"}}
    - {apiVersion: x/v1, kind: Thing, metadata: {name: a}, spec: {l: [{name: a}, {name: a}, {name: a, b: 1}, a, a]}}
    """
    assert compare(load(text), load(text)).objects == ()


@pytest.mark.parametrize(("mode", "other"), [("0644", "420"), ("0o644", "420")])
def test_octal_modes_are_numbers(mode: str, other: str) -> None:
    text = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {volumes: [{name: v, secret: {defaultMode: %s}}]}}"
    assert compare(load(text % mode), load(text % other)).objects == ()
    assert len(compare(load(text % mode), load(text % '"0644"')).objects) == 1


def test_another_version_of_the_api_is_a_change_and_no_other_object() -> None:
    old, new = (load(f"{{apiVersion: ray.io/{v}, kind: Thing, metadata: {{name: a}}}}") for v in ("v1alpha1", "v1"))
    (found,) = compare(old, new).objects
    assert (found.kind, [change.path for change in found.changes]) == ("changed", [("apiVersion",)])


def test_generated_names_and_renamed_objects_are_paired() -> None:
    old = [manifest("Job", {"spec": {"a": 1}}, "main-rollout-ab12cd34"), manifest("ConfigMap", {"data": TEXTS}, "x")]
    new = [manifest("Job", {"spec": {"a": 2}}, "main-rollout-deadbeef"), manifest("ConfigMap", {"data": TEXTS}, "y")]
    found = compare(old, new).objects
    assert [(diff.kind, diff.manifest.name, len(diff.changes)) for diff in found] == [
        ("renamed", "y", 0), ("renamed", "main-rollout-deadbeef", 1),
    ]  # fmt: skip


def test_different_objects_are_not_taken_for_renamed_ones() -> None:
    old, new = manifest("ConfigMap", {"data": TEXTS}, "x"), manifest("ConfigMap", {"data": {"other": "thing"}}, "y")
    assert [diff.kind for diff in compare([old], [new]).objects] == ["removed", "added"]


TEXTS = {key: f"{key}\n{key * 2}\n" for key in "abcdef"}


def test_an_object_without_a_namespace_is_in_that_of_the_others() -> None:
    text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a%s}}"
    assert compare(load(text % ""), load(text % ", namespace: team-a")).objects == ()


@pytest.mark.parametrize("size", [1, 4])
def test_work_grows_with_the_size_and_no_faster(size: int) -> None:
    def work(times: int) -> int:
        old, new = _large(250 * times, "1"), _large(250 * times, "2")
        return _calls(lambda: [lines(change) for diff in compare(old, new).objects for change in diff.changes])

    assert work(2 * size) < 2.5 * work(size)


def _large(count: int, image: str) -> list[Manifest]:
    containers = [{"name": f"c{number}", "image": image, "args": ["a", str(number)]} for number in range(count)]
    text = "".join(f"line {number} {image if number % 100 == 0 else ''}\n" for number in range(count * 40))
    return [manifest("Pod", {"spec": {"containers": containers}}), manifest("ConfigMap", {"data": {"a": text}})]


def _calls(what: Callable[[], object]) -> int:
    """Count the calls, of Python's own functions too, that something takes."""
    count = 0

    def tick(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(tick)
    try:
        what()
    finally:
        sys.setprofile(before)
    return count


def test_applying_leaves_the_old_manifests_alone() -> None:
    old, new = manifest("Pod", {"spec": {"a": [1]}}), manifest("Pod", {"spec": {"a": [2]}})
    apply([old], compare([old], [new]))
    assert old.body["spec"] == {"a": [1]}
    assert changes("Pod", {"spec": {"a": [1]}}, {"spec": {"a": [2]}})


def test_of_two_versions_of_an_object_each_is_compared_with_itself() -> None:
    text = "{apiVersion: autoscaling/%s, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {maxReplicas: %d}}"
    old, new = load(f"{text % ('v1', 1)}\n---\n{text % ('v2', 2)}"), load(text % ("v2", 2))
    assert [(one.kind, one.manifest.version) for one in compare(old, new).objects] == [("removed", "v1")]
