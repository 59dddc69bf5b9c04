"""Checks of one mapping, as tables of definitions are made of them; paths are below the mapping."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple

from raychart.schema_words import show
from raychart.validate.definitions.forms import PORT_NAME, Form
from raychart.validate.reach import at
from raychart.validate.rule import Problem

Check = Callable[[dict[str, Any]], Iterator[Problem]]

_KEEP_ONE = "keep one of the two"


class Whole(NamedTuple):
    """The lowest and the highest number that there may be, None for no limit."""

    least: int
    most: int | None = None


def is_given(value: Any) -> bool:
    """Tell whether a value is one that Kubernetes does not take for absent."""
    return value not in (None, "", [])


def one_of(*fields: str) -> Check:
    """Exactly one of these fields is there."""
    several = at_most_one_of(*fields)

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        if all(value.get(field) is None for field in fields):
            yield Problem((), f"there has to be one of {', '.join(fields)}", "write one of them")
        yield from several(value)

    return check


def at_most_one_of(*fields: str) -> Check:
    """Not more than one of these fields is there."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        found = [field for field in fields if value.get(field) is not None]
        for field in found[1:]:
            yield Problem((field,), f"does not go with {found[0]}", _KEEP_ONE)

    return check


def nothing_but_one(*beside: str) -> Check:
    """Not more than one field is there besides these."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        found = [field for field, inner in value.items() if inner is not None and field not in beside]
        for field in found[1:]:
            yield Problem((field,), f"does not go with {found[0]}", _KEEP_ONE)

    return check


def filled(*fields: str) -> Check:
    """These fields, where they are there, are not empty; that they are required the schema knows."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        for field in fields:
            if value.get(field) in ("", []):
                yield Problem((field,), "must not be empty", "write what it is for")

    return check


def needed(*paths: str) -> Check:
    """These fields, dotted below the mapping, are there and not empty, although the schema does not ask for them."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        for path in paths:
            if not is_given(at(value, path.split("."))):
                yield Problem((), f"{path} is missing", f"add {path}")

    return check


def form(allowed: Form, *fields: str) -> Check:
    """The texts in these fields, or in lists there, have a form."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        for field in fields:
            for path, text in _texts(value, field):
                if text and not allowed.fits(text):
                    yield Problem(path, f"{show(text)} is not {allowed.name}", f"use {allowed.remedy}")

    return check


def numbers(limits: Whole, *fields: str) -> Check:
    """The whole numbers in these fields, or in lists there, are within limits."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        for field in fields:
            found = value.get(field)
            many = list(enumerate(found)) if isinstance(found, list) else [(None, found)]
            for index, number in many:
                path = (field,) if index is None else (field, index)
                yield from _outside(number, limits, path)

    return check


def ports(*fields: str) -> Check:
    """A port in each of these fields is a number of one or has a name."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        yield from form(PORT_NAME, *fields)(value)
        yield from numbers(Whole(1, 65535), *fields)(value)

    return check


def shares(*fields: str, most: int | None = None) -> Check:
    """In each of these fields is a number from 0 on, or a percentage, at most of `most`."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        for field in fields:
            found = value.get(field)
            yield from _outside(found, Whole(0), (field,))
            if not isinstance(found, str):
                continue
            percent = int(found[:-1]) if found[:-1].isdecimal() and found.endswith("%") else None
            if percent is None:
                yield Problem((field,), f"{show(found)} is no percentage", "write a number without quotes, or 25%")
            elif most is not None and percent > most:
                yield Problem((field,), f"{found} is more than {most}%", f"use {most}% or less")

    return check


def only_with(field: str, other: str, *allowed: Any, unless: Collection[Any] = ()) -> Check:
    """A field is there only where another one has one of these values, None for absent."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        if is_given(value.get(field)) and value[field] not in unless and value.get(other) not in allowed:
            told = " or ".join(str(one) for one in allowed if one)
            yield Problem((field,), f"goes with {other} {told} alone", f"remove it, or change {other}")

    return check


def needs(other: str, word: Any, field: str) -> Check:
    """Where a field has this value, another one has to be there."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        if value.get(other) == word and not is_given(value.get(field)):
            yield Problem((), f"{field} is missing, which {other} {word} needs", f"add {field}")

    return check


def ordered_numbers(lower: str, higher: str, default: int | None = None) -> Check:
    """One number is not above another one."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        low, high = value.get(lower, default), value.get(higher)
        if isinstance(low, int) and isinstance(high, int) and low > high:
            yield Problem((higher,), f"{high} is less than {lower} ({low})", f"raise it, or lower {lower}")

    return check


def distinct(field: str, *keys: str) -> Check:
    """No two items of a list have the same in all of these keys, or are the same where there are none."""

    def check(value: dict[str, Any]) -> Iterator[Problem]:
        items = value.get(field)
        seen: dict[str, int] = {}
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if keys and not isinstance(item, dict):
                continue
            own = [item.get(key) for key in keys] if keys else [item]
            if not all(map(is_given, own)):
                continue
            first = seen.setdefault(repr(own), index)
            if first != index:
                shown = ", ".join(map(show, own))
                yield Problem((field, index), f"{shown} is there already, in item {first}", _KEEP_ONE)

    return check


def _outside(number: Any, limits: Whole, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if not isinstance(number, int) or isinstance(number, bool):
        return
    if number < limits.least:
        yield Problem(path, f"{number} is less than {limits.least}", f"use {limits.least} or more")
    if limits.most is not None and number > limits.most:
        yield Problem(path, f"{number} is more than {limits.most}", f"use {limits.most} or less")


def _texts(value: dict[str, Any], field: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    found = value.get(field)
    if isinstance(found, str):
        yield (field,), found
    elif isinstance(found, list):
        yield from (((field, index), item) for index, item in enumerate(found) if isinstance(item, str))
