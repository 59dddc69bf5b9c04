"""The forms that Kubernetes asks of names, labels and quantities."""

from __future__ import annotations

import ipaddress
import re
import sys

NAME_FORM = "lower-case letters, digits, - and ., with a letter or digit at both ends, at most 253 characters"
LABEL_FORM = "letters, digits, -, _ and ., with a letter or digit at both ends, at most 63 characters"
KEY_FORM = f"{LABEL_FORM}; before it, if anything, a domain and a /"

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_WORD = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
QUANTITY = r"^(?P<number>[0-9]+(\.[0-9]*)?|\.[0-9]+)(?P<unit>[eE][+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?$"
_QUANTITY = re.compile(QUANTITY)
_UNITS = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_NAME_LENGTH, _WORD_LENGTH = 253, 63
_MOST = sys.float_info.max


def is_name(text: str) -> bool:
    """Tell whether objects can have this name (a DNS-1123 subdomain)."""
    return len(text) <= _NAME_LENGTH and bool(_SUBDOMAIN.fullmatch(text))


def is_label_value(text: str) -> bool:
    """Tell whether a label can have this value."""
    return not text or (len(text) <= _WORD_LENGTH and bool(_WORD.fullmatch(text)))


def is_qualified(text: str, *, is_annotation: bool = False) -> bool:
    """Tell whether this can be the key of a label or an annotation, or the name of a resource."""
    prefix, slash, word = text.rpartition("/")
    if is_annotation:
        prefix = prefix.lower()
    return bool(word) and is_label_value(word) and (is_name(prefix) if slash else True)


def amount_of(text: str) -> float | None:
    """Return what a quantity stands for, at most the largest number that there is; None when it is none."""
    found = _QUANTITY.fullmatch(text)
    if not found:
        return None
    number, unit = min(float(found["number"]), _MOST), found["unit"] or ""
    if unit.endswith("i"):
        return min(number * 1024.0 ** (1 + "KMGTPE".index(unit[0])), _MOST)
    exponent = float(unit[1:]) if unit[:1] in ("e", "E") and unit[1:] else _UNITS[unit]
    return float(min(number * 10.0 ** min(exponent, sys.float_info.max_10_exp), _MOST))


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
