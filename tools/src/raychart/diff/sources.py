"""Read OLD and NEW: values files, manifests, folders of either, or standard input; told apart by content."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from raychart import manifests
from raychart.diff.live import as_applied
from raychart.errors import RaychartError
from raychart.helm_yaml import read_documents
from raychart.yaml_file import display_name, read_text

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.manifests import Manifest

_API_VERSION = re.compile(r"^apiVersion:", re.MULTILINE)
_KIND = re.compile(r"^kind:", re.MULTILINE)
_SUFFIXES = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class Source:
    """One side as it was read: the texts of its files by their name below `path`, of a single file by its own name."""

    path: Path
    is_folder: bool
    kind: Literal["values", "manifests", "nothing"]
    texts: dict[str, str]

    @property
    def name(self) -> str:
        """Return what messages call it."""
        return display_name(self.path)

    def file(self, name: str) -> Path:
        """Return the file of one of the texts."""
        return self.path / name if self.is_folder else self.path

    def manifests(self) -> list[Manifest]:
        """Return the objects in all files. Raises RaychartError, naming the file, where one is none."""
        found: list[Manifest] = []
        for name, text in self.texts.items():
            try:
                found += map(as_applied, manifests.load(text))
            except RaychartError as wrong:
                where = wrong.where.replace("rendered manifests", display_name(self.file(name)))
                raise RaychartError(where, wrong.what, wrong.remedy) from wrong
        return manifests.in_order(found)


def read_source(path: Path) -> Source:
    """Read one side. Raises RaychartError where it cannot be read, or has both values and manifests in it."""
    if str(path) == "-":
        texts = {"-": _text(path)}
    elif path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and not _is_hidden(file, path))
        if not files:
            what = "has no YAML files in it"
            raise RaychartError(str(path), what, "name a folder of values files or of manifests, *.yaml")
        texts = {file.relative_to(path).as_posix(): _text(file) for file in files}
    else:
        texts = {path.name: _text(path)}
    return Source(path, path.is_dir(), _kind(texts, path), texts)


def _is_hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts) or not file.is_file()


def _text(path: Path) -> str:
    try:
        return read_text(path)
    except UnicodeDecodeError as wrong:
        # Neither Helm nor the API server takes it, and what is not read cannot be compared.
        line = wrong.object[: wrong.start].count(b"\n") + 1
        what = f"the file is not UTF-8 (byte 0x{wrong.object[wrong.start]:02x})"
        raise RaychartError(f"{display_name(path)}:{line}", what, "save it as UTF-8") from wrong


def _kind(texts: dict[str, str], path: Path) -> Literal["values", "manifests", "nothing"]:
    said = {name: text for name, text in texts.items() if _says_something(text)}
    kinds = {name: _are_manifests(text) for name, text in said.items()}
    if len(set(kinds.values())) > 1:
        first = {is_manifests: name for name, is_manifests in reversed(kinds.items())}
        what = f"has manifests ({first[True]}) and values ({first[False]}) in it"
        raise RaychartError(str(path), what, "keep them in folders of their own")
    if not kinds:
        return "nothing"
    return "manifests" if next(iter(kinds.values())) else "values"


def _says_something(text: str) -> bool:
    lines = map(str.strip, text.splitlines())
    return any(line and line != "---" and not line.startswith("#") for line in lines)


def _are_manifests(text: str) -> bool:
    if _API_VERSION.search(text) and _KIND.search(text):
        return True
    if "apiVersion" not in text or "kind" not in text:
        return False
    # In JSON and in YAML's flow style they may stand anywhere.
    documents = [document.data for document in read_documents(text, "") if not document.findings]
    return any(isinstance(data, dict) and "apiVersion" in data and "kind" in data for data in documents)
