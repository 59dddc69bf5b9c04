"""What a JSON schema refuses, free of the library that found it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from raychart.schema_keys import resolved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jsonschema.exceptions import ValidationError

    from raychart.paths import ValuesPath


@dataclass(frozen=True, slots=True)
class Refusal:
    """One keyword of a schema that a value does not satisfy.

    `within` is the part of `schema_path` below the refusal this one
    is an alternative of; `alternatives` are the refusals of the branches of anyOf and oneOf.
    """

    keyword: str
    wanted: Any
    value: Any
    schema: Any
    path: ValuesPath
    schema_path: ValuesPath
    within: ValuesPath
    alternatives: tuple[Refusal, ...]
    message: str
    root: Any

    @property
    def description(self) -> str:
        """Return the schema's own words, fit to stand as a remedy; empty when it has none."""
        return _description(self.schema)

    @property
    def is_about_a_name(self) -> bool:
        """Tell whether it is a key that is refused, by propertyNames, and not a value."""
        return "propertyNames" in self.within[:-1]

    @property
    def is_about_presence(self) -> bool:
        """Tell whether the key may not be there at all, whatever its value."""
        return self.keyword == "not" and self.wanted == {}

    @property
    def outer_description(self) -> str:
        """Return the words of the schema of the mapping around a refused key."""
        steps = list(self.schema_path)
        end = steps.index("propertyNames") if "propertyNames" in steps else -len(("properties", "key", "not"))
        return _description(self._schema_at(steps[:end]))

    def description_of(self, key: str) -> str:
        """Return the words of the schema of one of the mapping's keys."""
        properties = self.schema.get("properties", {}) if isinstance(self.schema, dict) else {}
        return _description(resolved(properties.get(key, {}), self.root))

    def _schema_at(self, steps: Sequence[str | int]) -> object:
        here: Any = resolved(self.root, self.root)
        for step in steps:
            try:
                here = resolved(here[step], self.root)
            except (KeyError, IndexError, TypeError):
                return {}
        return here


def refusal_of(error: ValidationError, root: object) -> Refusal:
    """Take over an error of jsonschema; `root` is the whole schema."""
    return Refusal(
        keyword=str(error.validator),
        wanted=error.validator_value,
        value=error.instance,
        schema=error.schema,
        path=tuple(error.absolute_path),
        schema_path=tuple(error.absolute_schema_path),
        within=tuple(error.relative_schema_path),
        alternatives=tuple(refusal_of(inner, root) for inner in error.context or ()),
        message=error.message,
        root=root,
    )


def spelled_out(schema: Any) -> Any:
    """Write each `false` among `properties` as {"not": {}}: for `false` jsonschema would not tell the key."""
    if isinstance(schema, list):
        return [spelled_out(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    written = {key: spelled_out(value) for key, value in schema.items() if key not in {"enum", "const", "default"}}
    if isinstance(properties := written.get("properties"), dict):
        written["properties"] = {key: {"not": {}} if of is False else of for key, of in properties.items()}
    return schema | written


def _description(schema: object) -> str:
    return str(schema.get("description", "")).removesuffix(".") if isinstance(schema, dict) else ""
