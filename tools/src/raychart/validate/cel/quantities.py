"""Quantities in rules: exact numbers, rounded up to billionths, as Kubernetes has them."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil

from raychart.validate.cel.errors import NotHereError, RefusedError

Quantity = dict[str, str]
KEY = "kubernetes.Quantity"
_FORM = re.compile(r"([+-]?)([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]?|[eE][+-]?[0-9]+)")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {f"{letter}i": 2 ** (10 * power) for power, letter in enumerate("KMGTPE", 1)}
_NANO = 10**9
_MOST = 2**63 - 1
# Longer exponents only take time, and Python reads no numbers of so many digits.
_LONGEST, _MOST_DIGITS = 4, 1000


def quantity(text: str) -> Quantity:
    """Return the quantity that a text says."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise RefusedError(
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        )
    sign, number, suffix = found.groups()
    if len(number) > _MOST_DIGITS:
        raise NotHereError(f"{number[:9]}... is too large a quantity")
    value = Fraction(number if not number.endswith(".") else number[:-1])
    if suffix in _BINARY:
        value *= _BINARY[suffix]
    elif suffix in _DECIMAL:
        value *= Fraction(10) ** _DECIMAL[suffix]
    elif len(suffix) > _LONGEST:
        raise NotHereError(f"{text} is too large a quantity")
    else:
        value *= Fraction(10) ** int(suffix[1:])
    # Away from zero, and no more than fits.
    value = min(Fraction(ceil(value * _NANO), _NANO), Fraction(_MOST))
    return _made(-value if sign == "-" else value)


def is_quantity(text: str) -> bool:
    """Tell whether a text is a quantity."""
    return _FORM.fullmatch(text) is not None


def compare(one: Quantity, other: Quantity) -> int:
    """Return -1, 0 or 1."""
    first, second = _value(one), _value(other)
    return (first > second) - (first < second)


def sign(one: Quantity) -> int:
    """Return -1, 0 or 1."""
    value = _value(one)
    return (value > 0) - (value < 0)


def is_integer(one: Quantity) -> bool:
    """Tell whether it is a whole number that fits."""
    value = _value(one)
    return value.denominator == 1 and abs(value) <= _MOST


def as_integer(one: Quantity) -> int:
    """Return the whole number that it is."""
    if not is_integer(one):
        raise RefusedError("cannot convert value to integer")
    return int(_value(one))


def as_float(one: Quantity) -> float:
    """Return it as a number."""
    return float(_value(one))


def add(one: Quantity, other: Quantity | int) -> Quantity:
    """Return the sum."""
    return _made(_value(one) + _value(other))


def sub(one: Quantity, other: Quantity | int) -> Quantity:
    """Return the difference."""
    return _made(_value(one) - _value(other))


def _made(value: Fraction) -> Quantity:
    return {KEY: str(value)}


def _value(one: Quantity | int) -> Fraction:
    if isinstance(one, int):
        return Fraction(one)
    if KEY not in one:
        raise NotHereError("it is not a quantity")
    return Fraction(one[KEY])
