"""Find the two states of a repository that are compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.review import git
from raychart.review.trees import Blobs, Tree

if TYPE_CHECKING:
    from raychart.review.git import Repository

_HEX = re.compile(r"[0-9a-f]{40,64}")
WORKING_TREE = "working tree"


@dataclass(frozen=True, slots=True)
class Revisions:
    """Both states, and what has to be said of how they were found."""

    base: Tree
    head: Tree
    notes: tuple[str, ...] = ()


def find_revisions(repository: Repository, base: str, head: str | None) -> Revisions:
    """Return what `head`, or the working tree, brings since it parted from `base`, as a pull request shows it.

    Where the histories are not known to meet, it is compared with `base` itself. "A...B" is the same as A and B;
    "A..B" compares the two as they are. Raises RaychartError for names that stand for nothing.
    """
    base, head, direct = _split(base, head)
    blobs = Blobs(repository)
    notes: list[str] = []
    start = git.resolve(repository, base, notes)
    end = None if head is None else git.resolve(repository, head, notes)
    label = _label(base, start)
    if not direct:
        start, label = _parted(repository, (base, start), (head or "HEAD", end), notes)
    before = Tree(label, start, git.tree_of(repository, start), blobs)
    if end is None or head is None:
        return Revisions(before, Tree(WORKING_TREE, None, git.working_tree(repository), blobs), tuple(notes))
    return Revisions(before, Tree(_label(head, end), end, git.tree_of(repository, end), blobs), tuple(notes))


def _split(base: str, head: str | None) -> tuple[str, str | None, bool]:
    # No name of a branch or tag has two dots in it.
    if head is None and ".." in base and not base.startswith(":"):
        dots = "..." if "..." in base else ".."
        first, _, second = base.partition(dots)
        return first or "HEAD", second or "HEAD", dots == ".."
    return base, head, False


def _parted(
    repository: Repository, base: tuple[str, str], head: tuple[str, str | None], notes: list[str]
) -> tuple[str, str]:
    """Return where head left base, with its name."""
    name, start = base
    try:
        end = head[1] or git.resolve(repository, "HEAD")
    except RaychartError:
        # A repository without a commit has nothing that could have parted.
        return start, _label(name, start)
    common = git.merge_base(repository, start, end)
    if common == start:
        return start, _label(name, start)
    if common is not None:
        return common, f"{name} where {head[0]} left it ({common[:9]})"
    if not _is_tree(repository, start) and not _is_tree(repository, end):
        why = "the clone is shallow" if repository.is_shallow else "their histories have nothing in common"
        remedy = (
            f"; git fetch --deepen=50 origin {name.removeprefix('origin/')} may bring it"
            if repository.is_shallow
            else ""
        )
        notes.append(
            f"compared with {name} itself, for where {head[0]} left it is not known ({why}): what was merged into "
            f"{name} since shows as undone{remedy}"
        )
    return start, _label(name, start)


def _is_tree(repository: Repository, oid: str) -> bool:
    return git.kind_of(repository, oid) == "tree"


def _label(name: str, oid: str) -> str:
    return oid[:9] if _HEX.fullmatch(name) else f"{name} ({oid[:9]})"
