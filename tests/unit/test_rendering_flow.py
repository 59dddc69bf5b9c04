"""Templates are read as templates, and where they cannot be, nothing is concluded from them."""

from __future__ import annotations

import pytest

from raychart.rendering.namespace_flow import texts_looked_for
from raychart.rendering.template_actions import UnreadableError, read_templates


@pytest.mark.parametrize(
    "text",
    [
        "{{",
        "{{ end }}",
        "{{ if .a }}",
        "{{ define `x` }}",
        "{{ if .a }}{{ else with .b }}{{ end }}",
        '{{ "a }}',
    ],
)
def test_what_is_no_template_is_not_read(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_templates([text])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a {{- .b -}} c", [[".b"]]),
        ("{{/* a }} b */}}{{- /* c */ -}}{{ d }}", [["d"]]),
        ("{{ print `}}` \"}}\" '}' }}", [["print", "`}}`", '"}}"', "'}'"]]),
        ("{{ $x := (index .a 0).b | c }}", [["$x", ":=", "(", "index", ".a", "0", ")", ".b", "|", "c"]]),
        ('{{\n  dict\n    "a" 1 }}', [["dict", '"a"', "1"]]),
        ("{{ range $k, $v := .a }}{{ $v.b }}{{ end }}", [["range", "$k", ",", "$v", ":=", ".a"], ["$v.b"]]),
    ],
)
def test_actions_are_read_word_by_word(text: str, words: list[list[str]]) -> None:
    found = [[word.written for word in action.words] for action in read_templates([text]).actions]
    assert found == words


def test_variables_of_one_file_are_not_those_of_another() -> None:
    templates = read_templates(["{{ $x := .Release.Namespace }}{{ $x }}", '{{ $x := "a" }}{{ trimSuffix "a" $x }}'])
    assert texts_looked_for(templates) == frozenset()


def test_a_named_template_is_looked_at_for_each_way_in_which_it_is_called() -> None:
    cut = '{{ define "cut" }}{{ . | trimSuffix "-a" }}{{ end }}'
    by = '{{ define "by" }}{{ include "cut" .n }}{{ end }}'
    for fine in ('{{ include "cut" .Values.x }}{{ .Release.Namespace }}', '{{ list (include "cut" "x") .Release }}'):
        assert texts_looked_for(read_templates([cut, fine])) == frozenset()
    for doubtful in (
        '{{ include "cut" (printf "%s" .Release.Namespace) }}',
        '{{ template "by" (dict "n" .Release.Namespace) }}',
    ):
        assert texts_looked_for(read_templates([cut, by, doubtful])) is None


def test_texts_that_are_looked_for_are_returned() -> None:
    text = '{{ if contains "null" (toJson .Release.Namespace) }}{{ end }}{{ hasPrefix "x" "y" }}'
    assert texts_looked_for(read_templates([text])) == frozenset(["null"])
