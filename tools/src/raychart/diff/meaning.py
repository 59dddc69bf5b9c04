"""Tell whether two scalars mean the same where they stand."""

from __future__ import annotations

import marshal
import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from raychart.diff.quantity_text import as_go_writes

if TYPE_CHECKING:
    from raychart.diff.model import ChangePath

_QUANTITY = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))([eE][+-]?[0-9]{1,3}|[numkMGTPE]|[KMGTPE]i)?")
# Longer ones are texts: Python reads no numbers of so many digits.
_LONGEST = 1000
_FACTORS = (
    {letter: Fraction(1, 1000**power) for power, letter in enumerate("mun", 1)}
    | {letter: Fraction(1000**power) for power, letter in enumerate("kMGTPE", 1)}
    | {f"{letter}i": Fraction(1024**power) for power, letter in enumerate("KMGTPE", 1)}
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Fields of the Kubernetes API that are a resource.Quantity, and those that map names to such.
_FIELDS = frozenset({"sizeLimit", "divisor", "averageValue"})
_MAPS = _words("""
    limits requests capacity allocatable hard overhead podFixed max min default defaultRequest
    maxLimitRequestRatio allocatedResources minAllowed maxAllowed
    """)
# In which objects or fields a map of that name has quantities in it.
_ONLY_IN = {
    "limits": {"resources"},
    "requests": {"resources"},
    "max": {"limits"},
    "min": {"limits"},
    "default": {"limits"},
    "defaultRequest": {"limits"},
    "maxLimitRequestRatio": {"limits"},
}


def same_bytes(old: Any, new: Any) -> bool:
    """Tell quickly whether two values are the same, types and order of keys included; False may be wrong."""
    try:
        # Version 2 says the same of equal values, whatever else refers to them; true and 1 differ in it.
        return marshal.dumps(old, 2) == marshal.dumps(new, 2)
    except ValueError:
        return False


def same(old: Any, new: Any, path: ChangePath, *, by_text: bool = False) -> bool:
    """Tell whether two scalars mean the same at a path: 1 and 1.0 anywhere, quantities where the API has them.

    `by_text` is for objects of which a hash of their text counts: there a quantity is the same only where Go, which
    reads it and writes it again before it is hashed, writes the same. 1Gi and 1024Mi are, 1Gi and 1073741824 are not.
    """
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    if old == new and isinstance(old, str) == isinstance(new, str):
        return True
    if isinstance(old, float) and isinstance(new, float):
        # Not a number is not even the same as itself.
        return old != old and new != new
    if not is_quantity(path):
        return False
    before = quantity(old)
    if before is None or before != quantity(new):
        return False
    return not by_text or as_go_writes(old) == as_go_writes(new)


def is_quantity(path: ChangePath) -> bool:
    """Tell whether the API has a quantity at a path."""
    if not path:
        return False
    if path[-1] in _FIELDS or path[-2:] == ("storage", "size"):
        return True
    above = path[-2] if len(path) > 1 else None
    if not isinstance(above, str) or above not in _MAPS:
        return False
    around = next((step for step in reversed(path[:-2]) if isinstance(step, str)), "")
    return around in _ONLY_IN.get(above, {around})


def quantity(written: object) -> Fraction | None:
    """Return exactly the number that a quantity stands for; None where it is none."""
    if isinstance(written, (str, int, float)) and not isinstance(written, bool):
        return _read(str(written))
    return None


@lru_cache(maxsize=1024)
def _read(text: str) -> Fraction | None:
    found = _QUANTITY.fullmatch(text)
    if found is None or len(text) > _LONGEST:
        return None
    unit = found[2] or ""
    if unit in _FACTORS:
        return Fraction(found[1]) * _FACTORS[unit]
    return Fraction(f"{found[1]}{unit}")
