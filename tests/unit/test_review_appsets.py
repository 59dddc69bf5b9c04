"""ApplicationSets in a repository: which Applications their generators make, as Argo CD makes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from git_repository import SMALL_CHART, GitRepository

from raychart.review import git
from raychart.review.appsets.go_templates import GoTemplates
from raychart.review.layers import Layers
from raychart.review.releases import find_releases
from raychart.review.revisions import find_revisions
from raychart.review.settings import Words, settings_of
from raychart.values import given_values

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.review.releases import Found

APPSET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: teams, namespace: argocd}
spec:
%s  template:
    metadata: {name: '%s-ray'}
    spec:
      project: ray
      destination: {server: https://kubernetes.default.svc, namespace: '%s'}
      source:
        repoURL: https://git.example.com/ray.git
        path: charts/ray
        targetRevision: main
        helm: {releaseName: ray%s}
"""
TEAMS = {
    "teams/a/values.yaml": "size: 1\n",
    "teams/b/values.yaml": "size: 2\n",
    "teams/b/config.yaml": "size: 7\nowner: {name: Bo}\ntags: [p, q]\n",
    "teams/c-old/config.json": '{"size": 8, "owner": {"name": "Cy"}}',
    "teams/.hidden/values.yaml": "size: 3\n",
    "README.md": "teams\n",
}


def appset(generators: str, name: str = "{{path.basename}}", helm: str = "", *, go: bool | str = False) -> str:
    """Write an ApplicationSet; `go` may be what stands beside goTemplate."""
    lines = f"generators: {generators}" if generators.startswith(("[", "-")) else f"generators:\n{generators}"
    head = ("goTemplate: true\n" if go else "") + (f"{go}\n" if isinstance(go, str) else "") + lines
    spec = "".join(f"  {line}\n" for line in head.splitlines())
    return APPSET % (spec, name, name, f", {helm}" if helm else "")


@pytest.fixture(params=["helm", "sdk"])
def engine(request: pytest.FixtureRequest) -> str:
    """What fills Go templates in: the command, and the library."""
    return str(request.param)


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with a chart, and folders of teams."""
    made = GitRepository(tmp_path / "repository")
    made.commit({**SMALL_CHART, **TEAMS})
    return made


def found_in(repository: GitRepository, text: str, engine: str = "auto") -> Found:
    repository.write({"apps/set.yaml": text})
    opened = git.open_repository(repository.path)
    trees = find_revisions(opened, "HEAD", None)
    templates = GoTemplates(engine)
    try:
        return find_releases(trees.head, settings_of(trees.base, trees.head, opened, Words())[1], templates)
    finally:
        templates.close()


def made_by(repository: GitRepository, text: str, engine: str = "auto") -> dict[str, dict[str, Any]]:
    """Return the values of each namespace; nothing may have been left out."""
    found = found_in(repository, text, engine)
    assert not found.notes
    opened = git.open_repository(repository.path)
    layers = Layers(find_revisions(opened, "HEAD", None).head.blobs)
    return {release.namespace: given_values(_layers(release, layers, repository))[0] for release in _all(found)}


def _all(found: Found) -> list[Any]:
    return list(found.releases.values())


def _layers(release: Any, layers: Layers, repository: GitRepository) -> Any:
    for source in release.sources:
        if source.layer is None:
            layers.blobs.add((repository.path / source.path).read_bytes())
    return layers.of(release)


def matrix(one: str, other: str) -> str:
    return f"[{{matrix: {{generators: [{one}, {other}]}}}}]"


FOLDERS = "[{git: {repoURL: https://git.example.com/ray.git, revision: HEAD, directories: [{path: 'teams/*'}]}}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Lists.
        (
            appset(
                "[{list: {elements: [{name: a, size: '4'}, {name: b, size: '5'}]}}]",
                "{{name}}",
                "values: 'size: {{ size }}'",
            ),
            {"a": {"size": 4}, "b": {"size": 5}},
        ),
        (
            appset(
                "[{list: {elements: [{name: a, values: {size: '4'}}]}}]", "{{name}}", "values: 'size: {{values.size}}'"
            ),
            {"a": {"size": 4}},
        ),
        (
            appset(
                "[{list: {elements: [{name: a, size: 4}]}}]",
                "{{.name}}",
                "valuesObject: {note: '{{ .size }} {{ .name | upper }}', kept: 5}",
                go=True,
            ),
            {"a": {"note": "4 A", "kept": 5}},
        ),
        (appset("[{list: {elements: []}}]", "{{name}}"), {}),
        (
            appset('[{list: {elements: [], elementsYaml: "[{name: x}, {name: z}]"}}]', "{{.name}}", go=True),
            {"x": {}, "z": {}},
        ),
        # Folders.
        (
            appset(FOLDERS, helm="ignoreMissingValueFiles: true, valueFiles: ['/{{path}}/values.yaml']"),
            {"a": {"size": 1}, "b": {"size": 2}, "c-old": {}},
        ),
        (
            appset(
                FOLDERS,
                "{{ .path.basename }}",
                "ignoreMissingValueFiles: true, valueFiles: ['/{{.path.path}}/values.yaml']",
                go='goTemplateOptions: ["missingkey=error"]',
            ),
            {"a": {"size": 1}, "b": {"size": 2}, "c-old": {}},
        ),
        (
            appset(FOLDERS.replace("'teams/*'}", "'teams/*'}, {path: teams/c-*, exclude: true}")),
            {"a": {}, "b": {}},
        ),
        (
            appset(FOLDERS.replace("'teams/*'", "'*/b'"), "{{path[1]}}", "values: 'note: {{path[0]}}'"),
            {"b": {"note": "teams"}},
        ),
        (appset(FOLDERS.replace("'teams/*'", "'**'"), "{{path}}"), {"apps": {}, "charts": {}, "teams": {}}),
        # Files, with what is in them.
        (
            appset(
                "[{git: {repoURL: '', files: [{path: 'teams/*/config.*'}]}}]",
                "{{path.basenameNormalized}}",
                "values: 'note: {{owner.name}} {{path.filename}} {{tags.1}}'",
            ),
            {"b": {"note": "Bo config.yaml q"}, "c-old": {"note": "Cy config.json {{tags.1}}"}},
        ),
        (
            appset(
                "[{git: {repoURL: '', files: [{path: 'teams/*/config.yaml'}], pathParamPrefix: at}}]",
                "{{.at.path.basename}}",
                "valuesObject: {size: '{{ .size }}', note: '{{ index .tags 1 }} {{ index .at.path.segments 0 }}'}",
                go=True,
            ),
            {"b": {"size": "7", "note": "q teams"}},
        ),
        (
            appset(
                "[{git: {repoURL: '', files: [{path: 'teams/*/config.*'}, {path: '**/*.json', exclude: true}], "
                "values: {who: 'of {{ .owner.name }}'}}}]",
                "{{.path.basename}}",
                "valuesObject: {note: '{{ .values.who }}'}",
                go=True,
            ),
            {"b": {"note": "of Bo"}},
        ),
        (
            appset(
                "[{git: {repoURL: '', files: [{path: 'teams/{b,c-old}/config.{yaml,json}'}]}}]", "{{path.basename}}"
            ),
            {"b": {}, "c-old": {}},
        ),
        # Selectors.
        (
            appset(
                "[{git: {repoURL: '', files: [{path: 'teams/*/config.*'}]}, selector: {matchLabels: {owner.name: Cy}}}]"
            ),
            {"c-old": {}},
        ),
        (
            appset(
                "[{list: {elements: [{name: a}, {name: b}, {name: c, old: 'yes'}]}, selector: {matchExpressions: "
                "[{key: name, operator: NotIn, values: [a]}, {key: old, operator: DoesNotExist}]}}]",
                "{{name}}",
            ),
            {"b": {}},
        ),
        # Matrix and merge, also nested.
        (
            appset(
                matrix("{list: {elements: [{env: dev}, {env: prod}]}}", FOLDERS[1:-1]),
                "{{path.basename}}-{{env}}",
            ),
            {f"{team}-{env}": {} for env in ("dev", "prod") for team in ("a", "b", "c-old")},
        ),
        (
            appset(
                matrix(
                    FOLDERS[1:-1],
                    "{git: {repoURL: '', pathParamPrefix: in, files: [{path: '{{ .path.path }}/config.*'}], "
                    "values: {team: '{{ .path.basename }}', of: '{{ .owner.name }}'}}}",
                ),
                "{{.path.basename}}",
                "valuesObject: {note: '{{ .values.team }} {{ .values.of }}', file: '{{ .in.path.filename }}'}",
                go='goTemplateOptions: ["missingkey=error"]',
            ),
            {"b": {"note": "b Bo", "file": "config.yaml"}, "c-old": {"note": "c-old Cy", "file": "config.json"}},
        ),
        (
            appset(
                "[{merge: {mergeKeys: [name], generators: ["
                "{list: {elements: [{name: a, size: '1'}, {name: b, size: '2'}]}}, "
                "{list: {elements: [{name: b, size: '9'}, {name: z, size: '9'}]}}]}}]",
                "{{name}}",
                "values: 'size: {{size}}'",
            ),
            {"a": {"size": 1}, "b": {"size": 9}},
        ),
        (
            appset(
                matrix(
                    "{list: {elements: [{env: dev}]}}",
                    "{merge: {mergeKeys: [name], generators: [{list: {elements: [{name: a, deep: {one: 1, two: 1}}]}}, "
                    "{list: {elements: [{name: a, deep: {two: 2}}]}}]}}",
                ),
                "{{.name}}-{{.env}}",
                "valuesObject: {note: '{{ .deep.one }} {{ .deep.two }}'}",
                go=True,
            ),
            {"a-dev": {"note": "1 2"}},
        ),
        # A list that a file holds.
        (
            appset(
                matrix(
                    "{git: {repoURL: '', files: [{path: teams/b/config.yaml}]}}",
                    "{list: {elementsYaml: '{{ list (dict `n` .owner.name) | toJson }}'}}",
                ),
                "{{.n | lower}}",
                go=True,
            ),
            {"bo": {}},
        ),
    ],
)
def test_generators_make_what_argo_cd_makes(
    repository: GitRepository, text: str, expected: dict[str, Any], engine: str
) -> None:
    assert made_by(repository, text, engine) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ .path.basename | upper | quote }}", '"B"'),
        ("{{- if eq .path.basename `b` -}} yes {{- else }}no{{ end }}", "yes"),
        ("{{ range .tags }}<{{ . }}>{{ end }}", "<p><q>"),
        ("{{ with .owner }}{{ .name }}{{ $.size }}{{ end }}", "Bo7"),
        ("{{ default `none` .nothing }}|{{ .nothing }}", "none|<no value>"),
        ("{{ dig `owner` `name` `x` . }}{{ get . `size` }}", "Bo7"),
        ("{{ .big }} {{ .whole }} {{ .sure }}", "1e+06 3 true"),
        ("{{ toYaml .owner }}", "name: Bo"),
        ("{{ (fromYaml `a: 1`).a }}{{ index (fromYamlArray `[5]`) 0 }}", "15"),
        ("{{ normalize `Team_A.x-` }} {{ `Ä B` | normalize }}", "team-a.x b"),
        ("{{ printf `%s_%s` .path.basename `Q` | normalize | trunc 3 }}", "b-q"),
        ("{{ slugify 23 true `Feature/some long_branch.name-x` }}", "feature-some-long"),
        ("{{ `Feature/some long_branch.name-x` | slugify 23 false }}", "feature-some-long-branc"),
        ("{{ (slugify `A.B`) | upper }}{{- /* }} */ -}} {{ slugify 3 true `abcdef` -}} ", "A-Babc"),
        ("{{ `{{ .kept }}` }}<&>", "{{ .kept }}<&>"),
        ("{{ $x := .owner }}{{ $x.name }}", "Bo"),
        ("{{ .path.segments | join `-` }}\n{{ index .path.segments 1 }}", "teams-b\nb"),
        ("plain", "plain"),
    ],
)
def test_go_templates_give_what_argo_cd_gives(
    repository: GitRepository, template: str, expected: str, engine: str
) -> None:
    repository.write(
        {"teams/b/config.yaml": "size: 7\nowner: {name: Bo}\ntags: [p, q]\nbig: 1000000\nwhole: 3.0\nsure: true\n"}
    )
    helm = f"valuesObject: {{note: {json.dumps(template)}}}"
    text = appset("[{git: {repoURL: '', files: [{path: teams/b/config.yaml}]}}]", "{{.path.basename}}", helm, go=True)
    assert made_by(repository, text, engine) == {"b": {"note": expected}}
