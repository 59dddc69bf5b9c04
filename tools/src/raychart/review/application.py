"""Read one Argo CD Application: the release that it describes, as far as that can be told offline."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raychart.errors import RaychartError
from raychart.review.inline_values import InlineValues
from raychart.review.pins import is_pinned
from raychart.review.releases import Release, Source
from raychart.values import Layer, load_layer, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.findings import Finding
    from raychart.review.trees import Tree
    from raychart.yaml_nodes import Node

_OURS = "ray"


class UnsupportedError(Exception):
    """An Application that cannot be understood offline; the words say what about it."""


@dataclass(frozen=True, slots=True)
class Application:
    """An Application with the file that it is in; `node` is its document, or what an ApplicationSet makes of one.

    `findings` are what is wrong with the file. `parameters` are the files that say what the Application is like where
    an ApplicationSet makes it, its own first; `made_by` is what it is described by.
    """

    file: str
    name: str
    node: Node
    findings: tuple[Finding, ...] = ()
    parameters: tuple[Source, ...] = ()
    made_by: str | None = None

    @property
    def spec(self) -> dict[str, Any]:
        """Return what the Application says."""
        return as_map(as_map(self.node.data).get("spec"))


class Reader:
    """Reads the Applications of one revision; `charts` are our chart's folders, `default` where no path says it."""

    def __init__(self, tree: Tree, charts: set[str | None], default: str | None) -> None:
        self.tree = tree
        self.charts = charts
        self.default = default
        self._names: dict[str, str | None] = {}
        self._inlines: dict[str, InlineValues] = {}

    def release(self, application: Application) -> tuple[Release | None, list[str]]:
        """Return the release, with what is to be known of it; None when it is of another chart.

        Raises UnsupportedError.
        """
        for steps, source in _sources(application.spec):
            chart = self._chart(source)
            if chart is not False:
                release = self._release(application, source, ("spec", *steps, "helm"), chart)
                return release, list(_pins(source))
        return None, []

    def is_our_chart(self, folder: str | None, name: str | None) -> bool:
        """Tell whether a folder holds our chart, or a name is its; a folder that is a chart goes before the name."""
        if folder is not None and self._chart({"path": folder}) is not False:
            return True
        is_chart = folder is not None and self._name_of(folder) is not None
        return name == _OURS and not is_chart

    def is_ours(self, spec: dict[str, Any]) -> bool:
        """Tell whether what an Application says uses our chart."""
        return any(self._chart(source) is not False for _, source in _sources(spec))

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
        if folder not in self._names:
            file = posixpath.join(folder, "Chart.yaml")
            there = self.tree.has(file)
            self._names[folder] = (
                str(load_layer(Path(file), self.tree.content(file)).data.get("name")) if there else None
            )
        return self._names[folder]

    def _release(
        self, application: Application, source: dict[str, Any], steps: tuple[str | int, ...], chart: str | bool | None
    ) -> Release:
        helm = as_map(source.get("helm"))
        destination = as_map(application.spec.get("destination"))
        wanted = helm.get("namespace") or destination.get("namespace")
        if not isinstance(wanted, str):
            raise UnsupportedError("it has no destination.namespace")
        try:
            namespace = namespace_of(Path(application.file), wanted)
        except RaychartError as error:
            raise UnsupportedError(f"its destination.namespace {error.what}") from error
        if helm.get("fileParameters"):
            raise UnsupportedError("fileParameters are not supported")
        folder = chart if isinstance(chart, str) else None
        files, missing = self._files(helm, folder)
        inline = list(self._inline(application, helm, steps))
        name = str(helm.get("releaseName") or application.name)
        file = files[-1].path if files else application.file
        # Who gives no values has the chart's, and is still somewhere.
        nothing = Source(application.file, self.tree.blobs.add(b""), Layer(application.file, None))
        sources = (*files, *inline) or (nothing,)
        parameters, made_by = application.parameters, application.made_by
        release = Release(file, namespace, name, folder, sources, tuple(missing), "argocd", parameters, made_by)
        cluster = str(destination.get("server") or destination.get("name") or "")
        return replace(release, revision=str(source.get("targetRevision") or "HEAD"), cluster=cluster)

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
            raise UnsupportedError(f"its values file {file} cannot be found here (URLs and patterns are not supported)")
        if file.startswith("$"):
            file = f"/{file.partition('/')[2]}"
        if not file.startswith("/") and chart is None:
            raise UnsupportedError(f"its values file {file} is part of a chart that is not in the repository")
        return posixpath.normpath(posixpath.join("/", chart or "", file)).lstrip("/")

    def _inline(self, application: Application, helm: dict[str, Any], steps: tuple[str | int, ...]) -> Iterator[Source]:
        """Yield what the Application itself gives; valuesObject goes in place of values."""
        reader = self._inlines.get(application.file)
        if reader is None:
            reader = self._inlines[application.file] = InlineValues(self.tree, application.file, application.findings)
        key = next((key for key in ("valuesObject", "values") if helm.get(key)), None)
        values = None if key is None else _at(application.node, (*steps, key))
        if values is not None:
            yield reader.values(values)
        parameters = _at(application.node, (*steps, "parameters"))
        if parameters is not None and isinstance(parameters.data, list):
            try:
                yield from reader.parameters([node for _, node in parameters.children.values()])
            except RaychartError as error:
                raise UnsupportedError(f"Helm would refuse a parameter: {error.what}") from error


def _sources(spec: dict[str, Any]) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Return the sources with the way to each."""
    several = spec.get("sources")
    if isinstance(several, list):
        return [(("sources", number), as_map(one)) for number, one in enumerate(several)]
    return [(("source",), as_map(spec.get("source")))]


def _pins(source: dict[str, Any]) -> Iterator[str]:
    revision = str(source.get("targetRevision", ""))
    if isinstance(source.get("path"), str) and is_pinned(revision):
        yield f"pinned to {revision}: what is merged is deployed when that moves"


def _at(node: Node, steps: tuple[str | int, ...]) -> Node | None:
    for step in steps:
        if step not in node.children:
            return None
        node = node.children[step][1]
    return node


def as_map(value: object) -> dict[str, Any]:
    """Return a mapping as it is, and an empty one for everything else."""
    return value if isinstance(value, dict) else {}
