"""Leave out what the chart says anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.generate.choices import Choices
from raychart.generate.threeway import same

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raychart.paths import ValuesPath

_MISSING = object()


def without_defaults(choices: Choices, chart: Mapping[str, Any]) -> Choices:
    """Return the choices that differ from what the chart's values.yaml comes to; `chart` is what that holds."""
    left = _differing(choices.values, (), chart)
    values: dict[str, Any] = left if isinstance(left, dict) else {}
    return Choices(values, {path: why for path, why in choices.reasons.items() if _found(values, path)})


def _differing(value: Any, path: ValuesPath, chart: Mapping[str, Any]) -> Any:
    default = _default(path, chart)
    if not isinstance(value, dict):
        return _MISSING if same(value, default) else value
    kept = {key: of for key in value if (of := _differing(value[key], (*path, key), chart)) is not _MISSING}
    return _MISSING if value and not kept else kept


def _default(path: ValuesPath, chart: Mapping[str, Any]) -> Any:
    """Return what holds at a path where nothing is said; below clusters that is what they start from."""
    if path[:1] != ("clusters",) or len(path) < 3:
        return _at(chart, path)
    of_cluster = ("clusterDefaults", *path[2:])
    if path[2] == "head":
        own = _at(chart, of_cluster)
        return _at(chart, ("podDefaults", *path[3:])) if own is _MISSING else own
    if path[2] == "workerTypes" and len(path) > 4:
        if path[4] == "idleTimeoutMinutes":
            return _at(chart, ("clusterDefaults", "idleTimeoutMinutes"))
        # Zero is what the schema says of it.
        return 0 if path[4] == "minWorkers" else _at(chart, ("podDefaults", *path[4:]))
    return _at(chart, of_cluster)


def _at(values: Any, path: ValuesPath) -> Any:
    for step in path:
        if not isinstance(values, dict) or step not in values:
            return _MISSING
        values = values[step]
    return values


def _found(values: Any, path: ValuesPath) -> bool:
    return _at(values, path) is not _MISSING
