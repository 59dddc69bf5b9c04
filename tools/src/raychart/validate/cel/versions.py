"""Semantic versions in rules."""

from __future__ import annotations

import re
from itertools import zip_longest

from raychart.validate.cel.errors import NotHereError, RefusedError

Version = dict[str, str]
KEY = "kubernetes.Semver"
_NUMBER = r"(0|[1-9][0-9]*)"
_WORD = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_BUILD = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_FORM = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-({_WORD}(?:\.{_WORD})*))?(?:\+{_BUILD})?")


def semver(text: str, normalize: bool = False) -> Version:
    """Return the version that a text says."""
    text = _normal(text) if normalize else text
    if not is_semver(text):
        raise RefusedError("it is not a semantic version")
    # What comes after a plus does not count, in equality neither.
    return {KEY: text.partition("+")[0]}


def is_semver(text: str, normalize: bool = False) -> bool:
    """Tell whether a text is a version."""
    return _FORM.fullmatch(_normal(text) if normalize else text) is not None


def part(version: Version, place: int) -> int:
    """Return the major, minor or patch number."""
    return _numbers(version)[place]


def compare(one: Version, other: Version) -> int:
    """Return -1, 0 or 1; what comes after a plus does not count."""
    first, second = _numbers(one), _numbers(other)
    if first != second:
        return 1 if first > second else -1
    return _before(_words(one), _words(other))


def _before(one: list[str], other: list[str]) -> int:
    """Compare what is before a release: without any it is the release."""
    if not one or not other:
        return bool(other) - bool(one)
    for mine, theirs in zip_longest(one, other):
        if mine == theirs:
            continue
        if mine is None or theirs is None:
            return -1 if mine is None else 1
        if mine.isdigit() != theirs.isdigit():
            return -1 if mine.isdigit() else 1
        more = int(mine) > int(theirs) if mine.isdigit() else mine > theirs
        return 1 if more else -1
    return 0


def _normal(text: str) -> str:
    """Return a version without its v, without zeros before its numbers, and with all three of them."""
    text = text.removeprefix("v")
    numbers, mark, rest = _split(text)
    parts = [one.lstrip("0") or "0" if one.isdigit() else one for one in numbers.split(".")]
    missing = max(0, 3 - len(parts))
    if missing and mark:
        # Kubernetes does not complete these.
        return text
    return ".".join([*parts, *["0"] * missing]) + mark + rest


def _split(text: str) -> tuple[str, str, str]:
    place = min((text.index(mark) for mark in "-+" if mark in text), default=len(text))
    return text[:place], text[place : place + 1], text[place + 1 :]


def _numbers(version: Version) -> tuple[int, int, int]:
    found = _FORM.fullmatch(version.get(KEY, ""))
    if found is None:
        raise NotHereError("it is not a version")
    return int(found[1]), int(found[2]), int(found[3])


def _words(version: Version) -> list[str]:
    found = _FORM.fullmatch(version[KEY])
    return found[4].split(".") if found and found[4] else []
