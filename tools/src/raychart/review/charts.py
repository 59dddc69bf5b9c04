"""Charts as a revision has them, laid out in a folder for whatever renders them, each different one once."""

from __future__ import annotations

import hashlib
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

from raychart.chart import find_chart
from raychart.errors import RaychartError
from raychart.review import git

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.review.trees import Tree

_DEEPEST = 8


class Charts:
    """Finds charts and lays them out below `folder`, which is the caller's to remove."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: dict[str, None] = {}
        self._files: dict[tuple[int, str], dict[str, str]] = {}
        self._names: dict[Path, str] = {}

    def digest(self, tree: Tree, path: str | None) -> str:
        """Return what tells a chart from every other, the same for the same files; "" where there is none."""
        if path is None or path.startswith("/"):
            return str(path)
        files = self._content(tree, path)
        if "Chart.yaml" not in files:
            return ""
        listed = "\0".join(f"{name}\0{oid}" for name, oid in sorted(files.items()))
        return hashlib.sha256(listed.encode("utf-8", "surrogateescape")).hexdigest()

    def folder_of(self, tree: Tree, path: str | None) -> Path:
        """Return the folder that holds the chart. Raises RaychartError where the revision has no chart there."""
        if path is None or path.startswith("/"):
            return find_chart(None if path is None else Path(path))
        digest = self.digest(tree, path)
        if not digest:
            what = f"is not a chart in {tree.name} (it has no Chart.yaml)"
            raise RaychartError(path or ".", what, "name the folder that holds Chart.yaml with --chart")
        target = self.folder / digest[:16] / (posixpath.basename(path) or "chart")
        if not target.exists():
            self._lay_out(tree, self._content(tree, path), target)
        self._names[target] = path
        return target

    def named(self, text: str) -> str:
        """Put the repository's own name of a chart where a text has the folder in which it was laid out."""
        for folder, name in self._names.items():
            text = text.replace(str(folder), name)
        return text

    def _content(self, tree: Tree, path: str) -> dict[str, str]:
        """Return the chart's files with their ids, by their paths in it."""
        key = (id(tree), path)
        if key not in self._files:
            self._files[key] = dict(self._walk(tree, path, "", 0))
        return self._files[key]

    def _walk(self, tree: Tree, folder: str, below: str, depth: int) -> Iterator[tuple[str, str]]:
        real = tree.resolve(folder)
        for name in tree.below(real) if real is not None else ():
            path = posixpath.join(real or "", name)
            here = posixpath.join(below, name)
            if tree.entries[path].mode == git.SUBMODULE:
                self.notes[f"{path}: is a submodule, left out of the chart"] = None
            elif oid := tree.id(path):
                yield here, oid
            elif depth < _DEEPEST:
                yield from self._walk(tree, path, here, depth + 1)

    @staticmethod
    def _lay_out(tree: Tree, files: dict[str, str], target: Path) -> None:
        tree.blobs.fetch(files.values())
        for folder in {posixpath.dirname(name) for name in files}:
            (target / folder).mkdir(parents=True, exist_ok=True)
        for name, oid in files.items():
            (target / name).write_bytes(tree.blobs.content(oid))
