"""ApplicationSets in a repository: which Applications their generators make, as Argo CD makes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from appset_text import FOLDERS, OWN_VALUES, TEAMS, appset, matrix
from git_repository import SMALL_CHART, GitRepository

from raychart.review import git
from raychart.review.appsets.go_templates import GoTemplates
from raychart.review.appsets.model import Ask, Params, RefusedError
from raychart.review.layers import Layers
from raychart.review.releases import find_releases
from raychart.review.revisions import find_revisions
from raychart.review.settings import Words, settings_of
from raychart.values import given_values

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.review.releases import Found


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
    assert not found.refused
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
            appset(FOLDERS, helm=OWN_VALUES),
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


OUTSIDE = {
    "clusters": "{selector: {matchLabels: {env: prod}}}",
    "scmProvider": "{github: {organization: ray}}",
    "pullRequest": "{github: {owner: ray, repo: ray}}",
    "plugin": "{configMapRef: {name: teams}}",
    "clusterDecisionResource": "{configMapRef: teams}",
}


@pytest.mark.parametrize("kind", OUTSIDE)
def test_what_asks_outside_of_the_repository_is_named_with_its_place(repository: GitRepository, kind: str) -> None:
    asking = f"{{{kind}: {OUTSIDE[kind]}}}"
    for generators in (f"[{asking}]", matrix(FOLDERS[1:-1], asking)):
        found = found_in(repository, appset(generators))
        assert not found.releases
        (note,) = found.notes
        assert note.startswith(f"apps/set.yaml:5: ApplicationSet teams: its {kind} generator asks ")
        assert "review.values in .raychart.yaml" in note
        assert not found.refused


def test_what_else_an_applicationset_makes_is_read(repository: GitRepository) -> None:
    found = found_in(repository, appset(f"[{{clusters: {{}}}}, {FOLDERS[1:-1]}]"))
    assert {release.namespace for release in _all(found)} == {"a", "b", "c-old"}
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    ("remote", "url", "is_read"),
    [
        (None, "https://git.example.com/anything.git", True),
        ("git@git.example.com:team/ray.git", "https://git.example.com/team/ray", True),
        ("https://token:secret@git.example.com/fork/ray/", "git@git.example.com:team/Ray.git", True),
        ("ssh://git@git.example.com:22/team/ray.git", "https://me:secret@git.example.com/team/teams.git", False),
        ("git@git.example.com:team/ray.git", "https://git.example.com/{{path}}.git", True),
    ],
)
def test_a_git_generator_of_another_repository_is_not_read(
    repository: GitRepository, remote: str | None, url: str, is_read: bool
) -> None:
    if remote:
        repository.git("remote", "add", "upstream", remote)
    found = found_in(repository, appset(FOLDERS.replace("https://git.example.com/ray.git", f"'{url}'")))
    assert bool(found.releases) == is_read
    assert [
        "its git generator reads https://git.example.com/team/teams.git, which is not" in one for one in found.notes
    ] == ([] if is_read else [True])
    assert "secret" not in str(found.notes)


def test_a_generator_may_have_a_template_of_its_own(repository: GitRepository) -> None:
    own = (
        "template: {metadata: {name: own}, spec: {destination: {namespace: mine}, source: {helm: {values: 'size: 3'}}}}"
    )
    elements = f"{{list: {{elements: [{{name: a}}], {own}}}}}, {{list: {{elements: [{{name: b}}]}}}}"
    assert made_by(repository, appset(f"[{elements}]", "{{name}}")) == {"mine": {"size": 3}, "b": {}}


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        (
            "spec: {source: {helm: {valuesObject: {size: 9}}}}",
            {"a": {"size": 9, "note": "kept"}, "b": {"size": 9, "note": "kept"}},
        ),
        (
            "{{- if eq .name `a` }}\nspec:\n  source: {helm: {valuesObject: {note: null}}}\n{{- end }}",
            {"a": {"size": 1}, "b": {"size": 1, "note": "kept"}},
        ),
        ("", {"a": {"size": 1, "note": "kept"}, "b": {"size": 1, "note": "kept"}}),
    ],
)
def test_a_patch_is_laid_over_what_the_template_makes(
    repository: GitRepository, patch: str, expected: dict[str, Any]
) -> None:
    beside = f"templatePatch: {json.dumps(patch)}"
    text = appset(
        "[{list: {elements: [{name: a}, {name: b}]}}]", "{{.name}}", "valuesObject: {size: 1, note: kept}", go=beside
    )
    assert made_by(repository, text) == expected


@pytest.mark.parametrize(
    ("generators", "words"),
    [
        ("[{list: {elements: [{name: 5}]}}]", "name of an element is no text"),
        ("[{list: {elements: [{name: a, values: {b: 5}}]}}]", "values of an element is no text"),
        ("[{list: {elements: [text]}}]", "no mapping"),
        ("[{list: 5}]", "says nothing"),
        ("[{list: {elements: [], elementsYaml: 'a: 5'}}]", "elementsYaml is no list"),
        ("[{matrix: {generators: [{list: {elements: []}}]}}]", "has 1 generators"),
        (matrix("{list: {elements: [{name: a}]}}", "{list: {elements: [{name: b}]}}"), "not the same (a and b)"),
        ("[{merge: {generators: [{list: {}}, {list: {}}]}}]", "has no mergeKeys"),
        ("[{merge: {mergeKeys: [name], generators: [{list: {}}]}}]", "has 1 generators"),
        (
            "[{merge: {mergeKeys: [x], generators: [{list: {elements: [{name: a}, {name: b}]}}, {list: {}}]}}]",
            "not told apart by mergeKeys",
        ),
        (matrix("{list: {elements: [{n: a}]}}", matrix(*[matrix(*["{list: {}}"] * 2)[1:-1]] * 2)[1:-1]), "two deep"),
        ("5", "no generators"),
        ("[5]", "no kind that Argo CD knows"),
        (
            "[{list: {elements: [{name: a}]}, selector: {matchExpressions: [{key: a, operator: Is}]}}]",
            "operator is none",
        ),
        ("[{git: {repoURL: '', directories: [5]}}]", "an entry has no path"),
    ],
)
def test_odd_generators_are_refused_with_what_is_wrong(repository: GitRepository, generators: str, words: str) -> None:
    found = found_in(repository, appset(generators, "{{name}}"))
    assert not found.releases
    (finding,) = found.refused.values()
    assert words in finding.message
    assert finding.file == "apps/set.yaml"
    assert finding.remedy


def test_two_applications_of_one_name_are_told(repository: GitRepository) -> None:
    found = found_in(repository, appset("[{list: {elements: [{name: a}, {name: a}]}}]", "{{name}}"))
    assert "several Applications called a-ray, of which Argo CD makes none" in found.notes[0]


@pytest.mark.parametrize(
    ("server", "is_told"), [("https://kubernetes.default.svc", True), ("'https://{{name}}.example.com'", False)]
)
def test_several_applications_in_one_namespace_are_told(repository: GitRepository, server: str, is_told: bool) -> None:
    text = appset("[{list: {elements: [{name: a}, {name: b}]}}]", "{{name}}").replace(
        "namespace: '{{name}}'", "namespace: x"
    )
    found = found_in(repository, text.replace("https://kubernetes.default.svc", server))
    assert [release.namespace for release in _all(found)] == ["x", "x"]
    assert ["2 Applications deploy release ray into x of https:" in note for note in found.notes] == [True] * is_told


def test_a_git_generator_that_is_pinned_is_read_and_noted(repository: GitRepository) -> None:
    found = found_in(repository, appset(FOLDERS.replace("revision: HEAD", "revision: v1.2.0")))
    assert len(found.releases) == 3
    assert [note.partition(": ")[0] for note in found.notes] == ["apps/set.yaml:5"]
    assert "reads revision v1.2.0" in found.notes[0]


def test_sources_of_a_template_may_be_several(repository: GitRepository) -> None:
    text = appset(FOLDERS, "{{ .path.basename }}", go=True)
    start = text.index("      source:")
    sources = """\
      sources:
        - {repoURL: https://git.example.com/ray.git, targetRevision: main, ref: teams}
        - repoURL: registry.example.com/charts
          chart: ray
          targetRevision: 1.2.3
          helm:
            releaseName: ray
            ignoreMissingValueFiles: true
            valueFiles: ['$teams/teams/{{ .path.basename }}/values.yaml']
            parameters: [{name: note, value: '{{ .path.basename }}, {{ .path.basename }}'}]
"""
    assert made_by(repository, text[:start] + sources) == {
        "a": {"size": 1, "note": "a, a"},
        "b": {"size": 2, "note": "b, b"},
        "c-old": {"note": "c-old, c-old"},
    }


def test_what_is_to_be_known_of_many_is_told_once(repository: GitRepository) -> None:
    elements = ", ".join(f"{{name: t{number}}}" for number in range(7))
    text = appset(f"[{{list: {{elements: [{elements}]}}}}]", "{{name}}")
    found = found_in(repository, text.replace("targetRevision: main", "targetRevision: v1.2.0"))
    (note,) = found.notes
    assert note.startswith(
        "apps/set.yaml: ApplicationSet teams: Applications t0-ray, t1-ray, t2-ray and 4 more are pinned"
    )
    found = found_in(repository, text.replace("namespace: '{{name}}'", "namespace: '{{nam}}'"))
    (note,) = found.notes
    assert "and 4 more are left out: its destination.namespace is not a namespace's name ({{nam}})" in note


def test_files_are_found_as_argo_cd_does_by_default_and_the_difference_is_told(repository: GitRepository) -> None:
    repository.write({"teams/b/deep/values.yaml": "size: 1\n"})
    found = found_in(repository, appset("[{git: {repoURL: '', files: [{path: 'teams/[a-z]*/values.yaml'}]}}]"))
    assert {release.namespace for release in _all(found)} == {"a", "b", "deep"}
    (note,) = found.notes
    assert "--enable-new-git-file-globbing" in note
    assert "teams/b/deep/values.yaml" in note


def test_a_repository_of_namespaces_by_name_is_read_without_helm(repository: GitRepository) -> None:
    found = found_in(repository, appset(FOLDERS, "{{ .path.basename }}", go=True), engine="no such engine")
    assert len(found.releases) == 3


PARAMS = Params({"name": "a", "owner": {"name": "Bo", "mail": None}, "list": ["x"], "n": 3})


@pytest.mark.parametrize(
    ("text", "by_default", "with_error"),
    [
        # What is None is refused.
        ("{{ .name }}", "a", "a"),
        ("{{ .nothing }}", "<no value>", None),
        ("{{ .owner.nothing }}", "<no value>", None),
        ("{{ .nothing.deeper }}", "<no value>", None),
        ("{{ $.nothing.deeper | default `d` }}", "d", None),
        ("{{ .owner.mail }}", "<no value>", "<no value>"),
        ("{{ .owner.mail.deeper }}", None, None),
        ("{{ .name.deeper }}", None, None),
        ("{{ .nothing | default `d` }}", "d", None),
        ("{{ if .nothing }}x{{ else }}y{{ end }}", "y", None),
        ("{{ if hasKey . `nothing` }}{{ .nothing }}{{ end }}", "", ""),
        ("{{ if and (hasKey . `nothing`) .nothing }}x{{ end }}", "", ""),
        ("{{ or .nothing .name }}", "a", None),
        ("{{ with .owner }}{{ .name }}{{ .nothing }}{{ end }}", "Bo<no value>", None),
        ("{{ range .list }}{{ . }}{{ $.nothing }}{{ end }}", "x<no value>", None),
        ("{{ $o := .owner }}{{- $o.nothing -}} !", "<no value>!", None),
        ("{{ `{{ .nothing }}` }}{{/* .nothing */}}", "{{ .nothing }}", "{{ .nothing }}"),
        ("{{ dig `owner` `nothing` `d` . }}{{ get . `nothing` }}", "d", "d"),
        ("{{ index .owner `name` }}{{ index . `n` }}", "Bo3", "Bo3"),
        ("{{ .name }", None, None),
        ("{{ upper .n }}", None, None),
    ],
)
def test_a_missing_parameter_is_what_the_options_make_of_it(
    text: str, by_default: str | None, with_error: str | None, engine: str
) -> None:
    for options, expected in (((), by_default), (("missingkey=error",), with_error)):
        templates = GoTemplates(engine)
        try:
            assert templates.filled([Ask(text, PARAMS)], options) == [expected]
        except RefusedError as refused:
            assert expected is None, refused  # noqa: PT017 (what is refused is one of two results)
        finally:
            templates.close()


def test_many_elements_are_filled_in_at_once_and_the_one_that_fails_is_named() -> None:
    elements = [Params({"name": f"t{number}", "n": number}) for number in range(300)]
    asked = [Ask(text, params) for params in elements for text in ("{{ .name | upper }}", "{{ div 100 .n }}")]
    with pytest.raises(RefusedError, match="divi") as failed:
        GoTemplates("helm").filled(asked, ())
    assert "it fails for t0" in failed.value.remedy
    assert GoTemplates("helm").filled(asked[2:], ())[:3] == ["T1", "100", "T2"]
