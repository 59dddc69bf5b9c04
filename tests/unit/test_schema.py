"""What the schema refuses is told in a user's words, with a remedy, in its place."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raychart.errors import RaychartError
from raychart.schema import Schema, check_schema, load_schema
from raychart.values import Layer, load_layer, merge_layers

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.findings import Finding

WORKER: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["maxWorkers"],
    "properties": {
        "minWorkers": {"type": "integer", "minimum": 0},
        "maxWorkers": {"type": "integer", "description": "The most pods of this type."},
        "cpu": {"type": ["string", "number"], "pattern": "^[0-9]+m?$", "description": "A quantity: 2, 500m."},
    },
}
SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": False,
    "patternProperties": {"^x-": {}},
    "properties": {
        "enabled": {"type": "boolean"},
        "name": {"type": "string", "maxLength": 5},
        "version": {"enum": ["v1", "v2"]},
        "kind": {"const": "ray"},
        "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "step": {"type": "integer", "multipleOf": 5},
        "list": {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True, "maxItems": 3},
        "some": {"type": "object", "minProperties": 1},
        "pair": {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        "port": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[a-z]+$"}]},
        "resources": {
            "type": "object",
            "description": "Ray's own names in exact case.",
            "properties": {"cpu": False},
            "additionalProperties": {"type": "integer"},
        },
        "clusters": {
            "type": "object",
            "description": "The clusters, by name.",
            "propertyNames": {"pattern": "^[a-z-]+$", "maxLength": 8, "not": {"const": "global"}},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "idleTimeout": {"type": "number"},
                    "workerTypes": {"type": "object", "additionalProperties": {"$ref": "#/definitions/worker"}},
                },
            },
        },
    },
    "definitions": {"worker": WORKER},
}

CASES = {
    "a misspelt key": ("enabeld: true", "enabeld", "not a known key", "did you mean enabled?"),
    "a key in the wrong case": ("Version: v1", "Version", "not a known key", "did you mean version?"),
    "a key like no other": ("zzz: 1", "zzz", "not a known key", "remove it, or use one of: enabled, name"),
    "a key one level too high": (
        "clusters: {main: {minWorkers: 1}}",
        "clusters.main.minWorkers",
        "not a known key",
        "minWorkers is a key of clusters.main.workerTypes.<name>: move it there",
    ),
    "a key one level too low": (
        "clusters: {main: {workerTypes: {gpu: {maxWorkers: 1, idleTimeout: 1}}}}",
        "clusters.main.workerTypes.gpu.idleTimeout",
        "not a known key",
        "idleTimeout is a key of clusters.main: move it there",
    ),
    "a key of the top level": ("clusters: {main: {enabled: true}}", "clusters.main.enabled", "known key", "top level"),
    "text for a boolean": ('enabled: "true"', "enabled", 'true or false (found the text "true")', "remove the quotes"),
    "other text for a boolean": ("enabled: maybe", "enabled", "has to be true or false", "write true or false"),
    "a number for text": ("name: 2.6", "name", "has to be text (found 2.6)", "put it in quotes"),
    "a boolean for text": ("name: on", "name", "has to be text (found true)", "on, off"),
    "nothing for text": ("name:", "name", "found nothing", "give it a value, or remove the key"),
    "a list for a mapping": ("clusters: [a]", "clusters", "a mapping (found a list)", "instead of list items"),
    "text for a list": ("list: a", "list", "has to be a list", 'write it as a list: ["a"]'),
    "a fraction for a whole number": ("step: 2.5", "step", "a whole number (found 2.5)", "write a whole number"),
    "a number in quotes": ('step: "5"', "step", "a whole number", "remove the quotes"),
    "a word that is not offered": ("version: v3", "version", '"v3" is not one of "v1", "v2"', "choose one of them"),
    "a word in the wrong case": ("version: V2", "version", '"V2" is not one of', "did you mean v2?"),
    "a wrong constant": ("kind: dask", "kind", 'has to be "ray"', 'write "ray"'),
    "too little": ("share: 0", "share", "0 is not more than 0", "use more than 0"),
    "too much": ("share: 2", "share", "2 is more than 1", "use 1 or less"),
    "no multiple": ("step: 7", "step", "7 is not a multiple of 5", "use a multiple of 5"),
    "a long text": ("name: abcdefg", "name", "has 7, more than 5 characters", "at most 5 characters"),
    "an empty text": ('list: [""]', "list[0]", "is empty", "give at least 1 character"),
    "a long list": ("list: [a, b, c, d]", "list", "has 4, more than 3 items", "keep at most 3 items"),
    "an item twice": ("list: [a, b, a]", "list", 'holds "a" twice', "keep one"),
    "an empty mapping": ("some: {}", "some", "is empty", "give at least 1 key"),
    "two forms at once": ("pair: {a: 1, b: 2}", "pair", "fits more than one form", "leave out"),
    "one form, wrong": ("port: 0", "port", "0 is less than 1", "use 1 or more"),
    "the other form, wrong": ("port: A", "port", '"A" does not have the right form', "write a"),
    "the other form, quite wrong": ("port: '7'", "port", '"7" does not have the right form', "^[a-z]+$"),
    "no form at all": ("port: [1]", "port", "a whole number or text (found a list)", "a whole number or text"),
    "a forbidden key": ("resources: {cpu: 1}", "resources.cpu", "not allowed here", "Ray's own names in exact case"),
    "a missing key": (
        "clusters: {main: {workerTypes: {gpu: {}}}}",
        "clusters.main.workerTypes.gpu",
        "maxWorkers is missing",
        "add maxWorkers (The most pods of this type)",
    ),
    "a text of the wrong form": (
        "clusters: {main: {workerTypes: {gpu: {maxWorkers: 1, cpu: 4GB}}}}",
        "clusters.main.workerTypes.gpu.cpu",
        '"4GB" does not have the right form',
        "A quantity: 2, 500m",
    ),
    "a text that only ends in a line break": (
        'clusters: {main: {workerTypes: {gpu: {maxWorkers: 1, cpu: "4\\n"}}}}',
        "clusters.main.workerTypes.gpu.cpu",
        "does not have the right form",
        "A quantity",
    ),
    "a name of the wrong form": ("clusters: {Main: {}}", "clusters.Main", '"Main" cannot be a name', "call it main"),
    "a name of quite another form": ("clusters: {'9': {}}", "clusters.9", '"9" cannot be a name', "^[a-z-]+$"),
    "a key of KubeRay's": (
        "clusters: {main: {workerTypes: {gpu: {maxWorkers: 1, minReplicas: 1}}}}",
        "clusters.main.workerTypes.gpu.minReplicas",
        "is not a known key",
        "write minWorkers, as it is called here",
    ),
    "a name that is too long": ("clusters: {abcdefghi: {}}", "clusters.abcdefghi", "9 characters, 8 fit", "shorter"),
    "a reserved name": ("clusters: {global: {}}", "clusters.global", "reserved", "choose another"),
}


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A folder with the schema above."""
    (tmp_path / "values.schema.json").write_text(json.dumps(SCHEMA))
    return tmp_path


def findings_in(text: str, chart: Path) -> list[Finding]:
    file = chart / "v.yaml"
    file.write_text(text)
    schema = load_schema(chart)
    assert schema is not None
    return check_schema(merge_layers(Layer("defaults.yaml", None), [load_layer(file)]), schema)


@pytest.mark.parametrize(("text", "path", "message", "remedy"), CASES.values(), ids=CASES)
def test_each_refusal_is_one_finding_with_path_message_and_remedy(
    chart: Path, text: str, path: str, message: str, remedy: str
) -> None:
    (finding,) = findings_in(text, chart)
    assert finding.path == path
    assert message in finding.message
    assert remedy in finding.remedy
    assert finding.rule == "values-schema"
    assert finding.line == 1


def test_what_the_schema_allows_has_no_finding(chart: Path) -> None:
    text = "x-own: [1]\nversion: v1\nport: http\nshare: 1\nclusters: {main: {workerTypes: {gpu: {maxWorkers: 1}}}}"
    assert findings_in(text, chart) == []


def test_all_problems_are_found_in_one_run_in_the_order_of_the_file(chart: Path) -> None:
    found = findings_in("name: 1\nzzz: 1\nshare: 7\nenabled: 3\n", chart)
    assert [(finding.line, finding.path) for finding in found] == [
        (1, "name"),
        (2, "zzz"),
        (3, "share"),
        (4, "enabled"),
    ]


def test_a_chart_without_schema_has_none(tmp_path: Path) -> None:
    assert load_schema(tmp_path) is None


@pytest.mark.parametrize("text", ["{", '{"type": 3}', "[]"])
def test_a_broken_schema_is_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "values.schema.json").write_text(text)
    with pytest.raises(RaychartError, match=r"values\.schema\.json"):
        load_schema(tmp_path)


PIECES = [
    *(
        "clusters",
        "main",
        "workerTypes",
        "gpu",
        "maxWorkers",
        "port",
        "pair",
        "list",
        "resources",
        "cpu",
        "x-y",
        "name",
    ),
    *(
        ": ",
        ": ",
        ":\n",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "&a ",
        "*a",
        "<<: ",
        "'",
        '"',
        "|\n",
        "? ",
    ),
    *(
        "1",
        "-3",
        "1e9",
        "0x1F",
        ".nan",
        "true",
        "~",
        "9" * 30,
        "\t",
        "---\n",
        "!!int ",
        "!x ",
        "#",
        "%",
        "é",
        "\x07",
        "\u2028",
    ),
]


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_is_in_a_file_there_are_findings_or_none_but_no_crash(chart: Path, text: str) -> None:
    file = chart / "v.yaml"
    file.write_text(text, encoding="utf-8")
    layer = load_layer(file)
    schema = load_schema(chart)
    assert schema is not None
    found = [*layer.findings, *check_schema(merge_layers(Layer("defaults.yaml", None), [layer]), schema)]
    lines = len(text.splitlines()) + 1
    for finding in found:
        assert finding.remedy
        assert 1 <= (finding.line or 0) <= lines, f"{finding} is beyond the file's end"
        assert "\n" not in finding.headline


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["a", "v1", "ray", "main", "a\n", "500m", "2\n", "\ud800"]),
    lambda of: (
        st.lists(of, max_size=3)
        | st.dictionaries(
            st.sampled_from([*SCHEMA["properties"], *WORKER["properties"], "main", "x-a"]), of, max_size=3
        )
    ),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=500)
def test_the_fast_validator_accepts_nothing_that_the_telling_one_refuses(data: Any) -> None:
    pytest.importorskip("jsonschema_rs", reason="there is no wheel of jsonschema-rs for this platform")
    fast = Schema(SCHEMA)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "jsonschema_rs", None)
        slow = Schema(SCHEMA)
    assert fast.problems(data) == slow.problems(data)
