"""Reviews of real repositories: what is new, gone, changed, broken, and where it comes from."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from git_repository import SMALL_CHART, GitRepository

from raychart.errors import RaychartError
from raychart.review.run import Request, review
from raychart.review.settings import Words
from raychart.review_report import written

if TYPE_CHECKING:
    from raychart.review.model import NamespaceReview, Review

OURS = Path(__file__).parents[2] / "charts" / "ray"
VALUES = "size: 1\nnote: hello\n"


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with a small chart and two namespaces."""
    made = GitRepository(tmp_path / "repository")
    made.commit({**SMALL_CHART, "values/team-a.yaml": VALUES, "values/team-b.yaml": VALUES})
    return made


@pytest.fixture
def with_ours(tmp_path: Path) -> GitRepository:
    """A repository with this project's chart and one namespace."""
    made = GitRepository(tmp_path / "repository")
    shutil.copytree(OURS, made.path / "charts" / "ray")
    made.commit({"values/team-a.yaml": TEAM})
    return made


TEAM = """\
operator: {enabled: true}
clusters:
  main:
    rayVersion: "2.60.0"
    head: {cpu: 1, memory: 4Gi}
    workerTypes:
      cpu: {minWorkers: 1, maxWorkers: 3, cpu: 2, memory: 4Gi}
"""


def reviewed(repository: GitRepository, base: str = "HEAD", head: str | None = None, **words: Any) -> Review:
    request = Request(repository.path, base, head, Words(**words), date(2026, 1, 1), engine="helm", cache=False)
    return review(request)


def only(result: Review) -> NamespaceReview:
    (one,) = result.namespaces
    return one


def states(result: Review) -> dict[str, str]:
    return {one.file: one.state for one in result.namespaces}


def test_what_did_not_change_is_counted_and_nothing_is_rendered(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(Path(shutil.which("git") or "").parent))
    result = reviewed(repository)
    assert (result.groups, result.unchanged, result.notes) == ((), 2, ())


def test_a_change_has_its_line_and_says_what_made_it_part_of_the_review(repository: GitRepository) -> None:
    repository.write({"values/team-a.yaml": "size: 1\nnote: bye\n"})
    one = only(reviewed(repository))
    assert (one.state, one.namespace, one.why) == ("changed", "team-a", "values/team-a.yaml changed")
    assert [str(placed.position) for placed in one.impacts] == ["values/team-a.yaml:2:1"]
    assert [placed.path for placed in one.impacts] == ["note"]


def test_a_comment_changes_nothing(repository: GitRepository) -> None:
    repository.write({"values/team-a.yaml": f"# hello\n{VALUES}"})
    result = reviewed(repository)
    assert (result.groups, result.unchanged) == ((), 2)


def test_new_removed_and_renamed_namespaces_are_stated_as_such(repository: GitRepository) -> None:
    repository.write({"values/team-a.yaml": None, "values/team-x.yaml": VALUES, "values/team-y.yaml": "note: 5\n"})
    result = reviewed(repository)
    assert states(result) == {"values/team-a.yaml": "removed", "values/team-x.yaml": "new", "values/team-y.yaml": "new"}
    renamed = {one.file for one in result.namespaces if "was renamed to values/team-x.yaml" in one.why}
    assert renamed == {"values/team-a.yaml", "values/team-x.yaml"}


def test_a_copy_of_a_file_that_stays_is_no_renamed_one(repository: GitRepository) -> None:
    repository.commit({"values/team-b.yaml": f"{VALUES}# ours\n"})
    repository.write({"values/team-b.yaml": None, "values/team-x.yaml": VALUES})
    assert {one.why for one in reviewed(repository).namespaces} == {
        "values/team-b.yaml was removed",
        "values/team-x.yaml is new",
    }


def test_what_moved_with_its_settings_is_the_same_as_before(repository: GitRepository) -> None:
    repository.commit({".raychart.yaml": "review: {chart: charts/ray, values: [values/*.yaml]}\n"})
    repository.git("mv", "values", "envs")
    repository.git("mv", "charts", "helm")
    repository.commit({".raychart.yaml": "review: {chart: helm/ray, values: [envs/*.yaml]}\n"})
    result = reviewed(repository, "HEAD~1", "HEAD")
    assert (result.groups, result.unchanged, result.notes) == ((), 2, ())
    repository.git("mv", "envs/team-a.yaml", "envs/team-a.yml")
    repository.commit(
        {
            ".raychart.yaml": "review: {chart: helm/ray, values: [envs/*]}\n",
            "envs/team-a.yml": VALUES.replace("hello", "bye"),
        }
    )
    one = only(reviewed(repository, "HEAD~1", "HEAD"))
    assert (one.state, one.file) == ("changed", "envs/team-a.yml")
    assert one.why == "envs/team-a.yaml was renamed to envs/team-a.yml, envs/team-a.yml changed"


def test_a_layer_that_the_settings_no_longer_name_is_a_change(repository: GitRepository) -> None:
    repository.commit(
        {
            ".raychart.yaml": "review: {values: [{files: values/*.yaml, over: [more.yaml]}]}\n",
            "more.yaml": "note: more\n",
        }
    )
    repository.commit({".raychart.yaml": "review: {values: [values/*.yaml]}\n"})
    (group,) = reviewed(repository, "HEAD~1", "HEAD").groups
    assert {member.why for member in group.members} == {"more.yaml was removed"}
    # Settings that come are taken for what held before, and what was wrong in them does not matter.
    for before in (None, "review: 5\n"):
        repository.commit({".raychart.yaml": before})
        repository.commit({".raychart.yaml": "review: {values: [{files: values/*.yaml, over: [more.yaml]}]}\n"})
        assert not reviewed(repository, "HEAD~1", "HEAD").groups


def test_a_chart_change_is_rendered_with_the_chart_of_each_revision(repository: GitRepository) -> None:
    template = SMALL_CHART["charts/ray/templates/all.yaml"]
    repository.commit({"charts/ray/templates/all.yaml": template.replace("\ndata:", "\ndata:\n  more: added")})
    result = reviewed(repository, "HEAD~1", "HEAD")
    (group,) = result.groups
    assert [member.namespace for member in group.members] == ["team-a", "team-b"]
    assert {member.why for member in group.members} == {"the chart charts/ray changed"}
    (diff,) = group.first.comparison.objects if group.first.comparison else ()
    assert [(change.path, change.new) for change in diff.changes] == [(("data", "more"), "added")]


def test_changed_defaults_of_the_chart_are_placed_in_the_chart(repository: GitRepository) -> None:
    repository.commit({"values/team-a.yaml": "note: a\n"})
    repository.write({"charts/ray/values.yaml": "# bigger\nsize: 2\nnote: plain\n"})
    one = only(reviewed(repository))
    assert [str(placed.position) for placed in one.impacts] == ["charts/ray/values.yaml:2:1"]


def test_a_change_in_a_shared_layer_is_placed_in_the_layer(repository: GitRepository) -> None:
    repository.commit(
        {"shared.yaml": "size: 3\n", "values/team-a.yaml": "note: a\n", "values/team-b.yaml": "note: b\n"}
    )
    repository.write({"shared.yaml": "# more\nsize: 4\n"})
    result = reviewed(repository, below=("shared.yaml",))
    (group,) = result.groups
    assert [member.namespace for member in group.members] == ["team-a", "team-b"]
    assert [str(placed.position) for placed in group.first.impacts] == ["shared.yaml:2:1"]


def test_what_cannot_be_rendered_fails_alone(repository: GitRepository) -> None:
    repository.write({"values/team-a.yaml": "size: null\n", "values/team-b.yaml": "size: 5\n"})
    result = reviewed(repository)
    assert states(result) == {"values/team-a.yaml": "failed", "values/team-b.yaml": "changed"}
    failed = result.groups[0].first
    assert failed.namespace == "team-a"
    assert any("size is needed" in finding.message for finding in failed.findings)


def test_what_was_broken_before_is_new_and_that_is_noted(repository: GitRepository) -> None:
    repository.commit({"values/team-a.yaml": "size: null\n"})
    repository.write({"values/team-a.yaml": VALUES})
    result = reviewed(repository)
    assert states(result) == {"values/team-a.yaml": "new"}
    assert "values/team-a.yaml: cannot be rendered at HEAD" in result.notes[0]


def test_what_stays_broken_is_still_told(repository: GitRepository) -> None:
    repository.commit({"values/team-a.yaml": "size: null\nnote: 1\n"})
    repository.write({"values/team-a.yaml": "size: null\nnote: 2\n"})
    one = only(reviewed(repository))
    assert one.state == "failed"
    assert any("size is needed" in finding.message for finding in one.findings)


def test_a_file_that_is_not_yaml_fails_with_its_line(repository: GitRepository) -> None:
    repository.write({"values/team-a.yaml": "a: [\n"})
    one = only(reviewed(repository))
    assert one.state == "failed"
    assert {finding.file for finding in one.findings} == {"values/team-a.yaml"}


def test_a_chart_that_is_new_makes_every_namespace_new(repository: GitRepository, tmp_path: Path) -> None:
    made = GitRepository(tmp_path / "fresh")
    made.commit({"values/team-a.yaml": VALUES})
    made.write(dict(SMALL_CHART))
    result = reviewed(made)
    assert states(result) == {"values/team-a.yaml": "new"}


def test_a_layer_that_goes_fails_who_needs_it_and_one_that_comes_does_not(repository: GitRepository) -> None:
    repository.commit({"shared.yaml": "size: 3\n"})
    result = reviewed(repository, "HEAD~1", "HEAD", below=("shared.yaml",))
    assert "shared.yaml: is not there in HEAD~1" in result.notes[0]
    repository.write({"shared.yaml": None})
    result = reviewed(repository, below=("shared.yaml",))
    assert set(states(result).values()) == {"failed"}
    assert "shared.yaml is not there" in result.groups[0].first.findings[0].message


def test_no_values_files_at_all_is_an_error(repository: GitRepository) -> None:
    with pytest.raises(RaychartError, match=r"nothing/\*\.yaml"):
        reviewed(repository, files=("nothing/*.yaml",))


def test_many_namespaces_with_the_same_change_are_one_group(repository: GitRepository) -> None:
    repository.commit({f"values/ns-{number}.yaml": f"size: {number}\nnote: x\n" for number in range(20)})
    repository.write({f"values/ns-{number}.yaml": f"size: {number}\nnote: y\n" for number in range(20)})
    (group,) = reviewed(repository).groups
    assert len(group.members) == 20


def test_namespaces_of_one_name_are_told_apart_by_their_files(repository: GitRepository) -> None:
    repository.commit({"envs/prod/team-c.yaml": VALUES, "envs/stage/team-c.yaml": VALUES})
    repository.write({"envs/prod/team-c.yaml": "size: 5\n", "envs/stage/team-c.yaml": "size: 6\n"})
    repository.write({"values/team-a.yaml": "size: 9\n"})
    result = reviewed(repository, files=("envs/*/*.yaml", "values"))
    names = {"team-c (envs/prod/team-c.yaml)", "team-c (envs/stage/team-c.yaml)", "team-a"}
    assert {one.name for one in result.namespaces} == names
    text = written(result, "text")
    assert all(f"\n{name}: " in text and f"\n{name}  " in text for name in names)


def test_impacts_are_placed_at_the_worker_type_the_head_and_the_operator_that_changed(with_ours: GitRepository) -> None:
    text = TEAM.replace("memory: 4Gi}\n    w", "memory: 6Gi}\n    w").replace("maxWorkers: 3", "maxWorkers: 9")
    with_ours.write({"values/team-a.yaml": text.replace("enabled: true", "enabled: true, replicas: 2")})
    one = only(reviewed(with_ours))
    places = {(placed.impact.object.manifest.kind, placed.impact.worker_type): placed.path for placed in one.impacts}
    assert places["RayCluster", "cpu"] == "clusters.main.workerTypes.cpu.maxWorkers"
    assert places["Deployment", None] == "operator.replicas"
    heads = [placed.path for placed in one.impacts if placed.impact.effect.startswith("head")]
    assert set(heads) == {"clusters.main.head.memory"}
    assert one.before is not None
    assert one.after is not None
    assert (one.before.most.pods, one.after.most.pods) == (5, 12)


def test_only_findings_that_are_new_are_told(with_ours: GitRepository) -> None:
    known = TEAM.replace("cpu: {min", "cpu: {image: {tag: latest}, min")
    with_ours.commit({"values/team-a.yaml": known})
    with_ours.write(
        {"values/team-a.yaml": f"# moved down\n{known}".replace("head: {", "head: {image: {tag: latest}, ")}
    )
    one = only(reviewed(with_ours))
    assert {finding.path for finding in one.findings if finding.rule == "image-tag-moves"} == {
        "clusters.main.head.image.tag"
    }
    assert one.known >= 1


def test_ignores_are_those_of_the_revision(with_ours: GitRepository) -> None:
    with_ours.write({"values/team-a.yaml": TEAM.replace("head: {", "head: {image: {tag: latest}, ")})
    with_ours.write(
        {".raychart-ignore.yaml": "ignore: [{rule: image-tag-moves, reason: trial, file: values/team-a.yaml}]\n"}
    )
    rules = {finding.rule for finding in only(reviewed(with_ours)).findings}
    assert "image-tag-moves" not in rules
    with_ours.write({".raychart-ignore.yaml": None})
    rules = {finding.rule for finding in only(reviewed(with_ours)).findings}
    assert "image-tag-moves" in rules


def test_manifests_are_validated_and_only_what_is_new_is_told(repository: GitRepository) -> None:
    template = (
        SMALL_CHART["charts/ray/templates/all.yaml"] + "{{- with .Values.more }}{{ toYaml . | nindent 0 }}{{ end }}\n"
    )
    known = f"{VALUES}more:\n  dta: {{}}\n"
    repository.commit({"charts/ray/templates/all.yaml": template, "values/team-a.yaml": known})
    repository.write({"values/team-a.yaml": f"# below\n{known}  immutabl: true\n"})
    one = only(reviewed(repository))
    (found,) = one.findings
    assert "immutabl" in found.message + str(found.path)
    assert (found.file, found.line) == ("values/team-a.yaml", 6)
    assert one.known == 1


def test_what_no_value_is_to_blame_for_is_placed_in_the_template(repository: GitRepository) -> None:
    template = SMALL_CHART["charts/ray/templates/all.yaml"] + "wrong: field\n"
    repository.write({"charts/ray/templates/all.yaml": template})
    (group,) = reviewed(repository).groups
    assert [member.namespace for member in group.members] == ["team-a", "team-b"]
    assert {finding.file for finding in group.first.findings} == {"charts/ray/templates/all.yaml"}


def test_a_kubernetes_version_that_is_not_there_is_an_error(repository: GitRepository) -> None:
    repository.write({"values/team-a.yaml": "size: 2\n"})
    with pytest.raises(RaychartError, match=r"1\.2"):
        reviewed(repository, kubernetes_version="1.2")


def test_prices_may_lie_in_the_repository(with_ours: GitRepository) -> None:
    with_ours.commit(
        {"prices.yaml": "{currency: EUR, cpuHour: 1}\n", ".raychart.yaml": "review: {prices: prices.yaml}\n"}
    )
    with_ours.write({"values/team-a.yaml": TEAM.replace("maxWorkers: 3", "maxWorkers: 5")})
    one = only(reviewed(with_ours))
    assert one.before is not None
    assert one.after is not None
    assert one.after.currency == "EUR"
    assert (one.after.most_price or 0) - (one.before.most_price or 0) == pytest.approx(4)
