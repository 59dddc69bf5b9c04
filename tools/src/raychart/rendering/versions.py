"""Say where Helm 3 and Helm 4 make something else of the same chart and values."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from raychart.findings import Finding
from raychart.helm_yaml import read_documents
from raychart.paths import dotted
from raychart.values import Values, load_defaults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from raychart.paths import ValuesPath
    from raychart.rendering.chart_files import ChartFiles

_RULE = "helm-versions"
_KEPT_BREAKS = re.compile(r"[|>]\d?\+")


def nulls_for_subcharts(folder: Path, chart: ChartFiles) -> Iterator[tuple[ValuesPath, Finding]]:
    """Yield where a chart's values.yaml sets a subchart's default to null, with what is to be said of it.

    Helm 3 takes the default away, Helm 4 leaves it as it is (helm/helm#32132). Nulls in values files take it away in
    both.
    """
    subcharts = list(subcharts_of(chart))
    if not subcharts:
        return
    defaults = load_defaults(folder)
    for name, own in subcharts:
        theirs = defaults.data.get(name)
        for path in _nulls_over(theirs, own):
            at = Values(defaults.data, (defaults,)).position((name, *path))
            message = "Helm 3 takes the subchart's default away, Helm 4 keeps it"
            remedy = "say null in a values file, or set a value that means nothing to the subchart"
            shown = dotted((name, *path))
            yield (name, *path), Finding(_RULE, "warning", message, remedy, at.file, at.line, at.column, shown)


def keeps_breaks(document: str) -> bool:
    """Tell whether a document ends with line breaks that belong to a text (|+): Helm 3 cuts them off."""
    if not document.endswith("\n\n") or not _KEPT_BREAKS.search(document):
        return False
    whole, cut = (read_documents(text, "") for text in (document, f"{document.rstrip()}\n"))
    return [one.data for one in whole] != [one.data for one in cut]


def kept_breaks(file: str) -> Finding:
    """Return what is to be said of values that make such a document."""
    message = "a document ends with a text that keeps its line breaks (|+), which Helm 3 cuts off and Helm 4 does not"
    return Finding(_RULE, "warning", message, "let another field be the last in the template", file)


def _nulls_over(parents: Any, own: Any) -> Iterator[ValuesPath]:
    if not isinstance(parents, dict) or not isinstance(own, dict):
        return
    for key, value in parents.items():
        if value is None and own.get(key) is not None:
            yield (key,)
        else:
            yield from ((key, *path) for path in _nulls_over(value, own.get(key)))


def subcharts_of(chart: ChartFiles) -> Iterator[tuple[str, Any]]:
    """Yield the chart's own subcharts: the name by which its values know each, and the values each brings."""
    declared = _read(chart, "Chart.yaml").get("dependencies")
    aliases: dict[Any, list[str]] = {}
    for dependency in declared if isinstance(declared, list) else []:
        if isinstance(dependency, dict) and isinstance(dependency.get("alias"), str):
            aliases.setdefault(dependency.get("name"), []).append(dependency["alias"])
    for path in chart.files:
        parts = PurePosixPath(path).parts
        # charts/sub/Chart.yaml, or charts/sub-1.0.0.tgz/sub/Chart.yaml
        if parts[0] == "charts" and parts[-1] == "Chart.yaml" and len(parts) == 3 + parts[1].endswith("gz"):
            name = _read(chart, path).get("name")
            for known in aliases.get(name, [str(name)]):
                yield known, _read(chart, str(PurePosixPath(path).with_name("values.yaml")))


def _read(chart: ChartFiles, path: str) -> dict[str, Any]:
    documents = read_documents(chart.files.get(path, b"").decode("utf-8", "replace"), path)
    data = documents[0].data if documents else None
    return data if isinstance(data, dict) else {}
