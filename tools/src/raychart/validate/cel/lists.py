"""Kubernetes' functions of lists in rules."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from raychart.validate.cel.errors import NotHereError, RefusedError

_LEAST, _MOST = -(2**63), 2**63 - 1


def is_sorted(items: list[Any]) -> bool:
    """Tell whether no item is less than the one before it."""
    _comparable(items)
    return all(one <= other for one, other in pairwise(items))


def total(items: list[Any]) -> Any:
    """Return the sum of numbers."""
    kinds = {type(item) for item in items}
    if not kinds:
        # A whole 0 equals any other one.
        return 0
    if kinds not in ({int}, {float}):
        raise NotHereError("only lists of numbers are added here")
    found = sum(items)
    if isinstance(found, int) and not _LEAST <= found <= _MOST:
        raise RefusedError("integer overflow")
    return found


def least(items: list[Any]) -> Any:
    """Return the least item."""
    return min(_some(items, "min"))


def greatest(items: list[Any]) -> Any:
    """Return the greatest item."""
    return max(_some(items, "max"))


def _some(items: list[Any], name: str) -> list[Any]:
    _comparable(items)
    if not items:
        raise RefusedError(f"{name} called on empty list")
    return items


def _comparable(items: list[Any]) -> None:
    if {type(item) for item in items} not in (set(), {int}, {float}, {str}, {bool}):
        raise NotHereError("only lists of numbers or of texts are compared here")
