"""Give YAML scalars the values Helm gives them.

Helm reads YAML through go-yaml v2, whose rules are neither YAML 1.1 nor 1.2 nor PyYAML's: `yes` is true, `0644` and
`0o644` are 420, `1e3` is 1000, `12:30:45` and dates stay text. tests/unit/test_values_helm.py asks Helm itself.
"""

from __future__ import annotations

import base64
import math
import re
import struct

Scalar = str | int | float | bool | None

PREFIX = "tag:yaml.org,2002:"
_WORDS: dict[str, Scalar] = (
    dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True)
    | dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False)
    | dict.fromkeys(("", "~", "null", "Null", "NULL"), None)
    | dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf)
    | dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf)
    | dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan)
)
# 20 decimal digits hold every 64-bit integer; what has more of them can only be a float.
_INTEGER = re.compile(r"([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]{0,19})")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# A number that begins with a point keeps its underscores only between digits.
_POINT_FLOAT = re.compile(r"\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?")
# The day of a date is not looked at: nobody tags dates, and text they stay.
_DATE = re.compile(r"[0-9]{4}-(0?[1-9]|1[0-2])-(0?[1-9]|1[0-9]|2[0-8])")
_BASE64 = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_BASES = {"x": 16, "b": 2, "o": 8}
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1


def resolve(text: str) -> Scalar:
    """Return the value of a plain scalar (one without quotes and tag)."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] == ".":
        return _finite(text.replace("_", ""), text) if _POINT_FLOAT.fullmatch(text) else text
    if text[0] not in "+-0123456789":
        return text
    number = text.replace("_", "")
    if found := _INTEGER.fullmatch(number):
        value = _integer(found[1], found[2])
        if _SMALLEST <= value <= _LARGEST:
            return value
    return _finite(number, text) if _FLOAT.fullmatch(number) else text


def resolve_tagged(tag: str, text: str) -> Scalar:
    """Return the value of a scalar with an explicit tag; raises ValueError where Helm refuses the file."""
    kind = tag.removeprefix(PREFIX)
    if kind == "binary":
        return _decoded(text)
    if kind == "timestamp" and not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a date")
    if kind not in {"int", "float", "bool", "null"}:
        return text
    value = resolve(text)
    found = kind_of(value)
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool) and value < 2**63:
        return float(value)
    if kind != found:
        raise ValueError(f"{text!r} is not a {kind}, as its tag !!{kind} says")
    return value


def kind_of(value: Scalar) -> str:
    """Return the name YAML has for a scalar's type: null, bool, int, float or str."""
    return "null" if value is None else type(value).__name__


def key_text(key: Scalar) -> str:
    """Return a mapping key as the text Helm makes of it; raises ValueError where Helm refuses the file."""
    if key is None:
        raise ValueError("a key is empty or null")
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, float):
        return _float_key(key)
    if isinstance(key, int) and key >= 2**63:
        raise ValueError(f"the key {key} is too large a number")
    return str(key)


def as_text(content: bytes) -> str:
    """Decode bytes as Helm does: each byte that is not UTF-8 becomes a replacement character."""
    text = content.decode("utf-8", "surrogateescape")
    return _NOT_UTF8.sub("\ufffd", text)


def _integer(sign: str, digits: str) -> int:
    base = _BASES.get(digits[1:2].lower(), 8 if digits.startswith("0") else 10)
    value = int(digits, base) if base != 8 else int(digits.lower().replace("o", ""), 8)
    return -value if sign == "-" else value


def _finite(number: str, text: str) -> float | str:
    """Return the number, or the text as it is when the number is too large for a float64."""
    value = float(number)
    return value if math.isfinite(value) else text


def _decoded(text: str) -> str:
    encoded = text.replace("\r", "").replace("\n", "")
    if not _BASE64.fullmatch(encoded):
        raise ValueError("the !!binary value is not base64")
    return as_text(base64.b64decode(encoded))


def _float_key(key: float) -> str:
    """Write a float as sigs.k8s.io/yaml writes keys: the shortest text with the same float32."""
    key = _as_float32(key)
    if math.isnan(key):
        return ".nan"
    if math.isinf(key):
        return ".inf" if key > 0 else "-.inf"
    text = next(
        (text for digits in range(9) if _as_float32(float(text := f"{key:.{digits}e}")) == key),
        f"{key:.8e}",
    )
    mantissa, _, exponent = text.partition("e")
    if not -4 <= int(exponent) < 6:
        return text
    decimals = len(mantissa.lstrip("-").replace(".", "")) - 1 - int(exponent)
    return f"{float(text):.{max(decimals, 0)}f}"


def _as_float32(number: float) -> float:
    """Return the nearest number that a float32 can hold, an infinity where it is too large."""
    try:
        (nearest,) = struct.unpack("<f", struct.pack("<f", number))
    except OverflowError:
        return math.copysign(math.inf, number)
    return float(nearest)
