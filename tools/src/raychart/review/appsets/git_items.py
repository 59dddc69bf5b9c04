"""What a git generator finds in a revision, as parameters."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, Protocol

from raychart.helm_yaml import read_documents
from raychart.review import git
from raychart.review.appsets.flatten import as_go_text, flat, sanitized
from raychart.review.appsets.model import Params, RefusedError
from raychart.review.appsets.patterns import directory_pattern, doublestar_pattern, pathspec_pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Iterator

    from raychart.review.trees import Tree
    from raychart.yaml_nodes import Node

_PATTERN = "write a pattern such as teams/*/values.yaml"


class Note(Protocol):
    """Takes what is to be known of an ApplicationSet, with the line where that is said."""

    def __call__(self, what: str, line: int | None = None) -> None:
        """Take it."""


class GitItems:
    """Finds files and folders of one revision, whose parameters are for Go templates or for {{name}}."""

    def __init__(self, tree: Tree, *, is_go: bool, note: Note) -> None:
        self.tree = tree
        self.is_go = is_go
        self.note = note
        self._folders: list[str] | None = None

    def directories(self, wanted: Node, prefix: str) -> list[Params]:
        """Return the parameters of every folder that is wanted, in the order in which they are walked."""
        wants = [(directory_pattern, path, is_out, node) for path, is_out, node in _entries(wanted)]
        found = _matching(self._all_folders(), wants)
        return [Params(self._about(folder, None, prefix)) for folder in found]

    def files(self, wanted: Node, prefix: str) -> list[Params]:
        """Return the parameters in and of every file that is wanted, by their paths."""
        entries = list(_entries(wanted))
        paths = sorted(path for path in self.tree.entries if self._is_file(path))
        by_default = _matching(paths, [(pathspec_pattern, *one) for one in entries])
        with_stars = _matching(paths, [(doublestar_pattern, *one) for one in entries])
        chosen = by_default or with_stars
        if by_default and by_default != with_stars:
            others = sorted({*by_default} ^ {*with_stars})
            self.note(
                f"its files are found as Argo CD does by default, where * goes over slashes; with its new globbing "
                f"(--enable-new-git-file-globbing) it would be otherwise for {_some(others)}"
            )
        self.tree.fetch(chosen)
        return [params for path in chosen for params in self._in_file(path, prefix)]

    def _is_file(self, path: str) -> bool:
        return self.tree.entries[path].mode != git.SUBMODULE

    def _all_folders(self) -> list[str]:
        """Return all folders without hidden ones and what is in them, each before what is in it."""
        if self._folders is None:
            folders: set[str] = set()
            for path, entry in self.tree.entries.items():
                folder = path if entry.mode == git.SUBMODULE else posixpath.dirname(path)
                while folder and folder not in folders:
                    folders.add(folder)
                    folder = posixpath.dirname(folder)
            shown = (one for one in folders if not any(part.startswith(".") for part in one.split("/")))
            self._folders = sorted(shown, key=lambda folder: folder.split("/"))
        return self._folders

    def _in_file(self, path: str, prefix: str) -> Iterator[Params]:
        try:
            text = self.tree.content(path).decode("utf-8-sig") if self.tree.has(path) else ""
        except UnicodeDecodeError:
            raise RefusedError(f"{path} is no text", "leave it out with exclude: true") from None
        document = next(iter(read_documents(text, path)), None)
        if document is not None and document.root is None and document.findings:
            found = document.findings[0]
            raise RefusedError(f"{path}:{found.line}: {found.message}", found.remedy)
        data = document.data if document else None
        for one in data if isinstance(data, list) else [data]:
            if one is not None and not isinstance(one, dict):
                what = f"{path} has no parameters by their names (found {type(one).__name__})"
                raise RefusedError(what, "write a mapping, or a list of them")
            own = one or {}
            read = own if self.is_go else {key: as_go_text(value) for key, value in flat(own)}
            yield Params({**read, **self._about(posixpath.dirname(path) or ".", path, prefix)}, (path,))

    def _about(self, folder: str, file: str | None, prefix: str) -> dict[str, Any]:
        """Return what is told of a path."""
        parts = folder.split("/")
        names = {"basename": posixpath.basename(folder), "basenameNormalized": sanitized(posixpath.basename(folder))}
        if file is not None:
            name = posixpath.basename(file)
            names |= {"filename": name, "filenameNormalized": sanitized(name)}
        if self.is_go:
            about: dict[str, Any] = {"path": {"path": folder, **names, "segments": parts}}
            return {prefix: about} if prefix else about
        key = f"{prefix}.path" if prefix else "path"
        told = {key: folder} | {f"{key}.{name}": value for name, value in names.items()}
        return told | {f"{key}[{number}]": part for number, part in enumerate(parts) if part}


def _entries(wanted: Node) -> Iterator[tuple[str, bool, Node]]:
    for _, node in wanted.children.values():
        if not isinstance(node.data, dict) or not isinstance(node.data.get("path"), str):
            raise RefusedError("an entry has no path", _PATTERN, node.mark)
        yield node.data["path"], node.data.get("exclude") is True, node


def _matching(
    paths: Iterable[str], wants: Iterable[tuple[Callable[[str], re.Pattern[str]], str, bool, Node]]
) -> list[str]:
    """Return the paths that one pattern takes and no other leaves out."""
    taking: list[re.Pattern[str]] = []
    leaving: list[re.Pattern[str]] = []
    for translate, pattern, is_out, node in wants:
        try:
            (leaving if is_out else taking).append(translate(pattern))
        except ValueError:
            raise RefusedError(f"{pattern} is no pattern", _PATTERN, node.mark) from None
    return [
        path
        for path in paths
        if any(one.fullmatch(path) for one in taking) and not any(one.fullmatch(path) for one in leaving)
    ]


def _some(paths: list[str]) -> str:
    return ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
