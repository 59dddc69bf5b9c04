"""The files of one revision, or of the working tree, read when they are wanted."""

from __future__ import annotations

import hashlib
import os
import posixpath
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.review import git

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from raychart.review.git import Entry, Repository

_MOST_LINKS = 40


class Blobs:
    """Contents by their ids, for all trees of a repository: what is the same on both sides is read once."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._known: dict[str, bytes] = {}

    def fetch(self, ids: Iterable[str]) -> None:
        """Read what is not known yet, all of it by one process."""
        self._known |= git.contents(self.repository, (oid for oid in ids if oid not in self._known))

    def content(self, oid: str) -> bytes:
        """Return what the blob holds."""
        self.fetch([oid])
        return self._known[oid]

    def add(self, content: bytes) -> str:
        """Keep what is not git's, and return the id that git would give it."""
        digest = hashlib.new(self.repository.hashing, b"blob %d\0" % len(content), usedforsecurity=False)
        digest.update(content)
        self._known[digest.hexdigest()] = content
        return digest.hexdigest()


class Tree:
    """One revision's files; `name` is what people call it, `revision` its id, None for the working tree."""

    def __init__(self, name: str, revision: str | None, entries: Mapping[str, Entry], blobs: Blobs) -> None:
        self.name = name
        self.revision = revision
        self.entries = entries
        self.blobs = blobs
        self._ids: dict[str, str | None] = {}

    def resolve(self, path: str) -> str | None:
        """Follow symbolic links to the file or folder that a path leads to; None where there is none in the tree."""
        parts, done = path.split("/")[::-1], ""
        for _ in range(_MOST_LINKS * 4):
            if not parts:
                return done
            step = parts.pop()
            here = posixpath.normpath(posixpath.join(done, step))
            if here == ".." or here.startswith(("../", "/")):
                return None
            done = "" if here == "." else here
            if done in self.entries and self._mode(done) == git.LINK:
                target = os.fsdecode(self._raw(done))
                parts += target.split("/")[::-1]
                done = posixpath.dirname(done)
                if target.startswith("/"):
                    return None
        return None

    def id(self, path: str) -> str | None:
        """Return the id of what is in a file, links followed; None where there is no such file."""
        if path not in self._ids:
            found = self.resolve(path)
            is_file = found is not None and found in self.entries and self._mode(found) != git.SUBMODULE
            self._ids[path] = self._own_id(found) if is_file and found is not None else None
        return self._ids[path]

    def has(self, path: str) -> bool:
        """Tell whether there is such a file."""
        return self.id(path) is not None

    def content(self, path: str) -> bytes:
        """Return what is in a file that is there."""
        oid = self.id(path)
        if oid is None:
            raise RaychartError(f"{path} in {self.name}", "there is no such file", "check its name")
        return self.blobs.content(oid)

    def fetch(self, paths: Iterable[str]) -> None:
        """Read files ahead, those that are there."""
        self.blobs.fetch(oid for path in paths if (oid := self.id(path)))

    def below(self, folder: str) -> list[str]:
        """Return the paths of the files below a folder, as seen from there, sorted."""
        start = f"{folder}/" if folder else ""
        return sorted(path[len(start) :] for path in self.entries if path.startswith(start))

    def submodule_of(self, path: str) -> str | None:
        """Return the submodule that a path lies in, if any."""
        above = [path, *map(str, Path(path).parents)]
        return next((one for one in above if one in self.entries and self.entries[one].mode == git.SUBMODULE), None)

    def _mode(self, path: str) -> str:
        entry = self.entries[path]
        if entry.mode:
            return entry.mode
        return git.LINK if self._file(path).is_symlink() else "100644"

    def _own_id(self, path: str) -> str:
        return self.entries[path].id or self.blobs.add(self._raw(path))

    def _raw(self, path: str) -> bytes:
        """Return what an entry itself holds; of a link that is where it leads."""
        entry = self.entries[path]
        if entry.id:
            return self.blobs.content(entry.id)
        file = self._file(path)
        try:
            if stat.S_ISLNK(file.lstat().st_mode):
                return os.fsencode(file.readlink())
            return file.read_bytes()
        except OSError as refused:
            what = f"cannot be read ({refused.strerror})"
            raise RaychartError(path, what, "check the file's permissions") from refused

    def _file(self, path: str) -> Path:
        top = self.blobs.repository.top
        assert top is not None  # noqa: S101 (only a working tree has entries without an id)
        return top / path
