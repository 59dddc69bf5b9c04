"""Render many releases of a chart at a time, where the chart is one that gives the same text so."""

from __future__ import annotations

import tempfile
import threading
import uuid
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raychart.chart import read_about
from raychart.errors import RaychartError
from raychart.merging import over_defaults
from raychart.rendering.batch_chart import batch_chart
from raychart.rendering.bytes_check import REPLACEMENT
from raychart.rendering.engine import Request
from raychart.rendering.sdk_engine import SdkEngine, output_of
from raychart.values import load_defaults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.rendering.batch_chart import BatchChart
    from raychart.rendering.charts import Charts
    from raychart.rendering.engine import Engine, Output

# Fewer are as quickly rendered each by itself.
_WORTH_IT = 8
# So few are rendered one by one when they are refused together.
_FEW = 2
_lock = threading.Lock()


@cache
def _batches(_: SdkEngine) -> dict[str, Batch | None]:
    """Return what is known of charts by their digests: a share of a review is as a run of its own."""
    return {}


def batching(engine: Engine, charts: Charts) -> Engine:
    """Return an engine that renders many requests at a time where that is faster, which it is with the library."""
    return BatchingEngine(engine, charts) if isinstance(engine, SdkEngine) else engine


class BatchingEngine:
    """Renders with the library; of many requests those of one chart together."""

    def __init__(self, engine: SdkEngine, charts: Charts) -> None:
        self._engine = engine
        self._charts = charts
        self._batches = _batches(engine)
        self.identity = engine.identity

    def render(self, request: Request) -> Output:
        """Render one request."""
        return self._engine.render(request)

    def texts(self, request: Request) -> dict[str, str]:
        """Return what each template gave."""
        return self._engine.texts(request)

    def render_many(self, requests: Sequence[Request]) -> list[Output]:
        """Render requests; what is refused together is rendered by itself, for the words of the refusal."""
        outputs: dict[int, Output] = {}
        by_chart: dict[Path, list[int]] = {}
        for number, request in enumerate(requests):
            by_chart.setdefault(request.chart, []).append(number)
        for chart, numbers in by_chart.items():
            ours = [requests[number] for number in numbers]
            batch = self.batch_for(chart, ours) if len(ours) >= _WORTH_IT else None
            outputs |= zip(numbers, self._together(batch, ours), strict=True)
        return [outputs[number] for number in range(len(requests))]

    def _together(self, batch: Batch | None, requests: Sequence[Request]) -> list[Output]:
        rendered = batch.render(requests) if batch is not None and len(requests) > _FEW else None
        if rendered is not None:
            return rendered
        if batch is None or len(requests) <= _FEW:
            return [self.render(request) for request in requests]
        half = len(requests) // 2
        return [*self._together(batch, requests[:half]), *self._together(batch, requests[half:])]

    def batch_for(self, path: Path, requests: Sequence[Request]) -> Batch | None:
        """Return what renders many of a chart's releases; None where they have to be rendered one by one."""
        digest = self._charts.files(path).digest
        with _lock:
            if digest not in self._batches:
                self._batches[digest] = self._proven(path, requests)
            return self._batches[digest]

    def _proven(self, path: Path, requests: Sequence[Request]) -> Batch | None:
        """Make it, and hold what it gives for two of the requests against what the chart itself gives."""
        samples = {number: files for number in (0, -1) if (files := self._engine.files(requests[number])) is not None}
        if not samples:
            return None
        made = batch_chart(self._charts.files(path), str(read_about(path).get("name")), samples[min(samples)])
        if made is None:
            return None
        try:
            batch = Batch(self._engine, made, load_defaults(path).data)
        except RaychartError:
            return None
        together = batch.render([requests[number] for number in samples])
        return batch if together == [output_of(files) for files in samples.values()] else None


class Batch:
    """One chart that renders many releases; loaded, so that it need not be on disk any longer."""

    def __init__(self, engine: SdkEngine, chart: BatchChart, defaults: dict[str, Any]) -> None:
        self._engine = engine
        self._chart = chart
        self._defaults = defaults
        with tempfile.TemporaryDirectory(prefix="raychart-batch-") as folder:
            self._folder = Path(folder)
            for path, content in chart.files.items():
                target = self._folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            engine.loaded(self._folder)

    def render(self, requests: Sequence[Request]) -> list[Output] | None:
        """Return what was rendered for each request, None where any of them was refused, or may have to be."""
        releases = [
            {
                "name": request.release,
                "namespace": request.namespace,
                "values": over_defaults(request.given, self._defaults),
            }
            for request in requests
        ]
        mark = f"# {uuid.uuid4()}"
        files = self._engine.files(Request(self._folder, self._chart.values(releases, mark), "batch", "batch"))
        if files is None or REPLACEMENT in files[self._chart.driver]:
            return None
        return [output_of(one) for one in self._chart.cut(files[self._chart.driver], releases, mark)]
