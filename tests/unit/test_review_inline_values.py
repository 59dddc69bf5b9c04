"""Values that Applications have in themselves: each is linted by itself, at its own lines."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from appset_text import appset
from git_repository import GitRepository

from raychart.review.run import Request, review
from raychart.review.settings import Words

if TYPE_CHECKING:
    from raychart.review.model import Review

OURS = Path(__file__).parents[2] / "charts" / "ray"
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: %s, namespace: argocd}
spec:
  destination: {namespace: %s, server: https://kubernetes.default.svc}
  source:
    repoURL: https://git.example.com/ray.git
    path: charts/ray
    helm:
%s---
"""


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with this project's chart."""
    made = GitRepository(tmp_path / "repository")
    shutil.copytree(OURS, made.path / "charts" / "ray")
    made.commit({"values/other.yaml": "clusters: {}\n"})
    return made


def reviewed(repository: GitRepository, text: str, **more: str) -> Review:
    repository.write({"apps/a.yaml": text, **more})
    return review(Request(repository.path, "HEAD", None, Words(), date(2026, 1, 1), engine="helm", cache=False))


def application(name: str, helm: str) -> str:
    lines = "".join(f"      {line}\n" if line else "\n" for line in helm.splitlines())
    return APPLICATION % (name, name, lines)


def places(result: Review, rule: str) -> dict[str, list[tuple[str | None, int | None, int | None, str | None]]]:
    return {
        one.namespace: [(at.file, at.line, at.column, at.path) for at in one.findings if at.rule == rule]
        for one in result.namespaces
        if any(at.rule == rule for at in one.findings)
    }


def at(text: str, word: str) -> tuple[int, int]:
    """Return line and column of a word, as people count."""
    before = text[: text.index(word)]
    return before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1


BLOCK = """\
  clusters:
    main:
      workerTypes:
        cpu:

          %s: 9
          maxWorkers: 3
"""
WRONG = "clusters: {main: {workerTypes: {cpu: {%s: 9, maxWorkers: 3}}}}"


@pytest.mark.parametrize(
    "helm",
    [
        f"valuesObject: {{{WRONG}}}",
        f"valuesObject:\n  # of the team\n{BLOCK}",
        f"values: |\n\n{BLOCK}",
        f"values: '{WRONG}'",
        f'values: "{WRONG}"',
    ],
    ids=["flow", "block", "literal", "single", "double"],
)
def test_a_finding_has_its_place_in_the_application(repository: GitRepository, helm: str) -> None:
    text = application("first", "values: ''") + application("team-a", helm % "minWorkers")
    result = reviewed(repository, text)
    line, column = at(text, "minWorkers")
    assert places(result, "worker-range") == {
        "team-a": [("apps/a.yaml", line, column, "clusters.main.workerTypes.cpu.minWorkers")]
    }


def test_what_a_parameter_sets_has_the_parameters_line(repository: GitRepository) -> None:
    helm = """\
parameters:
  - {name: clusters.main.workerTypes.cpu.maxWorkers, value: "3"}
  - name: clusters.main.workerTypes.cpu.minWorkers
    value: "9"
"""
    text = application("team-a", helm)
    result = reviewed(repository, text)
    line, column = at(text, "name: clusters.main.workerTypes.cpu.minWorkers")
    assert places(result, "worker-range") == {
        "team-a": [("apps/a.yaml", line, column, "clusters.main.workerTypes.cpu.minWorkers")]
    }


def test_each_application_of_a_file_has_its_own_findings(repository: GitRepository) -> None:
    helm = "valuesObject: {clusters: {main: {workerTypes: {cpu: {minWorkers: %s, maxWorkers: 3}}}}}"
    parameter = 'parameters: [{name: clusters.main.workerTypes.cpu.minWorkers, value: "%s"}, '
    parameter += '{name: clusters.main.workerTypes.cpu.maxWorkers, value: "3"}]'
    cases = {"a": helm % 1, "b": helm % 9, "c": helm % 2, "d": parameter % 1, "e": parameter % 7, "f": parameter % 2}
    result = reviewed(repository, "".join(application(name, case) for name, case in cases.items()))
    assert places(result, "worker-range").keys() == {"b", "e"}


def test_each_element_of_an_applicationset_has_its_own_findings(repository: GitRepository) -> None:
    text = appset(
        "[{list: {elements: [{name: a, min: 1}, {name: b, min: 9}, {name: c, min: 2}]}}]",
        "{{.name}}",
        "values: 'clusters: {main: {workerTypes: {cpu: {minWorkers: {{ .min }}, maxWorkers: 3}}}}'",
        go=True,
    )
    line, _ = at(text, "minWorkers")
    found = places(reviewed(repository, text), "worker-range")
    assert {name: [one[:2] for one in findings] for name, findings in found.items()} == {"b": [("apps/a.yaml", line)]}


@pytest.mark.parametrize(
    ("helm", "rule", "word"),
    [
        (
            "valuesObject:\n  clusters: {}\n  operator: {}\n  clusters: {}\n",
            "values-duplicate-key",
            "clusters: {}\n      ",
        ),
        ("values: |\n  operator: {}\n  clusters: {}\n  clusters: {}\n", "values-duplicate-key", None),
        ("values: |\n  clusters: [\n", "values-yaml", None),
        ("values: |\n  - a\n", "values-yaml", None),
        ("values: |\n  # nothing\n", "values-empty", None),
        ("valuesObject: {clusters: {main: {maxWorkers: 9007199254740993}}}", "values-yaml", None),
        ("valuesObject: {clusters: {main: {maxWorker: 1}}}", "values-schema", None),
    ],
)
def test_values_that_are_wrong_in_themselves_are_told(
    repository: GitRepository, helm: str, rule: str, word: str | None
) -> None:
    result = reviewed(repository, application("team-a", helm))
    found = [finding for one in result.namespaces for finding in one.findings if finding.rule == rule]
    assert found
    assert {finding.file for finding in found} == {"apps/a.yaml"}
    assert word is None or found[0].line == application("team-a", helm).count("\n") - 1


def test_an_application_of_parameters_alone_is_linted(repository: GitRepository) -> None:
    given = {"head.env.MODE": "1.10", "head.cpu": "1", "workerTypes.cpu.cpu": "1", "workerTypes.cpu.maxWorkers": "3"}
    parameters = [{"name": f"clusters.main.{name}", "value": value} for name, value in given.items()]
    helm = f"parameters: {json.dumps(parameters)}"
    (one,) = reviewed(repository, application("team-a", helm)).namespaces
    assert one.state == "new"
    assert not [finding for finding in one.findings if "defect" in finding.remedy]


def test_comments_in_a_values_object_ignore_what_they_name(repository: GitRepository) -> None:
    helm = "valuesObject:\n  clusters:\n    main:\n      workerTypes:\n        cpu:\n"
    helm += "          minWorkers: 9  # raychart: ignore[worker-range] tried out\n          maxWorkers: 3\n"
    assert not places(reviewed(repository, application("team-a", helm)), "worker-range")
