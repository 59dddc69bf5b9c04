"""Kubernetes quantities: read, add, round and print them as the API server does."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

_SUFFIXES = {
    **{
        suffix: Fraction(10) ** power
        for suffix, power in zip(("n", "u", "m", "", "k", "M", "G", "T", "P", "E"), range(-9, 21, 3), strict=True)
    },
    **{suffix: Fraction(1024) ** power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
}
_FORM = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][+-]?\d+)|(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?))")


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact amount, and whether it prints in powers of 1024."""

    amount: Fraction
    binary: bool = False

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.amount + other.amount, self.binary if self.amount else other.binary)

    def __mul__(self, times: int) -> Quantity:
        return Quantity(self.amount * times, self.binary)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        """Return the shortest exact form: the largest suffix that leaves a whole number."""
        binary = self.binary and self.amount >= 1024 and self.amount.denominator == 1
        suffixes = [item for item in _SUFFIXES.items() if item[0].endswith("i") == binary or not item[0]]
        for suffix, size in sorted(suffixes, key=lambda item: item[1], reverse=True):
            if self.amount and (self.amount / size).denominator == 1:
                return f"{self.amount // size}{suffix}"
        return "0"

    def ceil(self) -> int:
        """Return the amount as a whole number, rounded up, as Go's Quantity.Value does."""
        return math.ceil(self.amount)

    def number(self) -> int | float:
        """Return the amount as JSON prints it: 2, not 2.0."""
        return int(self.amount) if self.amount.denominator == 1 else float(self.amount)


ZERO = Quantity(Fraction(0))


def parse(text: str | float) -> Quantity:
    """Return the quantity `text` stands for; raise ValueError where it is none."""
    match = _FORM.fullmatch(str(text).strip())
    if match is None:
        raise ValueError(f"{text!r} is no quantity")
    digits, exponent, suffix = match.groups()
    if exponent:
        return Quantity(Fraction(digits + exponent))
    return Quantity(Fraction(digits) * _SUFFIXES[suffix], binary=suffix.endswith("i"))


def is_quantity(text: str | float) -> bool:
    return _FORM.fullmatch(str(text).strip()) is not None
