"""How Go's resource.Quantity writes a quantity: what counts where KubeRay hashes the text of a spec.

Source: k8s.io/apimachinery pkg/api/resource, ParseQuantity and CanonicalizeBytes.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

_FORM = re.compile(r"([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eE][+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?")
_BINARY = {f"{letter}i": 10 * power for power, letter in enumerate("KMGTPE", 1)}
_DECIMAL = {"": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_SYMBOLS = {exponent: unit for unit, exponent in _DECIMAL.items()}
_NANO = -9
# What is more is capped, of binary units only.
_MOST = 2**63 - 1
# Digits of a whole number that Go reads without its slow arithmetic, and keeps the text of where it is canonical.
_DIGITS, _BINARY_DIGITS = 18, 15


def as_go_writes(written: object) -> str | None:
    """Return the text that a quantity has after Go has read it and written it again; None where it is none."""
    if isinstance(written, bool):
        return None
    if isinstance(written, float) and written.is_integer():
        written = int(written)
    return _written(str(written)) if isinstance(written, (str, int, float)) else None


@lru_cache(maxsize=1024)
def _written(text: str) -> str | None:
    found = _FORM.fullmatch(text)
    if found is None or not any(map(str.isdigit, text)):
        return None
    sign, whole, part, unit = (piece or "" for piece in found.groups())
    whole = whole or "0"
    digits = whole + part
    if not int(digits):
        return "0"
    if unit in _BINARY:
        return _binary(text, sign, (whole, part), _BINARY[unit])
    exponent = _DECIMAL[unit] if unit in _DECIMAL else int(unit[1:])
    scale = exponent - len(part)
    canonical = scale % 3 == 0 and not digits.endswith("000") and digits[0] != "0"
    if canonical and len(digits) <= _DIGITS and scale >= _NANO:
        return text
    return _decimal(_amount(sign, digits, Fraction(10) ** scale), exponential=unit not in _DECIMAL)


def _binary(text: str, sign: str, pieces: tuple[str, str], exponent: int) -> str:
    whole, part = pieces
    if not part and len(whole) + exponent * 3 // 10 < _BINARY_DIGITS and int(whole) % 8:
        return text
    amount = _amount(sign, whole + part, Fraction(2**exponent, 10 ** len(part)))
    amount = max(min(amount, Fraction(_MOST)), Fraction(-_MOST))
    if abs(amount) < 1024 or amount.denominator != 1:
        return _decimal(amount, exponential=False)
    number, times = _without(int(amount), 1024)
    return f"{number}{'KMGTPE'[times - 1]}i" if times else str(number)


def _amount(sign: str, digits: str, factor: Fraction) -> Fraction:
    """Return a number in whole billionths, away from zero where it is between two."""
    billionths = -(-int(digits) * factor * 10**9 // 1)
    return Fraction(-billionths if sign == "-" else billionths, 10**9)


def _decimal(amount: Fraction, *, exponential: bool) -> str:
    number, times = _without(int(amount * 10**9), 10)
    exponent = times + _NANO
    number *= 10 ** (exponent % 3)
    exponent -= exponent % 3
    if exponential:
        return f"{number}e{exponent}" if exponent else str(number)
    # Beyond its units Go writes none.
    return f"{number}{_SYMBOLS.get(exponent, '')}"


def _without(number: int, factor: int) -> tuple[int, int]:
    """Return a number without a factor, and how often that was in it."""
    times = 0
    while number % factor == 0:
        number //= factor
        times += 1
    return number, times
