"""The schema of a CRD: it has to be structural, with what Kubernetes adds used as it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.validate.crd_checks.defaults import default_problems
from raychart.validate.crd_checks.lists import list_problems
from raychart.validate.crd_checks.rules import rule_problems
from raychart.validate.go_keywords import is_pattern
from raychart.validate.reach import entries, mapping
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath

_FORBIDDEN = ("$ref", "id", "additionalItems", "patternProperties", "definitions", "dependencies")
_KEPT, _EITHER, _EMBEDDED = (
    f"x-kubernetes-{name}" for name in ("preserve-unknown-fields", "int-or-string", "embedded-resource")
)
# In branches of a combination, which only say more of values whose shape is known.
_NOT_IN_BRANCHES = (
    *("additionalProperties", "default", "title", "description", "nullable", _KEPT, _EMBEDDED, _EITHER),
    *(f"x-kubernetes-{name}" for name in ("list-map-keys", "list-type", "map-type", "validations")),
)
_INT_OR_STRING = ({"type": "integer"}, {"type": "string"})
_COMBINED = ("allOf", "anyOf", "oneOf")


class Structure:
    """Looks at the schema of one version, which is at a path in its CRD."""

    def __init__(self, path: ValuesPath) -> None:
        self._path = path

    def problems(self, schema: dict[str, Any]) -> Iterator[Problem]:
        """Yield what is wrong with the whole schema."""
        if schema.get("nullable"):
            yield self._problem((), "nullable", "an object cannot be null", "remove it")
        if schema.get("additionalProperties") is not None:
            yield self._problem((), "additionalProperties", "must not be at the root", "write properties")
        if schema.get("type") not in {None, "object", ""}:
            yield self._problem((), "type", "has to be object at the root", "write type: object")
        yield from self._root_metadata(schema)
        yield from self._at(schema, ())

    def _root_metadata(self, schema: dict[str, Any]) -> Iterator[Problem]:
        found = mapping(schema, "properties", "metadata")
        for name, kind in (("kind", "string"), ("apiVersion", "string"), ("metadata", "object")):
            of = mapping(schema, "properties", name)
            if of.get("type", kind) != kind:
                yield self._problem(("properties", name), "type", f"has to be {kind}", f"write type: {kind}")
            if of.get("default") is not None and name != "metadata":
                yield self._problem(("properties", name), "default", "must not be set there", "remove it")
        message = "only name and generateName of metadata can have a schema"
        for name in mapping(found, "properties"):
            if name not in {"name", "generateName"}:
                yield self._problem(("properties", "metadata", "properties"), name, message, "remove it")
        for key, said in found.items():
            if key not in {"type", "properties", "example", "externalDocs"} and (said or key == "additionalProperties"):
                yield self._problem(("properties", "metadata"), key, message, "remove it")

    def _problem(self, at: ValuesPath, key: str, message: str, remedy: str) -> Problem:
        return Problem((*self._path, *at, key), message, remedy)

    def _at(self, schema: dict[str, Any], at: ValuesPath, *, in_map: bool = False) -> Iterator[Problem]:
        """Yield what is wrong with the schema at a place; defaults in the values of maps are not looked at."""
        yield from self._type(schema, at)
        yield from self._everywhere(schema, at)
        where = (*self._path, *at)
        yield from list_problems(schema, where)
        yield from rule_problems(schema, where)
        if not in_map:
            yield from default_problems(schema, where)
        yield from self._branches(schema, schema, at)
        for name, of in mapping(schema, "properties").items():
            if isinstance(of, dict):
                yield from self._at(of, (*at, "properties", name), in_map=in_map)
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                yield from self._at(schema[key], (*at, key), in_map=in_map or key == "additionalProperties")

    def _type(self, schema: dict[str, Any], at: ValuesPath) -> Iterator[Problem]:
        found = schema.get("type")
        where = (*self._path, *at)
        if schema.get(_EMBEDDED):
            yield from self._embedded(schema, at)
        elif not found and not schema.get(_EITHER) and not schema.get(_KEPT):
            yield Problem(where, "type is missing", f"say the type, or {_EITHER}: true or {_KEPT}: true")
        if found == "array" and schema.get("items") is None:
            yield Problem(where, "items are missing", "say of what type they are")
        if schema.get(_EITHER):
            for key in (_KEPT, _EMBEDDED):
                if schema.get(key):
                    yield self._problem(at, key, f"must be false where {_EITHER} is true", "remove one of them")

    def _embedded(self, schema: dict[str, Any], at: ValuesPath) -> Iterator[Problem]:
        where = (*self._path, *at)
        if schema.get("type") != "object":
            yield Problem(where, f"type has to be object where {_EMBEDDED} is true", "write type: object")
        if not schema.get(_KEPT) and not mapping(schema, "properties"):
            yield Problem(where, f"properties are missing, or {_KEPT}: true", "add one of them")
        if schema.get("additionalProperties") is not None:
            yield self._problem(at, "additionalProperties", f"must not be used beside {_EMBEDDED}", "remove it")

    def _everywhere(self, schema: dict[str, Any], at: ValuesPath) -> Iterator[Problem]:
        """Yield what no schema may have, in branches neither."""
        for key in _FORBIDDEN:
            if schema.get(key) or (key == "additionalItems" and schema.get(key) is not None):
                yield self._problem(at, key, f"{key} is not supported", "write out what it stands for")
        if isinstance(schema.get("pattern"), str) and not is_pattern(schema["pattern"]):
            yield self._problem(at, "pattern", "is not a regular expression of Go's", "mend the pattern")
        if schema.get("uniqueItems"):
            remedy = "write x-kubernetes-list-type: set"
            yield self._problem(at, "uniqueItems", "cannot be true, which would take too long to tell", remedy)
        if schema.get("type") == "null":
            yield self._problem(at, "type", "null is not a type here", "write nullable: true beside another type")
        if schema.get(_KEPT) is False:
            yield self._problem(at, _KEPT, "must be true or not there", "remove it")
        more = schema.get("additionalProperties")
        if mapping(schema, "properties") and more is not None and more is not True:
            message = "additionalProperties and properties exclude each other"
            yield self._problem(at, "additionalProperties", message, "keep one of them")

    def _branches(self, says: dict[str, Any], schema: Any, at: ValuesPath) -> Iterator[Problem]:
        """Yield what is wrong in the combinations of a schema, or of one of its branches."""
        for key in _COMBINED:
            for index, branch in enumerate(entries(says, key)):
                is_types = key == "anyOf" and tuple(entries(says, key)) == _INT_OR_STRING
                if isinstance(branch, dict) and not is_types:
                    yield from self._branch(branch, schema, (*at, key, index))
        if isinstance(says.get("not"), dict):
            yield from self._branch(says["not"], schema, (*at, "not"))

    def _branch(self, branch: dict[str, Any], schema: Any, at: ValuesPath) -> Iterator[Problem]:
        for key in ("type", *_NOT_IN_BRANCHES):
            if branch.get(key) or (key in {"additionalProperties", "default"} and branch.get(key) is not None):
                message = f"{key} must not be in a branch, for the schema to be structural"
                yield self._problem(at, key, message, "say it beside the branches, not in them")
        yield from self._everywhere(branch, at)
        yield from self._branches(branch, schema, at)
        for name, of in mapping(branch, "properties").items():
            where = (*at, "properties", name)
            inner = mapping(schema, "properties").get(name)
            if name == "metadata":
                yield Problem((*self._path, *where), "metadata must not be in a branch", "remove it")
            if inner is None and self._is_of_root(at):
                message = "is defined in a branch alone"
                yield Problem((*self._path, *where), message, f"define {name} beside the branches too")
            if isinstance(of, dict):
                yield from self._branch(of, inner, where)
        if isinstance(branch.get("items"), dict):
            yield from self._branch(branch["items"], mapping(schema, "items"), (*at, "items"))

    @staticmethod
    def _is_of_root(at: ValuesPath) -> bool:
        """Tell whether a branch is one of the root's: those of others are not held against what is beside them."""
        return at[0] in {*_COMBINED, "not"}
