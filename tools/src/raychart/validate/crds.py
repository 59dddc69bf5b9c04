"""CRDs from files: a schema for each version of each kind that they define."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.errors import RaychartError
from raychart.helm_yaml import read_documents
from raychart.lint.check import expand
from raychart.validate.reach import at, entries, mapping, mappings, text
from raychart.validate.structural import opened, root_schema
from raychart.yaml_file import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Kind = tuple[str, str, str]
_RENDER = "this is a template: name what `helm template --show-only` renders of it"


class Definition(NamedTuple):
    """What a CRD says of one version: its schema as JSON Schema and as written; is its status apart from the rest."""

    schema: dict[str, Any]
    source: dict[str, Any]
    has_status: bool = False


def read_crds(paths: Sequence[Path]) -> dict[Kind, Definition]:
    """Return what the CRDs in files and folders say, by group, version and kind.

    Raises RaychartError where a file cannot be read, or none of them has a CRD in it.
    """
    found: dict[Kind, Definition] = {}
    for path in paths:
        of_path = {kind: definition for file in _files(path) for kind, definition in _in_file(file)}
        if not of_path:
            raise RaychartError(
                f"--crds {path}", "has no CustomResourceDefinition in it", "name files or folders of CRDs"
            )
        found |= of_path
    return found


def _files(path: Path) -> list[Path]:
    """Return the file, or those in the folder, which may be JSON here."""
    found = sorted(file for file in path.rglob("*.json") if file.is_file()) if path.is_dir() else []
    # Without anything there the folder is told of.
    return found if found and not any(path.rglob("*.y*ml")) else [*expand([path]), *found]


def _in_file(file: Path) -> Iterator[tuple[Kind, Definition]]:
    try:
        content = read_text(file)
    except UnicodeDecodeError as wrong:
        raise RaychartError(str(file), "is not UTF-8", "save it as UTF-8") from wrong
    for document in read_documents(content, str(file)):
        if document.root is None and document.findings:
            finding = document.findings[0]
            remedy = _RENDER if "{{" in content else finding.remedy
            raise RaychartError(finding.where, finding.message, remedy)
        data = document.data
        of_list = entries(data, "items") if text(data, "kind").endswith("List") else [data]
        for one in of_list:
            if text(one, "kind") == "CustomResourceDefinition":
                yield from _versions(one)


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
