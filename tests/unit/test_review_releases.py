"""Which values files a revision has, what belongs to them, and which of them a change may affect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from git_repository import GitRepository

from raychart.errors import RaychartError
from raychart.review import git
from raychart.review.affected import affected
from raychart.review.charts import Charts
from raychart.review.layers import Layers
from raychart.review.releases import find_releases
from raychart.review.revisions import find_revisions
from raychart.review.settings import Settings, Words, settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.review.releases import Found, Release
    from raychart.review.revisions import Revisions

NOTHING_SAID = Words()
CHART = {"charts/ray/Chart.yaml": "name: ray\nversion: 1.0.0\n", "charts/ray/templates/a.yaml": "a: 1\n"}


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with a chart and two values files."""
    made = GitRepository(tmp_path / "repository")
    made.commit({**CHART, "values/team-a.yaml": "a: 1\n", "values/team-b.yaml": "b: 1\n"})
    return made


def seen(
    repository: GitRepository, words: Words = NOTHING_SAID, below: str = ""
) -> tuple[Revisions, Settings, Found, Found]:
    opened = git.open_repository(repository.path / below)
    found = find_revisions(opened, "HEAD", None)
    before, after = settings_of(found.base, found.head, opened, words)
    return found, after, find_releases(found.base, before), find_releases(found.head, after)


def changed(repository: GitRepository, tmp_path: Path, words: Words = NOTHING_SAID) -> tuple[dict[str, str], int]:
    """Return what is affected by what is not committed, with the reason, and how many are not."""
    found, _, before, after = seen(repository, words)
    charts = Charts(tmp_path / "charts")

    pairs, same = affected(
        before.releases,
        after.releases,
        (
            lambda release: charts.digest(found.base, release.chart),
            lambda release: charts.digest(found.head, release.chart),
        ),
        found.head.blobs,
    )
    return {pair.release.file: pair.why for pair in pairs}, same


def layers_of(release: Release) -> list[str]:
    return [source.path for source in release.sources]


def test_values_files_are_found_and_files_with_other_names_are_told(repository: GitRepository) -> None:
    repository.write(
        {
            "values/Not_A_Namespace.yaml": "",
            "values/.hidden.yaml": "",
            "values/values.schema.json": "{}",
            "values/deeper/team-c.yaml": "",
            "values/team-d.yml": "",
        }
    )
    _, _, _, after = seen(repository)
    assert {file: release.namespace for file, release in after.releases.items()} == {
        "values/team-a.yaml": "team-a",
        "values/team-b.yaml": "team-b",
        "values/team-d.yml": "team-d",
    }
    assert after.notes == ["values/Not_A_Namespace.yaml: Not_A_Namespace is not a namespace's name, left out"]


@pytest.mark.parametrize(
    ("change", "expected", "same"),
    [
        ({}, {}, 2),
        ({"README.md": "x"}, {}, 2),
        ({"values/team-a.yaml": "a: 2\n"}, {"values/team-a.yaml": "values/team-a.yaml changed"}, 1),
        ({"values/team-a.yaml": None}, {"values/team-a.yaml": "values/team-a.yaml was removed"}, 1),
        ({"values/team-c.yaml": "c: 1\n"}, {"values/team-c.yaml": "values/team-c.yaml is new"}, 2),
        (
            {"charts/ray/templates/a.yaml": "a: 2\n"},
            dict.fromkeys(("values/team-a.yaml", "values/team-b.yaml"), "the chart charts/ray changed"),
            0,
        ),
        (
            {"values/team-a.yaml": None, "values/team-x.yaml": "a: 1\n"},
            dict.fromkeys(
                ("values/team-a.yaml", "values/team-x.yaml"), "values/team-a.yaml was renamed to values/team-x.yaml"
            ),
            1,
        ),
    ],
)
def test_what_is_affected_and_why(
    repository: GitRepository, tmp_path: Path, change: dict[str, str | None], expected: dict[str, str], same: int
) -> None:
    repository.write(change)  # type: ignore[arg-type]
    assert changed(repository, tmp_path) == (expected, same)


def test_a_shared_layer_affects_whoever_has_it(repository: GitRepository, tmp_path: Path) -> None:
    config = """\
review:
  values:
    - {files: values/team-a.yaml, layers: [shared/base.yaml, shared/a.yaml], over: [shared/over.yaml]}
    - values/*.yaml
  layers: [shared/base.yaml]
"""
    files = {f"shared/{name}.yaml": f"{name}: 1\n" for name in ("base", "a", "over")}
    repository.commit({".raychart.yaml": config, **files})
    _, _, _, after = seen(repository)
    assert layers_of(after.releases["values/team-a.yaml"]) == [
        "shared/base.yaml",
        "shared/a.yaml",
        "values/team-a.yaml",
        "shared/over.yaml",
    ]
    assert layers_of(after.releases["values/team-b.yaml"]) == ["shared/base.yaml", "values/team-b.yaml"]
    repository.write({"shared/over.yaml": "over: 2\n"})
    assert changed(repository, tmp_path) == ({"values/team-a.yaml": "shared/over.yaml changed"}, 1)
    repository.write({"shared/base.yaml": "base: 2\n"})
    assert changed(repository, tmp_path) == (
        {
            "values/team-a.yaml": "shared/base.yaml changed, shared/over.yaml changed",
            "values/team-b.yaml": "shared/base.yaml changed",
        },
        0,
    )


def test_arguments_go_before_what_the_repository_says(repository: GitRepository, tmp_path: Path) -> None:
    repository.commit(
        {".raychart.yaml": "review: {layers: [a.yaml], release: their, chart: other}\n", "a.yaml": "", "b.yaml": ""}
    )
    outside = tmp_path / "outside.yaml"
    outside.write_text("x: 1\n")
    words = Words(below=("b.yaml",), over=(str(outside),), release="ours", chart="charts/ray", files=("values",))
    _, _, _, after = seen(repository, words)
    release = after.releases["values/team-a.yaml"]
    assert layers_of(release) == ["b.yaml", "values/team-a.yaml", str(outside)]
    assert (release.release, release.chart) == ("ours", "charts/ray")


def test_namespaces_may_be_folders(repository: GitRepository) -> None:
    repository.write({"envs/prod/team-x/values.yaml": "", "envs/prod/team-y/values.yaml": ""})
    words = Words(files=("envs/*/*/values.yaml",), namespace="{folder}-ray")
    _, _, _, after = seen(repository, words)
    assert [release.namespace for release in after.releases.values()] == ["team-x-ray", "team-y-ray"]


def test_where_we_are_decides_what_paths_mean(repository: GitRepository) -> None:
    repository.commit({"mono/ray/values/team-m.yaml": "", "mono/ray/base.yaml": ""})
    _, _, _, after = seen(repository, Words(below=("base.yaml",)), below="mono/ray")
    assert layers_of(after.releases["mono/ray/values/team-m.yaml"]) == [
        "mono/ray/base.yaml",
        "mono/ray/values/team-m.yaml",
    ]
    repository.commit({"mono/ray/.raychart.yaml": "review: {values: [values/*.yaml], layers: [base.yaml]}\n"})
    _, _, _, after = seen(repository, below="mono/ray/values")
    assert layers_of(after.releases["mono/ray/values/team-m.yaml"]) == [
        "mono/ray/base.yaml",
        "mono/ray/values/team-m.yaml",
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("review:\n  value: [a]\n", 2, "did you mean values?"),
        ("reviews: {}\n", 1, "did you mean review?"),
        ("review:\n  values:\n    - {layers: [a.yaml]}\n", 3, "files"),
        ("review: [\n", 2, ""),
        ("review:\n  kubernetesVersion: latest\n", 2, "kubernetesVersion"),
    ],
)
def test_what_is_wrong_in_the_settings_is_told_with_its_line(
    repository: GitRepository, text: str, line: int, words: str
) -> None:
    repository.write({".raychart.yaml": text})
    with pytest.raises(RaychartError) as refused:
        seen(repository)
    assert refused.value.where == f".raychart.yaml:{line}"
    assert words in str(refused.value)


def test_a_namespace_of_nothing_known_is_refused(repository: GitRepository) -> None:
    with pytest.raises(RaychartError, match=r"\{nme\} stands for nothing"):
        seen(repository, Words(namespace="x-{nme}"))


@pytest.mark.parametrize("words", [Words(files=("../x",)), Words(files=("/etc/*.yaml",))])
def test_values_files_outside_of_the_repository_are_refused(repository: GitRepository, words: Words) -> None:
    with pytest.raises(RaychartError, match="outside of the repository"):
        seen(repository, words)


def test_a_layer_that_only_the_head_has_is_missing_in_the_base(repository: GitRepository) -> None:
    repository.write({"shared.yaml": "x: 1\n"})
    _, _, before, after = seen(repository, Words(below=("shared.yaml",)))
    assert before.releases["values/team-a.yaml"].missing == ("shared.yaml",)
    assert not after.releases["values/team-a.yaml"].missing


def test_charts_are_laid_out_as_the_revision_has_them(repository: GitRepository, tmp_path: Path) -> None:
    (repository.path / "shared").mkdir()
    (repository.path / "charts/ray/files").symlink_to("../../shared")
    repository.commit({"shared/script.sh": b"\0\xff", "shared/deep/er.txt": "x"})
    repository.write({"charts/ray/templates/a.yaml": "a: 2\n", "charts/ray/junk.log": "x"})
    found, *_ = seen(repository)
    charts = Charts(tmp_path / "charts")
    before, after = (charts.folder_of(tree, "charts/ray") for tree in (found.base, found.head))
    assert (before / "files/script.sh").read_bytes() == b"\0\xff"
    assert (before / "files/deep/er.txt").read_text() == "x"
    assert (before / "templates/a.yaml").read_text() == "a: 1\n"
    assert (after / "templates/a.yaml").read_text() == "a: 2\n"
    assert charts.named(f"{before}/templates/a.yaml: no") == "charts/ray/templates/a.yaml: no"
    assert charts.digest(found.base, "charts/ray") != charts.digest(found.head, "charts/ray")
    with pytest.raises(RaychartError, match="is not a chart in HEAD"):
        charts.folder_of(found.base, "values")


def test_the_same_content_is_parsed_once_and_named_after_its_file(repository: GitRepository) -> None:
    twice = "a: 1\na: 2\n"
    repository.write({"values/team-a.yaml": twice, "values/team-b.yaml": twice})
    found, _, _, after = seen(repository)
    layers = Layers(found.head.blobs)
    (one,), (other,) = (layers.of(release) for release in after.releases.values())
    assert one.root is other.root
    for layer, file in ((one, "values/team-a.yaml"), (other, "values/team-b.yaml")):
        assert {layer.file, *(finding.file for finding in layer.findings)} == {file}


def test_a_pointer_of_git_lfs_is_no_values_file_until_its_content_is_there(repository: GitRepository) -> None:
    digest = "ab" * 32
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 5\n"
    repository.commit({"values/team-a.yaml": pointer})
    found, _, _, after = seen(repository)
    layers = Layers(found.head.blobs)
    (layer,) = layers.of(after.releases["values/team-a.yaml"])
    assert not layer.readable
    assert list(layers.notes) == [
        "values/team-a.yaml: is kept in Git LFS and not in this clone: git lfs pull brings it"
    ]
    repository.write({f".git/lfs/objects/ab/ab/{digest}": "a: 7\n"})
    (layer,) = Layers(found.head.blobs).of(after.releases["values/team-a.yaml"])
    assert layer.data == {"a": 7}


def test_values_that_are_not_utf8_are_told_with_their_line(repository: GitRepository) -> None:
    repository.write({"values/team-a.yaml": b"a: 1\nb: \xff\n"})
    found, _, _, after = seen(repository)
    (layer,) = Layers(found.head.blobs).of(after.releases["values/team-a.yaml"])
    assert [finding.line for finding in layer.findings] == [2]
