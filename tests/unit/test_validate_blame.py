"""A finding is placed at the value that causes it, whatever the templates do with it."""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING

import pytest

from raychart.rendering.jobs import job_for
from raychart.rendering.run import render_all
from raychart.validate.check import Options, checker_for
from raychart.validate.run import validate_rendered
from raychart.validate.sources import templates_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from raychart.findings import Finding
    from raychart.rendering.model import Job, Rendered

    Validate = Callable[..., list[Finding]]

# A chart whose templates hide where their values come from.
TEMPLATES = {
    "web.yaml": """
        {{- $p := .Values.shape | default dict }}
        {{- if not .Values.off }}
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: {{ mul .Values.size 10 | default 1 }}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: {{ .Values.label | default "web" }}}}
            spec:
              {{- with $p.extra }}{{ toYaml . | nindent 6 }}{{ end }}
              containers:
                {{- range .Values.sidecars }}
                - {name: {{ . }}, image: a}
                {{- end }}
                - {name: main, image: "{{ $p.image | default "a" }}",
                   securityContext: {allowPrivilegeEscalation: false, privileged: {{ .Values.root | default false }}}}
        {{- end }}
        """,
    "extras.yaml": """
        {{- range $name, $data := .Values.extras }}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: my-{{ $name }}}
        {{- end }}
        """,
    "broken.yaml": """
        {{- if .Values.broken }}
        apiVersion: v1
        kind: Service
        metadata: {name: Wrong}
        spec: {ports: [{port: 80}]}
        {{- end }}
        """,
}
VALUES = "size: 1\nlabel: null\nsidecars: []\nshape: {}\noff: false\nbroken: false\nother: {a: 1, b: 2}\n"


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "hidden"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("{apiVersion: v2, name: hidden, version: 1.0.0}")
    (folder / "values.yaml").write_text(VALUES)
    for name, text in TEMPLATES.items():
        (folder / "templates" / name).write_text(textwrap.dedent(text))
    return folder


@pytest.fixture
def validated(chart: Path, tmp_path: Path, helm4: str) -> Validate:
    """Validate values, written as YAML, with layers over them."""

    def validate(*texts: str, sets: Sequence[str] = (), renderings: list[int] | None = None) -> list[Finding]:
        files = [tmp_path / f"team-{number}.yaml" for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text)

        def render(jobs: Sequence[Job]) -> Sequence[Rendered]:
            if renderings is not None:
                renderings.append(len(jobs))
            return render_all(jobs, engine="helm", program=helm4, stored=False)

        job = job_for(files[0], files[1:], chart=chart, sets=sets)
        sources = partial(templates_of, engine="helm", program=helm4)
        (found,) = validate_rendered(render([job]), checker_for(Options()), render=render, sources=sources)
        return list(found.findings)

    return validate


@pytest.mark.parametrize(
    ("values", "line", "path"),
    [
        # Computed: no value is the one that is found.
        ("other: {a: 3}\nsize: -1\n", 2, "size"),
        # The key is found.
        ("shape:\n  extra:\n    hostNetwrk: true\n", 3, "shape.extra.hostNetwrk"),
        # An item of a list, among others.
        ("sidecars:\n  - good\n  - Bad_One\n  - fine\n", 3, "sidecars[1]"),
        # Something is missing in an item, which has no key of its own that is wrong.
        (
            "shape:\n  extra:\n    tolerations:\n      - {operator: Exists}\n      - {}\n",
            5,
            "shape.extra.tolerations[1]",
        ),
        ("shape:\n  extra:\n    hostAliases:\n      - {ip: 1.2.3.4}\n      - {}\n", 5, "shape.extra.hostAliases[1]"),
        # The template sets what the value does not go with.
        ("shape:\n  image: a\nroot: true\n", 3, "root"),
        # The finding is elsewhere than the value: in the selector.
        ("label: site\n", 1, "label"),
        # The key that is wrong has no value of its own.
        ("shape:\n  extra:\n    securityContex:\n      runAsUser: 1\n", 3, "shape.extra.securityContex"),
        # A key becomes a part of a name.
        ("extras:\n  fine: {}\n  Not_Fine: {a: 1}\n", 3, "extras.Not_Fine"),
        # The value is found, below another key.
        ("shape:\n  image: ''\n  extra:\n    dnsPolicy: first\n", 4, "shape.extra.dnsPolicy"),
    ],
)
def test_the_value_that_causes_it_is_named(validated: Validate, values: str, line: int, path: str) -> None:
    (found,) = validated(values)
    assert (found.line, found.path) == (line, path)
    assert str(found.file).endswith("team-0.yaml")
    assert found.message.startswith(("Deployment web: spec.", "ConfigMap my-Not_Fine: metadata.name: "))


def test_the_layer_that_sets_it_is_named(validated: Validate) -> None:
    (found,) = validated("size: 5\n", "other: {a: 2}\n\nsize: -5\n")
    assert (str(found.file).rpartition("/")[2], found.line) == ("team-1.yaml", 3)


def test_a_flag_is_named(validated: Validate) -> None:
    (found,) = validated("other: {a: 2}\n", sets=["--set=size=-5"])
    assert found.file == "--set size=-5"


def test_a_switch_is_not_to_blame_for_what_the_template_has_wrong(validated: Validate, chart: Path) -> None:
    (found,) = validated("other: {a: 2, b: 3}\nbroken: true\nsize: 2\n")
    assert found.file == str(chart / "templates" / "broken.yaml")


def test_the_template_is_named_where_no_value_is_set(validated: Validate, chart: Path) -> None:
    (chart / "values.yaml").write_text(VALUES.replace("broken: false", "broken: true"))
    (found,) = validated("other: {a: 2}\n")
    assert found.file == str(chart / "templates" / "broken.yaml")
    assert found.path == "Service Wrong: metadata.name"


def test_renderings_are_bounded_and_equal_findings_share_them(validated: Validate) -> None:
    renderings: list[int] = []
    many = "".join(f"k{number}: {number}\n" for number in range(500))
    found = validated(f"other:\n{textwrap.indent(many, '  ')}size: -1\n", renderings=renderings)
    assert [finding.path for finding in found] == ["size"]
    assert sum(renderings) < 60


def test_no_rendering_is_made_without_a_finding(validated: Validate) -> None:
    renderings: list[int] = []
    assert validated("size: 3\n", renderings=renderings) == []
    assert renderings == [1]
