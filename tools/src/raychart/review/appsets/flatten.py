"""Parameters as Argo CD names and writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_ODD = re.compile("[^-a-z0-9.]")
_LONGEST = 253
# From this power of ten on, Go writes an exponent.
_LARGE = 6


def sanitized(name: str) -> str:
    """Return a name as Argo CD makes it fit for an object."""
    return _ODD.sub("-", name.lower())[:_LONGEST].strip("-.")


def flat(data: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what is in mappings and lists by a path with dots; empty ones are nothing."""
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else None
    if entries is None:
        yield prefix, data
        return
    for key, value in entries:
        yield from flat(value, f"{prefix}.{key}" if prefix else str(key))


def as_go_text(value: Any) -> str:
    """Write a value as Go's %v does, every number being a float64."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "<nil>"
    if not isinstance(value, (int, float)):
        return str(value)
    number = float(value)
    exponent = Decimal(repr(number)).adjusted() if number else 0
    if -5 < exponent < _LARGE:
        text = format(Decimal(repr(number)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    digits = f"{Decimal(repr(number)).normalize():e}".partition("e")[0]
    return f"{digits}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"
