"""Make values that the schema refuses fit for the rules, so that one run tells all problems."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from raychart.merging import overlaid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.lint.rule import Fix
    from raychart.paths import ValuesPath
    from raychart.schema import Schema
    from raychart.schema_words import Problem
    from raychart.values import Values

# Taking something away can make the schema refuse what is around it, level by level.
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Repaired:
    """Values of the right shape: misspelt keys are renamed, what is beyond repair is left out.

    `misplaced` are keys that belong elsewhere, so that of what they say nothing is known there.
    """

    values: Values
    renamed: dict[ValuesPath, str] = field(default_factory=dict)
    left_out: tuple[ValuesPath, ...] = ()
    misplaced: tuple[ValuesPath, ...] = ()

    def written(self, path: ValuesPath) -> ValuesPath:
        """Return where in the file the value at `path` stands."""
        return tuple(self.renamed.get(path[: end + 1], step) for end, step in enumerate(path))

    def is_unknown(self, path: ValuesPath, remedy: str = "") -> bool:
        """Tell whether what the user wanted at `path`, below it, or beside it where the remedy is, is not known."""
        return any(
            path[: len(gone)] == gone
            or gone[: len(path)] == path
            or (gone[:-1] == path[:-1] and re.search(rf"\b{re.escape(str(gone[-1]))}\b", remedy))
            for gone in self.left_out
        ) or any(gone[-1:] == path[-1:] for gone in self.misplaced)


def repaired(values: Values, schema: Schema, problems: Sequence[Problem]) -> Repaired:
    """Rename, convert or leave out what each problem is about; what is missing stays missing."""
    data: Any = _copied(values.data)
    renamed: dict[ValuesPath, str] = {}
    left_out: list[ValuesPath] = []
    misplaced = tuple(problem.path for problem in problems if problem.is_misplaced)
    for _ in range(_ROUNDS):
        problems = [problem for problem in problems if not problem.is_absence]
        if not problems:
            break
        for problem in problems:
            if problem.fix is not None and problem.fix.kind == "rename" and _is_free(values, problem.path, problem.fix):
                _rename(data, problem.path, str(problem.fix.value), renamed)
            elif problem.fix is not None and problem.fix.kind == "set":
                _set(data, problem.path, problem.fix.value)
            else:
                left_out.append(_leave_out(data, problem.path))
        problems = schema.problems(data)
    return Repaired(replace(values, data=data), renamed, tuple(left_out), misplaced)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(of) for key, of in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _is_free(values: Values, path: ValuesPath, fix: Fix) -> bool:
    """Tell whether no layer that has the misspelt key, or comes later, sets what it was meant to be."""
    parents = [_at(layer.data, path[:-1]) for layer in values.layers[1:]]
    keys = [set(parent) if isinstance(parent, dict) else set() for parent in parents]
    first = next((at for at, names in enumerate(keys) if path[-1] in names), 0)
    return not any(fix.value in names for names in keys[first:])


def _rename(data: Any, path: ValuesPath, name: str, renamed: dict[ValuesPath, str]) -> None:
    parent = _at(data, path[:-1])
    if isinstance(parent, dict) and path[-1] in parent:
        written = parent.pop(path[-1])
        below = parent.get(name)
        parent[name] = overlaid(below, written) if isinstance(below, dict) and isinstance(written, dict) else written
        renamed[(*path[:-1], name)] = str(path[-1])


def _set(data: Any, path: ValuesPath, value: object) -> None:
    parent: Any = _at(data, path[:-1])
    if parent is not None:
        parent[path[-1]] = value


def _leave_out(data: Any, path: ValuesPath) -> ValuesPath:
    """Take a value away, or the whole list of which it is an item: the others' places must not move."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    if not path:
        data.clear()
        return path
    parent = _at(data, path[:-1])
    if isinstance(parent, dict):
        parent.pop(path[-1], None)
    return path


def _at(data: Any, path: ValuesPath) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
