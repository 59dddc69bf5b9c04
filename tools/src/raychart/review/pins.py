"""Review another revision of the chart, where an Application is pinned to one and a change moves the pin."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.review import git
from raychart.review.affected import moves_pin
from raychart.review.trees import Tree

if TYPE_CHECKING:
    from raychart.review.affected import Pair
    from raychart.review.releases import Release
    from raychart.review.trees import Blobs

_PINNED = re.compile(r"v?[0-9]+(\.[0-9]+)+.*|[0-9a-f]{7,40}")
_REMEDY = "fetch the tag, or render both charts and compare them with raychart diff"


def is_pinned(revision: str) -> bool:
    """Tell whether a targetRevision looks like a tag or a commit, which does not move by itself."""
    return bool(_PINNED.fullmatch(revision))


class Pins:
    """Finds the revisions that charts are pinned to."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._known: dict[str, Tree | None] = {}

    def applied(self, pair: Pair) -> Pair:
        """Return a pair whose sides have the charts that they are pinned to, where those are not the same.

        Where that cannot be told, the new side says so.
        """
        old, new = pair.base, pair.head
        if old is None or new is None or not moves_pin(old, new) or new.problem:
            return pair
        trees = [self._tree(one) if is_pinned(one.revision) else None for one in (old, new)]
        unknown = [one.revision for one, tree in zip((old, new), trees, strict=True) if _is_unknown(one, tree)]
        if unknown or not any(trees):
            verb = "are" if len(unknown) > 1 else "is"
            why = f"{' and '.join(unknown)} {verb} not in this clone" if unknown else "both are names that move"
            moved = f"the chart's revision is {new.revision} now, it was {old.revision}"
            file = new.parameters[0].path if new.parameters else new.file
            notice = Finding(
                "review-failed", "warning", f"{moved}: what that changes is not known ({why})", _REMEDY, file
            )
            return replace(pair, head=replace(new, notice=notice))
        return replace(pair, base=replace(old, chart_in=trees[0]), head=replace(new, chart_in=trees[1]))

    def _tree(self, release: Release) -> Tree | None:
        revision = release.revision
        if release.chart is None:
            return None
        if revision not in self._known:
            try:
                oid = git.resolve(self._blobs.repository, revision)
                self._known[revision] = Tree(revision, oid, git.tree_of(self._blobs.repository, oid), self._blobs)
            except RaychartError:
                self._known[revision] = None
        return self._known[revision]


def _is_unknown(release: Release, tree: Tree | None) -> bool:
    return tree is None and (is_pinned(release.revision) or release.chart is None)
