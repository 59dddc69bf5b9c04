"""Read one Argo CD Application: the release that it describes, as far as that can be told offline."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raychart.errors import RaychartError
from raychart.review.releases import Release, Source
from raychart.values import Layer, load_flags, load_layer, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.review.trees import Tree
    from raychart.yaml_nodes import Node

_OURS = "ray"
_PINNED = re.compile(r"v?[0-9]+(\.[0-9]+)+.*|[0-9a-f]{7,40}")
# A comma outside of braces, which Helm would take for the end of the value.
_COMMA = re.compile(r"(?<!\\),")


class UnsupportedError(Exception):
    """An Application that cannot be understood offline; the words say what about it."""


@dataclass(frozen=True, slots=True)
class Application:
    """An Application with the file that it is in; `node` is its document, or what an ApplicationSet makes of one.

    `parameters` are the files that say what the Application is like where an ApplicationSet makes it, its own first;
    `made_by` is that ApplicationSet.
    """

    file: str
    name: str
    node: Node
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
        inline = [*self._values(application, helm, steps), *self._parameters(application, helm)]
        name = str(helm.get("releaseName") or application.name)
        file = files[-1].path if files else application.file
        # Who gives no values has the chart's, and is still somewhere.
        nothing = Source(application.file, self.tree.blobs.add(b""), Layer(application.file, None))
        sources = (*files, *inline) or (nothing,)
        parameters, made_by = application.parameters, application.made_by
        return Release(file, namespace, name, folder, sources, tuple(missing), "argocd", parameters, made_by)

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

    def _values(self, application: Application, helm: dict[str, Any], steps: tuple[str | int, ...]) -> Iterator[Source]:
        """Yield what the Application itself gives; valuesObject goes in place of values."""
        file = application.file
        key = next((key for key in ("valuesObject", "values") if helm.get(key)), None)
        node = None if key is None else _at(application.node, (*steps, key))
        if node is None:
            return
        layer = _written_in(file, node.mark.line, node.data) if isinstance(node.data, str) else Layer(file, node)
        yield Source(file, self.tree.blobs.add(json.dumps(node.data).encode()), layer)

    def _parameters(self, application: Application, helm: dict[str, Any]) -> Iterator[Source]:
        given = helm.get("parameters")
        parameters = [as_map(one) for one in given] if isinstance(given, list) else []
        # As Helm has them: those that are no strings first.
        for one in sorted(parameters, key=_is_text):
            # What it is may be a password, and is not told.
            name, value = str(one.get("name")), str(one.get("value", ""))
            value = value if value.startswith("{") else _COMMA.sub(r"\,", value)
            flag = f"--set{'-string' if _is_text(one) else ''}={name}={value}"
            try:
                (layer,) = load_flags([flag])
            except RaychartError as error:
                raise UnsupportedError(f"Helm would refuse the parameter {name}: {error.what}") from error
            named = replace(layer, file=application.file)
            yield Source(f"{application.file} (parameter {name})", self.tree.blobs.add(flag.encode()), named)


@lru_cache(maxsize=4096)
def _written_in(file: str, line: int, text: str) -> Layer:
    """Read values that stand in an Application, below a line of it."""
    # So many empty lines before it that findings have the Application's own lines.
    return load_layer(Path(file), "\n" * line + text)


def _sources(spec: dict[str, Any]) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Return the sources with the way to each."""
    several = spec.get("sources")
    if isinstance(several, list):
        return [(("sources", number), as_map(one)) for number, one in enumerate(several)]
    return [(("source",), as_map(spec.get("source")))]


def _pins(source: dict[str, Any]) -> Iterator[str]:
    revision = str(source.get("targetRevision", ""))
    if isinstance(source.get("path"), str) and _PINNED.fullmatch(revision):
        yield f"pinned to {revision}: what is merged is deployed when that moves"


def _is_text(parameter: dict[str, Any]) -> bool:
    return parameter.get("forceString") is True


def _at(node: Node, steps: tuple[str | int, ...]) -> Node | None:
    for step in steps:
        if step not in node.children:
            return None
        node = node.children[step][1]
    return node


def as_map(value: object) -> dict[str, Any]:
    """Return a mapping as it is, and an empty one for everything else."""
    return value if isinstance(value, dict) else {}
