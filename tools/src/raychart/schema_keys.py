"""Know which keys a schema has, and where, to tell what a misspelt one was meant to be."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ANY_NAME = "<name>"
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys one mapping may have."""

    names: tuple[str, ...]
    patterns: tuple[str, ...]

    def accepts(self, key: str) -> bool:
        """Tell whether the key is one of them."""
        return key in self.names or any(re.search(pattern, key) for pattern in self.patterns)


def keys_of(schema: object) -> Keys:
    """Return the keys that `properties` and `patternProperties` of a schema name; `false` forbids one."""
    about = schema if isinstance(schema, dict) else {}
    names = tuple(name for name, of in about.get("properties", {}).items() if of is not False)
    return Keys(names, tuple(about.get("patternProperties", {})))


def nearest(word: str, choices: Sequence[str]) -> str | None:
    """Return the choice that `word` most probably is a misspelling of, if there is one."""
    plain = {_plain(choice): choice for choice in choices}
    if _plain(word) in plain:
        return plain[_plain(word)]
    close = difflib.get_close_matches(_plain(word), plain, n=1, cutoff=0.75)
    return plain[close[0]] if close else None


def where_known(key: str, parent: Sequence[str | int], root: object) -> str | None:
    """Return the place nearest to `parent` where the schema does know `key`, as `clusters.<name>.head`."""
    places = [place for place, keys in _mappings(root, root, ()) if key in keys.names]
    if not places:
        return None
    best = max(places, key=lambda place: (_shared(place, parent), -len(place)))
    named = (own if step == _ANY_NAME else step for step, own in zip(best, parent, strict=False))
    return ".".join([*map(str, _same_while(best, parent, named)), *best[_shared(best, parent) :]]) or "the top level"


def resolved(schema: Any, root: Any) -> Any:
    """Follow `$ref` inside the document until there is none; a dangling one gives an empty schema."""
    for _ in range(_DEEPEST):
        if not (isinstance(schema, dict) and isinstance(schema.get("$ref"), str)):
            return schema
        target = root
        for step in schema["$ref"].removeprefix("#").strip("/").split("/"):
            if step:
                target = target.get(step.replace("~1", "/").replace("~0", "~"), {}) if isinstance(target, dict) else {}
        schema = target
    return {}


def _mappings(schema: Any, root: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Keys]]:
    schema = resolved(schema, root)
    if not isinstance(schema, dict) or len(place) > _DEEPEST:
        return
    yield place, keys_of(schema)
    for name, of in schema.get("properties", {}).items():
        yield from _mappings(of, root, (*place, name))
    yield from _mappings(schema.get("additionalProperties"), root, (*place, _ANY_NAME))


def _shared(place: Sequence[str], parent: Sequence[str | int]) -> int:
    count = 0
    for step, own in zip(place, parent, strict=False):
        if step not in {own, _ANY_NAME}:
            break
        count += 1
    return count


def _same_while(place: Sequence[str], parent: Sequence[str | int], named: Iterator[str | int]) -> list[str | int]:
    return [step for step, _ in zip(named, range(_shared(place, parent)), strict=False)]


def _plain(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")
