"""The formats of texts that the API server knows in CRDs' schemas; others it takes no notice of.

Facts from kube-openapi's strfmt and Go's standard library, which it asks; where these take more than is worked out
here, a text is taken.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from typing import TYPE_CHECKING, NamedTuple

from raychart.validate.cel.errors import NotHereError
from raychart.validate.cel.urls import is_url

if TYPE_CHECKING:
    from collections.abc import Callable


class Format(NamedTuple):
    """What tells whether a text has a form, and what to do about one that has not."""

    fits: Callable[[str], object]
    remedy: str


def format_of(name: object) -> Format | None:
    """Return what a schema's format asks for; None where the API server does not know it. Dashes do not count."""
    return _FORMATS.get(name.replace("-", "")) if isinstance(name, str) else None


def _matching(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern, re.ASCII).fullmatch


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[^\n][0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})")
_GO_DURATION = re.compile(r"[+-]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)")
_WORDS_OF_TIME = re.compile(r"[0-9]+[\t\n\f\r ]*([A-Za-z\u00b5]+)")
_UNITS = frozenset({"ns", "us", "\u00b5s", "ms", "s", "m", "h", "hr", "d", "w", "wk"})
_BEGINNINGS = ("nano", "micro", "milli", "sec", "min", "hour", "day", "week")
# Letters and signs of other scripts are taken too, which are not looked at here.
_CHAR = r"[a-zA-Z0-9$+<=>^`|~]"
_HOST = re.compile(
    rf"{_CHAR}(-?{_CHAR}{{0,62}})?"
    rf"|({_CHAR}([a-zA-Z0-9$+<=>^`|~-]{{0,61}}{_CHAR})?\.)+[a-zA-Z]{{2,63}}"
)
_HEX = r"[0-9a-fA-F]"
_MAC = re.compile(
    "|".join(
        f"{part}(?:{mark}{part}){{{count - 1}}}"
        for mark, part, counts in (("[:]", _HEX * 2, (6, 8, 20)), ("-", _HEX * 2, (6, 8, 20)))
        for count in counts
    )
    + "|"
    + "|".join(rf"{_HEX * 4}(?:\.{_HEX * 4}){{{count - 1}}}" for count in (3, 4, 10))
)
_LONGEST_NAME, _LONGEST_LABEL = 255, 63
_ISBN10, _ISBN13 = 10, 13
_CARD = re.compile(
    r"4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}"
    r"|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35[0-9]{3})[0-9]{11}"
)
_COLOUR = r"\s*(?:0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])\s*"


def _is_date(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        # Python has no year 0, which is a leap year.
        dt.date.fromisoformat(text.replace("0000-", "2000-", 1) if text.startswith("0000-") else text)
    except ValueError:
        return False
    return True


def _is_time(text: str) -> bool:
    day, _, rest = text.lower().partition("t")
    found = _TIME.fullmatch(rest.partition("t")[0])
    return _is_date(day) and found is not None and found[1] <= "23" and found[2] <= "59" and found[3] <= "59"


def _is_duration(text: str) -> bool:
    """Take what Go takes, and any text in which a number and a unit stand together."""
    if _GO_DURATION.fullmatch(text):
        return True
    units = (found[1].lower() for found in _WORDS_OF_TIME.finditer(text))
    return any(unit in _UNITS or unit.startswith(_BEGINNINGS) for unit in units)


def _is_host(text: str) -> bool:
    if not text.isascii():
        return True
    fits = _HOST.fullmatch(text) is not None and len(text) <= _LONGEST_NAME
    return fits and all(len(label) <= _LONGEST_LABEL for label in text.split("."))


def _is_v4(text: str) -> bool:
    """Take zeros before numbers, and addresses of version 6 that end with one of version 4."""
    return "." in text and _parsed(text) is not None


def _is_v6(text: str) -> bool:
    return ":" in text and _parsed(text, zeros=False) is not None


def _is_range(text: str) -> bool:
    address, mark, bits = text.partition("/")
    found = _parsed(address)
    return bool(mark) and found is not None and re.fullmatch("[0-9]+", bits) is not None and int(bits) <= found


def _parsed(text: str, *, zeros: bool = True) -> int | None:
    """Return how many bits an address has."""
    if "%" in text or not text.isascii():
        return None
    if zeros and ":" not in text:
        text = re.sub(r"(?<![0-9])0+(?=[0-9])", "", text)
    try:
        return ipaddress.ip_address(text).max_prefixlen
    except ValueError:
        return None


def _is_uri(text: str) -> bool:
    try:
        return is_url(text)
    except NotHereError:
        return True


def _is_mail(text: str) -> bool:
    """Refuse what no mail address is: what Go takes besides is too much to work out."""
    before, at, after = text.rpartition("@")
    return bool(at and before.strip() and after.strip())


def _is_card(text: str) -> bool:
    digits = re.sub(r"[^0-9]+", "", text)
    if not _CARD.fullmatch(digits):
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) if place % 2 else int(digit) for place, digit in enumerate(digits[::-1]))
    return sum(doubled) % 10 == 0


def _is_isbn(text: str, *lengths: int) -> bool:
    digits = re.sub(r"[\s-]+", "", text, flags=re.ASCII)
    if _ISBN10 in lengths and re.fullmatch("[0-9]{9}[0-9X]", digits):
        return sum(place * (10 if digit == "X" else int(digit)) for place, digit in enumerate(digits, 1)) % 11 == 0
    if _ISBN13 in lengths and re.fullmatch("[0-9]{13}", digits):
        return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0
    return False


def _uuid(third: str = "", fourth: str = "") -> Callable[[str], object]:
    parts = (_HEX + "{8}", _HEX + "{4}", third or _HEX + "{4}", fourth or _HEX + "{4}", _HEX + "{12}")
    return _matching("-?".join(parts))


_VARIANT = rf"[89abAB]{_HEX}{{3}}"
_FORMATS: dict[str, Format] = {
    "bsonobjectid": Format(_matching(f"{_HEX}{{24}}"), "write 24 hexadecimal digits"),
    "uri": Format(_is_uri, "write a URL such as https://example.com/path, or an absolute path"),
    "email": Format(_is_mail, "write a mail address such as name@example.com"),
    "hostname": Format(_is_host, "write a host name such as www.example.com"),
    "ipv4": Format(_is_v4, "write an address such as 10.0.0.1"),
    "ipv6": Format(_is_v6, "write an address such as fd00::1"),
    "cidr": Format(_is_range, "write a range of addresses such as 10.0.0.0/8"),
    "mac": Format(_MAC.fullmatch, "write an address such as 02:00:5e:10:00:01"),
    "uuid": Format(_uuid(), "write a UUID such as 123e4567-e89b-42d3-a456-426614174000"),
    "uuid3": Format(_uuid(rf"3{_HEX}{{3}}"), "write a UUID of version 3"),
    "uuid4": Format(_uuid(rf"4{_HEX}{{3}}", _VARIANT), "write a UUID of version 4"),
    "uuid5": Format(_uuid(rf"5{_HEX}{{3}}", _VARIANT), "write a UUID of version 5"),
    "isbn": Format(lambda text: _is_isbn(text, _ISBN10, _ISBN13), "write an ISBN of 10 or 13 digits"),
    "isbn10": Format(lambda text: _is_isbn(text, _ISBN10), "write an ISBN of 10 digits"),
    "isbn13": Format(lambda text: _is_isbn(text, _ISBN13), "write an ISBN of 13 digits"),
    "creditcard": Format(_is_card, "write the number of a credit card"),
    "ssn": Format(_matching("[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}"), "write it as 123-45-6789"),
    "hexcolor": Format(_matching(f"#?(?:{_HEX}{{3}}|{_HEX}{{6}})"), "write a colour such as #1e90ff"),
    "rgbcolor": Format(_matching(rf"rgb\({_COLOUR},{_COLOUR},{_COLOUR}\)"), "write a colour such as rgb(30,144,255)"),
    "byte": Format(
        _matching("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})"),
        "write it in base64",
    ),
    "date": Format(_is_date, "write it as 2026-01-31"),
    "datetime": Format(_is_time, "write it as 2026-01-31T08:00:00Z"),
    "duration": Format(_is_duration, "write a time such as 90s or 1h30m"),
}
