"""Merge values as Helm merges them: files over files, flags over files, all over the chart's defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from raychart.paths import ValuesPath


class ConflictError(Exception):
    """A flag goes through a value that is not what it has to be: `path` leads to it, `wanted` is what it should be."""

    def __init__(self, path: ValuesPath, wanted: str, found: Any) -> None:
        super().__init__(path, wanted, found)
        self.path = path
        self.wanted = wanted
        self.found = found


def overlaid(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Lay one file's values over another's: mappings merge, everything else replaces."""
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = overlaid(merged[key], value)
        else:
            merged[key] = value
    return merged


def over_defaults(given: dict[str, Any], defaults: dict[str, Any], *, top: bool = True) -> dict[str, Any]:
    """Lay what users give over a chart's defaults.

    A null takes a default away and goes with it; without a default it stays (Helm's coalesceValues and
    coalesceTables). Nulls among the defaults are dropped, as Helm 4 does; Helm 3 keeps them.
    """
    merged = {key: value for key, value in given.items() if value is not None or _stays(key, defaults, top=top)}
    for key, default in defaults.items():
        own = given.get(key)
        if isinstance(default, dict) and (key not in given or isinstance(own, dict)):
            merged[key] = over_defaults(own or {}, default, top=False)
        elif key not in given and default is not None:
            merged[key] = default
    return merged


def assigned(base: dict[str, Any], path: ValuesPath, value: Any) -> dict[str, Any]:
    """Set one value as Helm's --set flags do; `base` is not changed. Raises ConflictError where Helm refuses.

    Missing mappings and lists are made, lists grow by nulls, and what stands in a list in a mapping's place goes.
    """
    made: dict[str, Any] = _assigned(base, path, value, 0)
    return made


def is_given(given: Any, path: ValuesPath) -> bool:
    """Tell whether values say anything of a path, so that the chart's default does not count."""
    for step in path:
        if not isinstance(given, dict):
            return True
        if step not in given:
            return False
        given = given[step]
    return True


def _assigned(base: Any, path: ValuesPath, value: Any, depth: int) -> Any:
    if depth == len(path):
        return value
    step = path[depth]
    if isinstance(step, str):
        if not isinstance(base, dict):
            raise ConflictError(path[:depth], "a mapping", base)
        inner = base[step] if step in base else _empty(path, depth + 1)
        return {**base, step: _assigned(inner, path, value, depth + 1)}
    if not isinstance(base, list):
        raise ConflictError(path[:depth], "a list", base)
    items = [*base, *[None] * (step + 1 - len(base))]
    inner = items[step]
    needed = _empty(path, depth + 1)
    if inner is None or (isinstance(needed, dict) and not isinstance(inner, dict)):
        inner = needed
    items[step] = _assigned(inner, path, value, depth + 1)
    return items


def _empty(path: ValuesPath, depth: int) -> dict[str, Any] | list[Any] | None:
    """Return what has to be there for the next step of a path to go on."""
    if depth == len(path):
        return None
    return {} if isinstance(path[depth], str) else []


def _stays(key: str, defaults: dict[str, Any], *, top: bool) -> bool:
    return key not in defaults or (not top and defaults[key] is None)
