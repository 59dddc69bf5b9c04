"""Reach into objects that may be of any shape."""

from __future__ import annotations

from typing import Any


def at(value: Any, *keys: str) -> Any:
    """Return what is under keys within keys; None where there is nothing, or something else than mappings."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def mapping(value: Any, *keys: str) -> dict[str, Any]:
    """Return the mapping under keys, an empty one where there is none."""
    found = at(value, *keys)
    return found if isinstance(found, dict) else {}


def items(value: Any, *keys: str) -> list[Any]:
    """Return the list under keys, an empty one where there is none."""
    found = at(value, *keys)
    return found if isinstance(found, list) else []


def mappings(value: Any, *keys: str) -> list[dict[str, Any]]:
    """Return those entries of the list under keys that are mappings."""
    return [item for item in items(value, *keys) if isinstance(item, dict)]


def text(value: Any, *keys: str) -> str:
    """Return the text under keys, an empty one where there is none."""
    found = at(value, *keys)
    return found if isinstance(found, str) else ""
