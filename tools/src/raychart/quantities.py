"""Kubernetes quantities: read exactly, compared as numbers, and written as people write them."""

from __future__ import annotations

import math
import re
import sys
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

MI = 2**20
GI = 2**30
# Longer ones stand for nothing that there is, and Python reads no numbers of so many digits.
_LONGEST = 1000
_FORM = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?")
_BINARY = {f"{letter}i": 1024**power for power, letter in enumerate("KMGTPE", 1)}
_FACTORS: dict[str, Fraction] = {unit: Fraction(factor) for unit, factor in _BINARY.items()}
_FACTORS |= {letter: Fraction(1, 1000**power) for power, letter in enumerate("mun", 1)}
_FACTORS |= {letter: Fraction(1000**power) for power, letter in enumerate(("", *"kMGTPE"))}


def exact(written: object) -> Fraction | None:
    """Return the number that a quantity stands for, bytes for memory; None where it is none.

    A YAML number stands for what its shortest decimal form says, as the API server reads it.
    """
    if isinstance(written, bool):
        return None
    if isinstance(written, int):
        return Fraction(written)
    if isinstance(written, float):
        return Fraction(repr(written)) if math.isfinite(written) else None
    return _read(written) if isinstance(written, str) else None


def number(written: object) -> float | None:
    """Return the number that a quantity stands for, as `exact` does, but as a float."""
    if isinstance(written, float):
        return written
    amount = exact(written)
    return None if amount is None else as_float(amount)


def as_float(amount: Fraction) -> float:
    """Return the float that is nearest to a number, however large that is."""
    most = sys.float_info.max
    return float(max(min(amount, Fraction(most)), Fraction(-most)))


@lru_cache(maxsize=1024)
def _read(text: str) -> Fraction | None:
    found = _FORM.fullmatch(text)
    if found is None or len(text) > _LONGEST:
        return None
    amount, unit = Fraction(found[1]), found[2] or ""
    if unit in _FACTORS:
        return amount * _FACTORS[unit]
    # 1e6, which in YAML without quotes would be a number by itself.
    return amount * Fraction(f"1{unit}") if len(unit) < 5 else None


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


def read_cpus(text: object) -> Decimal:
    """Read CPUs as specs say them: 4, 0.5, "500m"."""
    words = str(text)
    return Decimal(words[:-1]) / 1000 if words.endswith("m") else Decimal(words)


def write_cpus(cpus: Decimal) -> int | str:
    """Write CPUs: whole ones as a number, others in thousandths, rounded up."""
    if cpus == cpus.to_integral_value():
        return int(cpus)
    return f"{math.ceil(cpus * 1000)}m"


def read_memory(text: str) -> int:
    """Read an amount of memory in bytes: 512Mi, 1.5Gi."""
    return int(Decimal(text[:-2]) * _BINARY[text[-2:]])


def write_memory(amount: int) -> str:
    """Write an amount of memory in the largest unit that says it exactly; what is below 1Mi is rounded up."""
    mebi = -(-amount // MI)
    return f"{mebi // 1024}Gi" if mebi % 1024 == 0 else f"{mebi}Mi"


def shown_memory(amount: int) -> str:
    """Write an amount of memory for people: 1.5Gi, 338.4Gi."""
    return f"{round(amount / GI, 1 if amount >= 10 * GI else 2):g}Gi"


def rounded_up(amount: int) -> int:
    """Round an amount of memory up to what one would choose: whole Gi, below 4Gi in steps of 256Mi."""
    step = GI if amount > 4 * GI else 256 * MI
    return -(-amount // step) * step
