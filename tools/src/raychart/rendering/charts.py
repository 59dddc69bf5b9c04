"""What is known of the charts of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.rendering.chart_files import read_chart_files
from raychart.rendering.null_defaults import NullDefaults
from raychart.rendering.stable import is_stable
from raychart.rendering.twins import Twins

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.findings import Finding
    from raychart.rendering.chart_files import ChartFiles
    from raychart.rendering.engine import Engine, Output, Request

# What a look at a chart's content tells, by its digest: it is the same in every run of this process.
_twins: dict[str, Twins] = {}
_stable: dict[str, bool] = {}


class Charts:
    """Reads each chart once."""

    def __init__(self) -> None:
        self._files: dict[Path, ChartFiles] = {}
        self._nulls: dict[Path, NullDefaults] = {}

    def files(self, path: Path) -> ChartFiles:
        """Return what is in a chart's folder."""
        if path not in self._files:
            self._files[path] = read_chart_files(path)
        return self._files[path]

    def twins(self, path: Path) -> Twins:
        """Return which namespaces of a chart may share what was rendered."""
        chart = self.files(path)
        if chart.digest not in _twins:
            _twins[chart.digest] = Twins(chart, stable=self.is_stable(path))
        return _twins[chart.digest]

    def is_stable(self, path: Path) -> bool:
        """Tell whether the chart gives the same text whenever it is rendered."""
        chart = self.files(path)
        if chart.digest not in _stable:
            _stable[chart.digest] = is_stable(chart.template_texts)
        return _stable[chart.digest]

    def differences(self, engine: Engine, request: Request, output: Output) -> tuple[Finding, ...]:
        """Return what Helm 3 and Helm 4 make differently of a chart's defaults below the values given.

        `output` is what the engine gave for the request.
        """
        path = request.chart
        if path not in self._nulls:
            self._nulls[path] = NullDefaults(path, self.files(path))
        return self._nulls[path].findings(engine, request, output, stable=self.is_stable(path))
