"""Values for pod fields, made from Kubernetes' schema: what a user may write under `pod` and `container`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pod_schema
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from hypothesis.strategies import SearchStrategy

    Keys = dict[str, tuple[str, list[Any]]]

# What YAML, Go templates and Helm read as something else when it is not quoted, and what counts as empty.
AWKWARD = [
    *("", " ", "yes", "off", "null", "~", "0", "007", "1e3", "0x1F", "1_000", "12:30", "2026-01-01", ".5", "=", "<<"),
    *("{{ .Values.x }}", "${HOME}", "$(POD_IP)", "a: b", "- a", "#a", "a #b", "%a", "@a", "!a", "&a", "*a", "'", '"'),
    *("two\nlines", "two\nlines\n", "\ttab", "trailing ", "ä€😀", "\\n", "---", "{}", "[]", "a" * 200),
]
QUANTITIES = ["0", "1", "500m", "1.5", "4Gi", "1e3", 0, 1, 2, 0.5]
DATES = ["2026-01-01T00:00:00Z", "1999-12-31T23:59:59Z"]
# A float64, as Helm holds every number, keeps whole numbers up to here.
LARGEST = 2**53 - 1


def of_fields(kind: str, keys: Keys, without: Collection[str] = ()) -> SearchStrategy[dict[str, Any]]:
    """Return values for every field of a kind at once, each field present.

    `keys` names, for lists whose entries are told apart by a key, that key and values of it that the chart uses, so
    that some entries meet the chart's; `without` are fields left out.
    """
    return st.fixed_dictionaries({name: _of_field(kind, name, keys) for name in _names(kind, without)})


def of_some_fields(kind: str, keys: Keys, without: Collection[str] = ()) -> SearchStrategy[dict[str, Any]]:
    """Return values for a few fields of a kind, null among them."""
    some = st.lists(st.sampled_from(_names(kind, without)), max_size=8, unique=True)
    return some.flatmap(lambda few: st.fixed_dictionaries({n: st.none() | _of_field(kind, n, keys) for n in few}))


def _names(kind: str, without: Collection[str]) -> list[str]:
    return [name for name in pod_schema.fields(kind) if name not in without]


def _of_field(kind: str, name: str, keys: Keys) -> SearchStrategy[Any]:
    schema = pod_schema.fields(kind)[name]
    return _keyed(schema, *keys[name]) if name in keys else of_schema(schema)


def of_schema(schema: dict[str, Any]) -> SearchStrategy[Any]:
    """Return values that a schema allows, null aside: to the chart null says "remove"."""
    reference = schema.get("$ref")
    return _of_reference(reference) if reference else _of_own(schema)


@cache
def _of_reference(reference: str) -> SearchStrategy[Any]:
    if reference.endswith(".Quantity"):
        return st.sampled_from(QUANTITIES)
    return _of_own(pod_schema.resolve({"$ref": reference}))


def _of_own(schema: dict[str, Any]) -> SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from([value for value in schema["enum"] if value is not None])
    if "oneOf" in schema:
        return st.one_of(*map(of_schema, schema["oneOf"]))
    makers: dict[str, Callable[[dict[str, Any]], SearchStrategy[Any]]] = {
        "string": _string,
        "integer": _integer,
        "number": lambda _: st.sampled_from([0, 0.25, 1.5, 1e6]),
        "boolean": lambda _: st.booleans(),
        "array": lambda array: st.lists(of_schema(array["items"]), max_size=2),
        "object": _object,
    }
    return makers[_type_of(schema)](schema)


def _type_of(schema: dict[str, Any]) -> str:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    (kind,) = set(kinds) - {"null"}
    return str(kind)


def _string(schema: dict[str, Any]) -> SearchStrategy[str]:
    if schema.get("format") == "date-time":
        return st.sampled_from(DATES)
    return st.sampled_from(AWKWARD) | st.text("ab1.-/: _", max_size=6)


def _integer(schema: dict[str, Any]) -> SearchStrategy[int]:
    largest = 2**31 - 1 if schema.get("format") == "int32" else LARGEST
    return st.sampled_from([0, 1, 8080, 1_000_000, 1_000_680_000, largest, -1]) | st.integers(-largest, largest)


def _object(schema: dict[str, Any]) -> SearchStrategy[dict[str, Any]]:
    properties = schema.get("properties")
    if not properties:
        entries = schema.get("additionalProperties")
        return st.dictionaries(_KEYS, of_schema(entries) if entries else st.sampled_from(AWKWARD), max_size=2)
    required = schema.get("required", [])
    optional = [name for name in properties if name not in required]
    few = st.lists(st.sampled_from(optional), max_size=2, unique=True) if optional else st.just([])
    return few.flatmap(
        lambda chosen: st.fixed_dictionaries({name: of_schema(properties[name]) for name in [*required, *chosen]})
    )


def _keyed(schema: dict[str, Any], key: str, taken: list[Any]) -> SearchStrategy[list[dict[str, Any]]]:
    """Return lists of entries that differ in `key`, now and then one that the chart has too."""
    names = st.lists(st.sampled_from([*taken, "own", "other"]), max_size=3, unique=True)
    entries = st.lists(of_schema(schema["items"]), min_size=3, max_size=3)
    both = st.tuples(entries, names)
    return both.map(lambda drawn: [entry | {key: name} for entry, name in zip(*drawn, strict=False)])


_KEYS = st.sampled_from(["a", "a.b/c", "on", "1", "nvidia.com/gpu", "A B"])
