"""Say where a value comes from: through the layers, and through what the chart itself lays below clusters and pods."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from raychart.merging import overlaid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath
    from raychart.values import Position, Statement, Values

Role = Literal["in force", "removes", "overridden"]


@dataclass(frozen=True, slots=True)
class Origin:
    """What stands in one place about a value and what became of that; `path` is what was set there."""

    role: Role
    position: Position
    path: ValuesPath
    value: Any
    is_default: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The value that the chart uses at a path, if there is one, and all that was written about it, strongest first."""

    path: ValuesPath
    is_set: bool
    value: Any
    origins: tuple[Origin, ...]

    @property
    def in_force(self) -> Origin | None:
        """Return what the value comes from; None for a mapping, whose parts have origins of their own."""
        return next((origin for origin in self.origins if origin.role == "in force"), None)


class _Level(NamedTuple):
    """A place of the values where a setting may be made: `root` is the settings, `rest` leads to it from there."""

    root: ValuesPath
    rest: ValuesPath


def explain(values: Values, path: ValuesPath) -> Explanation:
    """Explain one path; a setting of a cluster or a pod may come from clusterDefaults or podDefaults."""
    value: Any = None
    is_set = decided = False
    origins: list[Origin] = []
    for level in _levels(path):
        statements = values.statements((*level.root, *level.rest))[::-1]
        own, is_there, is_closed = _reach(values.data, level)
        role, speaker = ("overridden", None) if decided else _speaker(statements, level, is_there, is_closed)
        if isinstance(own, dict) and is_there and (not decided or (is_set and isinstance(value, dict))):
            # Mappings of all levels merge, up to one that ends what is below it.
            value, is_set, role = (overlaid(own, value) if is_set else own), True, "overridden"
            speaker = None
        elif not decided and is_there:
            value, is_set, decided = (value if is_set else own), True, True
        decided = decided or is_closed
        origins += (_origin(role if one is speaker else "overridden", one, values) for one in statements)
    if origins and is_set and value == {}:
        origins[0] = replace(origins[0], role="in force")
    return Explanation(path, is_set, value, tuple(origins))


def leaves(values: Values, path: ValuesPath) -> Iterator[Explanation]:
    """Explain each value at or below a path that is no mapping, or an empty one."""
    explanation = explain(values, path)
    if isinstance(explanation.value, dict) and explanation.value:
        for key in explanation.value:
            yield from leaves(values, (*path, key))
    else:
        yield explanation


def _levels(path: ValuesPath) -> list[_Level]:
    """Return the places where a setting may be made, the strongest first (templates/_settings.tpl)."""
    if path[:1] != ("clusters",) or len(path) < 3:
        return [_Level((), path)]
    rest = path[2:]
    pod = 1 if rest[0] == "head" else 2 if rest[0] == "workerTypes" and len(rest) > 1 else 0
    levels = [
        _Level((*path[:2], *rest[:pod]), rest[pod:]),
        _Level(("clusterDefaults", *rest[:pod]), rest[pod:]),
    ]
    return [*levels, _Level(("podDefaults",), rest[pod:])] if pod else levels


def _reach(data: Any, level: _Level) -> tuple[Any, bool, bool]:
    """Return the value that a level has, whether it has one, and whether it ends what lower levels would give."""
    for depth, step in enumerate((*level.root, *level.rest)):
        if not _has(data, step):
            return None, False, depth > len(level.root) and not isinstance(data, dict)
        data = data[step]
    return data, True, not isinstance(data, dict)


def _has(data: Any, step: str | int) -> bool:
    if isinstance(data, dict):
        return step in data
    return isinstance(data, list) and isinstance(step, int) and step < len(data)


def _speaker(
    statements: list[Statement], level: _Level, is_there: bool, is_closed: bool
) -> tuple[Role, Statement | None]:
    """Find the statement that decides what a level gives, the strongest being the first."""
    if not statements:
        return "overridden", None
    first = statements[0]
    if is_there:
        own = [one for one in statements if one.path == (*level.root, *level.rest)]
        # Below a mapping that was null in an earlier layer, it is the chart's default that is left.
        return "in force", (own[0] if first in own else own[-1]) if own else first
    if is_closed:
        return "in force", first
    if first.value is None and any(one.value is not None for one in statements):
        return "removes", first
    return "overridden", None


def _origin(role: Role, statement: Statement, values: Values) -> Origin:
    is_default = statement.layer is values.layers[0]
    return Origin(role, statement.position, statement.path, statement.value, is_default)
