"""CRDs from files: a schema for each version of each kind that they define."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.errors import RaychartError
from raychart.helm_yaml import read_documents
from raychart.lint.check import expand
from raychart.validate.crd_checks.check import KIND
from raychart.validate.inputs import objects_of, taken_apart
from raychart.validate.reach import at, mapping, mappings, text
from raychart.validate.structural import opened, root_schema
from raychart.yaml_file import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from raychart.findings import Finding
    from raychart.manifests import Manifest
    from raychart.validate.inputs import ManifestFile
    from raychart.yaml_nodes import Document, Node

Kind = tuple[str, str, str]
_RENDER = "this is a template: name what `helm template --show-only` renders of it"


class Definition(NamedTuple):
    """What a CRD says of one version: its schema as JSON Schema and as written; is its status apart from the rest."""

    schema: dict[str, Any]
    source: dict[str, Any]
    has_status: bool = False


class Crds(NamedTuple):
    """What CRDs say, by group, version and kind, and the files with those of them that are looked at themselves."""

    definitions: dict[Kind, Definition]
    files: tuple[CrdFile, ...] = ()


class CrdFile(NamedTuple):
    """The CRDs in a file, without their nodes, which are many: `read` reads them again, for where things stand."""

    crds: tuple[Manifest, ...]
    findings: tuple[Finding, ...]
    read: Callable[[], ManifestFile]


def read_crds(paths: Sequence[Path]) -> Crds:
    """Read the CRDs in files and folders.

    Raises RaychartError where a file cannot be read, or none of them has a CRD in it.
    """
    found: dict[Kind, Definition] = {}
    files: list[CrdFile] = []
    for path in paths:
        of_path: dict[Kind, Definition] = {}
        for file in _files(path):
            crds = [crd for document in _documents(file) for crd in _only_crds(document)]
            of_path |= {kind: definition for crd in crds for kind, definition in _versions(crd.data)}
            looked_at = _looked_at(crds, str(file))
            files.append(CrdFile(tuple(crd for crd, _ in looked_at.objects), looked_at.findings, partial(_again, file)))
        if not of_path:
            raise RaychartError(
                f"--crds {path}", "has no CustomResourceDefinition in it", "name files or folders of CRDs"
            )
        found |= of_path
    return Crds(found, tuple(file for file in files if file.crds or file.findings))


def _files(path: Path) -> list[Path]:
    """Return the file, or those in the folder, which may be JSON here."""
    found = sorted(file for file in path.rglob("*.json") if file.is_file()) if path.is_dir() else []
    # Without anything there the folder is told of.
    return found if found and not any(path.rglob("*.y*ml")) else [*expand([path]), *found]


def _documents(file: Path) -> list[Document]:
    try:
        content = read_text(file)
    except UnicodeDecodeError as wrong:
        raise RaychartError(str(file), "is not UTF-8", "save it as UTF-8") from wrong
    documents = read_documents(content, str(file))
    for document in documents:
        if document.root is None and document.findings:
            finding = document.findings[0]
            remedy = _RENDER if "{{" in content else finding.remedy
            raise RaychartError(finding.where, finding.message, remedy)
    return documents


def _again(file: Path) -> ManifestFile:
    return _looked_at([crd for document in _documents(file) for crd in _only_crds(document)], str(file))


def _only_crds(document: Document) -> list[Node]:
    """Return the CRDs in a document, which may be a list of objects."""
    nodes = [] if document.root is None else taken_apart(document.root)
    return [node for node in nodes if text(node.data, "kind") == KIND]


def _looked_at(crds: Iterable[Node], file: str) -> ManifestFile:
    """Return the CRDs that are held against what the API server asks of them: old ones it no longer takes at all."""
    return objects_of((node for node in crds if not text(node.data, "apiVersion").endswith("beta1")), file)


def _versions(crd: dict[str, Any]) -> Iterator[tuple[Kind, Definition]]:
    group, kind = text(crd, "spec", "group"), text(crd, "spec", "names", "kind")
    # Of apiextensions.k8s.io/v1beta1, where all versions may share one, and unknown fields are kept by default.
    shared = mapping(crd, "spec", "validation", "openAPIV3Schema")
    is_old = text(crd, "apiVersion").endswith("beta1")
    keeps = at(crd, ("spec", "preserveUnknownFields")) in ({True, None} if is_old else {True})
    alone = {"name": text(crd, "spec", "version")}
    for version in [version for _, version in mappings(crd, ("spec", "versions"))] or [alone]:
        schema = mapping(version, "schema", "openAPIV3Schema") or shared
        if version.get("served", True) and schema:
            has_status = any("status" in mapping(one, "subresources") for one in (version, mapping(crd, "spec")))
            converted = root_schema(opened(schema) if keeps else schema)
            yield (group, text(version, "name"), kind), Definition(converted, schema, has_status)
