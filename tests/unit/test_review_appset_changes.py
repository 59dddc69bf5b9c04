"""Reviews of repositories whose namespaces an ApplicationSet makes: what touches which, and what goes wrong."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from appset_text import FOLDERS, OWN_VALUES, TEAMS, appset
from git_repository import SMALL_CHART, GitRepository

from raychart.errors import RaychartError
from raychart.review.run import Request, review
from raychart.review.settings import Words
from raychart.review_report.view import blockers_of

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.diff.model import Change
    from raychart.review.model import NamespaceReview, Review

SET = "apps/set.yaml"
OF_FOLDERS = appset(FOLDERS, helm=OWN_VALUES)
OF_FILES = appset(
    "[{git: {repoURL: '', files: [{path: 'teams/*/config.*'}]}}]",
    "{{ .path.basename }}",
    "valuesObject: {size: '{{ .size }}', note: '{{ .owner.name | upper }}'}",
    go='goTemplateOptions: ["missingkey=error"]',
)


# The file that makes a namespace is its values too, and the set has a value of its own.
OF_VALUES = appset(
    "[{git: {repoURL: '', files: [{path: 'teams/*/values.yaml'}, {path: 'teams/.*/*', exclude: true}]}}]",
    "{{ .path.basename }}",
    "valueFiles: ['/{{ .path.path }}/values.yaml'], values: 'note: {{ .path.segments | join `-` }}-old'",
    go=True,
)


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with a chart, and folders of teams."""
    made = GitRepository(tmp_path / "repository")
    made.commit({**SMALL_CHART, **TEAMS})
    return made


def reviewed(repository: GitRepository, before: str, changes: dict[str, str | bytes | None]) -> Review:
    repository.commit({SET: before})
    repository.write(changes)
    return review(Request(repository.path, "HEAD", None, Words(), date(2026, 1, 1), engine="helm", cache=False))


def told(result: Review) -> dict[str, tuple[str, str]]:
    """Return state and reason of each namespace."""
    return {one.namespace: (one.state, one.why) for one in result.namespaces}


@pytest.mark.parametrize(
    ("before", "changes", "expected"),
    [
        # A namespace's own file, a new folder, one that goes.
        (OF_FOLDERS, {"teams/a/values.yaml": "size: 5\n"}, {"a": ("changed", "teams/a/values.yaml changed")}),
        (OF_FOLDERS, {"teams/d/values.yaml": "size: 1\n"}, {"d": ("new", "teams/d/values.yaml is new")}),
        (OF_FOLDERS, {"teams/c-old/config.json": None}, {"c-old": ("removed", f"{SET} (c-old-ray) was removed")}),
        # A file that parameters are in.
        (
            OF_FILES,
            {"teams/b/config.yaml": "size: 9\nowner: {name: Bo}\n"},
            {"b": ("changed", "teams/b/config.yaml changed")},
        ),
        (OF_FILES, {"teams/b/config.yaml": TEAMS["teams/b/config.yaml"] + "more: 1\n"}, {}),
        (
            OF_VALUES,
            {"teams/a/values.yaml": "size: 5\n", SET: OF_VALUES.replace("-old", "-new")},
            {
                "a": ("changed", f"{SET} changed, teams/a/values.yaml changed"),
                "b": ("changed", f"{SET} changed"),
            },
        ),
        # The ApplicationSet: its chart, a value.
        (
            OF_FOLDERS,
            {SET: OF_FOLDERS.replace("releaseName: ray", "releaseName: ray, values: 'note: new'")},
            dict.fromkeys(("a", "b", "c-old"), ("changed", f"{SET} changed")),
        ),
        (
            OF_FOLDERS,
            {
                SET: OF_FOLDERS.replace("charts/ray", "charts/two"),
                **{path.replace("/ray/", "/two/"): text for path, text in SMALL_CHART.items()},
                "charts/two/values.yaml": "size: 6\nnote: two\n",
            },
            dict.fromkeys(("a", "b", "c-old"), ("changed", "the chart is charts/two now")),
        ),
        (
            OF_FILES,
            {SET: OF_FILES.replace("{{ .owner.name | upper }}", "x")},
            dict.fromkeys(("b", "c-old"), ("changed", f"{SET} changed")),
        ),
        (
            OF_FOLDERS,
            {SET: OF_FOLDERS.replace("[{path: 'teams/*'}]", "[{path: 'teams/*'}, {path: teams/a, exclude: true}]")},
            {"a": ("removed", "teams/a/values.yaml was removed")},
        ),
        (OF_FOLDERS, {SET: OF_FOLDERS.replace("\n", "\r\n")}, {}),
        (OF_FOLDERS, {SET: f"# Teams\n{OF_FOLDERS}"}, {}),
    ],
)
def test_what_changes_touches_the_namespaces_that_are_made_of_it(
    repository: GitRepository,
    before: str,
    changes: dict[str, str | bytes | None],
    expected: dict[str, tuple[str, str]],
) -> None:
    result = reviewed(repository, before, changes)
    assert told(result) == expected
    assert not result.notes


def test_a_namespace_is_called_by_the_file_that_is_its_own(repository: GitRepository) -> None:
    result = reviewed(repository, OF_FILES, {SET: OF_FILES.replace("upper", "lower")})
    assert [one.file for one in result.namespaces] == [
        "teams/b/config.yaml",
        "teams/c-old/config.json",
    ]


def test_another_element_before_them_leaves_the_others_alone(repository: GitRepository) -> None:
    before = appset("[{list: {elements: [{name: b}, {name: c}]}}]", "{{name}}", "values: 'size: 2'")
    result = reviewed(repository, before, {SET: before.replace("[{name: b}", "[{name: a}, {name: b}")})
    assert {one.namespace: one.state for one in result.namespaces} == {"a": "new"}


def test_a_value_is_placed_in_the_applicationset(repository: GitRepository) -> None:
    before = OF_FOLDERS.replace("releaseName: ray", "releaseName: ray, valuesObject: {note: 'of {{path}}'}")
    result = reviewed(repository, before, {SET: before.replace("of {{path}}", "from {{path}}")})
    line = before[: before.index("valuesObject")].count("\n") + 1
    places = [(at.position.file, at.position.line) for one in result.namespaces for at in one.impacts if at.position]
    assert places == [(SET, line)] * 3


@pytest.mark.parametrize(
    ("changes", "words", "line"),
    [
        ({SET: OF_FILES.replace("{{ .owner.name |", "{{ .boss.name |")}, 'no entry for key "boss"', "valuesObject"),
        (
            {"teams/b/config.yaml": "size: 7\n"},
            'map has no entry for key "owner"',
            None,
        ),
        ({"teams/b/config.yaml": "size: [7\n"}, "teams/b/config.yaml:2: not YAML", None),
        ({"teams/b/config.yaml": "just text\n"}, "has no parameters by their names", None),
        ({"teams/b/config.yaml": b"\xff\xfe\x00"}, "teams/b/config.yaml is no text", None),
        (
            {SET: OF_FILES.replace("missingkey=error", "missingkeys=error")},
            "goTemplateOptions has no missingkeys",
            None,
        ),
        ({SET: OF_FILES.replace("'teams/*/config.*'", "'teams/[a'")}, "is no pattern", "generators"),
        ({SET: OF_FILES.replace("[{git", "[{gitt")}, "no kind that Argo CD knows (found gitt)", "generators"),
        ({SET: OF_FILES.replace("files:", "fils:")}, "neither files nor directories", "generators"),
        ({SET: OF_FILES.replace("upper }}", "upper }")}, 'unexpected "}"', None),
        ({SET: OF_FILES.replace("upper }}", "include `x` }}")}, "function include is not known to Argo CD", None),
        ({SET: OF_FILES.partition("  template:")[0]}, "it has no template", None),
    ],
)
def test_what_argo_cd_would_refuse_fails_for_all_that_was_made(
    repository: GitRepository, changes: dict[str, str | bytes | None], words: str, line: str | None
) -> None:
    result = reviewed(repository, OF_FILES, changes)
    assert {one.namespace: one.state for one in result.namespaces} == {"b": "failed", "c-old": "failed"}
    for one in result.namespaces:
        (finding,) = one.findings
        assert words in finding.message
        assert (finding.severity, finding.file) == ("error", SET)
        if line is not None:
            assert finding.line == OF_FILES[: OF_FILES.index(line)].count("\n") + 1
    assert not result.notes


def test_an_applicationset_that_is_new_and_refused_is_a_failure(repository: GitRepository) -> None:
    result = reviewed(repository, "", {SET: OF_FILES.replace("missingkey=error", "x"), "values/z.yaml": "size: 1\n"})
    assert {one.namespace: one.state for one in result.namespaces} == {"teams": "failed", "z": "new"}


def test_the_element_is_named_for_which_a_template_fails(repository: GitRepository) -> None:
    result = reviewed(repository, OF_FILES, {"teams/b/config.yaml": "size: 7\n"})
    assert {finding.remedy.partition(";")[0] for one in result.namespaces for finding in one.findings} == {
        "mend the template (it fails for teams/b/config.yaml)"
    }


def test_an_applicationset_that_was_refused_before_is_none(repository: GitRepository) -> None:
    before = OF_FILES.replace("missingkey=error", "x")
    result = reviewed(repository, before, {"values/z.yaml": "size: 1\n"})
    assert {one.namespace: one.state for one in result.namespaces} == {"z": "new"}
    assert len(result.notes) == 1


def test_an_applicationset_of_another_chart_is_nobodys_failure(repository: GitRepository) -> None:
    other = OF_FILES.replace("charts/ray", "charts/other").replace("missingkey=error", "x")
    result = reviewed(repository, "", {SET: other, "values/z.yaml": "size: 1\n"})
    assert {one.namespace: one.state for one in result.namespaces} == {"z": "new"}


def with_tags(repository: GitRepository) -> None:
    """Tag the chart as it is, and as it is with another default."""
    repository.git("tag", "v1.0.0")
    repository.commit({"charts/ray/values.yaml": "size: 1\nnote: second\n"})
    repository.git("tag", "v1.1.0")
    repository.commit({"charts/ray/values.yaml": "size: 1\nnote: third\n"})


def test_a_chart_that_is_pinned_to_another_revision_is_reviewed_at_both(repository: GitRepository) -> None:
    with_tags(repository)
    before = OF_FOLDERS.replace("targetRevision: main", "targetRevision: v1.0.0")
    result = reviewed(repository, before, {SET: before.replace("v1.0.0", "v1.1.0")})
    why = "the chart's revision is v1.1.0 now, it was v1.0.0"
    assert told(result) == dict.fromkeys(("a", "b", "c-old"), ("changed", why))
    changes = {(change.old, change.new) for one in result.namespaces for change in _changes(one)}
    assert changes == {("plain", "second")}


def test_a_pin_that_is_taken_away_brings_the_chart_as_it_is(repository: GitRepository) -> None:
    with_tags(repository)
    before = OF_FOLDERS.replace("targetRevision: main", "targetRevision: v1.0.0")
    result = reviewed(repository, before, {SET: OF_FOLDERS})
    assert {(change.old, change.new) for one in result.namespaces for change in _changes(one)} == {("plain", "third")}


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("path: charts/ray\n        targetRevision: v7.0.0", "v8.0.0", "v7.0.0 and v8.0.0 are not in this clone"),
        ("chart: ray\n        targetRevision: 1.0.0", "1.1.0", "1.0.0 and 1.1.0 are not in this clone"),
        ("path: charts/ray\n        targetRevision: main", "stable", "both are names that move"),
    ],
)
def test_a_revision_of_the_chart_that_nobody_has_here_is_a_warning_for_each(
    repository: GitRepository, before: str, after: str, why: str
) -> None:
    with_tags(repository)
    text = OF_FOLDERS.replace("path: charts/ray\n        targetRevision: main", before)
    revision = before.rpartition(" ")[2]
    result = reviewed(repository, text, {SET: text.replace(f"targetRevision: {revision}", f"targetRevision: {after}")})
    assert {one.namespace for one in result.namespaces} == {"a", "b", "c-old"}
    for one in result.namespaces:
        (finding,) = one.findings
        assert (one.state, finding.severity, finding.file) == ("unchanged", "warning", SET)
        assert why in finding.message


def _changes(one: NamespaceReview) -> list[Change]:
    return [change for diff in (one.comparison.objects if one.comparison else ()) for change in diff.changes]


def test_where_nothing_can_be_told_the_reasons_are(repository: GitRepository) -> None:
    with pytest.raises(RaychartError) as failed:
        reviewed(repository, appset("[{clusters: {}}]"), {})
    assert "no values file of this name" in failed.value.what
    assert f"{SET}:5: ApplicationSet teams: its clusters generator asks" in failed.value.what


def test_what_an_applicationset_has_wrong_for_all_blocks_once(repository: GitRepository) -> None:
    before = appset(
        "[{list: {elements: [{name: a, size: '1'}, {name: b, size: '2'}, {name: c, size: '3'}]}}]",
        "{{name}}",
        "values: 'size: {{size}}'",
    )
    result = reviewed(repository, before, {SET: before.replace("values: 'size:", "values: '[size:")})
    assert {one.state for one in result.namespaces} == {"failed"}
    assert len(result.groups) > 1
    (blocker,) = blockers_of(result)
    assert (blocker.finding.file, blocker.count, blocker.extent) == (SET, 3, "the same in 3 namespaces")
