"""Kubernetes quantities as numbers, and numbers as people write them."""

from __future__ import annotations

import re
from functools import lru_cache

_FORM = re.compile(r"([0-9]+(?:\.[0-9]+)?)([eE][+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?")
_BINARY: dict[str, float] = {f"{letter}i": 1024**power for power, letter in enumerate("KMGTPE", 1)}
_DECIMAL: dict[str, float] = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1} | {
    letter: 1000**n for n, letter in enumerate("kMGTPE", 1)
}
_FACTORS = _BINARY | _DECIMAL


@lru_cache(maxsize=1024)
def number(text: object) -> float | None:
    """Return the number that a quantity stands for, bytes for memory; None where it is none."""
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return float(text)
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    amount, unit = float(found[1]), found[2] or ""
    if unit[:1] in {"e", "E"} and len(unit) > 1 and unit != "Ei":
        exponent = int(unit[1:])
        return amount * float(f"1e{exponent}") if abs(exponent) < 30 else None
    return amount * _FACTORS[unit]


def size(amount: float) -> str:
    """Write bytes as memory is written: 1536Mi, 4Gi."""
    for unit, factor in reversed(_BINARY.items()):
        if amount >= factor and amount % factor == 0:
            return f"{amount / factor:.0f}{unit}"
    for unit, factor in reversed(_BINARY.items()):
        if amount >= factor:
            return f"{amount / factor:.1f}{unit}"
    return f"{amount:.0f} bytes"


def count(amount: float) -> str:
    """Write CPUs, pods or GPUs: 4, 0.5."""
    return f"{round(amount, 3):g}"
