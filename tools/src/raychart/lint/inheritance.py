"""What a value would be if it were not set where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.lint.each import layers_with
from raychart.lint.effective import MISSING, as_map, look_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject
    from raychart.paths import ValuesPath
    from raychart.values import Values

_SKIPPED = ("x-", "extraObjects", "global")


class Set(NamedTuple):
    """A value that one file sets, and what it would be without: MISSING for nothing."""

    path: ValuesPath
    value: Any
    inherited: Any


def settings(subject: Subject) -> Iterator[Set]:
    """Yield the scalars and lists that exactly one file sets, with what each would be without it."""
    values = subject.values
    layers = [layer.data for layer in values.layers]
    for path, value in leaves(values):
        if not _is_required(path) and (len(layers) == 2 or len(layers_with(values, path)) == 1):
            yield Set(path, value, _inherited(layers, path))


def leaves(values: Values) -> Iterator[tuple[ValuesPath, Any]]:
    """Yield the scalars and lists of the files over the chart's defaults, once each."""
    told: set[ValuesPath] = set()
    for layer in values.layers[1:]:
        todo: list[tuple[ValuesPath, Any]] = [
            ((key,), value) for key, value in layer.data.items() if not str(key).startswith(_SKIPPED)
        ]
        for path, value in todo:
            if isinstance(value, dict) and value and len(path) < _DEEP:
                todo += [((*path, key), below) for key, below in value.items()]
            elif path not in told:
                told.add(path)
                yield path, value


_DEEP = 12


def _is_required(path: ValuesPath) -> bool:
    """Tell whether the schema asks for a key wherever its map stands, whatever is inherited."""
    return path[-3::2] == ("workerTypes", "maxWorkers") or "schedules" in path[:-2]


def _inherited(layers: list[dict[str, Any]], path: ValuesPath) -> Any:
    found = look_up(layers[0], path)
    for place in _weaker(path) if found is MISSING else ():
        for layer in reversed(layers):
            found = look_up(layer, place)
            if found is not MISSING:
                return found
    return found


def _weaker(path: ValuesPath) -> Iterator[ValuesPath]:
    """Yield the places that a path of a cluster, head or worker type inherits from, the strongest first."""
    within = path
    if path[0] == "clusters" and len(path) > 2:
        within = ("clusterDefaults", *path[2:])
        yield within
    if within[:2] == ("clusterDefaults", "head") and len(within) > 2:
        yield ("podDefaults", *within[2:])
    elif within[:2] == ("clusterDefaults", "workerTypes") and len(within) > 3:
        yield ("podDefaults", *within[3:])


def overruled(subject: Subject) -> Iterator[tuple[ValuesPath, str]]:
    """Yield what files set as a default and every cluster, or every pod, sets again, and who does."""
    clusters = {
        name: as_map(own) for name, own in as_map(subject.values.data.get("clusters")).items() if own is not None
    }
    for path, _ in leaves(subject.values):
        if path[0] == "clusterDefaults" and len(path) > 1 and clusters:
            if all(look_up(own, path[1:]) is not MISSING for own in clusters.values()):
                yield path, "every cluster"
        elif path[0] == "podDefaults" and subject.clusters:
            pods = [pod for cluster in subject.clusters for pod in cluster.pods]
            if all(pod.place(*path[1:])[0] != "podDefaults" for pod in pods):
                yield path, "the head and every worker type"
