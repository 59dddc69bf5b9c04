"""What the toolkit reads of git repositories: trees, contents, revisions, the working tree."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from git_repository import GitRepository

from raychart.errors import RaychartError
from raychart.review import git
from raychart.review.revisions import find_revisions
from raychart.review.trees import Blobs, Tree

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.review.revisions import Revisions

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
ODD_NAMES = [
    "with space.yaml",
    'with"quote.yaml',
    "with\nline.yaml",
    "tab\there.yaml",
    "-dash.yaml",
    os.fsdecode(b"caf\xe9.yaml"),
]


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with one commit."""
    made = GitRepository(tmp_path / "repository")
    made.commit({"values/a.yaml": "a: 1\n", "values/b.yaml": "b: 1\n"})
    return made


def revisions(repository: GitRepository, base: str, head: str | None = None) -> Revisions:
    return find_revisions(git.open_repository(repository.path), base, head)


def contents(tree: Tree) -> dict[str, bytes]:
    return {path: tree.content(path) for path in tree.entries}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_files_with_odd_names_are_read_from_commits_and_from_the_working_tree(
    repository: GitRepository, name: str
) -> None:
    repository.commit({name: "x: 1\n"})
    repository.write({name: "x: 2\n"})
    found = revisions(repository, "HEAD")
    assert found.base.content(name) == b"x: 1\n"
    assert found.head.content(name) == b"x: 2\n"


def test_the_working_tree_has_what_is_changed_staged_untracked_and_not_what_is_ignored_or_gone(
    repository: GitRepository,
) -> None:
    repository.commit({".gitignore": "*.log\n", "staged.yaml": "1\n", "gone.yaml": "1\n", "mode.sh": "1\n"})
    repository.write({"staged.yaml": "2\n", "new/c.yaml": "c\n", "debug.log": "x\n", "gone.yaml": None})
    repository.git("add", "staged.yaml")
    repository.write({"values/a.yaml": "a: 2\n"})
    (repository.path / "mode.sh").chmod(0o755)
    head = revisions(repository, "HEAD").head
    assert contents(head) == {
        ".gitignore": b"*.log\n",
        "mode.sh": b"1\n",
        "new/c.yaml": b"c\n",
        "staged.yaml": b"2\n",
        "values/a.yaml": b"a: 2\n",
        "values/b.yaml": b"b: 1\n",
    }


def test_what_is_the_same_has_the_same_id_on_disk_and_in_git(repository: GitRepository) -> None:
    repository.write({"values/a.yaml": "a: 2\n", "copy.yaml": "b: 1\n"})
    found = revisions(repository, "HEAD")
    assert found.head.id("values/a.yaml") == repository.git("hash-object", "values/a.yaml")
    assert found.head.id("copy.yaml") == found.base.id("values/b.yaml")


def test_a_conflict_is_read_as_it_is_on_disk(repository: GitRepository) -> None:
    repository.git("checkout", "--quiet", "-b", "other")
    repository.commit({"values/a.yaml": "a: other\n"})
    repository.git("checkout", "--quiet", "main")
    repository.commit({"values/a.yaml": "a: main\n"})
    with pytest.raises(AssertionError):
        repository.git("merge", "other")
    assert b"<<<<<<<" in revisions(repository, "HEAD").head.content("values/a.yaml")


def test_head_is_compared_with_where_it_left_base(repository: GitRepository) -> None:
    parted = repository.git("rev-parse", "HEAD")
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit({"values/a.yaml": "a: 2\n"})
    repository.git("checkout", "--quiet", "main")
    moved = repository.commit({"values/b.yaml": "b: 2\n"})
    for found in (revisions(repository, "main", "feature"), revisions(repository, "main...feature")):
        assert found.base.revision == parted
        assert found.base.name == f"main where feature left it ({parted[:9]})"
    assert revisions(repository, "main..feature").base.revision == moved


def test_a_detached_head_a_worktree_and_a_folder_below_see_the_same(repository: GitRepository, tmp_path: Path) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.commit({"values/a.yaml": "a: 2\n"})
    repository.git("worktree", "add", "--quiet", "--detach", tmp_path / "other", first)
    seen = find_revisions(git.open_repository(tmp_path / "other"), "main", None)
    assert (seen.base.revision, seen.head.content("values/a.yaml")) == (first, b"a: 1\n")
    below = git.open_repository(repository.path / "values")
    assert below.folder == "values"
    assert set(find_revisions(below, "HEAD", None).head.entries) == {"values/a.yaml", "values/b.yaml"}


def test_a_shallow_clone_that_does_not_reach_back_says_what_to_fetch(repository: GitRepository, tmp_path: Path) -> None:
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit({"values/a.yaml": "a: 2\n"})
    repository.git("checkout", "--quiet", "main")
    repository.commit({"values/b.yaml": "b: 2\n"})
    repository.git("clone", "--quiet", "--depth=1", "--branch=feature", f"file://{repository.path}", tmp_path / "clone")
    clone = GitRepository(tmp_path / "clone")
    for name in ("main", "origin/main"):
        with pytest.raises(RaychartError) as refused:
            revisions(clone, name, "HEAD")
        assert "git fetch --depth=50 origin main" in refused.value.remedy
        assert "shallow" in refused.value.what
    for name in ("HEAD~1", "HEAD^", "FETCH_HEAD^2~3"):
        with pytest.raises(RaychartError, match="the clone is shallow") as refused:
            revisions(clone, name, "HEAD")
        assert "git fetch --deepen" in refused.value.remedy
    clone.git("fetch", "--quiet", "--depth=1", "origin", "main")
    found = revisions(clone, "FETCH_HEAD", "HEAD")
    assert found.base.content("values/b.yaml") == b"b: 2\n"
    assert "the clone is shallow" in found.notes[0]
    clone.git("fetch", "--quiet", "--depth=50", "origin", "main", "feature")
    assert not revisions(clone, "FETCH_HEAD", "HEAD").notes


def test_a_name_that_stands_for_two_things_is_noted(repository: GitRepository) -> None:
    repository.git("branch", "v1")
    tagged = repository.commit({"values/a.yaml": "a: 2\n"})
    repository.git("tag", "v1")
    found = revisions(repository, "v1", "HEAD")
    assert found.base.revision == tagged
    assert found.notes == ("v1 is the name of a tag and of a branch: the tag is meant, not refs/heads/v1",)
    assert not revisions(repository, "refs/heads/v1", "HEAD").notes


def test_the_empty_tree_and_a_tree_are_bases(repository: GitRepository) -> None:
    assert not revisions(repository, EMPTY_TREE, "HEAD").base.entries
    tree = repository.git("rev-parse", "HEAD^{tree}")
    assert set(revisions(repository, tree, "HEAD").base.entries) == {"values/a.yaml", "values/b.yaml"}
    assert not revisions(repository, EMPTY_TREE, "HEAD").notes


def test_a_repository_without_a_commit_has_a_working_tree(tmp_path: Path) -> None:
    made = GitRepository(tmp_path / "fresh")
    made.write({"values/a.yaml": "a: 1\n"})
    assert contents(revisions(made, EMPTY_TREE).head) == {"values/a.yaml": b"a: 1\n"}


@pytest.mark.parametrize(
    "name", ["nothing", "-x", "--output=x", "", "a b", "$(touch x)", "main:values", "HEAD~9", "a\nb"]
)
def test_what_is_no_revision_is_refused(repository: GitRepository, name: str) -> None:
    with pytest.raises(RaychartError, match="is not a revision"):
        revisions(repository, name, "HEAD")


def test_a_bare_repository_needs_a_head(repository: GitRepository, tmp_path: Path) -> None:
    repository.git("clone", "--quiet", "--bare", repository.path, tmp_path / "bare")
    bare = git.open_repository(tmp_path / "bare")
    assert contents(find_revisions(bare, "main", "HEAD").head)["values/a.yaml"] == b"a: 1\n"
    with pytest.raises(RaychartError, match="has no working tree"):
        find_revisions(bare, "main", None)


def test_a_folder_outside_of_any_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RaychartError, match="not a git repository"):
        git.open_repository(tmp_path)


def test_links_lead_to_files_of_the_same_revision_and_nowhere_else(repository: GitRepository, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    for name, target in {
        "values/link.yaml": "a.yaml",
        "values/up.yaml": "../shared/c.yaml",
        "folder": "shared",
        "out.yaml": "../secret",
        "absolute.yaml": str(tmp_path / "secret"),
        "loop.yaml": "loop.yaml",
        "dangling.yaml": "nothing",
    }.items():
        (repository.path / name).symlink_to(target)
    repository.commit({"shared/c.yaml": "c: 1\n"})
    repository.write({"shared/c.yaml": "c: 2\n"})
    found = revisions(repository, "HEAD")
    for tree, content in ((found.base, b"c: 1\n"), (found.head, b"c: 2\n")):
        assert tree.content("values/link.yaml") == b"a: 1\n"
        assert tree.content("values/up.yaml") == content
        assert tree.content("folder/c.yaml") == content
        assert [tree.id(name) for name in ("out.yaml", "absolute.yaml", "loop.yaml", "dangling.yaml")] == [None] * 4


def test_submodules_are_seen_as_what_they_are(repository: GitRepository, tmp_path: Path) -> None:
    module = GitRepository(tmp_path / "module")
    module.commit({"x.yaml": "x: 1\n"})
    repository.git("submodule", "--quiet", "add", module.path, "values/module")
    repository.commit()
    tree = revisions(repository, "HEAD", "HEAD").head
    assert tree.submodule_of("values/module/x.yaml") == "values/module"
    assert tree.id("values/module") is None


def test_contents_of_all_kinds_are_read_by_one_process(repository: GitRepository) -> None:
    wanted = {"empty": b"", "zeros": b"\0\n\0", "long": b"x\n" * 100_000, "unended": b"x"}
    repository.commit(dict(wanted))
    opened = git.open_repository(repository.path)
    tree = git.tree_of(opened, "HEAD")
    found = git.contents(opened, [tree[name].id for name in wanted])
    assert {name: found[tree[name].id] for name in wanted} == wanted


def test_a_missing_content_is_an_error_and_nothing_is_fetched(repository: GitRepository, tmp_path: Path) -> None:
    repository.git("config", "uploadpack.allowFilter", "true")
    url = f"file://{repository.path}"
    repository.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", url, tmp_path / "partial")
    opened = git.open_repository(tmp_path / "partial")
    oid = git.tree_of(opened, "HEAD")["values/a.yaml"].id
    with pytest.raises(RaychartError) as refused:
        git.contents(opened, [oid])
    assert "git fetch --refetch" in refused.value.remedy


def test_files_are_found_by_what_is_in_them(repository: GitRepository) -> None:
    repository.commit({"apps/x.yaml": "kind: Application\n", "apps/x.txt": "kind: Application\n"})
    repository.write({"apps/new one.yml": "kind: Application\n"})
    opened = git.open_repository(repository.path / "values")
    head = repository.git("rev-parse", "HEAD")
    assert git.files_with(opened, head, ("kind: Application",), (".yaml", ".yml")) == ["apps/x.yaml"]
    assert set(git.files_with(opened, None, ("kind: Application",), (".yaml", ".yml"))) == {
        "apps/x.yaml",
        "apps/new one.yml",
    }


def test_a_repository_with_sha256_is_read(tmp_path: Path) -> None:
    made = GitRepository(tmp_path / "plain")
    path = tmp_path / "sha256"
    made.git("init", "--quiet", "--object-format=sha256", path)
    other = GitRepository(path)
    other.commit({"a.yaml": "a: 1\n"})
    other.write({"a.yaml": "a: 2\n"})
    assert revisions(other, "HEAD").head.id("a.yaml") == other.git("hash-object", "a.yaml")


def test_programs_that_the_repository_names_are_not_run(repository: GitRepository, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "core.sshCommand", "pager.status", "core.hooksPath"):
        repository.git("config", key, str(trap))
    found = revisions(repository, "HEAD")
    contents(found.base), contents(found.head)
    git.files_with(git.open_repository(repository.path), None, "a: 1", (".yaml",))
    assert not (tmp_path / "sprung").exists()


def test_a_tree_that_leads_out_of_its_folder_is_not_followed(repository: GitRepository) -> None:
    opened = git.open_repository(repository.path)
    blob = repository.git("rev-parse", "HEAD:values/a.yaml")
    raw = b"100644 ..\0" + bytes.fromhex(blob)
    (repository.path / "raw").write_bytes(raw)
    tree = repository.git("hash-object", "-t", "tree", "-w", "--literally", "raw")
    assert not git.tree_of(opened, tree)


def test_blobs_know_what_is_added(repository: GitRepository) -> None:
    blobs = Blobs(git.open_repository(repository.path))
    assert blobs.content(blobs.add(b"x")) == b"x"
