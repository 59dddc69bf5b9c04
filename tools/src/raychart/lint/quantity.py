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


def number(written: object) -> float | None:
    """Return the number that a quantity stands for, bytes for memory; None where it is none."""
    if isinstance(written, (int, float)):
        return None if isinstance(written, bool) else float(written)
    return _read(written) if isinstance(written, str) else None


@lru_cache(maxsize=1024)
def _read(text: str) -> float | None:
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    amount, unit = float(found[1]), found[2] or ""
    if unit in _FACTORS:
        return amount * _FACTORS[unit]
    # 1e6, which in YAML without quotes would be a number by itself.
    return amount * float(f"1{unit}") if len(unit) < 5 else None


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
