"""Find the line of values that an effect comes from."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from raychart.paths import dotted
from raychart.review.leaves import GONE
from raychart.review.model import Placed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from raychart.diff.model import Change
    from raychart.impact.model import Impact
    from raychart.paths import ValuesPath
    from raychart.review.leaves import Leaf

_WORD = re.compile(r"[A-Za-z][a-z]*|[0-9]+")
# Values that say the same in other words than the objects that they become.
_SAME = {
    "minreplicas": "minworkers",
    "maxreplicas": "maxworkers",
    "idletimeoutseconds": "idletimeoutminutes",
    "requests": "resources",
    "limits": "resources",
}
# Short values are everywhere.
_TELLING = 3
# Of many changes with the same effect the first ones tell where they come from.
_TRIED = 20


def placed(impacts: Sequence[Impact], leaves: Sequence[Leaf], named: Callable[[str], str | None]) -> tuple[Placed, ...]:
    """Put each impact at the value that caused it, where values differ that may have.

    `named` says what to call a file, None for one that the repository has not got.
    """
    return tuple(_placed(impact, leaves, named) for impact in impacts)


def _placed(impact: Impact, leaves: Sequence[Leaf], named: Callable[[str], str | None]) -> Placed:
    fitting = [(score, leaf) for leaf in leaves if (score := _fit(impact, leaf)) > 0]
    if not fitting:
        return Placed(impact)
    # Of leaves that fit alike the first one counts.
    _, leaf = max(fitting, key=lambda entry: entry[0])
    file = named(leaf.position.file)
    position = replace(leaf.position, file=file) if file is not None else None
    return Placed(impact, position, dotted(leaf.path))


def _fit(impact: Impact, leaf: Leaf) -> float:
    """Say how well a leaf explains an impact; 0 for not at all.

    First counts where in the values it is, then whether it has the words and the values of what changed.
    """
    nearness = _nearness(impact, leaf.path)
    if nearness == 0:
        return 0
    changes = (impact.changes or impact.object.changes)[:_TRIED]
    return nearness + max((_likeness(change, leaf) for change in changes), default=0.0)


def _nearness(impact: Impact, path: ValuesPath) -> float:
    top = path[0] if path else None
    if top == "x-raychart":
        return 0
    if impact.cluster is None:
        name = impact.object.manifest.name
        if top == "clusters" and len(path) > 1:
            return 2 if name == path[1] or name.startswith(f"{path[1]}-") else 0.5
        about_operator = "operator" in {impact.effect.partition("-")[0], *name.split("-")}
        return 3 if (top == "operator") == about_operator else 0.5
    if top == "clusters":
        return _in_cluster(impact, path[1:])
    # Defaults of all clusters and pods, and placements, which pods name.
    if top in {"clusterDefaults", "podDefaults", "placements"}:
        return _in_pods(impact, path[1:]) if top == "clusterDefaults" else 1.5
    return 0 if top == "operator" else 0.5


def _in_cluster(impact: Impact, path: ValuesPath) -> float:
    if not path:
        return 1
    return 0 if path[0] != impact.cluster else 1 + _in_pods(impact, path[1:])


def _in_pods(impact: Impact, path: ValuesPath) -> float:
    """Weigh a path below a cluster: its worker types, its head, or what it says of all of it."""
    if path[:1] == ("workerTypes",):
        if len(path) == 1:
            return 1
        return (3 if impact.worker_type == path[1] else 0) if impact.worker_type else 0.5
    if path[:1] == ("head",):
        return 0 if impact.worker_type else 3 if impact.effect.startswith("head") else 1.5
    return 1


def _likeness(change: Change, leaf: Leaf) -> float:
    """Compare the words of both paths' ends, and the values."""
    score = 0.0
    ours = {_plain(step) for step in leaf.path if isinstance(step, str)}
    theirs = [_plain(str(step)) for step in change.path]
    theirs = [_SAME.get(step, step) for step in theirs]
    if theirs and _plain(str(leaf.path[-1])) == theirs[-1]:
        score += 2
    elif ours & set(theirs[2:]):
        score += 1
    if leaf.new is not GONE and _holds(change.new, leaf.new):
        score += 2
    if leaf.old is not GONE and _holds(change.old, leaf.old):
        score += 1
    return score


@lru_cache(maxsize=4096)
def _plain(step: str) -> str:
    return "".join(_WORD.findall(step)).lower()


def _holds(whole: Any, part: Any) -> bool:
    """Tell whether a value is there, as itself or in a text."""
    if isinstance(part, (dict, list)) or part is None or isinstance(part, bool):
        return whole == part and part not in ({}, [], None) and type(whole) is type(part)
    return str(whole) == str(part) or (len(str(part)) >= _TELLING and isinstance(whole, str) and str(part) in whole)
