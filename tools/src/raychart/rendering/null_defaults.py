"""Find the nulls among a chart's defaults for which Helm 3 and Helm 4 render something else.

Helm 3 hands a null in values.yaml to the templates, Helm 4 leaves the key out. Most templates make the same of both, so
it is tried: both render a chart without the nulls alike, and keep a null that is given for a key without a default.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.merging import assigned, is_given, overlaid
from raychart.paths import dotted
from raychart.rendering.helm_engine import as_yaml
from raychart.values import Values, load_defaults

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from raychart.paths import ValuesPath
    from raychart.rendering.engine import Engine, Output, Request
    from raychart.values import Layer

_RULE = "helm-versions"
_MESSAGE = "Helm 3 hands this null to the templates, Helm 4 leaves the key out, and they make something else of it"
_REMEDY = "take the key out, or write a value that means the same to the templates"


@cache
def _known(_: str) -> dict[tuple[str, Collection[ValuesPath]], tuple[ValuesPath, ...]]:
    """Return what was found with an engine, by the chart's digest and the nulls that its values leave there."""
    return {}


class NullDefaults:
    """The nulls in one chart's own values.yaml; those below a subchart's name are another matter (versions.py)."""

    def __init__(self, folder: Path, digest: str, subcharts: Collection[str]) -> None:
        self._folder = folder
        self._digest = digest
        self._defaults: Layer | None = None
        try:
            self._defaults = load_defaults(folder)
        except RaychartError:
            # Whoever renders it is told so.
            return
        self._nulls = [path for path in _nulls(self._defaults.data) if path[0] not in subcharts]

    def findings(self, engine: Engine, request: Request, output: Output) -> tuple[Finding, ...]:
        """Return what is to be said of those that the values of a request leave as they are; `output` is what it gave.

        It is tried once, with the first request that leaves the same nulls there and is not refused.
        """
        if self._defaults is None or output.refusal is not None:
            return ()
        left = tuple(path for path in self._nulls if not is_given(request.given, path))
        if not left:
            return ()
        known = _known(engine.identity)
        key = self._digest, left
        if key not in known:
            known[key] = tuple(self._to_blame(engine, request, output, left))
        return tuple(self._finding(path, self._defaults) for path in known[key])

    def _to_blame(
        self, engine: Engine, request: Request, output: Output, left: tuple[ValuesPath, ...]
    ) -> Iterator[ValuesPath]:
        with tempfile.TemporaryDirectory(prefix="raychart-nulls-") as temporary:
            chart = Path(temporary) / "chart"
            shutil.copytree(self._folder, chart, ignore_dangling_symlinks=True)
            assert self._defaults is not None  # noqa: S101 (there are none to blame without it)
            (chart / "values.yaml").write_text(as_yaml(_without_nulls(self._defaults.data)), encoding="utf-8")

            def with_nulls(*paths: ValuesPath) -> Request:
                nulls: dict[str, Any] = {}
                for path in paths:
                    nulls = assigned(nulls, path, None)
                return request._replace(chart=chart, given=overlaid(nulls, request.given))

            every = engine.render(with_nulls(*left))
            # The library is Helm 4, so that one rendering tells.
            if (every == output and engine.identity.startswith("sdk ")) or every == (
                none := engine.render(with_nulls())
            ):
                return
            outputs = engine.render_many([with_nulls(path) for path in left])
            alone = [path for path, one in zip(left, outputs, strict=True) if one != none]
            # Where none alone does it, it takes several of them.
            yield from alone or left

    def _finding(self, path: ValuesPath, defaults: Layer) -> Finding:
        at = Values(defaults.data, (defaults,)).position(path)
        return Finding(_RULE, "warning", _MESSAGE, _REMEDY, at.file, at.line, at.column, dotted(path))


def _nulls(values: dict[str, Any]) -> Iterator[ValuesPath]:
    for key, value in values.items():
        if value is None:
            yield (key,)
        elif isinstance(value, dict):
            yield from ((key, *path) for path in _nulls(value))


def _without_nulls(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_nulls(value) if isinstance(value, dict) else value
        for key, value in values.items()
        if value is not None
    }
