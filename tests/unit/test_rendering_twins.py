"""Namespaces that differ in nothing but their name are rendered once, and none gets what it would not get alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_charts import CONFIG_MAP, make_chart, make_job

from raychart.rendering.run import render_all
from raychart.rendering.sdk_engine import SdkEngine, load_engine
from raychart.rendering.twins import LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from raychart.rendering.engine import Output, Request

A = CONFIG_MAP % "a"
NAMES = [
    "team-a",
    "team-b",
    "prod-x",
    "a",
    "n" * 63,
    "123",
    "null",
    "1e3",
    "z7q",
    "zzz",
    "inf",
    "items",
    "x-prod",
    "y",
    "xbeef",
    "e33",
]
# What may be done with the name so that rendering once is enough.
PLAIN = {
    "only metadata": A,
    "printf": A + 'data: {k: {{ printf "%s.svc/%s" .Release.Namespace .Release.Name | quote }}}\n',
    "a variable": "{{ $n := .Release.Namespace }}" + A + "data: {k: {{ $n }}}\n",
    "a mapping": '{{ $m := dict "a" .Release.Namespace "b" .Values.a }}' + A + "data: {{ toYaml $m | nindent 2 }}\n",
    "the root passed on": '{{ define "x" }}{{ .Release.Namespace }}{{ end }}' + A + 'data: {k: {{ include "x" . }}}\n',
    "passed on": '{{ define "x" }}{{ .n | quote }}{{ end }}'
    + A
    + 'data: {k: {{ include "x" (dict "n" .Release.Namespace) }}}\n',
    "with": A + "{{ with .Release.Namespace }}data: {k: {{ . }}}{{ end }}\n",
    "default": A + 'data: {k: {{ .Release.Namespace | default "none" }}}\n',
    "other functions on other things": A + 'data: {k: {{ "v1+2" | replace "+" "-" | upper }}}\n',
    "compared, but with something else": A + '{{ if eq .Release.Namespace "other" }}data: {k: v}{{ end }}\n',
    "looked into for something else": A + '{{ if hasPrefix "qq" .Release.Namespace }}data: {k: v}{{ end }}\n',
    "changed by whom it is given": '{{ define "x" }}{{ $_ := set .m "n" .n }}{{ .m.n }}{{ end }}'
    + A
    + 'data: {k: {{ include "x" (dict "m" dict "n" .Release.Namespace) }}}\n',
    "refused": '{{ fail (printf "\\nnothing in %s" .Release.Namespace) }}',
    "in a list": "kind: List\nitems: [{apiVersion: v1, kind: X, metadata: {name: {{ $.Release.Namespace }}}}]\n",
    "as a key": A + "data: {a: '1', {{ .Release.Namespace }}: x}\n",
}
# What may not, because names are told apart.
SLY = {
    "hasPrefix": A + "{{ if hasPrefix .Values.a .Release.Namespace }}data: {k: v}{{ end }}\n",
    "in a named template": '{{ define "x" }}{{ if hasSuffix ("-prod" | lower) . }}k: v{{ end }}{{ end }}'
    + A
    + 'data: { {{ include "x" .Release.Namespace }} }\n',
    "regexMatch of a variable": "{{ $n := .Release.Namespace }}"
    + A
    + '{{ if regexMatch "[a-m]$" $n }}data: {k: v}{{ end }}\n',
    "replace": A + 'data: {k: {{ replace "team" "squad" .Release.Namespace }}}\n',
    "in a mapping": '{{ $m := dict "n" .Release.Namespace }}'
    + A
    + '{{ if regexMatch "eam" $m.n }}data: {k: v}{{ end }}\n',
    "set": '{{ $m := dict }}{{ $_ := set $m "n" .Release.Namespace }}'
    + A
    + 'data: {k: {{ splitList "-" $m.n | last }}}\n',
    "set in an alias": '{{ $m := dict }}{{ $o := $m }}{{ $_ := set $o "n" .Release.Namespace }}'
    + A
    + 'data: {k: {{ trimPrefix "team-" $m.n }}}\n',
    "set in the values": '{{ $_ := set .Values "n" .Release.Namespace }}'
    + A
    + 'data: {k: {{ trimPrefix "team-" .Values.n }}}\n',
    "set in values by another name": "{{ $m := .Values.o | default dict }}{{ $_ := set $m `n` .Release.Namespace }}"
    + A
    + 'data: {k: {{ trimPrefix "team-" $m.n }}}\n',
    "set in the root": "{{ $r := . }}{{ $_ := set $r `n` .Release.Namespace }}"
    + A
    + 'data: {k: {{ trimPrefix "team-" .n }}}\n',
    "set in the root elsewhere": "{{ define `x` }}{{ with index . 0 }}{{ $_ := set .Values `n` (index $ 1) }}{{ end }}"
    "{{ end }}{{ include `x` (list . .Release.Namespace) }}" + A + 'data: {k: {{ trimPrefix "team-" .Values.n }}}\n',
    "looked for": A + "{{ if contains .Values.t .Release.Namespace }}data: {k: v}{{ end }}\n",
    "the release as a whole": A + 'data: {k: {{ get .Release "Namespace" | trimSuffix "-a" }}}\n',
    "the dot of a with": A + '{{ with .Release.Namespace }}data: {k: {{ trimSuffix "-a" . }}}{{ end }}\n',
    "a range": A + 'data: {k: "{{ range list $.Release.Namespace }}{{ trimSuffix "-a" . }}{{ end }}"}\n',
    "tpl": A + 'data: {k: {{ tpl `{{ trimSuffix "-a" .Release.Namespace }}` . }}}\n',
    "piped into a named template": '{{ define "x" }}{{ trimSuffix "-a" . }}{{ end }}'
    + A
    + 'data: {k: {{ .Release.Namespace | include "x" }}}\n',
    "a template by a name in a variable": '{{ define "x" }}{{ trimSuffix "-a" . }}{{ end }}{{ $t := "x" }}'
    + A
    + "data: {k: {{ include $t .Release.Namespace }}}\n",
    "what a named template gives": '{{ define "x" }}{{ .Release.Namespace }}{{ end }}'
    + A
    + 'data: {k: {{ include "x" . | trimSuffix "-a" }}}\n',
    "a length": A + "{{ if gt (len .Release.Namespace) 10 }}data: {k: v}{{ end }}\n",
    "too long": A + '{{ if gt (len .Release.Namespace) 40 }}{{ fail "too long" }}{{ end }}\n',
    "before another": A + '{{ if lt .Release.Namespace "m" }}data: {k: v}{{ end }}\n',
    "cut off and compared": A + '{{ if eq (trunc 4 .Release.Namespace) "prod" }}data: {k: v}{{ end }}\n',
    "cut off by printf": A + '{{ if eq (printf "%.4s" .Release.Namespace) "prod" }}data: {k: v}{{ end }}\n',
    "a character": A + "{{ if eq (index .Release.Namespace 0) 112 }}data: {k: v}{{ end }}\n",
    "made something else, and compared": A
    + '{{ $n := upper .Release.Namespace }}{{ if eq $n "PROD-X" }}data: {k: v}{{ end }}\n',
    "made something else elsewhere": '{{ define "x" }}{{ upper . }}{{ end }}'
    + A
    + '{{ if eq (include "x" .Release.Namespace) "PROD-X" }}data: {k: v}{{ end }}\n',
    "between others": A
    + '{{ if and (gt .Release.Namespace "prod") (lt .Release.Namespace "proe") }}data: {k: v}{{ end }}\n',
    "of a length": A + "{{ if eq (len .Release.Namespace) 6 }}data: {k: v}{{ end }}\n",
    "else with": A
    + '{{ if .Values.none }}{{ else with .Release.Namespace }}data: {k: {{ trimSuffix "-a" . }}}{{ end }}\n',
}
# What the second rendering gives away.
REVEALED = {
    "a hash": A + "data: {k: {{ .Release.Namespace | sha256sum | quote }}}\n",
    "cut off": A + 'data: {k: {{ printf "%s-cluster" .Release.Namespace | trunc 20 }}}\n',
    "upper case": A + "data: {k: {{ upper .Release.Namespace }}}\n",
    "an order": A + 'data: {{ dict "m" "1" .Release.Namespace "2" | toYaml | nindent 2 }}\n',
}
VALUES = {
    "in a list": (
        A + "{{ if has .Release.Namespace .Values.large }}data: {k: v}{{ end }}\n",
        "large: [team-b, prod-x]",
    ),
    "looked up": (
        A + "data: {k: {{ index .Values.sizes .Release.Namespace | default 1 | quote }}}\n",
        "sizes: {team-a: 2}",
    ),
    "with a part of it": (
        A + '{{ if contains "eam-a.s" (print .Release.Namespace ".s") }}data: {k: v}{{ end }}\n',
        "a: 1",
    ),
    "with its beginning": (A + '{{ if hasPrefix "prod" .Release.Namespace }}data: {k: v}{{ end }}\n', "a: 1"),
    "equal": (A + "{{ if eq .Values.home .Release.Namespace }}data: {k: v}{{ end }}\n", "home: team-a"),
    "the name as another value": (A + "data: {k: {{ .Values.friend }}}\n", "friend: team-b"),
    "a number of it": (
        A + "data: {k: {{ .Values.n }}{{ .Release.Namespace }}, m: [1{{ .Release.Namespace }}]}\n",
        "n: 0",
    ),
    "a stand-in of its own": (A + "data: {k: {{ .Values.friend }}}\n", "friend: z7q-z7q"),
    "templates in values": (
        A + "data: {k: {{ tpl .Values.t . }}}\n",
        "t: '{{ trimSuffix \"-a\" .Release.Namespace }}'",
    ),
}


class Counting:
    """Counts what is rendered."""

    identity = "counting"

    def __init__(self, engine: SdkEngine) -> None:
        self.engine = engine
        self.names: list[str] = []

    def render(self, request: Request) -> Output:
        self.names.append(request.namespace)
        return self.engine.render(request)

    def render_many(self, requests: Sequence[Request]) -> list[Output]:
        return [self.render(request) for request in requests]


@pytest.fixture
def rendered_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the namespaces for which the engine is asked, as they come."""
    engine = load_engine()
    assert engine is not None
    counting = Counting(engine)
    monkeypatch.setattr("raychart.rendering.run.engine_for", lambda *_: counting)
    return counting.names


def assert_as_alone(chart: Path, names: Sequence[str], values: str = "a: 1") -> None:
    """Hold what all get together against what each gets alone."""
    jobs = [make_job(chart, name, values) for name in names]
    for job, rendered in zip(jobs, render_all(jobs, engine="sdk", stored=False), strict=True):
        (alone,) = render_all([job], engine="sdk", stored=False)
        assert (rendered.manifests, rendered.findings) == (alone.manifests, alone.findings), job.namespace


@pytest.mark.parametrize(
    "template", [*PLAIN.values(), *SLY.values(), *REVEALED.values()], ids=[*PLAIN, *SLY, *REVEALED]
)
def test_each_gets_what_it_gets_alone(tmp_path: Path, template: str) -> None:
    assert_as_alone(make_chart(tmp_path, {"a.yaml": template}), NAMES)


@pytest.mark.parametrize(("template", "values"), VALUES.values(), ids=VALUES)
def test_names_in_the_values_are_not_taken_for_the_namespace(tmp_path: Path, template: str, values: str) -> None:
    assert_as_alone(make_chart(tmp_path, {"a.yaml": template}), NAMES, values)


@pytest.mark.parametrize("template", PLAIN.values(), ids=PLAIN)
def test_what_is_only_written_down_is_rendered_twice_for_all(
    tmp_path: Path, rendered_names: list[str], template: str
) -> None:
    chart = make_chart(tmp_path, {"a.yaml": template})
    render_all([make_job(chart, f"ns-{number}") for number in range(50)], stored=False)
    assert rendered_names == ["z7q", LONGEST]


@pytest.mark.parametrize("template", SLY.values(), ids=SLY)
def test_names_that_are_told_apart_are_rendered_each(tmp_path: Path, rendered_names: list[str], template: str) -> None:
    chart = make_chart(tmp_path, {"a.yaml": template})
    render_all([make_job(chart, f"ns-{number}") for number in range(5)], stored=False)
    assert sorted(rendered_names) == [f"ns-{number}" for number in range(5)]


@pytest.mark.parametrize("template", REVEALED.values(), ids=REVEALED)
def test_a_second_name_reveals_what_is_made_of_names(tmp_path: Path, rendered_names: list[str], template: str) -> None:
    chart = make_chart(tmp_path, {"a.yaml": template})
    render_all([make_job(chart, f"ns-{number}") for number in range(5)], stored=False)
    assert sorted(rendered_names) == [LONGEST, *(f"ns-{number}" for number in range(5)), "z7q"]


def test_the_longest_name_is_as_long_as_a_name_may_be() -> None:
    assert len(LONGEST) == 63


names = st.one_of(st.sampled_from(NAMES), st.from_regex(r"[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?", fullmatch=True))
templates = st.sampled_from([*PLAIN.values(), *SLY.values(), *REVEALED.values(), *(one for one, _ in VALUES.values())])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(templates, min_size=1, max_size=3), st.lists(names, min_size=3, max_size=8, unique=True))
def test_several_templates_together_are_no_other_thing(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], found: list[str]
) -> None:
    chart = tmp_path_factory.mktemp("chart")
    make_chart(chart, {f"{number}.yaml": part for number, part in enumerate(parts)})
    values = "\n".join(values for _, values in VALUES.values() if not values.startswith("friend: z"))
    assert_as_alone(chart, found, values)


def test_twins_are_those_that_differ_in_the_namespace_alone(tmp_path: Path) -> None:
    chart = make_chart(tmp_path, {"a.yaml": A + "data: {k: {{ .Values.a | quote }}, m: {{ .Values.m | quote }}}\n"})
    jobs = [
        *(make_job(chart, f"ns-{number}", "a: 1") for number in range(4)),
        make_job(chart, "other", "a: 1\nb: 2"),
        make_job(chart, "ns-5", "a: 2"),
        # The same file with its own namespace's name in it.
        make_job(chart, "one", "a: 3\nm: one"),
        make_job(chart, "two", "a: 3\nm: two"),
        make_job(chart, "three", "a: 3\nm: one"),
    ]
    twins = [rendered.twins for rendered in render_all(jobs, engine="sdk", stored=False)]
    assert [twins.index(one) for one in twins] == [0, 0, 0, 0, 0, 5, 6, 6, 8]


def test_what_is_equal_is_the_same_object(tmp_path: Path) -> None:
    scripts = CONFIG_MAP % "scripts" + "data: {k: 'x'}\nbinaryData: {b: ''}\n"
    chart = make_chart(tmp_path, {"a.yaml": A + "data: {k: {{ .Values.a | quote }}}\n", "b.yaml": scripts})
    jobs = [make_job(chart, name, f"a: {a}") for a in (1, 2) for name in ("ns-1", "ns-2")]
    (old_1, old_2, new_1, _) = (rendered.manifests for rendered in render_all(jobs, engine="sdk", stored=False))
    assert old_1[1] is new_1[1]
    assert old_1[1] != old_2[1]
    assert old_1[1].body["data"] is old_2[1].body["data"]
    assert old_1[0] != new_1[0]
