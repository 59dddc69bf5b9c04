"""Releases that are rendered together get what each gets alone, whatever the chart's templates do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from made_charts import CONFIG_MAP, make_chart

from raychart.rendering.batches import BatchingEngine
from raychart.rendering.charts import Charts
from raychart.rendering.engine import Request
from raychart.rendering.sdk_engine import SdkEngine, load_engine

if TYPE_CHECKING:
    from pathlib import Path

A = CONFIG_MAP % "a"
DEFAULTS = "a: 1\nb: {c: [1, 2], d: x}\nbig: 12345678\ngone: here\n"
VALUES: list[dict[str, Any]] = [
    {},
    {"a": 2},
    {"a": "two", "b": {"d": None}},
    {"b": {"c": []}, "gone": None},
    {"big": 1e21, "b": None},
    {"new": {"deep": [{"x": None}]}, "a": 0.1},
    {"a": "---\nkind: X", "b": {"d": "<no value>"}},
    {"global": {"g": 1}, "big": 2**53 + 1},
    {"a": True, "b": {"d": "{{ .Release.Name }}"}},
]
NAMESPACES = ["team-0", "no", "x", "value", "a", "r4", "0", "team-0", "name"]
# Templates of charts of which many releases are rendered at a time.
TAKEN = {
    "values": {"a.yaml": A + "data: {{ toYaml .Values | nindent 2 }}\n"},
    "what is not there": {"a.yaml": A + "data: {k: {{ .Values.nothing }}, l: {{ .Values.no.thing }}}\n"},
    "release": {"a.yaml": A + "data: {{ toJson .Release }}\n"},
    "its own name": {"x/a.yaml": A + "data: {{ toJson .Template }}\n"},
    "the whole context": {"a.yaml": A + 'data: {{ omit . "Files" "Capabilities" | toJson }}\n'},
    "the chart changed": {
        "a.yaml": A + 'data: {k: {{ .Chart.Seen | quote }}}\n{{ $_ := set .Chart "Seen" .Values.a }}',
        "b/b.yaml": CONFIG_MAP % "b" + 'data: {k: {{ .Chart.Seen | quote }}}\n{{ $_ := set $.Chart "Seen" "b" }}',
    },
    "chart": {"a.yaml": A + "data: {{ toJson .Chart }}\n"},
    "capabilities": {"a.yaml": A + "data: {k: {{ .Capabilities.KubeVersion }}}\n"},
    "files": {
        "a.yaml": A + 'data: {{ (.Files.Glob "files/*").AsConfig | nindent 2 }}\n',
        "files/x.txt": "hello\n",
        "files/y.txt": "{{ no template }}",
    },
    "named templates": {
        "_helpers.tpl": '{{ define "x" }}{{ .Values.a | quote }}{{ end }}',
        "a.yaml": A + 'data: {k: {{ include "x" . }}, l: {{ template "x" $ }}}\n',
    },
    "a named template among the others": {
        "a.yaml": '{{ define "y" }}{{ .Values.big }}{{ end }}' + A + 'data: {k: {{ include "y" . | quote }}}\n',
        "b/b.yaml": CONFIG_MAP % "b" + 'data: {k: {{ include "y" . | quote }}}\n',
    },
    "what the root holds from file to file": {
        "a.yaml": A + 'data: {k: {{ .seen | quote }}}\n{{ $_ := set . "seen" (.seen | default list | len) }}',
        "b.yaml": CONFIG_MAP % "b" + 'data: {k: {{ .seen | quote }}}\n{{ $_ := set $ "seen" (list 1) }}',
        "c/c.yaml": CONFIG_MAP % "c" + 'data: {k: {{ .seen | quote }}}\n{{ $_ := set $ "seen" (list 1 2) }}',
    },
    "values that are changed": {
        "a.yaml": A + 'data: {k: {{ .Values.a | quote }}}\n{{ $_ := set .Values "a" "changed" }}',
        "b.yaml": CONFIG_MAP % "b" + "data: {k: {{ .Values.a | quote }}}\n",
    },
    "several documents and notes": {
        "a.yaml": f"---\n{A}---\n# none\n---\n{CONFIG_MAP % 'b'}",
        "NOTES.txt": "{{ .Values.a }}",
    },
    "nothing": {"a.yaml": "{{ if .Values.nothing }}x{{ end }}", "b.yaml": "\n"},
    "what is refused": {"a.yaml": A + '{{ if eq (toString .Values.a) "two" }}{{ fail "not two" }}{{ end }}'},
    "a schema": {
        "a.yaml": A + "data: {k: {{ .Values.a | quote }}}\n",
        "values.schema.json": json.dumps(
            {
                "properties": {"a": {"$ref": "#/definitions/number"}, "b": {"$ref": "#/$defs/map"}},
                "definitions": {"number": {"type": ["number", "boolean"]}},
                "$defs": {"map": {"type": "object", "required": ["c"]}},
            }
        ),
    },
    "a schema of all": {
        "a.yaml": A,
        "values.schema.json": json.dumps(
            {"additionalProperties": False, "properties": {"a": {}, "b": {}, "big": {}, "gone": {}}}
        ),
    },
    "crds and what is no template": {"a.yaml": A, "crds/x.yaml": "kind: X", "templates/x.txt": "{{ .Values.a }}"},
    "ignored": {
        "a.yaml": A,
        "b.yaml": "{{ nonsense",
        "_c.tpl": "{{ worse",
        "x/.helmignore": "",
        ".helmignore": "b.yaml\n_c.tpl\n",
    },
}
# And of which each release is rendered by itself, because together they may get something else.
SINGLE = {
    "another by its path": {
        "a.yaml": A + 'data: {k: {{ include (print $.Template.BasePath "/b.yaml") . | sha256sum }}}\n',
        "b.yaml": CONFIG_MAP % "b",
    },
    "methods of the values": {"a.yaml": A + 'data: {{ .Values.YAML | nindent 2 }}\n{{ (.Values.Table "b").c }}'},
    "types": {"a.yaml": A + "data: {k: {{ typeOf .Values | quote }}}\n"},
    "types, printed": {"a.yaml": A + 'data: {k: {{ printf "%T %#v" .Values .Values.a | quote }}}\n'},
    "random": {"a.yaml": A + "data: {k: {{ ternary (randAlpha 5) .Values.a (eq 1 2) }}}\n"},
    "templates in values": {"a.yaml": A + "data: {k: {{ tpl (toString .Values.a) . | quote }}}\n"},
    "named twice": {
        "_a.tpl": '{{ define "x" }}first{{ end }}',
        "_b.tpl": '{{ define "x" }}second{{ end }}',
        "a.yaml": A + 'data: {k: {{ include "x" . }}}\n',
    },
    "a subchart": {
        "a.yaml": A,
        "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
        "charts/sub/templates/s.yaml": CONFIG_MAP % "sub" + "data: {{ toJson .Values }}\n",
    },
    "a schema with an id": {
        "a.yaml": A,
        "values.schema.json": json.dumps({"$id": "https://example.com/x.json", "type": "object"}),
    },
    "a schema that refers to itself": {
        "a.yaml": A,
        "values.schema.json": json.dumps({"properties": {"new": {"$ref": "#/properties/b"}, "b": {"type": "object"}}}),
    },
    "a schema that is none": {"a.yaml": A, "values.schema.json": "{"},
}


class Counting(SdkEngine):
    """Counts how often the library renders."""

    rendered = 0

    def files(self, request: Request) -> dict[str, str] | None:
        self.rendered += 1
        return super().files(request)

    def render(self, request: Request) -> Any:
        self.rendered += 1
        return super().render(request)


@pytest.fixture
def engine() -> Counting:
    found = load_engine()
    assert found is not None
    return Counting(found._library)


def requests_for(chart: Path) -> list[Request]:
    return [
        Request(chart, values, f"r{number}", namespace)
        for number, (values, namespace) in enumerate(zip(VALUES, NAMESPACES, strict=True))
    ]


def together(engine: Counting, requests: list[Request]) -> tuple[list[Any], int]:
    """Return what they are rendered to together, and how often the library rendered."""
    before = engine.rendered
    return BatchingEngine(engine, Charts()).render_many(requests), engine.rendered - before


@pytest.mark.parametrize("files", TAKEN.values(), ids=TAKEN)
def test_many_are_rendered_at_a_time_to_what_each_gets_alone(
    tmp_path: Path, engine: Counting, files: dict[str, str]
) -> None:
    chart = make_chart(tmp_path, {"values.yaml": DEFAULTS, **files})
    requests = requests_for(chart)
    outputs, rendered = together(engine, requests)
    assert outputs == [engine.render(request) for request in requests]
    # The two that prove it, together and alone, then all at once; where some are refused, halves of them.
    assert rendered == 4 or any(output.refusal for output in outputs)


@pytest.mark.parametrize("files", SINGLE.values(), ids=SINGLE)
def test_what_may_come_out_otherwise_is_rendered_one_by_one(
    tmp_path: Path, engine: Counting, files: dict[str, str]
) -> None:
    requests = requests_for(make_chart(tmp_path, {"values.yaml": DEFAULTS, **files}))
    outputs, rendered = together(engine, requests)
    assert outputs == [engine.render(request) for request in requests]
    assert rendered >= len(requests)


def test_charts_and_refusals_among_them_are_told_apart(tmp_path: Path, engine: Counting) -> None:
    charts = [
        make_chart(tmp_path / name, {"a.yaml": f'{A}data: {{k: {name}}}\n{{{{ required "a!" .Values.a }}}}'})
        for name in "xy"
    ]
    requests = [
        Request(charts[number % 2], {"a": number} if number % 7 else {}, "r", f"team-{number}") for number in range(40)
    ]
    outputs, rendered = together(engine, requests)
    assert outputs == [engine.render(request) for request in requests]
    assert [bool(output.refusal) for output in outputs] == [number % 7 == 0 for number in range(40)]
    assert rendered < 80


def test_a_chart_that_cannot_be_rendered_at_all_is_refused_in_its_own_words(tmp_path: Path, engine: Counting) -> None:
    requests = requests_for(make_chart(tmp_path, {"a.yaml": "{{ nonsense"}))
    outputs, _ = together(engine, requests)
    assert {output.refusal for output in outputs} == {engine.render(requests[0]).refusal}
