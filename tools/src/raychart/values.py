"""Values as Helm sees them: layers, merged in Helm's order, each value with the place that set it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.paths import ValuesPath, dotted
from raychart.yaml_file import display_name, read_file
from raychart.yaml_nodes import Document, Mark, Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
# Beyond this a float64, which is what Helm keeps numbers in, no longer holds every integer.
_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Position:
    """Where a value was set."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Layer:
    """One values file as it was read; `findings` are what is wrong with the file itself."""

    file: str
    root: Node | None
    findings: tuple[Finding, ...] = ()
    text: str = ""

    @property
    def readable(self) -> bool:
        """Tell whether the layer's values are known: it is a mapping, or empty without being wrong."""
        is_mapping = self.root is not None and isinstance(self.root.data, dict)
        return is_mapping or all(finding.severity != "error" for finding in self.findings)

    @property
    def data(self) -> dict[str, Any]:
        """Return the layer's values; none when the file is empty or could not be read."""
        return self.root.data if self.root is not None and isinstance(self.root.data, dict) else {}


@dataclass(frozen=True, slots=True)
class Values:
    """Merged values with the layers they come from, the chart's defaults first."""

    data: dict[str, Any]
    layers: tuple[Layer, ...]

    def position(self, path: ValuesPath) -> Position:
        """Return where the value at `path` was set, or the nearest thing around it; the last layer goes first."""
        best = Position(self.layers[-1].file, 1, 1)
        deepest = 0
        for layer in reversed(self.layers):
            depth, mark, closed = _descend(layer.root, path)
            position = Position(layer.file, mark.line, mark.column)
            if depth == len(path) or (closed and depth > deepest):
                return position
            if depth > deepest:
                best, deepest = position, depth
        return best

    def position_of(self, text: str) -> Position:
        """Return the position of a path written with dots, as the chart's own checks name it."""
        return self.position(tuple(text.split(".")))


def load_layer(path: Path, text: str | None = None) -> Layer:
    """Read one values file ("-" is standard input), or the text that stands for it.

    Raises RaychartError when there is no such file.
    """
    file = display_name(path)
    document = read_file(path, text)
    findings = [*document.findings, *_wrong_top(document, file), *_rounded(document, file)]
    return Layer(file, document.root, tuple(findings), document.text)


def load_defaults(chart: Path) -> Layer:
    """Read the chart's own values.yaml; a chart without one has no defaults."""
    file = chart / "values.yaml"
    layer = load_layer(file) if file.is_file() else Layer(str(file), None)
    if not layer.readable:
        raise RaychartError(str(file), layer.findings[0].message, "mend the chart, or name another with --chart")
    return layer


def merge_layers(defaults: Layer, layers: Sequence[Layer]) -> Values:
    """Merge values files from left to right, then lay them over the chart's defaults, as Helm does.

    Lists replace each other, mappings merge, and null takes a default away.
    """
    given: dict[str, Any] = {}
    for layer in layers:
        given = _overlaid(given, layer.data)
    return Values(_over_defaults(given, defaults.data, top=True), (defaults, *layers))


def namespace_of(path: Path, named: str | None = None) -> str:
    """Return the namespace a values file is for: `named`, or else the file's name without its suffix."""
    namespace = path.stem if named is None else named
    if named is None and str(path) == "-":
        raise RaychartError("stdin", "has no name to tell the namespace", "name it with --namespace")
    if not _NAMESPACE.fullmatch(namespace):
        what = f"is not a namespace's name ({namespace})"
        raise RaychartError(str(path) if named is None else f"--namespace {named}", what, _NAMESPACE_REMEDY)
    return namespace


_NAMESPACE_REMEDY = (
    "use lower-case letters, digits and dashes, at most 63; a values file is called <namespace>.yaml, "
    "--namespace goes before its name"
)


def _wrong_top(document: Document, file: str) -> Iterator[Finding]:
    if document.root is None or document.data is None:
        if not document.findings:
            message = "the file holds no values, so the chart's defaults alone would apply"
            yield Finding("values-empty", "warning", message, "write the values, or remove the file", file, 1, 1)
        return
    if not isinstance(document.data, dict):
        found = "a list" if isinstance(document.data, list) else f"{document.data!r}"
        message = f"the file is not a mapping of keys to values (found {found:.60})"
        mark = document.root.mark
        remedy = "begin with keys of the chart's values, such as clusters:"
        yield Finding("values-yaml", "error", message, remedy, file, mark.line, mark.column)


def _rounded(document: Document, file: str) -> Iterator[Finding]:
    """Find numbers that Helm cannot keep: it holds every number as float64 and cannot write infinity."""
    todo: list[tuple[ValuesPath, Mark, Node]] = []
    seen: set[int] = set()
    if document.root is not None:
        todo.append(((), document.root.mark, document.root))
    while todo:
        path, mark, node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        todo += [((*path, key), place, child) for key, (place, child) in node.children.items()]
        problem = _number_problem(node.data)
        if problem:
            remedy = "put it in quotes if it is a name, or use a smaller number"
            yield Finding("values-yaml", "error", problem, remedy, file, mark.line, mark.column, dotted(path))


def _number_problem(data: Any) -> str | None:
    if isinstance(data, int) and abs(data) > _EXACT and int(float(data)) != data:
        return f"Helm rounds {data} to {int(float(data))} (it keeps numbers as 64-bit floats)"
    if isinstance(data, float) and (data != data or abs(data) == float("inf")):
        return f"Helm cannot read {data} (only finite numbers)"
    return None


def _descend(root: Node | None, path: ValuesPath) -> tuple[int, Mark, bool]:
    """Follow `path` as far as the layer goes: depth reached, place there, and whether nothing could be below it.

    A layer that sets a scalar or a list on the way decides everything below, whatever earlier layers say there.
    """
    node, mark = root, root.mark if root else Mark(1, 1)
    for depth, step in enumerate(path):
        if node is None or step not in node.children:
            closed = node is not None and depth > 0 and not isinstance(node.data, dict)
            return depth, mark, closed
        mark, node = node.children[step]
    return len(path), mark, True


def _overlaid(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = _overlaid(merged[key], value)
        else:
            merged[key] = value
    return merged


def _over_defaults(given: dict[str, Any], defaults: dict[str, Any], *, top: bool = False) -> dict[str, Any]:
    # A null takes a default away and goes with it; without a default it stays (Helm's coalesceValues and
    # coalesceTables). Nulls among the defaults are dropped, as Helm 4 does; Helm 3 keeps them.
    merged = {key: value for key, value in given.items() if value is not None or _stays(key, defaults, top=top)}
    for key, default in defaults.items():
        own = given.get(key)
        if isinstance(default, dict) and (key not in given or isinstance(own, dict)):
            merged[key] = _over_defaults(own or {}, default)
        elif key not in given and default is not None:
            merged[key] = default
    return merged


def _stays(key: str, defaults: dict[str, Any], *, top: bool) -> bool:
    return key not in defaults or (not top and defaults[key] is None)
