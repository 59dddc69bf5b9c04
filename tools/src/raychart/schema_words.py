"""Say what a schema refused in the words of someone who writes values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from raychart.schema_keys import keys_of, nearest, resolved, where_known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jsonschema.exceptions import ValidationError

    Root = dict[str, Any] | bool
    Writer = Callable[[ValidationError, Root], Iterator["Problem"]]

_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the value at a path."""

    path: tuple[str | int, ...]
    message: str
    remedy: str


def describe(error: ValidationError, root: Root) -> Iterator[Problem]:
    """Yield the problems one validation error stands for; `root` is the whole schema."""
    if _is_about_a_name(error):
        yield _wrong_name(error, root)
    elif error.validator is None:
        yield _not_allowed(error, root)
    else:
        yield from _WRITERS.get(str(error.validator), _as_is)(error, root)


def show(value: object) -> str:
    """Write a value as the user would recognise it: JSON, shortened."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:56]}..." + ('"' if text.endswith('"') else "")


def _path(error: ValidationError) -> tuple[str | int, ...]:
    return tuple(error.absolute_path)


def _is_about_a_name(error: ValidationError) -> bool:
    return "propertyNames" in list(error.relative_schema_path)[:-1]


def _wrong_name(error: ValidationError, root: Root) -> Problem:
    name = str(error.instance)
    path = (*_path(error), name)
    if error.validator == "maxLength":
        return Problem(
            path, f"the name has {len(name)} characters, {error.validator_value} fit", "choose a shorter name"
        )
    if error.validator == "not":
        return Problem(path, "the name is reserved", "choose another name")
    steps = list(error.absolute_schema_path)
    parent = _schema_at(root, steps[: steps.index("propertyNames")])
    return Problem(path, f"{show(name)} cannot be a name here", _expected(error.schema, parent, error))


def _not_allowed(error: ValidationError, root: Root) -> Problem:
    parent = _schema_at(root, list(error.absolute_schema_path)[:-2])
    return Problem(_path(error), "this key is not allowed here", _description(parent) or "remove it")


def _unknown_keys(error: ValidationError, root: Root) -> Iterator[Problem]:
    known = keys_of(error.schema)
    for key in error.instance:
        if known.accepts(key):
            continue
        path = (*_path(error), key)
        yield Problem(path, "is not a known key", _unknown_remedy(key, _path(error), known.names, root))


def _unknown_remedy(key: str, parent: tuple[str | int, ...], names: Sequence[str], root: Root) -> str:
    if guess := nearest(key, names):
        return f"did you mean {guess}?"
    if elsewhere := where_known(key, parent, root):
        return f"{key} is known under {elsewhere}: move it there"
    if names:
        shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
        return f"remove it, or use one of: {shown}"
    return "remove it: nothing can be set here"


def _wrong_type(error: ValidationError, root: Root) -> Iterator[Problem]:
    wanted = _as_list(error.validator_value)
    words = [_TYPES.get(name, name) for name in wanted if name != "null"] or ["null"]
    message = f"has to be {' or '.join(words)} (found {_found(error.instance)})"
    yield Problem(_path(error), message, _type_remedy(error, wanted))


def _type_remedy(error: ValidationError, wanted: Sequence[str]) -> str:
    value = error.instance
    about = _description(error.schema)
    if "string" in wanted and isinstance(value, bool):
        remedy = "put it in quotes: an unquoted yes, no, on, off, y or n is a boolean"
    elif "string" in wanted and isinstance(value, (int, float)):
        remedy = "put it in quotes"
    elif isinstance(value, str) and _unquotes_to(value, wanted):
        remedy = "remove the quotes"
    elif "object" in wanted and isinstance(value, list):
        remedy = "write keys and values (name: ...) instead of list items (- ...)"
    elif "array" in wanted and not isinstance(value, dict) and value is not None:
        remedy = f"write it as a list: [{show(value)}]"
    elif value is None:
        remedy = "give it a value, or remove the key"
    else:
        remedy = f"write {' or '.join(_TYPES.get(name, name) for name in wanted if name != 'null')}"
    return f"{remedy} ({about})" if about else remedy


def _unquotes_to(text: str, wanted: Sequence[str]) -> bool:
    from raychart.helm_scalars import resolve

    value = resolve(text)
    if isinstance(value, bool):
        return "boolean" in wanted
    if isinstance(value, int):
        return "integer" in wanted or "number" in wanted
    return isinstance(value, float) and "number" in wanted


def _found(value: object) -> str:
    if value is None:
        return "nothing"
    return f"the text {show(value)}" if isinstance(value, str) else show(value)


def _missing(error: ValidationError, root: Root) -> Iterator[Problem]:
    for key in error.validator_value:
        if key in error.instance:
            continue
        properties = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        about = _description(resolved(properties.get(key, {}), root))
        # jsonschema yields one error per missing key; each is told once, by the error that is about it.
        if error.message.startswith(repr(key)):
            yield Problem(_path(error), f"{key} is missing", f"add {key}" + (f": {about}" if about else ""))


def _not_listed(error: ValidationError, root: Root) -> Iterator[Problem]:
    choices = [error.validator_value] if error.validator == "const" else list(error.validator_value)
    listed = ", ".join(show(choice) for choice in choices)
    guess = nearest(str(error.instance), [choice for choice in choices if isinstance(choice, str)])
    remedy = f"did you mean {guess}?" if guess else "choose one of them"
    one_of = f"is not one of {listed}" if len(choices) > 1 else f"has to be {listed}"
    yield Problem(_path(error), f"{show(error.instance)} {one_of}", remedy if len(choices) > 1 else f"write {listed}")


def _wrong_text(error: ValidationError, root: Root) -> Iterator[Problem]:
    yield Problem(
        _path(error), f"{show(error.instance)} does not have the right form", _expected(error.schema, {}, error)
    )


def _out_of_range(error: ValidationError, root: Root) -> Iterator[Problem]:
    what, remedy = {
        "minimum": ("is less than {}", "use {} or more"),
        "maximum": ("is more than {}", "use {} or less"),
        "exclusiveMinimum": ("is not more than {}", "use more than {}"),
        "exclusiveMaximum": ("is not less than {}", "use less than {}"),
        "multipleOf": ("is not a multiple of {}", "use a multiple of {}"),
    }[str(error.validator)]
    limit = show(error.validator_value)
    yield Problem(_path(error), f"{show(error.instance)} {what.format(limit)}", remedy.format(limit))


def _wrong_size(error: ValidationError, root: Root) -> Iterator[Problem]:
    unit = {"L": "character", "I": "item", "P": "key"}[str(error.validator)[3]]
    count, limit = len(error.instance), error.validator_value
    units = unit if limit == 1 else f"{unit}s"
    if count == 0:
        yield Problem(_path(error), "is empty", f"give at least {limit} {units}, or remove the key")
    elif str(error.validator).startswith("min"):
        yield Problem(_path(error), f"has {count}, fewer than {limit} {units}", f"give at least {limit} {units}")
    else:
        yield Problem(_path(error), f"has {count}, more than {limit} {units}", f"keep at most {limit} {units}")


def _repeated(error: ValidationError, root: Root) -> Iterator[Problem]:
    twice = [item for index, item in enumerate(error.instance) if item in error.instance[:index]]
    yield Problem(_path(error), f"holds {show(twice[0] if twice else None)} twice", "keep one of the two")


def _no_choice_fits(error: ValidationError, root: Root) -> Iterator[Problem]:
    """Tell the troubles of the one alternative that is of the value's type, or which types there are."""
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.relative_schema_path[0]), []).append(inner)
    if not branches:
        yield Problem(
            _path(error), f"{show(error.instance)} fits more than one form", "leave out what belongs to the other"
        )
        return
    meant = [inner for inner in branches.values() if not any(_is_whole_type(one, error) for one in inner)]
    if meant:
        closest = min(meant, key=len)
        for inner in closest:
            yield from describe(inner, root)
        return
    wanted = [
        name for inner in branches.values() for one in inner if _is_whole_type(one, error) for name in _wanted(one)
    ]
    words = dict.fromkeys(_TYPES.get(name, name) for name in wanted if name != "null")
    about = _description(error.schema)
    message = f"has to be {' or '.join(words)} (found {_found(error.instance)})"
    yield Problem(_path(error), message, about or f"write {' or '.join(words)}")


def _is_whole_type(inner: ValidationError, outer: ValidationError) -> bool:
    return inner.validator == "type" and _path(inner) == _path(outer)


def _wanted(error: ValidationError) -> list[str]:
    return _as_list(error.validator_value)


def _forbidden(error: ValidationError, root: Root) -> Iterator[Problem]:
    yield Problem(
        _path(error), f"{show(error.instance)} is not allowed", _description(error.schema) or "choose another value"
    )


def _as_is(error: ValidationError, root: Root) -> Iterator[Problem]:
    message = error.message if len(error.message) <= 200 else f"{error.message[:196]}..."
    yield Problem(_path(error), message, _description(error.schema) or "see the chart's values.schema.json")


def _expected(schema: object, parent: object, error: ValidationError) -> str:
    return _description(schema) or _description(parent) or f"it has to match {error.validator_value}"


def _description(schema: object) -> str:
    """Return a schema's own words, fit to stand as a remedy."""
    text = schema.get("description", "") if isinstance(schema, dict) else ""
    return str(text).removesuffix(".")


def _schema_at(root: Root, steps: Sequence[str | int]) -> object:
    here: Any = resolved(root, root)
    for step in steps:
        try:
            here = resolved(here[step], root)
        except (KeyError, IndexError, TypeError):
            return {}
    return here


def _as_list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


_WRITERS: dict[str, Writer] = {
    "additionalProperties": _unknown_keys,
    "type": _wrong_type,
    "required": _missing,
    "enum": _not_listed,
    "const": _not_listed,
    "pattern": _wrong_text,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "exclusiveMinimum": _out_of_range,
    "exclusiveMaximum": _out_of_range,
    "multipleOf": _out_of_range,
    "minLength": _wrong_size,
    "maxLength": _wrong_size,
    "minItems": _wrong_size,
    "maxItems": _wrong_size,
    "minProperties": _wrong_size,
    "maxProperties": _wrong_size,
    "uniqueItems": _repeated,
    "anyOf": _no_choice_fits,
    "oneOf": _no_choice_fits,
    "not": _forbidden,
}
