"""Charts that do not give the same each time, and charts that Helm 3 and Helm 4 do not render alike."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import pytest
from made_charts import CONFIG_MAP, make_chart, make_job

from raychart.rendering.run import render_all

A = CONFIG_MAP % "a"
SUBCHART = {
    "values.yaml": "sub:\n  sc: {runAsUser: null}\n  own: 1\n",
    "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
    "charts/sub/values.yaml": "sc: {runAsUser: 1000, y: 1}\n",
    "charts/sub/templates/a.yaml": A + "data: {k: {{ .Values.sc | toJson | quote }}}\n",
}


@pytest.mark.parametrize(
    "expression",
    [
        "randAlphaNum 8",
        "uuidv4",
        "now | date `2006`",
        "(genCA `x` 1).Cert",
        "htpasswd `a` `b`",
        "shuffle `abcdefghijklmnop`",
        "keys .Values | first",
        "tpl .Values.t .",
        "- if true }}{{ randInt 0 999999",
    ],
)
def test_templates_with_changing_parts_are_rendered_again(tmp_path: Path, expression: str) -> None:
    tail = "{{ end }}" if expression.startswith("- if") else ""
    chart = make_chart(tmp_path, {"a.yaml": f"{A}data: {{k: {{{{{expression} | quote }}}}}}\n{tail}"})
    jobs = [make_job(chart, f"ns-{number}", "t: '{{ randAlphaNum 8 }}'") for number in range(4)]
    for job, rendered in zip(jobs, render_all(jobs, engine="sdk", stored=False, twice=True), strict=True):
        assert rendered.findings == ()
        assert rendered.again is not None
        assert [one.identity for one in rendered.again] == [one.identity for one in rendered.manifests]
        assert rendered.manifests[0].namespace == job.namespace


def test_what_is_random_differs_the_second_time(tmp_path: Path) -> None:
    chart = make_chart(tmp_path, {"a.yaml": A + "data: {k: {{ randAlphaNum 20 }}, x: same}\n"})
    (rendered,) = render_all([make_job(chart, "team-a")], engine="sdk", stored=False, twice=True)
    assert rendered.again is not None
    old, new = rendered.manifests[0].body["data"], rendered.again[0].body["data"]
    assert old["k"] != new["k"]
    assert old["x"] == new["x"]


@pytest.mark.parametrize(
    "template",
    [
        "{{/* now, randAlphaNum */}}",
        "{{ .Values.now }}{{ `now` }}",
        "{{ range keys .Values | sortAlpha }}# {{ . }}{{ end }}",
        "now: randAlphaNum",
        "{{ $now := 1 }}{{ $now }}",
    ],
)
def test_templates_that_only_look_like_it_are_rendered_once(tmp_path: Path, template: str) -> None:
    chart = make_chart(tmp_path, {"a.yaml": A + f"data: {{k: '{template}'}}\n", "NOTES.txt": "{{ now }}"})
    (rendered,) = render_all([make_job(chart, "team-a")], engine="sdk", stored=False, twice=True)
    assert rendered.manifests
    assert rendered.again is None


def test_the_projects_chart_gives_the_same_each_time(tmp_path: Path) -> None:
    from raychart.chart import find_chart

    (rendered,) = render_all([make_job(find_chart(), "team-a", "")], engine="sdk", stored=False, twice=True)
    assert rendered.again is None


def test_a_null_for_a_subcharts_default_is_told_with_its_place(tmp_path: Path, helm3: str, helm4: str) -> None:
    chart = make_chart(tmp_path, SUBCHART)
    told = {}
    for engine, program in (("sdk", "helm"), ("helm", helm3), ("helm", helm4)):
        (rendered,) = render_all([make_job(chart, "team-a")], engine=engine, program=program, stored=False)
        (warning,) = rendered.warnings
        assert str(warning) == (
            f"{chart}/values.yaml:2: sub.sc.runAsUser: Helm 3 takes the subchart's default away, Helm 4 keeps it "
            "[helm-versions, warning]\n    say null in a values file, or set a value that means nothing to the subchart"
        )
        assert rendered.findings == ()
        told[program] = "1000" in rendered.manifests[0].body["data"]["k"]
    assert told == {"helm": True, helm3: False, helm4: True}


@pytest.mark.parametrize("values", ["sub: {sc: {runAsUser: null}}", "sub: {sc: {runAsUser: 3}}", "sub: {sc: null}"])
def test_values_files_overrule_it_in_both(tmp_path: Path, helm3: str, values: str) -> None:
    job = make_job(make_chart(tmp_path, SUBCHART), "team-a", values)
    (library,) = render_all([job], engine="sdk", stored=False)
    (command,) = render_all([job], engine="helm", program=helm3, stored=False)
    assert library.warnings == ()
    assert library.manifests == command.manifests


NULLS = "a: null\nm: {x: null, o: {p: null}}\n"


@pytest.mark.parametrize(
    ("template", "values", "told"),
    [
        ("{{ toJson .Values | quote }}", "", ["a", "m.x", "m.o.p"]),
        ("{{ toJson .Values | quote }}", "a: 1\nm: {o: {z: 1}}", ["m.x", "m.o.p"]),
        ("{{ toJson .Values | quote }}", "a: 1\nm: 1", []),
        ('{{ hasKey .Values "a" }}', "m: {q: 1}", ["a"]),
        ('"{{ .Values.a }}{{ .Values.m.x }}{{ len .Values.m.o }}"', "", ["m.o.p"]),
        ('"{{ default 1 .Values.a }}{{ if .Values.m.x }}x{{ end }}"', "", []),
        ('{{ or (hasKey .Values "a") (hasKey .Values.m "x") }}', "", ["a", "m.x"]),
        ('{{ and (hasKey .Values "a") (hasKey .Values.m "x") }}', "", ["a", "m.x", "m.o.p"]),
        ('{{ if hasKey .Values "a" }}{{ fail "no" }}{{ end }}', "", ["a"]),
    ],
)
def test_a_null_among_the_defaults_is_told_where_the_helms_differ(
    tmp_path: Path, helm3: str, helm4: str, template: str, values: str, told: list[str]
) -> None:
    chart = make_chart(tmp_path, {"values.yaml": NULLS, "a.yaml": A + f"data:\n  k: {template}\n"})
    outcomes = []
    for engine, program in (("sdk", "helm"), ("helm", helm3), ("helm", helm4)):
        (rendered,) = render_all([make_job(chart, "team-a", values)], engine=engine, program=program, stored=False)
        assert [warning.path for warning in rendered.warnings] == (told if rendered.findings == () else [])
        assert all(warning.file == f"{chart}/values.yaml" and warning.line for warning in rendered.warnings)
        outcomes.append([one.body["data"] for one in rendered.manifests])
    assert (outcomes[1] != outcomes[2]) is bool(told)


def charts_in_charts(folder: Path, top: str, sub: str, grand: str) -> Path:
    """A chart with a subchart with a subchart, all of which write down their values."""
    files = {}
    for path, name, values in (
        ("", "top", top),
        ("charts/sub/", "sub", sub),
        ("charts/sub/charts/grand/", "grand", grand),
    ):
        files[f"{path}Chart.yaml"] = f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
        files[f"{path}values.yaml"] = values
        files[f"{path}templates/a.yaml"] = CONFIG_MAP % name + "data: {k: {{ toJson .Values | quote }}}\n"
    return make_chart(folder, files)


@pytest.mark.parametrize(
    ("top", "sub", "grand", "values", "told"),
    [
        # A subchart's own.
        ("", "own: null", "", "", ["sub.own"]),
        ("", "in: {deep: null}", "", "sub: {in: {z: 1}}", ["sub.in.deep"]),
        ("sub: {in: {z: 1}}", "in: {deep: null}", "", "", ["sub.in.deep"]),
        ("", "", "own: null\nm: {d: null}", "", ["sub.grand.own", "sub.grand.m.d"]),
        ("sub: {own: 3}", "own: null", "", "", []),
        ("", "own: null", "", "sub: {own: null}", []),
        ("", "m: {own: null}", "", "sub: {m: 1}", []),
        # Those for a subchart: only where nothing else is said of it.
        ("sub: {w: null}", "x: 1", "", "", ["sub.w"]),
        ("sub: {new: {q: null}}", "in: {d: 1}", "", "", ["sub.new.q"]),
        ("sub: {in: {d: null, q: null}}", "in: {d: 1}", "", "", ["sub.in.d", "sub.in.q"]),
        ("sub: {in: {d: null, q: null}}", "in: {d: 1}", "", "sub: {z: 1}", []),
        ("sub: {grand: {w: null}}", "", "w: 5", "", ["sub.grand.w"]),
        ("sub: {grand: {w: null}}", "", "w: 5", "sub: {z: 1}", []),
        ("", "grand: {w: null}", "w: 5", "sub: {z: 1}", ["sub.grand.w"]),
        ("", "grand: {w: null}", "w: 5", "sub: {grand: {z: 1}}", []),
        ("sub: {grand: {z: 1}}", "grand: {w: null}", "w: 5", "", []),
        ("sub: {own: null}", "own: null", "", "", []),
        ("global: {x: null}", "", "", "", ["global.x"]),
        ("global: {x: 1}", "global: {x: null}", "", "", []),
    ],
)
def test_a_null_is_told_that_parts_the_helms_in_a_subchart(
    tmp_path: Path, helm3: str, helm4: str, top: str, sub: str, grand: str, values: str, told: list[str]
) -> None:
    chart = charts_in_charts(tmp_path, top, sub, grand)
    outcomes = []
    for engine, program in (("sdk", "helm"), ("helm", helm3), ("helm", helm4)):
        (rendered,) = render_all([make_job(chart, "team-a", values)], engine=engine, program=program, stored=False)
        assert rendered.findings == ()
        assert sorted(str(warning.path) for warning in rendered.warnings) == sorted(told)
        assert all(Path(str(warning.file)).is_file() and warning.line for warning in rendered.warnings)
        outcomes.append([one.body["data"] for one in rendered.manifests])
    assert (outcomes[1] != outcomes[2]) is bool(told)


def test_a_null_in_an_archive_is_told_with_its_place_there(tmp_path: Path) -> None:
    chart = charts_in_charts(tmp_path / "chart", "", "a: 1\nown: null", "")
    with tarfile.open(chart / "charts/sub-1.0.0.tgz", "w:gz") as archive:
        archive.add(chart / "charts/sub", "sub")
    shutil.rmtree(chart / "charts/sub")
    (rendered,) = render_all([make_job(chart, "team-a", "")], engine="sdk", stored=False)
    (warning,) = rendered.warnings
    assert (warning.file, warning.line) == (f"{chart}/charts/sub-1.0.0.tgz/sub/values.yaml", 2)


@pytest.mark.parametrize(
    ("template", "warned"),
    [
        ("data:\n  k: |+\n    x\n\n\n", True),
        ("data:\n  k: >+2\n    x\n  \n\n", True),
        ("data:\n  k: |+\n    x\n\n  other: y\n\n", False),
        ("data:\n  k: |\n    x\n\n\n", False),
        ("data: {k: '|+'}\n\n\n", False),
    ],
)
def test_line_breaks_that_only_helm_4_keeps_are_told(tmp_path: Path, helm3: str, template: str, warned: bool) -> None:
    job = make_job(make_chart(tmp_path, {"a.yaml": A + template}), "team-a")
    (library,) = render_all([job], engine="sdk", stored=False)
    (command,) = render_all([job], engine="helm", program=helm3, stored=False)
    assert [warning.rule for warning in library.warnings] == ["helm-versions"] * warned
    assert (library.manifests != command.manifests) is warned
