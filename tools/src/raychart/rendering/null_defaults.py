"""Find the nulls among the defaults of a chart and its subcharts for which Helm 3 and Helm 4 render something else.

Helm 3 hands a null in values.yaml to the templates, or takes a subchart's default away for it; Helm 4 leaves the key
out, and the subchart's default as it is (helm/helm#32132). Most templates make the same of both, so it is tried: both
render a chart without the nulls alike, and take a null that is given as Helm 3 takes one in values.yaml.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.findings import Finding
from raychart.merging import assigned, is_given, overlaid
from raychart.paths import dotted
from raychart.rendering.helm_engine import as_yaml
from raychart.rendering.subcharts import charts_within
from raychart.values import Layer, Values, load_layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath
    from raychart.rendering.chart_files import ChartFiles
    from raychart.rendering.engine import Engine, Output, Request
    from raychart.rendering.subcharts import Within

_RULE = "helm-versions"
_HANDED_OVER = "Helm 3 hands this null to the templates, Helm 4 leaves the key out, and they make something else of it"
_TAKEN_AWAY = "Helm 3 takes the subchart's default away, Helm 4 keeps it"
_REMEDY = "take the key out, or write a value that means the same to the templates"
_REMEDY_OF_DEFAULT = "say null in a values file, or set a value that means nothing to the subchart"
_REMEDY_OF_SUBCHART = "say in a values file what it shall be: null there is the same to both"


class _Defaults(NamedTuple):
    """The defaults that a chart in the chart brings."""

    chart: Within
    layer: Layer

    def states(self, path: ValuesPath) -> bool:
        """Tell whether they say anything of a path in the outermost chart's values."""
        depth = len(self.chart.path)
        return path[:depth] == self.chart.path and len(path) > depth and is_given(self.layer.data, path[depth:])


class _Null(NamedTuple):
    """A null among some defaults; both Helms take it alike where the values given say anything of `overruled_at`."""

    path: ValuesPath
    overruled_at: ValuesPath
    defaults: _Defaults
    # Whether a subchart has another value there.
    is_over_default: bool

    @property
    def finding(self) -> Finding:
        """Return what is to be said of it where it matters."""
        layer, depth = self.defaults.layer, len(self.defaults.chart.path)
        at = Values(layer.data, (layer,)).position(self.path[depth:])
        message, remedy = (
            (_TAKEN_AWAY, _REMEDY_OF_DEFAULT)
            if self.is_over_default
            else (_HANDED_OVER, _REMEDY_OF_SUBCHART if depth else _REMEDY)
        )
        return Finding(_RULE, "warning", message, remedy, at.file, at.line, at.column, dotted(self.path))


@cache
def _known(_: str) -> dict[tuple[str, tuple[ValuesPath, ...]], tuple[_Null, ...]]:
    """Return what was found with an engine, by the chart's digest and the nulls that its values leave there."""
    return {}


class NullDefaults:
    """The nulls in the values.yaml of one chart and of those in it."""

    def __init__(self, folder: Path, chart: ChartFiles) -> None:
        self._chart = chart
        defaults = list(_defaults_in(folder, chart))
        self._nulls = list(_nulls_in(defaults, {within.path for within in charts_within(chart)}))

    def findings(self, engine: Engine, request: Request, output: Output, *, stable: bool) -> tuple[Finding, ...]:
        """Return what is to be said of those that the values of a request leave as they are; `output` is what it gave.

        It is tried once, with the first request that leaves the same nulls there and is not refused. What is not
        `stable` would give another text anyway: there all count for which a subchart has another value.
        """
        left = [null for null in self._nulls if not is_given(request.given, null.overruled_at)]
        if not left or output.refusal is not None:
            return ()
        if not stable:
            return tuple(null.finding for null in left if null.is_over_default)
        known = _known(engine.identity)
        key = self._chart.digest, tuple(null.path for null in left)
        if key not in known:
            known[key] = tuple(self._to_blame(engine, request, output, left))
        blamed = {null.path for null in known[key]}
        return tuple(null.finding for null in left if null.path in blamed)

    def _to_blame(self, engine: Engine, request: Request, output: Output, left: list[_Null]) -> Iterator[_Null]:
        with tempfile.TemporaryDirectory(prefix="raychart-nulls-") as temporary:
            chart = Path(temporary) / "chart"
            self._lay_out_without(chart, left)

            def with_nulls(*some: _Null) -> Request:
                nulls: dict[str, Any] = {}
                for null in some:
                    nulls = assigned(nulls, null.path, None)
                return request._replace(chart=chart, given=overlaid(nulls, request.given))

            every = engine.render(with_nulls(*left))
            # The library is Helm 4, so that one rendering tells.
            if (every == output and engine.identity.startswith("sdk ")) or every == (
                none := engine.render(with_nulls())
            ):
                return
            outputs = engine.render_many([with_nulls(null) for null in left])
            alone = [null for null, one in zip(left, outputs, strict=True) if one != none]
            # Where none alone does it, it takes several of them.
            yield from alone or left

    def _lay_out_without(self, target: Path, nulls: list[_Null]) -> None:
        """Write the chart's files, without some nulls; an archive in which there are such is taken apart."""
        changed = {null.defaults.chart.folder: null.defaults.layer.data for null in nulls}
        for null in nulls:
            folder, depth = null.defaults.chart.folder, len(null.defaults.chart.path)
            changed[folder] = _without(changed[folder], null.path[depth:])
        files = {**self._chart.files}
        files |= {f"{folder}values.yaml": as_yaml(data).encode() for folder, data in changed.items()}
        archives = [path for path in files if path.startswith("charts/") and path.endswith((".tgz", ".tar.gz"))]
        apart = {path for path in archives if any(folder.startswith(f"{path}/") for folder in changed)}
        for path, content in files.items():
            archive = next((one for one in archives if path.startswith(f"{one}/")), None)
            if path in apart or (archive is not None and archive not in apart):
                continue
            inside = path if archive is None else f"{archive.rpartition('/')[0]}/{path.removeprefix(f'{archive}/')}"
            file = (target / inside).resolve()
            if target.resolve() in file.parents:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)


def _defaults_in(folder: Path, chart: ChartFiles) -> Iterator[_Defaults]:
    for within in charts_within(chart):
        file = f"{within.folder}values.yaml"
        if file in chart.files:
            layer = load_layer(folder / file, chart.files[file])
            # Of one that cannot be read whoever renders it is told.
            if layer.readable:
                yield _Defaults(within, layer)


def _nulls_in(defaults: list[_Defaults], charts: set[ValuesPath]) -> Iterator[_Null]:
    """Yield the nulls that nothing in an outer chart's values.yaml is said of, and that are not null further in too.

    `charts` are the paths of all subcharts' values.
    """
    for one in defaults:
        depth = len(one.chart.path)
        outer = [other for other in defaults if len(other.chart.path) < depth and one.chart.is_in(other.chart)]
        for rest in _nulls(one.layer.data):
            path = (*one.chart.path, *rest)
            # Of a subchart's values Helm 4 drops nulls only where nobody else says anything of any of them.
            at = path[: depth + 1] if path[: depth + 1] in charts else path
            inner = [_at(other, path) for other in defaults if len(other.chart.path) > depth and other.states(path)]
            if not any(other.states(at) for other in outer) and None not in inner[:1]:
                yield _Null(path, at, one, bool(inner))


def _at(defaults: _Defaults, path: ValuesPath) -> Any:
    found: Any = defaults.layer.data
    for step in path[len(defaults.chart.path) :]:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _nulls(values: dict[str, Any]) -> Iterator[ValuesPath]:
    for key, value in values.items():
        if value is None:
            yield (key,)
        elif isinstance(value, dict):
            yield from ((key, *path) for path in _nulls(value))


def _without(values: dict[Any, Any], path: ValuesPath) -> dict[str, Any]:
    if len(path) == 1:
        return {key: value for key, value in values.items() if key != path[0]}
    return {**values, path[0]: _without(values[path[0]], path[1:])}
