"""Argo CD Applications in a repository: which releases they describe, and what is said of those that cannot be told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from git_repository import SMALL_CHART, GitRepository

from raychart.review import git
from raychart.review.layers import Layers
from raychart.review.releases import find_releases
from raychart.review.revisions import find_revisions
from raychart.review.run import Request, review
from raychart.review.settings import Words, settings_of
from raychart.values import given_values

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from raychart.review.model import Review
    from raychart.review.releases import Found

APPLICATION = """\
# Team A's Ray
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: team-a-ray, namespace: argocd}
spec:
  destination: {namespace: team-a, server: https://kubernetes.default.svc}
  source:
    repoURL: https://git.example.com/ray.git
    path: charts/ray
    targetRevision: main
"""
HELM = """\
    helm:
      releaseName: ray
      valueFiles: [../../envs/base.yaml, /envs/team-a.yaml]
      values: |
        size: 3
        note: from the Application
      parameters:
        - {name: note, value: "one, two"}
        - {name: text, value: "5", forceString: true}
"""


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with a chart and values that an Application may use."""
    made = GitRepository(tmp_path / "repository")
    made.commit({**SMALL_CHART, "envs/base.yaml": "size: 1\nbase: 1\n", "envs/team-a.yaml": "size: 2\n"})
    return made


def found_in(repository: GitRepository, **files: str) -> tuple[Found, list[dict[str, Any]]]:
    """Return the releases, and the values that each of them gives."""
    repository.write({f"apps/{name}.yaml": text for name, text in files.items()})
    opened = git.open_repository(repository.path)
    trees = find_revisions(opened, "HEAD", None)
    found = find_releases(trees.head, settings_of(trees.base, trees.head, opened, Words())[1])
    layers = Layers(trees.head.blobs)
    return found, [given_values(layers.of(release))[0] for release in found.releases.values()]


def test_an_application_says_release_namespace_and_values_in_argo_cds_order(repository: GitRepository) -> None:
    found, (given,) = found_in(repository, a=APPLICATION + HELM)
    (release,) = found.releases.values()
    assert (release.file, release.namespace, release.release) == ("envs/team-a.yaml", "team-a", "ray")
    assert (release.chart, release.deployer) == ("charts/ray", "argocd")
    assert given == {"size": 3, "base": 1, "note": "one, two", "text": "5"}
    assert not found.notes


def test_a_values_object_goes_before_values_and_an_application_may_be_all_there_is(repository: GitRepository) -> None:
    text = APPLICATION + "    helm:\n      values: 'size: 3'\n      valuesObject: {size: 4}\n"
    found, (given,) = found_in(repository, a=text)
    (release,) = found.releases.values()
    assert (release.file, release.release, given) == ("apps/a.yaml", "team-a-ray", {"size": 4})


def test_values_files_of_other_sources_are_found_by_their_ref(repository: GitRepository) -> None:
    text = (
        APPLICATION.partition("  source:")[0]
        + """\
  sources:
    - {repoURL: https://git.example.com/values.git, ref: values}
    - path: charts/ray
      helm: {valueFiles: [$values/envs/team-a.yaml]}
"""
    )
    found, (given,) = found_in(repository, a=text)
    assert list(found.releases) == ["envs/team-a.yaml"]
    assert given == {"size": 2}


def test_a_file_that_an_application_names_is_not_taken_for_a_namespace_by_its_name(repository: GitRepository) -> None:
    repository.write({"values/x.yaml": "size: 1\n", "values/y.yaml": "size: 1\n"})
    found, _ = found_in(repository, a=APPLICATION + "    helm: {valueFiles: [/values/x.yaml]}\n")
    assert {file: release.namespace for file, release in found.releases.items()} == {
        "values/x.yaml": "team-a",
        "values/y.yaml": "y",
    }


def test_applications_that_share_their_values_are_told_apart(repository: GitRepository) -> None:
    text = APPLICATION + "    helm: {valueFiles: [/envs/base.yaml]}\n"
    other = text.replace("team-a", "team-b")
    found, _ = found_in(repository, a=f"{text}---\n{other}")
    assert [release.namespace for release in found.releases.values()] == ["team-a", "team-b"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"path: charts/ray": "path: charts/other"}, None),
        ({"kind: Application": "kind: AppProject"}, None),
        ({"namespace: team-a, ": ""}, "has no destination.namespace"),
        ({"/envs/team-a.yaml": "https://example.com/x.yaml"}, "cannot be found here"),
        ({"/envs/team-a.yaml": "'/envs/*.yaml'"}, "cannot be found here"),
        ({"      parameters": "      fileParameters: [{name: a, path: b}]\n      parameters"}, "fileParameters"),
        ({"kind: Application": "kind: ApplicationSet"}, "generators"),
        ({"name: text,": "name: 'a[',"}, "Helm would refuse"),
    ],
)
def test_what_cannot_be_told_is_left_out_with_a_note(
    repository: GitRepository, change: dict[str, str], words: str | None
) -> None:
    repository.write({"charts/other/Chart.yaml": "name: other\nversion: 1.0.0\n"})
    text = APPLICATION + HELM
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new)
    found, _ = found_in(repository, a=text)
    assert not found.releases
    told = [*found.notes, *(finding.message for finding in found.refused.values())]
    assert [words in one for one in told if words] == [True] * bool(words)


def test_an_application_that_is_pinned_is_reviewed_and_noted(repository: GitRepository) -> None:
    found, _ = found_in(repository, a=APPLICATION.replace("targetRevision: main", "targetRevision: v1.2.0"))
    assert len(found.releases) == 1
    assert "pinned to v1.2.0" in found.notes[0]


def test_missing_values_files_fail_unless_they_may_be_missing(repository: GitRepository) -> None:
    helm = "    helm: {valueFiles: [/envs/none.yaml]}\n"
    found, _ = found_in(repository, a=APPLICATION + helm)
    assert [release.missing for release in found.releases.values()] == [("envs/none.yaml",)]
    helm = helm.replace("{valueFiles", "{ignoreMissingValueFiles: true, valueFiles")
    found, _ = found_in(repository, a=APPLICATION + helm)
    assert [release.missing for release in found.releases.values()] == [()]


def test_odd_files_are_nobodys_applications(repository: GitRepository) -> None:
    odd = "{{ if x }}\napiVersion: argoproj.io/v1alpha1\n"
    many = f"kind: [Application]\napiVersion: argoproj.io/v1alpha1\n---\n- {APPLICATION.splitlines()[1]}\n"
    found, _ = found_in(repository, a=odd, b=many, c=f"{APPLICATION.partition('spec:')[0]}spec: 5\n")
    assert not found.releases


def reviewed(repository: GitRepository, before: str, after: str) -> Review:
    repository.commit({"apps/a.yaml": before})
    repository.write({"apps/a.yaml": after})
    return review(Request(repository.path, "HEAD", None, Words(), date(2026, 1, 1), engine="helm", cache=False))


def test_a_change_in_an_application_is_placed_in_it(repository: GitRepository) -> None:
    result = reviewed(repository, APPLICATION + HELM, (APPLICATION + HELM).replace("size: 3", "size: 7"))
    (one,) = result.namespaces
    assert (one.file, one.namespace, one.why) == ("envs/team-a.yaml", "team-a", "apps/a.yaml changed")
    line = APPLICATION.count("\n") + HELM.partition("size: 3")[0].count("\n") + 1
    assert [(at.position.file, at.position.line) for at in one.impacts if at.position] == [("apps/a.yaml", line)]
    assert {impact.path for impact in one.impacts} == {"size"}


def test_a_parameter_that_changes_is_placed_in_the_application(repository: GitRepository) -> None:
    result = reviewed(repository, APPLICATION + HELM, (APPLICATION + HELM).replace("one, two", "three"))
    (one,) = result.namespaces
    assert [(at.position.file, at.path) for at in one.impacts if at.position] == [("apps/a.yaml", "note")]


def test_what_a_parameter_is_set_to_is_not_told(repository: GitRepository) -> None:
    helm = "    helm: {parameters: [{name: note, value: hunter2}, {name: size, value: '1', forceString: true}]}\n"
    (one,) = reviewed(repository, APPLICATION + helm, APPLICATION + helm.replace("hunter2", "hunter3")).namespaces
    assert one.why == "apps/a.yaml (parameter note) changed"


def test_an_application_without_values_is_reviewed(repository: GitRepository) -> None:
    helm = "    helm: {valuesObject: {size: 2}}\n"
    (one,) = reviewed(repository, APPLICATION + helm, APPLICATION).namespaces
    assert (one.file, one.state) == ("apps/a.yaml", "changed")


def test_a_values_file_that_an_application_names_and_nobody_has_is_a_failure(repository: GitRepository) -> None:
    helm = "    helm: {valueFiles: [/envs/team-a.yaml]}\n"
    after = helm.replace("team-a.yaml", "team-a.yaml, /envs/none.yaml")
    (one,) = reviewed(repository, APPLICATION + helm, APPLICATION + after).namespaces
    assert (one.state, one.why) == ("failed", "envs/none.yaml is not there")


def test_another_file_at_the_end_is_no_new_name(repository: GitRepository) -> None:
    helm = "    helm: {valueFiles: [/envs/team-a.yaml]}\n"
    repository.commit({"more.yaml": "note: more\n"})
    (one,) = reviewed(repository, APPLICATION + helm, APPLICATION + helm.replace("]", ", /more.yaml]")).namespaces
    assert one.why == "more.yaml was added"
