"""Say what a schema refused in the words of someone who writes values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.helm_scalars import resolve
from raychart.lint.rule import Fix
from raychart.paths import dotted
from raychart.schema_forms import in_unit_of, meant
from raychart.schema_keys import certain, keys_of, nearest, renamed, resolved, where_known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from raychart.paths import ValuesPath
    from raychart.schema_refusals import Refusal

_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_LIMITS = {
    "minimum": ("is less than {}", "use {} or more"),
    "maximum": ("is more than {}", "use {} or less"),
    "exclusiveMinimum": ("is not more than {}", "use more than {}"),
    "exclusiveMaximum": ("is not less than {}", "use less than {}"),
    "multipleOf": ("is not a multiple of {}", "use a multiple of {}"),
}
_UNITS = {"Length": "character", "Items": "item", "Properties": "key"}
# What people write in the place of the key around it.
_AROUND = dict.fromkeys(("secretKeyRef", "configMapKeyRef", "fieldRef", "resourceFieldRef"), "valueFrom")
UNQUOTE = "remove the quotes"
_MOVE = ": move it there"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the value at a path.

    `is_absence` says that it is only something missing below it, `is_misplaced` that the key belongs elsewhere.
    """

    path: ValuesPath
    message: str
    remedy: str
    fix: Fix | None = None
    is_absence: bool = False
    is_misplaced: bool = False


def describe(refusal: Refusal) -> Iterator[Problem]:
    """Yield the problems one refusal stands for."""
    if refusal.is_about_a_name:
        yield _wrong_name(refusal)
    elif refusal.is_about_presence:
        yield _forbidden_key(refusal)
    else:
        yield from _WRITERS.get(refusal.keyword, _as_is)(refusal)


def show(value: object) -> str:
    """Write a value as the user would recognise it: JSON, shortened."""
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:56]}..." + ('"' if text.endswith('"') else "")


def _wrong_name(refusal: Refusal) -> Problem:
    name = str(refusal.value)
    path = (*refusal.path, name)
    if refusal.keyword == "maxLength":
        return Problem(path, f"the name has {len(name)} characters, {refusal.wanted} fit", "choose a shorter name")
    if refusal.keyword == "not":
        other = renamed(name)
        return Problem(path, "the name is reserved", f"use {other} instead" if other else "choose another name")
    place = where_known(name, refusal.path, refusal.root)
    if place and place != dotted(refusal.path):
        return Problem(path, "is not a known key here", f"{name} is a key of {place}{_MOVE}", is_misplaced=True)
    guess = meant(name, refusal.wanted) if refusal.keyword == "pattern" else None
    if guess:
        return Problem(path, f"{show(name)} cannot be a name here", f"call it {guess}")
    remedy = refusal.description or refusal.outer_description
    form = f"it has to match {refusal.wanted}" if refusal.keyword == "pattern" else "choose another name"
    return Problem(path, f"{show(name)} cannot be a name here", f"{remedy} ({form})" if remedy else form)


def _forbidden_key(refusal: Refusal) -> Problem:
    key = str(refusal.path[-1])
    # Where a name is forbidden, the schema's words say which are Ray's own, as in CPU.
    words = re.findall(r"[A-Za-z_]+", refusal.outer_description)
    own = next((word for word in words if word != key and _is_same_word(word, key)), None)
    return Problem(
        refusal.path,
        "this key is not allowed here",
        f"write {own}" if own else refusal.outer_description or "remove it",
    )


def _is_same_word(word: str, key: str) -> bool:
    return word.isupper() and key.lower().removesuffix("s") == word.lower()


def _unknown_keys(refusal: Refusal) -> Iterator[Problem]:
    known = keys_of(refusal.schema)
    for key in refusal.value:
        if not known.accepts(key):
            path = (*refusal.path, key)
            name = certain(key, known.names)
            fix = Fix("rename", path, name) if name else None
            remedy = _unknown_remedy(key, known.names, refusal)
            yield Problem(path, "is not a known key", remedy, fix, is_misplaced=remedy.endswith(_MOVE))


def _unknown_remedy(key: str, names: Sequence[str], refusal: Refusal) -> str:
    if (other := renamed(key)) in names:
        return f"write {other}, as it is called here"
    if (around := _AROUND.get(key)) in names:
        return f"write {around}: {{{key}: ...}}"
    if guess := nearest(key, names):
        return f"did you mean {guess}?"
    if place := where_known(key, refusal.path, refusal.root, refusal.value[key]):
        return f"{key} is a key of {place}{_MOVE}"
    if not names:
        return "remove it: nothing can be set here"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"remove it, or use one of: {shown}"


def _wrong_type(refusal: Refusal) -> Iterator[Problem]:
    wanted = [refusal.wanted] if isinstance(refusal.wanted, str) else list(refusal.wanted)
    message = f"has to be {_any_of(wanted)} (found {_found(refusal.value)})"
    remedy = _list_remedy(refusal) if "array" in wanted else None
    remedy = remedy or _in_unit(refusal, wanted) or _type_remedy(refusal.value, wanted, keys_of(refusal.schema).names)
    about = f" ({refusal.description})" if refusal.description else ""
    yield Problem(refusal.path, message, remedy + about, _unquoting(refusal, wanted))


def _list_remedy(refusal: Refusal) -> str | None:
    """Return what to write for a list of mappings: another value would not do as an item."""
    item = resolved(refusal.schema.get("items", {}), refusal.root) if isinstance(refusal.schema, dict) else {}
    if not isinstance(item, dict) or item.get("type") != "object" or refusal.value is None:
        return None
    if isinstance(refusal.value, dict):
        return "write it as a list: put - before its first key, and the other keys below that"
    keys = keys_of(item).names
    return "write a list of mappings" + (f", each with {' and '.join(keys[:2])}" if keys else "")


def _in_unit(refusal: Refusal, wanted: Sequence[str]) -> str | None:
    if not {"integer", "number"} & set(wanted) or not isinstance(refusal.value, str) or not refusal.path:
        return None
    number = in_unit_of(str(refusal.path[-1]), refusal.value)
    return None if number is None else f"write {number}"


def _unquoting(refusal: Refusal, wanted: Sequence[str]) -> Fix | None:
    value = refusal.value
    if isinstance(value, str) and "string" not in wanted and _unquotes_to(value, wanted):
        return Fix("set", refusal.path, resolve(value))
    return None


def _type_remedy(value: object, wanted: Sequence[str], keys: Sequence[str] = ()) -> str:
    if "string" in wanted and isinstance(value, bool):
        return "put it in quotes: an unquoted yes, no, on, off, y or n is a boolean"
    if "string" in wanted and isinstance(value, (int, float)):
        return "put it in quotes"
    if isinstance(value, str) and _unquotes_to(value, wanted):
        return UNQUOTE
    if "string" in wanted and isinstance(value, dict) and len(value) == 1 and all(map(_is_text, value.values())):
        return f"write {next(iter(value.values()))}"
    if "object" in wanted and isinstance(value, list):
        return "write keys and values (name: ...) instead of list items (- ...)"
    if "array" in wanted and not isinstance(value, (dict, type(None))):
        return f"write it as a list: [{show(value)}]"
    if value is None:
        return "give it a value, or remove the key"
    with_keys = f" with keys such as {', '.join(keys[:3])}" if keys and "object" in wanted else ""
    return f"write {_any_of(wanted)}{with_keys}"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _unquotes_to(text: str, wanted: Sequence[str]) -> bool:
    value = resolve(text)
    if isinstance(value, bool):
        return "boolean" in wanted
    if isinstance(value, int):
        return "integer" in wanted or "number" in wanted
    return isinstance(value, float) and "number" in wanted


def _any_of(types: Iterable[str]) -> str:
    words = dict.fromkeys(_TYPES.get(name, name) for name in types if name != "null")
    return " or ".join(words) or "null"


def _found(value: object) -> str:
    if value is None:
        return "nothing"
    return f"the text {show(value)}" if isinstance(value, str) else show(value)


def _missing(refusal: Refusal) -> Iterator[Problem]:
    for key in refusal.wanted:
        # jsonschema refuses once for each missing key, with the key in front of its message.
        if key not in refusal.value and refusal.message.startswith(repr(key)):
            about = refusal.description_of(key)
            remedy = f"add {key} ({about})" if about else f"add {key}"
            yield Problem(refusal.path, f"{key} is missing", remedy, is_absence=True)


def _not_listed(refusal: Refusal) -> Iterator[Problem]:
    choices = [refusal.wanted] if refusal.keyword == "const" else list(refusal.wanted)
    if "" in choices:
        # Where an empty text is as good as none, nobody has to be told.
        choices = [choice for choice in choices if choice not in {"", None}] or choices
    listed = ", ".join(map(show, choices))
    if len(choices) == 1:
        yield Problem(refusal.path, f"has to be {listed} (found {_found(refusal.value)})", f"write {listed}")
        return
    guess = nearest(str(refusal.value), [choice for choice in choices if isinstance(choice, str)])
    remedy = f"did you mean {guess}?" if guess else "choose one of them"
    yield Problem(refusal.path, f"{show(refusal.value)} is not one of {listed}", remedy)


def _wrong_form(refusal: Refusal) -> Iterator[Problem]:
    remedy = refusal.description or f"it has to match {refusal.wanted}"
    if guess := meant(str(refusal.value), refusal.wanted):
        written = show(guess) if isinstance(resolve(guess), (int, float)) or " " in guess else guess
        remedy = f"write {written}" + (f" ({refusal.description})" if refusal.description else "")
    yield Problem(refusal.path, f"{show(refusal.value)} does not have the right form", remedy)


def _other_form(refusal: Refusal) -> Iterator[Problem]:
    """Tell of a form that only others know: JSON Schema has no word for it."""
    remedy = refusal.description or f"it has to match {refusal.wanted}"
    yield Problem(refusal.path, f"{show(refusal.value)} does not have the right form", remedy)


def _out_of_range(refusal: Refusal) -> Iterator[Problem]:
    what, remedy = _LIMITS[refusal.keyword]
    limit = show(refusal.wanted)
    yield Problem(refusal.path, f"{show(refusal.value)} {what.format(limit)}", remedy.format(limit))


def _wrong_size(refusal: Refusal) -> Iterator[Problem]:
    count, limit, keyword = len(refusal.value), refusal.wanted, refusal.keyword
    units = _UNITS[keyword[3:]] + ("" if limit == 1 else "s")
    if count == 0:
        yield Problem(refusal.path, "is empty", f"give at least {limit} {units}, or remove the key")
    elif keyword.startswith("min"):
        yield Problem(refusal.path, f"has {count}, fewer than {limit} {units}", f"give at least {limit} {units}")
    else:
        yield Problem(refusal.path, f"has {count}, more than {limit} {units}", f"keep at most {limit} {units}")


def _repeated(refusal: Refusal) -> Iterator[Problem]:
    twice = next((item for index, item in enumerate(refusal.value) if item in refusal.value[:index]), None)
    yield Problem(refusal.path, f"holds {show(twice)} twice", "keep one of the two")


def _no_form_fits(refusal: Refusal) -> Iterator[Problem]:
    """Tell the troubles of the alternative that is of the value's type, or which types there are."""
    if not refusal.alternatives:
        message = f"{show(refusal.value)} fits more than one form"
        yield Problem(refusal.path, message, refusal.description or "leave out what belongs to the other form")
        return
    branches: dict[str | int, list[Refusal]] = {}
    for inner in refusal.alternatives:
        branches.setdefault(inner.within[0], []).append(inner)
    types = [inner for inner in refusal.alternatives if inner.keyword == "type" and inner.path == refusal.path]
    of_its_type = [branch for branch in branches.values() if not any(inner in types for inner in branch)]
    if of_its_type:
        for inner in min(of_its_type, key=len):
            yield from describe(inner)
        return
    wanted = [name for one in types for name in ([one.wanted] if isinstance(one.wanted, str) else one.wanted)]
    message = f"has to be {_any_of(wanted)} (found {_found(refusal.value)})"
    yield Problem(refusal.path, message, refusal.description or _type_remedy(refusal.value, wanted))


def _forbidden(refusal: Refusal) -> Iterator[Problem]:
    yield Problem(refusal.path, f"{show(refusal.value)} is not allowed", refusal.description or "choose another value")


def _as_is(refusal: Refusal) -> Iterator[Problem]:
    message = refusal.message if len(refusal.message) <= 200 else f"{refusal.message[:196]}..."
    yield Problem(refusal.path, message, refusal.description or "see the chart's values.schema.json")


_WRITERS: dict[str, Callable[[Refusal], Iterator[Problem]]] = {
    "additionalProperties": _unknown_keys,
    "type": _wrong_type,
    "required": _missing,
    "enum": _not_listed,
    "const": _not_listed,
    "pattern": _wrong_form,
    "x-go-format": _other_form,
    "x-go-pattern": _other_form,
    **dict.fromkeys(_LIMITS, _out_of_range),
    **{f"{end}{what}": _wrong_size for end in ("min", "max") for what in _UNITS},
    "uniqueItems": _repeated,
    "anyOf": _no_form_fits,
    "oneOf": _no_form_fits,
    "not": _forbidden,
}
