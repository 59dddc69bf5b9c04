"""Whatever renders, the manifests are the same: Helm as a library, and the helm command of either version."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from raychart import helm, manifests
from raychart.errors import RaychartError
from raychart.rendering.command import as_text
from raychart.rendering.jobs import job_for
from raychart.rendering.model import Job
from raychart.rendering.run import render_all
from raychart.values import load_flags, load_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from raychart.rendering.model import Rendered

FIXTURES = Path(__file__).parents[1] / "fixtures"
STRICT = FIXTURES / "strict"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"
A, B = CONFIG_MAP % "a", CONFIG_MAP % "b"


@pytest.fixture
def by_all(helm3: str, helm4: str) -> Callable[[Sequence[Job]], list[list[Rendered]]]:
    """Render jobs with each engine: the library, Helm 3, Helm 4."""

    def render(jobs: Sequence[Job]) -> list[list[Rendered]]:
        return [
            render_all(jobs, engine="sdk", stored=False),
            render_all(jobs, engine="helm", program=helm3, stored=False),
            render_all(jobs, engine="helm", program=helm4, stored=False),
        ]

    return render


@pytest.fixture
def chart(tmp_path: Path) -> Callable[..., Path]:
    """Make a chart of templates, by their paths in the chart."""

    def make(files: dict[str, str], about: str = "") -> Path:
        folder = tmp_path / "made"
        for path, text in {"Chart.yaml": f"apiVersion: v2\nname: made\nversion: 1.0.0\n{about}", **files}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text.encode())
        return folder

    return make


def job(chart: Path, values: str = "", *flags: str, namespace: str = "team-a", file: str = "team-a.yaml") -> Job:
    layer = load_layer(Path(file), values)
    return Job(file, namespace, "ray", chart, (layer, *load_flags(flags)))


HOOK = B.replace("b}", 'b, annotations: {"helm.sh/hook": "%s"}}')
BLOCK = "data:\n  k: |\n    x\n    ---\n    y\n\n\n---\n"
LIST = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
SECRET = '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "b"}}'
TEMPLATES = {
    "two documents": ({"a.yaml": A + "---\n" + B}, ["a", "b"]),
    "empty ones": ({"a.yaml": "\n\n--- \n" + A + "---\n# a comment\n---\n\n---\n" + B}, ["a", "b"]),
    "nothing between": ({"a.yaml": A + "---" + B}, ["a", "b"]),
    "carriage returns": ({"a.yaml": A.replace("\n", "\r\n")}, ["a"]),
    "no line break at the end": ({"a.yaml": A + "data:\n  k: |\n    x"}, ["a"]),
    "a block scalar": ({"a.yaml": A + BLOCK + B}, ["a", "b"]),
    "a list": ({"a.yaml": LIST}, ["a"]),
    "notes": ({"a.yaml": A, "NOTES.txt": B, "sub/NOTES.txt": B}, ["a"]),
    "partials": ({"a.yaml": A, "_b.yaml": B, "_b.tpl": B}, ["a"]),
    "other files": ({"_x/a.yaml": A, "b.json": SECRET}, ["a", "b"]),
    "the same twice": ({"a.yaml": A, "b.yaml": A}, ["a", "a"]),
    "the same, otherwise": ({"b.yaml": A + "data: {k: 1}", "a.yaml": A + "data: {k: 0}"}, ["a", "a"]),
    "a hook": ({"a.yaml": A, "b.yaml": HOOK % " Test,pre-install"}, ["a", "b"]),
    "no hook": ({"a.yaml": A, "b.yaml": HOOK % "test,other"}, ["a"]),
    "a number for a text": ({"a.yaml": A.replace("{", "{annotations: {a: 1}, ")}, ["a"]),
}


@pytest.mark.parametrize(("files", "names"), TEMPLATES.values(), ids=TEMPLATES)
def test_templates_are_cut_into_the_same_objects(
    by_all: Callable[[Sequence[Job]], list[list[Rendered]]],
    chart: Callable[..., Path],
    files: dict[str, str],
    names: list[str],
) -> None:
    made = chart({f"templates/{path}": text for path, text in files.items()})
    texts = set()
    for (rendered,) in by_all([job(made)]):
        assert rendered.findings == ()
        assert [manifest.name for manifest in rendered.manifests] == names
        texts.add(as_text(rendered))
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("files", "values", "refused"),
    [
        ({"templates/a.yaml": A.encode() + b"data: {k: \xe9}\n"}, "", True),
        ({"templates/a.yaml": A.encode() + b"data: {k: {{ .Files.Get `x.bin` }}}\n", "x.bin": b"\xe9"}, "", True),
        (
            {"templates/a.yaml": A.encode() + b"data: {k: {{ .Files.Get `x.bin` | b64enc }}}\n", "x.bin": b"\xe9"},
            "",
            False,
        ),
        ({"templates/a.yaml": A.encode() + "data: {k: \ufffd}\n".encode(), "x.bin": b"\xe9"}, "", False),
        ({"templates/a.yaml": A.encode() + b"data: {k: {{ .Values.k }}}\n", "x.bin": b"\xe9"}, "k: \ufffd", False),
    ],
)
def test_bytes_that_are_not_utf8_are_refused(
    by_all: Callable[[Sequence[Job]], list[list[Rendered]]],
    chart: Callable[..., Path],
    files: dict[str, bytes],
    values: str,
    refused: bool,
) -> None:
    made = chart({})
    for path, content in files.items():
        (made / path).parent.mkdir(exist_ok=True)
        (made / path).write_bytes(content)
    outcomes = by_all([job(made, values)])
    assert [bool(rendered.findings) for (rendered,) in outcomes] == [refused] * 3
    assert len({as_text(rendered) for (rendered,) in outcomes}) == 1
    assert all("UTF-8" in finding.message for (rendered,) in outcomes for finding in rendered.findings)


def test_a_subchart_that_one_release_leaves_out_is_there_in_the_next(
    by_all: Callable[[Sequence[Job]], list[list[Rendered]]], chart: Callable[..., Path]
) -> None:
    about = (
        "dependencies: [{name: sub, version: 1.0.0, condition: sub.wanted, import-values: [{child: a, parent: b}]}]\n"
    )
    made = chart(
        {
            "values.yaml": "sub: {wanted: true}\n",
            "templates/a.yaml": A + "data: {b: {{ .Values.b | toJson | quote }}}\n",
            "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
            "charts/sub/values.yaml": "a: {c: 1}\n",
            "charts/sub/templates/b.yaml": B,
        },
        about,
    )
    jobs = [job(made, values) for values in ("", "sub: {wanted: false}", "sub: {a: {c: 2}}", "b: {c: 3}")]
    told = [[as_text(one) for one in rendered] for rendered in by_all(jobs)]
    assert ["name: b" in text for text in told[0]] == [True, False, True, True]
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize(
    "values",
    [
        "text: 10485760",
        "text: 9007199254740993",
        "text: 1e3\nmore: [0644, 0o644, 1.5, -0.0, 1e300]",
        "text: null\nname: null",
        'text: "\\u007f\\u0085\\u2028\\ufeff\\U0001F600 \\x01 \\t # : - é"',
        "text: '{{ .Release.Name }}'",
        "y: 1\non: {a: {}}",
        f"text: {'long ' * 400}",
        "text: {? a.b/c : [], '': {'': ''}}",
    ],
)
def test_values_arrive_as_helm_reads_them_from_files(
    by_all: Callable[[Sequence[Job]], list[list[Rendered]]], tmp_path: Path, helm4: str, values: str
) -> None:
    made = tmp_path / "echo"
    (made / "templates").mkdir(parents=True)
    (made / "Chart.yaml").write_text("apiVersion: v2\nname: echo\nversion: 1.0.0\n")
    (made / "values.yaml").write_text("name: {a: 1}\ntext: default\n")
    (made / "templates/a.yaml").write_text(
        A + "data: {all: {{ .Values | toJson | quote }}, text: {{ print .Values.text | quote }}}\n"
    )
    (tmp_path / "team-a.yaml").write_text(values)
    text = helm.render(made, [tmp_path / "team-a.yaml"], release="ray", namespace="team-a", helm=helm4)
    for (rendered,) in by_all([job_for(tmp_path / "team-a.yaml", chart=made)]):
        assert [one.body for one in rendered.manifests] == [one.body for one in manifests.load(text)]


@pytest.mark.parametrize(
    ("values", "flags", "words"),
    [
        ("size: 9", [], ["size: 9 is more than 8 [chart-check]\n    lower it\n    or ask for more", "nothing fits"]),
        ("sizes: 3", [], ["team-a.yaml:1: sizes: is not a known key [values-schema]"]),
        ("", ["--set=size=x"], ["--set size=x: size: has to be a whole number"]),
        ("size: 1", ["--set=size.a=x"], ["Helm refuses the flag: it needs size to be a mapping"]),
        ("size: [1", [], ["team-a.yaml:2: not YAML"]),
        ("a\n---\nb", [], ["is not a mapping of keys to values"]),
        ("name: x\n---\nname: y", [], ["another YAML document begins here"]),
        ("size: .inf", [], ["Helm cannot read inf"]),
    ],
)
def test_what_is_refused_is_told_in_the_same_words(
    by_all: Callable[[Sequence[Job]], list[list[Rendered]]], values: str, flags: list[str], words: list[str]
) -> None:
    told = set()
    for refused, fine in by_all([job(STRICT, values, *flags), job(STRICT, "name: b", namespace="b", file="b.yaml")]):
        assert len(fine.manifests) == 1
        assert refused.manifests == ()
        told.add("\n".join(map(str, refused.findings)))
    (text,) = told
    for word in words:
        assert word in text


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ .Values.a.b.c }}", r"Helm cannot render this: .*nil pointer evaluating"),
        ("{{ nofunction }}", r"Helm cannot render this: .*function \"nofunction\" not defined"),
        ('{{ required "say a.b" .Values.z }}', "say a.b"),
        ("a: [\n", "(Helm cannot render this: YAML parse error|rendered manifests:.*not YAML)"),
        ("hello\n", "(Helm cannot render this: YAML parse error|not a Kubernetes object)"),
        (A + "kind: Secret\n", "rendered manifests:.* stands here again"),
        ("a: 1\n", "not a Kubernetes object"),
    ],
)
def test_a_template_that_fails_is_a_finding_of_the_file(
    by_all: Callable[[Sequence[Job]], list[list[Rendered]]], chart: Callable[..., Path], template: str, words: str
) -> None:
    made = chart({"templates/a.yaml": template})
    for refused, fine in by_all([job(made), job(STRICT, "name: b", file="b.yaml")]):
        assert fine.manifests
        (finding,) = refused.findings
        assert (finding.file, finding.severity) == ("team-a.yaml", "error")
        assert re.search(words, finding.message)
        assert finding.remedy or finding.rule == "chart-check"


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ('kubeVersion: ">=99.0.0"', "demands a Kubernetes version"),
        ('kubeVersion: "<1.99 || ~2"', "demands a Kubernetes version"),
        ("type: library", "is a library chart"),
        ("dependencies: [{name: gone, version: 1.0.0}]", "lacks a chart"),
    ],
)
def test_charts_that_the_library_would_render_unasked_are_left_to_the_command(
    chart: Callable[..., Path], helm4: str, about: str, reason: str
) -> None:
    made = chart({"templates/a.yaml": A}, about + "\n")
    with pytest.raises(RaychartError, match=reason):
        render_all([job(made)], engine="sdk", stored=False)
    told: list[str] = []
    (rendered,) = render_all([job(made)], stored=False, tell=told.append)
    assert told == []
    assert bool(rendered.manifests) == ("<1.99" in about)


def test_the_command_in_place_of_the_library_is_told_of_once_where_it_matters(
    monkeypatch: pytest.MonkeyPatch, helm4: str
) -> None:
    monkeypatch.setattr("raychart.rendering.sdk_engine.load_engine", lambda: None)
    jobs = [job(STRICT, "name: x", namespace=f"n-{number:03}") for number in range(30)]
    told: list[str] = []
    rendered = render_all(jobs, stored=False, tell=told.append)
    assert [one.manifests[0].namespace for one in rendered] == [one.namespace for one in jobs]
    assert told == ["raychart: rendering with the helm command, which is slower (helm-python-sdk is not installed)"]
    with pytest.raises(RaychartError, match=r"pip install 'raychart\[sdk\]'"):
        render_all(jobs, engine="sdk", stored=False)


@pytest.mark.parametrize("release", ["Ray", "", "-ray", "r" * 54, "a_b"])
def test_a_release_that_helm_would_not_take_is_an_error(release: str) -> None:
    with pytest.raises(RaychartError, match="is not a release's name"):
        render_all([Job("f", "n", release, STRICT, ())], engine="sdk", stored=False)


def test_a_program_that_is_not_there_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(RaychartError, match="there is no program"):
        render_all([job(STRICT)], engine="helm", program=str(tmp_path / "helm"), stored=False)
