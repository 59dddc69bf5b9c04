"""Paths into values, and how they are written."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ValuesPath = tuple[str | int, ...]

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_/<>-]+")


def dotted(path: Sequence[str | int]) -> str:
    """Write a path as users do: `clusters.main.head.env[0]`, with odd keys in quotes."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{shown_key(step)}" if text else shown_key(step)
    return text


def shown_key(key: str) -> str:
    """Write one key, in quotes and on one line if it is not a plain word."""
    return key if _PLAIN_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)
