"""What else in a repository deploys the chart: it is named with its place, and not taken for read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from git_repository import SMALL_CHART, GitRepository

from raychart.review.run import Request, review
from raychart.review.settings import Words

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.review.model import Review

RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: team-a, namespace: team-a}
spec:
  chart:
    spec:
      chart: %s
      sourceRef: {kind: GitRepository, name: ray}
"""
FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: teams}
spec: {path: ./clusters/prod, prune: true}
"""
KUSTOMIZE = "%shelmCharts:\n- name: other\n- name: %s\n  releaseName: ray\n"
UMBRELLA = (
    "apiVersion: v2\nname: platform\nversion: 1.0.0\ndependencies:\n- {name: %s, version: 1.0.0, repository: '%s'}\n"
)
TEMPLATE = """\
{{- range .Values.teams }}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: {{ . }}}
spec:
  source:
    repoURL: https://git.example.com/ray.git
    %s
{{- end }}
"""


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with a chart and one namespace."""
    made = GitRepository(tmp_path / "repository")
    made.commit(
        {**SMALL_CHART, "values/x.yaml": "size: 1\n", "charts/other/Chart.yaml": "name: other\nversion: 1.0.0\n"}
    )
    return made


def reviewed(repository: GitRepository, files: dict[str, str | bytes | None]) -> Review:
    repository.write(files)
    return review(Request(repository.path, "HEAD", None, Words(), date(2026, 1, 1), engine="helm", cache=False))


@pytest.mark.parametrize(
    ("path", "text", "line", "words"),
    [
        ("flux/a.yaml", RELEASE % "./charts/ray", 7, "the HelmRelease team-a of Flux is not read"),
        ("flux/a.yaml", RELEASE % "ray", 7, "the HelmRelease team-a of Flux is not read"),
        ("flux/a.yaml", RELEASE % "./charts/other", None, ""),
        ("flux/a.yaml", RELEASE % "other", None, ""),
        ("flux/a.yaml", f"{FLUX}---\n{RELEASE % './charts/ray'}", 12, "the HelmRelease team-a of Flux is not read"),
        ("clusters/teams.yaml", FLUX, None, ""),
        ("kustomization.yaml", KUSTOMIZE % ("", "ray"), 3, "what Kustomize makes of ray (helmCharts) is not read"),
        ("envs/a/kustomization.yaml", KUSTOMIZE % ("helmGlobals: {chartHome: ../../charts}\n", "ray"), 4, "Kustomize"),
        ("kustomization.yaml", KUSTOMIZE % ("", "other"), None, ""),
        (
            "helmfile.yaml",
            "releases:\n- name: ray\n  namespace: a\n  chart: ./charts/ray\n",
            4,
            "this helmfile is not read",
        ),
        ("deploy/helmfile.d/a.yaml", "releases:\n- chart: ../../charts/ray # ours\n", 2, "this helmfile is not read"),
        (
            "helmfile.yaml.gotmpl",
            "releases:\n{{ range .x }}\n- chart: team/ray\n{{ end }}\n",
            3,
            "this helmfile is not",
        ),
        ("helmfile.yaml", "releases:\n- chart: ./charts/other\n", None, ""),
        (
            "platform/Chart.yaml",
            UMBRELLA % ("ray", "file://../charts/ray"),
            5,
            "has ray in it (values under ray:), which",
        ),
        (
            "platform/Chart.yaml",
            UMBRELLA % ("ray", "oci://registry.example.com/charts"),
            5,
            "the chart platform has ray",
        ),
        ("platform/Chart.yaml", UMBRELLA % ("other", "file://../charts/other"), None, ""),
        ("platform/Chart.yaml", "dependencies: 5\n", None, ""),
        ("platform/Chart.yaml", "dependencies: [\n", None, ""),
    ],
)
def test_what_deploys_the_chart_another_way_is_named(
    repository: GitRepository, path: str, text: str, line: int | None, words: str
) -> None:
    notes = reviewed(repository, {path: text}).notes
    if line is None:
        assert not notes
        return
    (note,) = notes
    assert note.startswith(f"{path}:{line}: ")
    assert words in note
    assert "name its values files under review.values" in note


def test_a_kustomization_of_flux_is_named_with_what_is_in_its_folder(repository: GitRepository) -> None:
    files: dict[str, str | bytes | None] = {"flux/all.yaml": FLUX, "clusters/prod/a.yaml": RELEASE % "./charts/ray"}
    notes = reviewed(repository, files).notes
    assert [note.partition(": ")[0] for note in notes] == ["clusters/prod/a.yaml:7", "flux/all.yaml:4"]
    assert "the Kustomization teams of Flux applies ./clusters/prod, in which is clusters/prod/a.yaml" in notes[1]


@pytest.mark.parametrize(
    ("source", "is_told"),
    [
        ("path: charts/ray", True),
        ("path: charts/other", False),
        ("chart: ray", True),
        ("path: '{{ .path }}'", True),
        ("chart: prometheus", False),
    ],
)
def test_templates_that_make_applications_are_named(repository: GitRepository, source: str, is_told: bool) -> None:
    files: dict[str, str | bytes | None] = {
        "apps/Chart.yaml": "apiVersion: v2\nname: apps\nversion: 1.0.0\n",
        "apps/templates/teams.yaml": TEMPLATE % source,
    }
    notes = reviewed(repository, files).notes
    assert [note.partition(": ")[0] for note in notes] == (["apps/templates/teams.yaml:4"] if is_told else [])
    assert not is_told or "app of apps" in notes[0]


def test_what_was_there_before_and_is_no_more_is_not_named(repository: GitRepository) -> None:
    repository.commit({"flux/a.yaml": RELEASE % "./charts/ray"})
    assert not reviewed(repository, {"flux/a.yaml": None}).notes


def test_nothing_is_looked_for_where_settings_say_that_argo_cd_is_not_used(repository: GitRepository) -> None:
    files: dict[str, str | bytes | None] = {".raychart.yaml": "review: {argocd: false}\n"}
    assert not reviewed(repository, {**files, "flux/a.yaml": RELEASE % "ray"}).notes


APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: team-a}
spec:
  destination: {namespace: team-a}
  source: {repoURL: https://git.example.com/ray.git, path: charts/ray, helm: {values: 'size: 1'}}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("spec:", "spec: ["),
        ("spec:", "\tspec:"),
        ("spec:", "spec: {a: *none}"),
        ("kind: Application", "kind: Aplication"),
        ("kind: Application", "kind: application"),
        ("kind: Application", "knd: Application"),
        ("kind: Application", "kind Application"),
    ],
)
@pytest.mark.parametrize("values", ["values: 'size: 1'", "valueFiles: [/values/team-a.yaml]"])
def test_a_file_of_applications_that_cannot_be_read_any_more_takes_nothing_away(
    repository: GitRepository, values: str, old: str, new: str
) -> None:
    text = APPLICATION.replace("values: 'size: 1'", values)
    repository.commit({"apps/a.yaml": text, "values/team-a.yaml": "size: 4\n"})
    result = reviewed(repository, {"apps/a.yaml": text.replace(old, new)})
    # Without the Application, team-a is a namespace by its values file's name.
    one = next(one for one in result.namespaces if one.state != "new")
    assert (one.namespace, one.state, one.why) == ("team-a", "failed", "apps/a.yaml changed")
    (finding,) = one.findings
    assert "cannot be read" in finding.message
    assert finding.line is not None
    assert not result.notes


def test_a_file_of_applications_that_never_could_be_read_is_noted(repository: GitRepository) -> None:
    repository.commit({"apps/a.yaml": APPLICATION.replace("spec:", "spec: [")})
    result = reviewed(repository, {"values/x.yaml": "size: 2\n"})
    assert [one.namespace for one in result.namespaces] == ["x"]
    (note,) = result.notes
    assert note.startswith("apps/a.yaml:")
