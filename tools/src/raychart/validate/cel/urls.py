"""URLs in rules: those that are written plainly."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs

from raychart.validate.cel.errors import NotHereError, RefusedError

KEY = "net.URL"
# In what holds nothing else, Go and this agree on where the parts are.
_PLAIN = re.compile(r"[A-Za-z0-9:/?&=@.,;~_+*!$()-]*", re.ASCII)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_HOST = re.compile(r"([A-Za-z0-9._~-]*)(?::([0-9]*))?")


class _Url(NamedTuple):
    scheme: str
    hostname: str
    port: str | None
    path: str
    query: str


def is_url(text: str) -> bool:
    """Tell whether a text is a URL with a scheme, or an absolute path."""
    return _parsed(text) is not None


def url(text: str) -> dict[str, str]:
    """Return the URL that a text says."""
    if not is_url(text):
        raise RefusedError(f'URL parse error during conversion from string: "{text}"')
    return {KEY: text}


def scheme(one: dict[str, str]) -> str:
    """Return what stands before the colon, in small letters."""
    return _of(one).scheme


def host(one: dict[str, str]) -> str:
    """Return the host with its port."""
    found = _of(one)
    return found.hostname if found.port is None else f"{found.hostname}:{found.port}"


def hostname(one: dict[str, str]) -> str:
    """Return the host without its port."""
    return _of(one).hostname


def port(one: dict[str, str]) -> str:
    """Return the port, empty where none is given."""
    return _of(one).port or ""


def escaped_path(one: dict[str, str]) -> str:
    """Return the path as it is written."""
    return _of(one).path


def query(one: dict[str, str]) -> dict[str, list[str]]:
    """Return what is asked for, by name."""
    if ";" in _of(one).query or "+" in _of(one).query:
        raise NotHereError("this query is not read here")
    return parse_qs(_of(one).query, keep_blank_values=True)


def _of(one: dict[str, str]) -> _Url:
    found = _parsed(one[KEY]) if KEY in one else None
    if found is None:
        raise NotHereError("it is not a URL")
    return found


def _parsed(text: str) -> _Url | None:
    if not text or any(char in " \x7f" or char < " " for char in text.partition("?")[0].partition("/")[0]):
        return None
    if text == "*":
        return _Url("", "", None, text, "")
    if not _PLAIN.fullmatch(text):
        raise NotHereError(f"{text!r} is not read as a URL here")
    found = _SCHEME.fullmatch(text)
    name, rest = (found[1].lower(), found[2]) if found else ("", text)
    path, _, asked = rest.partition("?")
    if not path.startswith("/"):
        # With a scheme the rest may be anything.
        return _Url(name, "", None, "", asked) if name else None
    if not (name or path.startswith("///")) or not path.startswith("//"):
        return _Url(name, "", None, path, asked)
    authority, slash, inner = path[2:].partition("/")
    if "@" in authority:
        raise NotHereError("users in URLs are not read here")
    at = _HOST.fullmatch(authority)
    return _Url(name, at[1], at[2], slash + inner, asked) if at else None
