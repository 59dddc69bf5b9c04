"""Patterns of git generators: as git itself, Go's path.Match and doublestar have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from git_repository import GitRepository

from raychart.review.appsets.patterns import directory_pattern, doublestar_pattern, pathspec_pattern

if TYPE_CHECKING:
    from pathlib import Path

PATHS = [
    *("a.yaml", "teams/a.yaml", "teams/a/values.yaml", "teams/b/values.yaml", "teams/b/deep/values.yaml"),
    *("teams/b-2/values.json", "teams/.x/values.yaml", "teams/[a]/values.yaml", "teams/a{b}/c.yaml", "x/teams/a.yaml"),
]
PATTERNS = [
    *(
        "*",
        "**",
        "*.yaml",
        "teams",
        "teams/",
        "./teams",
        ".",
        "",
        "teams/*",
        "teams/*/values.yaml",
        "teams/**/values.yaml",
    ),
    *("**/values.yaml", "teams/?/values.yaml", "teams/[ab]/*", "teams/[!a]/*", "teams/[^a]/*", "teams/[a-c]*/*.json"),
    *("teams/a{b}/c.yaml", "teams/{a,b}/values.yaml", "teams/\\[a\\]/values.yaml", "teams/a/values.yaml", "teams/a"),
    *("TEAMS/*", "teams/b*", "*/values.*", "teams/a.yaml/", "no/such"),
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_files_are_matched_as_git_matches_them(tmp_path: Path, pattern: str) -> None:
    repository = GitRepository(tmp_path / "repository")
    repository.commit(dict.fromkeys(PATHS, "x\n"))
    expected = repository.git("ls-files", "--full-name", "--", pattern or ".").splitlines()
    assert sorted(path for path in PATHS if pathspec_pattern(pattern).fullmatch(path)) == sorted(expected)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        # What github.com/bmatcuk/doublestar finds.
        ("teams/*/values.yaml", ["teams/.x", "teams/[a]", "teams/a", "teams/b"]),
        ("teams/**/values.yaml", ["teams/.x", "teams/[a]", "teams/a", "teams/b", "teams/b/deep"]),
        ("**/values.yaml", ["teams/.x", "teams/[a]", "teams/a", "teams/b", "teams/b/deep"]),
        ("teams/{a,b}/values.yaml", ["teams/a", "teams/b"]),
        ("teams/{a,b/deep}/values.yaml", ["teams/a", "teams/b/deep"]),
        ("teams/[!a]/values.yaml", ["teams/b"]),
        ("teams**/values.yaml", []),
        ("./teams/b/values.yaml", ["teams/b"]),
        ("teams/\\[a\\]/values.yaml", ["teams/[a]"]),
    ],
)
def test_files_are_matched_as_doublestar_matches_them(pattern: str, expected: list[str]) -> None:
    found = sorted(path for path in PATHS if doublestar_pattern(pattern).fullmatch(path))
    assert found == sorted(f"{folder}/values.yaml" for folder in expected)


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("teams/*", ["teams/a", "teams/.x"], ["teams", "teams/a/b"]),
        ("**", ["teams"], ["teams/a"]),
        ("teams/a?", ["teams/ab"], ["teams/a", "teams/a/"]),
        ("teams/[a-c]", ["teams/b"], ["teams/d"]),
        ("teams/[^a]", ["teams/b"], ["teams/a"]),
        ("teams/\\*", ["teams/*"], ["teams/a"]),
        ("teams/{a,b}", ["teams/{a,b}"], ["teams/a"]),
    ],
)
def test_folders_are_matched_as_go_matches_them(pattern: str, matching: list[str], others: list[str]) -> None:
    assert all(map(directory_pattern(pattern).fullmatch, matching))
    assert not any(map(directory_pattern(pattern).fullmatch, others))


@pytest.mark.parametrize("pattern", ["teams/[a", "teams/a\\", "["])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    for translate in (directory_pattern, doublestar_pattern):
        with pytest.raises(ValueError, match=r"^"):
            translate(pattern)
