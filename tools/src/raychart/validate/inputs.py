"""Tell values files from files of manifests, and read the latter with the place of everything in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.helm_yaml import read_documents
from raychart.lint.check import expand
from raychart.manifests import manifest_of
from raychart.validate.rules.reading import UNREADABLE
from raychart.values import is_namespace
from raychart.yaml_file import display_name, read_text
from raychart.yaml_nodes import NOT_FINITE, not_finite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from raychart.manifests import Manifest
    from raychart.paths import ValuesPath
    from raychart.yaml_nodes import Document, Mark, Node

# Cheap: a file in which this does not stand is one of values, and is read as such.
_MAYBE = re.compile(r"""^\s*[{[]|^["']?apiVersion["']?\s*:""", re.MULTILINE)
# Where nothing can be read, this is all there is to go by.
_KIND = re.compile(r"""^["']?kind["']?\s*:""", re.MULTILINE)

_KUSTOMIZATIONS = {"kustomization.yaml", "kustomization.yml"}


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """The objects in a file, each with the node that it was read from; `findings` are what is wrong with the rest."""

    file: str
    objects: tuple[tuple[Manifest, Node], ...]
    findings: tuple[Finding, ...] = ()

    def mark(self, manifest: Manifest, path: ValuesPath) -> Mark | None:
        """Return where in the file something in an object is, or the nearest thing around it."""
        node = next((node for one, node in self.objects if one is manifest), None)
        return None if node is None else _mark(node, path)


def sort_out(paths: Sequence[Path], namespace: str | None = None) -> tuple[list[Path], list[ManifestFile]]:
    """Return the values files and the files of manifests among files and folders; standard input is manifests.

    In folders charts and kustomizations are left out, which are neither. `namespace` is what values are for, by default
    what their files' names say.
    """
    values: list[Path] = []
    manifests: list[ManifestFile] = []
    for path in _expanded(paths):
        text, name = _text(path), display_name(path)
        if isinstance(text, Finding):
            manifests.append(ManifestFile(name, (), (text,)))
            continue
        documents = read_documents(text, name) if str(path) == "-" or _MAYBE.search(text) else []
        if str(path) == "-" or _has_objects(text, documents):
            manifests.append(_in_documents(documents, name))
        elif path in paths or namespace is not None or is_namespace(path.stem):
            values.append(path)
        else:
            message = "there is no Kubernetes object in it, and it is not called as a namespace, as values files are"
            remedy = "rename it to <namespace>.yaml, or name the files that count"
            manifests.append(ManifestFile(name, (), (Finding(UNREADABLE, "error", message, remedy, name, 1),)))
    return values, manifests


def _expanded(paths: Sequence[Path]) -> list[Path]:
    found = []
    for path in paths:
        files = [file for file in expand([path]) if file == path or not _is_apart(file, path)]
        if not files:
            remedy = "name values files, or pipe what `helm template` renders into raychart validate -"
            raise RaychartError(str(path), "has nothing but a Helm chart or a kustomization in it", remedy)
        found += files
    return list(dict.fromkeys(found))


def _is_apart(file: Path, folder: Path) -> bool:
    """Tell whether a file below a folder belongs to a chart or is a kustomization."""
    below = len(file.parts) - len(folder.parts)
    holders = file.parents[:below]
    return file.name in _KUSTOMIZATIONS or any((holder / "Chart.yaml").is_file() for holder in holders)


def read_manifests(text: str, file: str) -> ManifestFile:
    """Read the objects in YAML documents; `List` objects are taken apart."""
    return _in_documents(read_documents(text, file), file)


def _in_documents(documents: Sequence[Document], file: str) -> ManifestFile:
    findings = [replace(one, rule=UNREADABLE) for document in documents for one in document.findings]
    roots = []
    for document in documents:
        if document.root is None or document.data is None:
            continue
        place = not_finite(document.root)
        if place is None:
            roots.append(document.root)
        else:
            remedy = "write a number, or put it in quotes"
            findings.append(Finding(UNREADABLE, "error", NOT_FINITE, remedy, file, place.line, place.column))
    found = objects_of((node for root in roots for node in taken_apart(root)), file)
    return replace(found, findings=(*findings, *found.findings))


def objects_of(nodes: Iterable[Node], file: str) -> ManifestFile:
    """Return the objects that nodes of a file are."""
    objects: list[tuple[Manifest, Node]] = []
    findings: list[Finding] = []
    for node in nodes:
        try:
            objects.append((manifest_of(node.data, file), node))
        except RaychartError as wrong:
            remedy = "an object has apiVersion, kind and metadata.name, all of them text"
            findings.append(Finding(UNREADABLE, "error", wrong.what, remedy, file, node.mark.line, node.mark.column))
    return ManifestFile(file, tuple(objects), tuple(findings))


def _text(path: Path) -> str | Finding:
    if not path.exists() and str(path) != "-":
        raise RaychartError(str(path), "there is no such file", "name a values file, a file of manifests, or a folder")
    try:
        return read_text(path)
    except UnicodeDecodeError as wrong:
        message = f"the file is not UTF-8 (byte 0x{wrong.object[wrong.start]:02x})"
        line = wrong.object[: wrong.start].count(b"\n") + 1
        return Finding(UNREADABLE, "error", message, "save it as UTF-8", str(path), line)


def _has_objects(text: str, documents: Sequence[Document]) -> bool:
    """Tell whether one of the documents says of what kind it is; values do not."""
    unreadable = any(document.root is None and document.findings for document in documents)
    return any(_is_object(document.data) for document in documents) or (unreadable and bool(_KIND.search(text)))


def _is_object(data: Any) -> bool:
    items = data if isinstance(data, list) else [data]
    return any(isinstance(item, dict) and {"apiVersion", "kind"} <= item.keys() for item in items)


def taken_apart(node: Node) -> Iterator[Node]:
    """Yield an object, or those in a `List`."""
    data = node.data
    if isinstance(data, dict) and str(data.get("kind")).endswith("List") and isinstance(data.get("items"), list):
        for _, item in node.children["items"][1].children.values():
            yield from taken_apart(item)
        return
    yield node


def _mark(node: Node, path: ValuesPath) -> Mark:
    mark = node.mark
    for step in path:
        if step not in node.children:
            return mark
        mark, node = node.children[step]
    return mark
