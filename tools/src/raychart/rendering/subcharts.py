"""Find the charts in a chart: where the values of each stand, and the defaults that it brings."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.helm_yaml import read_documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath
    from raychart.rendering.chart_files import ChartFiles

# Charts in charts in charts: far beyond any that there are.
_DEEPEST = 10


class Within(NamedTuple):
    """A chart in a chart: the path of its values in those of the outermost, and its folder among the files."""

    path: ValuesPath
    folder: str

    def is_in(self, other: Within) -> bool:
        """Tell whether it is the other chart, or somewhere in it."""
        return self.path[: len(other.path)] == other.path


def charts_within(chart: ChartFiles) -> Iterator[Within]:
    """Yield the chart itself and those below it, each before its own; one with two aliases comes twice."""
    yield from _below(chart, Within((), ""))


def _below(chart: ChartFiles, at: Within) -> Iterator[Within]:
    yield at
    if len(at.path) >= _DEEPEST:
        return
    aliases = _aliases(chart, at.folder)
    for path in chart.files:
        parts = PurePosixPath(path).relative_to(at.folder).parts if path.startswith(at.folder) else ()
        # charts/sub/Chart.yaml, or charts/sub-1.0.0.tgz/sub/Chart.yaml
        if parts[:1] == ("charts",) and parts[-1] == "Chart.yaml" and len(parts) == 3 + parts[1].endswith("gz"):
            name = _mapping(chart, path).get("name")
            for known in aliases.get(name, [str(name)]):
                yield from _below(chart, Within((*at.path, known), path.removesuffix("Chart.yaml")))


def _aliases(chart: ChartFiles, folder: str) -> dict[Any, list[str]]:
    """Return the other names by which a chart's values know its subcharts."""
    found: dict[Any, list[str]] = {}
    for file in ("Chart.yaml", "requirements.yaml"):
        declared = _mapping(chart, f"{folder}{file}").get("dependencies")
        for dependency in declared if isinstance(declared, list) else ():
            if isinstance(dependency, dict) and isinstance(dependency.get("alias"), str):
                found.setdefault(dependency.get("name"), []).append(dependency["alias"])
    return found


def _mapping(chart: ChartFiles, path: str) -> dict[str, Any]:
    documents = read_documents(chart.files.get(path, b"").decode("utf-8", "replace"), path)
    data = documents[0].data if documents else None
    return data if isinstance(data, dict) else {}
