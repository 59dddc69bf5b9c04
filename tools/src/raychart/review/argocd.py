"""Read from a repository's Argo CD Applications which releases it describes, as far as that can be told offline."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raychart.errors import RaychartError
from raychart.helm_yaml import read_documents
from raychart.review import git
from raychart.review.releases import Release, Source
from raychart.values import Layer, load_flags, load_layer, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.review.releases import Found
    from raychart.review.settings import Settings
    from raychart.review.trees import Tree
    from raychart.yaml_nodes import Document, Node

_OURS = "ray"
_GROUP = "argoproj.io/"
_PINNED = re.compile(r"v?[0-9]+(\.[0-9]+)+.*|[0-9a-f]{7,40}")
# A comma outside of braces, which Helm would take for the end of the value.
_COMMA = re.compile(r"(?<!\\),")


class _UnsupportedError(Exception):
    """An Application that cannot be understood offline; the words say what about it."""


@dataclass(frozen=True, slots=True)
class _Application:
    """An Application with the file that it is in; `node` is its document."""

    file: str
    name: str
    spec: dict[str, Any]
    node: Node


def add_applications(found: Found, tree: Tree, settings: Settings) -> None:
    """Add the releases of Applications that use our chart, in place of what patterns say of their values files.

    What an Application says that cannot be told offline is noted, and the Application left out.
    """
    charts = {selection.chart for selection in settings.selections}
    default = next(iter(charts))
    taken: dict[str, Release] = {}
    for application in _applications(tree, found):
        try:
            release = _Reader(tree, application, charts, default, found).release()
        except _UnsupportedError as error:
            found.notes.append(f"{application.file}: Application {application.name} is left out: {error}")
            continue
        if release is not None:
            key = release.file if release.file not in taken else f"{application.file} ({application.name})"
            taken[key] = release
            for source in release.sources:
                found.releases.pop(source.path, None)
    found.releases.update(taken)


def _applications(tree: Tree, found: Found) -> Iterator[_Application]:
    paths = git.files_with(tree.blobs.repository, tree.revision, _GROUP, (".yaml", ".yml"))
    tree.fetch(paths)
    for path in paths:
        if not tree.has(path):
            continue
        try:
            documents = read_documents(tree.content(path).decode("utf-8-sig"), path)
        except UnicodeDecodeError:
            continue
        # What is not YAML is a chart's template, or somebody else's to tell of.
        for document in documents:
            yield from _in(document, path, found)


def _in(document: Document, path: str, found: Found) -> Iterator[_Application]:
    data, root = document.data, document.root
    if root is None or not isinstance(data, dict) or not str(data.get("apiVersion")).startswith(_GROUP):
        return
    name = str(_map(data.get("metadata")).get("name"))
    if data.get("kind") == "Application":
        yield _Application(path, name, _map(data.get("spec")), root)
    elif data.get("kind") == "ApplicationSet":
        found.notes.append(
            f"{path}: ApplicationSet {name} is left out: what its generators make is not known here; values files are "
            "found by their names, see raychart review --help"
        )


class _Reader:
    """Reads one Application."""

    def __init__(
        self, tree: Tree, application: _Application, charts: set[str | None], default: str | None, found: Found
    ) -> None:
        self.tree = tree
        self.application = application
        self.charts = charts
        self.default = default
        self.found = found

    def release(self) -> Release | None:
        """Return the release; None when it is of another chart. Raises _UnsupportedError."""
        spec = self.application.spec
        several = spec.get("sources")
        sources = [_map(one) for one in several] if isinstance(several, list) else [_map(spec.get("source"))]
        for number, source in enumerate(sources):
            chart = self._chart(source)
            if chart is not False:
                steps: tuple[str | int, ...] = ("sources", number) if isinstance(several, list) else ("source",)
                return self._release(source, ("spec", *steps, "helm"), chart)
        return None

    def _chart(self, source: dict[str, Any]) -> str | bool | None:
        """Return the chart that a source names: a folder, None for the one that raychart brings, False for another."""
        path = source.get("path")
        if isinstance(path, str):
            folder = posixpath.normpath(path).lstrip("/")
            if folder in self.charts:
                return folder
            return folder if self._name_of(folder) == _OURS else False
        return self.default if source.get("chart") == _OURS else False

    def _name_of(self, folder: str) -> str | None:
        file = posixpath.join(folder, "Chart.yaml")
        if not self.tree.has(file):
            return None
        about = load_layer(Path(file), self.tree.content(file)).data
        return str(about.get("name"))

    def _release(self, source: dict[str, Any], steps: tuple[str | int, ...], chart: str | bool | None) -> Release:
        application, helm = self.application, _map(source.get("helm"))
        destination = _map(application.spec.get("destination"))
        wanted = helm.get("namespace") or destination.get("namespace")
        if not isinstance(wanted, str):
            raise _UnsupportedError("it has no destination.namespace")
        try:
            namespace = namespace_of(Path(application.file), wanted)
        except RaychartError as error:
            raise _UnsupportedError(f"its destination.namespace {error.what}") from error
        if helm.get("fileParameters"):
            raise _UnsupportedError("fileParameters are not supported")
        self._note_pin(source)
        folder = chart if isinstance(chart, str) else None
        files, missing = self._files(helm, folder)
        inline = [*self._values(helm, steps), *self._parameters(helm)]
        name = str(helm.get("releaseName") or application.name)
        file = files[-1].path if files else application.file
        # Who gives no values has the chart's, and is still somewhere.
        nothing = Source(application.file, self.tree.blobs.add(b""), Layer(application.file, None))
        return Release(file, namespace, name, folder, (*files, *inline) or (nothing,), tuple(missing), "argocd")

    def _note_pin(self, source: dict[str, Any]) -> None:
        revision = str(source.get("targetRevision", ""))
        if isinstance(source.get("path"), str) and _PINNED.fullmatch(revision):
            self.found.notes.append(
                f"{self.application.file}: Application {self.application.name} is pinned to {revision}: what is merged "
                "is deployed when that moves"
            )

    def _files(self, helm: dict[str, Any], chart: str | None) -> tuple[list[Source], list[str]]:
        """Return the values files, and those that the revision has not got."""
        sources, missing = [], []
        given = helm.get("valueFiles")
        for file in given if isinstance(given, list) else ():
            path = self._located(str(file), chart)
            oid = self.tree.id(path)
            if oid is not None:
                sources.append(Source(path, oid))
            elif helm.get("ignoreMissingValueFiles") is not True:
                missing.append(path)
        return sources, missing

    def _located(self, file: str, chart: str | None) -> str:
        """Return a values file's path from the top: $ref/ and / stand for it, all else is seen from the chart."""
        if "://" in file or any(letter in file for letter in "*?["):
            raise _UnsupportedError(
                f"its values file {file} cannot be found here (URLs and patterns are not supported)"
            )
        if file.startswith("$"):
            file = f"/{file.partition('/')[2]}"
        if not file.startswith("/") and chart is None:
            raise _UnsupportedError(f"its values file {file} is part of a chart that is not in the repository")
        return posixpath.normpath(posixpath.join("/", chart or "", file)).lstrip("/")

    def _values(self, helm: dict[str, Any], steps: tuple[str | int, ...]) -> Iterator[Source]:
        """Yield what the Application itself gives; valuesObject goes in place of values."""
        file = self.application.file
        key = next((key for key in ("valuesObject", "values") if helm.get(key)), None)
        node = None if key is None else _at(self.application.node, (*steps, key))
        if node is None:
            return
        if isinstance(node.data, str):
            # So many empty lines before it that findings have the Application's own lines.
            layer = load_layer(Path(file), "\n" * node.mark.line + node.data)
        else:
            layer = Layer(file, node)
        yield Source(file, self.tree.blobs.add(json.dumps(node.data).encode()), layer)

    def _parameters(self, helm: dict[str, Any]) -> Iterator[Source]:
        given = helm.get("parameters")
        parameters = [_map(one) for one in given] if isinstance(given, list) else []
        # As Helm has them: those that are no strings first.
        for one in sorted(parameters, key=_is_text):
            # What it is may be a password, and is not told.
            name, value = str(one.get("name")), str(one.get("value", ""))
            value = value if value.startswith("{") else _COMMA.sub(r"\,", value)
            flag = f"--set{'-string' if _is_text(one) else ''}={name}={value}"
            try:
                (layer,) = load_flags([flag])
            except RaychartError as error:
                raise _UnsupportedError(f"Helm would refuse the parameter {name}: {error.what}") from error
            named = replace(layer, file=self.application.file)
            yield Source(f"{self.application.file} (parameter {name})", self.tree.blobs.add(flag.encode()), named)


def _is_text(parameter: dict[str, Any]) -> bool:
    return parameter.get("forceString") is True


def _at(node: Node, steps: tuple[str | int, ...]) -> Node | None:
    for step in steps:
        if step not in node.children:
            return None
        node = node.children[step][1]
    return node


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
