"""Lay values over values, as Helm does with its layers."""

from __future__ import annotations

from typing import Any


def lay_over(below: dict[str, Any], above: dict[str, Any]) -> None:
    """Change `below` into what both say together; null stays, for Helm to remove what it stands for."""
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(key), dict):
            lay_over(below[key], value)
        else:
            below[key] = value
