"""Values as Helm sees them: layers, merged in Helm's order, each value with the place that set it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from raychart import merging
from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.layer_checks import rounded, wrong_top
from raychart.paths import ValuesPath, dotted
from raychart.yaml_file import display_name, read_file
from raychart.yaml_nodes import Mark, node_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from raychart.set_flags import SetFlag
    from raychart.yaml_nodes import Node

_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a value was set: a place in a file, or a --set flag as it was written, without line and column."""

    file: str
    line: int | None
    column: int | None

    def __str__(self) -> str:
        """Return the place as messages name it."""
        return self.file if self.line is None else f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Layer:
    """One values file as it was read, or one --set flag; `findings` are what is wrong with it in itself.

    A flag's `root` holds what it sets and nothing else: a mapping there may have indexes of a list for keys. `place` is
    where it stands in a file that holds other things too, as an Argo CD Application does.
    """

    file: str
    root: Node | None
    findings: tuple[Finding, ...] = ()
    flag: SetFlag | None = None
    text: str = ""
    place: Mark | None = None

    @property
    def content(self) -> str:
        """Return what is the same for layers that say the same, at the same lines."""
        if self.place is None and self.flag is None:
            return self.text
        said = json.dumps(self.data) if self.flag is None else self.flag.shown
        return f"{self.file}:{self.place.line if self.place else ''}:{said}"

    @property
    def readable(self) -> bool:
        """Tell whether the layer's values are known: it is a mapping, or empty without being wrong."""
        is_mapping = self.root is not None and isinstance(self.root.data, dict)
        return is_mapping or all(finding.severity != "error" for finding in self.findings)

    @property
    def data(self) -> dict[str, Any]:
        """Return the layer's values; none when the file is empty or could not be read."""
        return self.root.data if self.root is not None and isinstance(self.root.data, dict) else {}

    def position(self, mark: Mark) -> Position:
        """Return a place in this layer."""
        if self.flag is None:
            return Position(self.file, mark.line, mark.column)
        return Position(self.file, *((self.place.line, self.place.column) if self.place else (None, None)))


class Statement(NamedTuple):
    """What one layer says of a path: a value set at the path itself or above it, in whose place it stands."""

    layer: Layer
    position: Position
    path: ValuesPath
    value: Any


@dataclass(frozen=True, slots=True)
class Values:
    """Merged values with the layers they come from, the chart's defaults first; `findings` arose from the merging."""

    data: dict[str, Any]
    layers: tuple[Layer, ...]
    findings: tuple[Finding, ...] = ()

    def position(self, path: ValuesPath) -> Position:
        """Return where the value at `path` was set, or the nearest thing around it; the last layer goes first."""
        files = (layer.file for layer in reversed(self.layers) if layer.flag is None)
        best = Position(next(files, self.layers[0].file), 1, 1)
        deepest = 0
        for layer in self._in_force(path):
            depth, mark, _, decides = _descend(layer.root, path)
            if depth == len(path) or (decides and depth > deepest):
                return layer.position(mark)
            if depth > deepest:
                best, deepest = layer.position(mark), depth
        return best

    def position_of(self, text: str) -> Position:
        """Return the position of a path written with dots, as the chart's own checks name it."""
        return self.position(tuple(text.split(".")))

    def statements(self, path: ValuesPath) -> list[Statement]:
        """Return what the layers say of `path`, in the order in which they count: the last one is in force."""
        found = []
        for layer in self._in_force(path):
            depth, mark, value, decides = _descend(layer.root, path)
            if decides:
                found.append(Statement(layer, layer.position(mark), path[:depth], value))
        return found[::-1]

    def _in_force(self, path: ValuesPath) -> Iterator[Layer]:
        """Yield the layers that may say something of `path`, the strongest first."""
        replaced = False
        for layer in reversed(self.layers):
            if not replaced or layer is self.layers[0]:
                yield layer
            replaced = replaced or (layer.flag is not None and layer.flag.replaces(path))


def load_layer(path: Path, text: str | bytes | None = None) -> Layer:
    """Read one values file ("-" is standard input), or the text that stands for it.

    Raises RaychartError when there is no such file.
    """
    file = display_name(path)
    document = read_file(path, text)
    findings = [*document.findings, *wrong_top(document, file), *rounded(document.root, file)]
    return Layer(file, document.root, tuple(findings), text=document.text)


def load_flags(arguments: Sequence[str]) -> list[Layer]:
    """Read --set flags, each one argument such as "--set=a.b=c", into layers in the order in which Helm applies them.

    Raises RaychartError where Helm refuses a flag's text.
    """
    if not arguments:
        return []
    from raychart.set_flags import in_helms_order, read_flag

    return [_flag_layer(read_flag(argument)) for argument in in_helms_order(arguments)]


def load_layers(files: Sequence[Path], flags: Sequence[str] = ()) -> list[Layer]:
    """Read values files, then --set flags: everything that is laid over the chart's defaults, in Helm's order."""
    return [*map(load_layer, files), *load_flags(flags)]


def load_defaults(chart: Path) -> Layer:
    """Read the chart's own values.yaml; a chart without one has no defaults."""
    file = chart / "values.yaml"
    layer = load_layer(file) if file.is_file() else Layer(str(file), None)
    if not layer.readable:
        raise RaychartError(str(file), layer.findings[0].message, "mend the chart, or name another with --chart")
    return layer


def merge_layers(defaults: Layer, layers: Sequence[Layer]) -> Values:
    """Merge layers from left to right, then lay them over the chart's defaults, as Helm does.

    Lists replace each other, mappings merge, and null takes a default away.
    """
    given, findings = given_values(layers)
    return Values(merging.over_defaults(given, defaults.data), (defaults, *layers), findings)


def given_values(layers: Sequence[Layer]) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Merge layers from left to right to what Helm gets over the chart's defaults, with the flags that it refuses."""
    given: dict[str, Any] = {}
    findings: list[Finding] = []
    for number, layer in enumerate(layers):
        if layer.flag is None:
            given = merging.overlaid(given, layer.data)
            continue
        try:
            given = _flagged(given, layer.flag)
        except merging.ConflictError as conflict:
            findings.append(_conflict(conflict, layer, layers[:number]))
    return given, tuple(findings)


def namespace_of(path: Path, named: str | None = None) -> str:
    """Return the namespace a values file is for: `named`, or else the file's name without its suffix."""
    namespace = path.stem if named is None else named
    if named is None and str(path) == "-":
        raise RaychartError("stdin", "has no name to tell the namespace", "name it with --namespace")
    if not is_namespace(namespace):
        what = f"is not a namespace's name ({namespace})"
        raise RaychartError(str(path) if named is None else f"--namespace {named}", what, _NAMESPACE_REMEDY)
    return namespace


def is_namespace(name: str) -> bool:
    """Tell whether a namespace can have this name."""
    return bool(_NAMESPACE.fullmatch(name))


_NAMESPACE_REMEDY = (
    "use lower-case letters, digits and dashes, at most 63; a values file is called <namespace>.yaml, "
    "--namespace goes before its name"
)


def _flagged(given: dict[str, Any], flag: SetFlag) -> dict[str, Any]:
    for path, value, merges in flag.assignments:
        given = merging.overlaid(given, value) if merges else merging.assigned(given, path, value)
    return given


def _conflict(conflict: merging.ConflictError, layer: Layer, before: Sequence[Layer]) -> Finding:
    path = dotted(conflict.path)
    setters = Values({}, (Layer("", None), *before)).statements(conflict.path)
    setter = setters[-1].position if setters else layer.file
    kinds = {dict: "a mapping", list: "a list", type(None): "null"}
    found = kinds.get(type(conflict.found)) or f"{conflict.found!r:.60}"
    return Finding(
        "values-yaml",
        "error",
        f"Helm refuses the flag: it needs {path} to be {conflict.wanted} (found {found}, set by {setter})",
        f"remove {path} there, or write in a values file what the flag sets",
        layer.file,
        layer.place.line if layer.place else None,
        layer.place.column if layer.place else None,
        path,
    )


def _flag_layer(flag: SetFlag) -> Layer:
    """Make a flag a layer whose root says what is set where, and nothing of what is left alone."""
    root: dict[Any, Any] = {}
    for path, value, merges in flag.assignments:
        if merges:
            root = merging.overlaid(root, value)
            continue
        inner = root
        for step in path[:-1]:
            inner[step] = dict(inner[step]) if isinstance(inner.get(step), dict) else {}
            inner = inner[step]
        inner[path[-1]] = value
    node = node_of(root, Mark(1, 1))
    findings = list(rounded(node, flag.shown)) if flag.in_json else []
    if flag.only_helm4:
        message, remedy = "Helm 3 refuses JSON without a key", "write --set-json KEY=JSON, which both Helms take"
        findings.append(Finding("helm-versions", "warning", message, remedy))
    # A flag has no lines.
    placed = tuple(replace(finding, file=flag.shown, line=None, column=None) for finding in findings)
    return Layer(flag.shown, node, placed, flag)


def _descend(root: Node | None, path: ValuesPath) -> tuple[int, Mark, Any, bool]:
    """Follow `path` as far as the layer goes: depth reached, place and value there, and whether it decides the path.

    A layer that sets a scalar or a list on the way decides everything below, whatever earlier layers say there.
    """
    node, mark = root, root.mark if root else Mark(1, 1)
    for depth, step in enumerate(path):
        if node is None or step not in node.children:
            closed = node is not None and depth > 0 and not isinstance(node.data, dict)
            return depth, mark, node.data if node else None, closed
        mark, node = node.children[step]
    return len(path), mark, node.data if node else None, node is not None
