"""Know which keys a schema has, and where, to tell what a misspelt one was meant to be."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from raychart.paths import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ANY_NAME = "<name>"
_DEEPEST = 12
_SCALARS = {"string", "number", "integer", "boolean"}


# What KubeRay's own chart and the RayCluster call what a values file has another name for.
_ELSEWHERE = {
    "autoscaleroptions": "autoscaling",
    "enableintreeautoscaling": "autoscaling",
    "headgroupspec": "head",
    "idletimeoutseconds": "idleTimeoutMinutes",
    "maxreplicas": "maxWorkers",
    "minreplicas": "minWorkers",
    "numcpus": "cpu",
    "numgpus": "gpu",
    "workergroups": "workerTypes",
    "workergroupspecs": "workerTypes",
}


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys one mapping may have."""

    names: tuple[str, ...]
    patterns: tuple[str, ...]

    def accepts(self, key: str) -> bool:
        """Tell whether the key is one of them."""
        return key in self.names or any(re.search(pattern, key) for pattern in self.patterns)


def keys_of(schema: object) -> Keys:
    """Return the keys that `properties` and `patternProperties` of a schema name and do not forbid."""
    about = schema if isinstance(schema, dict) else {}
    names = tuple(name for name, of in about.get("properties", {}).items() if of not in (False, {"not": {}}))
    return Keys(names, tuple(about.get("patternProperties", {})))


def nearest(word: str, choices: Sequence[str]) -> str | None:
    """Return the choice that `word` most probably is a misspelling of, if there is one."""
    close = _close(word, choices)
    return close[0] if close else None


def renamed(key: str) -> str | None:
    """Return what is called so by KubeRay and otherwise by a values file."""
    return _ELSEWHERE.get(_plain(key))


def certain(word: str, choices: Sequence[str]) -> str | None:
    """Return the choice that `word` is a misspelling of where no other one comes near."""
    if _plain(word) in _ELSEWHERE:
        return None
    close = _close(word, choices)
    same = [choice for choice in close if _plain(choice) == _plain(word)]
    return same[0] if same else close[0] if len(close) == 1 else None


def where_known(key: str, parent: Sequence[str | int], root: object, value: object = None) -> str | None:
    """Return the place nearest to the mapping `parent` whose mapping does know `key`, as `clusters.main.head`.

    Places that take a value of another type come last.
    """
    places = [(place, of) for place, of in _mappings(root, root, ()) if key in keys_of(of).names]
    if not places:
        return None
    best, _ = max(places, key=lambda one: (_shared(one[0], parent), _takes(one[1], key, root, value), -len(one[0])))
    shared = _shared(best, parent)
    return dotted([*parent[:shared], *best[shared:]]) or "the top level"


def _takes(schema: Any, key: str, root: object, value: object) -> bool:
    types = resolved(schema["properties"][key], root).get("type", ())
    return (isinstance(value, (dict, list)) and ("object" if isinstance(value, dict) else "array") in types) or (
        not isinstance(value, (dict, list)) and bool(_SCALARS & ({types} if isinstance(types, str) else {*types}))
    )


def resolved(schema: Any, root: Any) -> Any:
    """Follow `$ref` inside the document until there is none; a dangling one gives an empty schema."""
    for _ in range(_DEEPEST):
        if not (isinstance(schema, dict) and isinstance(schema.get("$ref"), str)):
            return schema
        target = root
        for step in filter(None, schema["$ref"].removeprefix("#").split("/")):
            target = target.get(step.replace("~1", "/").replace("~0", "~"), {}) if isinstance(target, dict) else {}
        schema = target
    return {}


def _mappings(schema: Any, root: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    schema = resolved(schema, root)
    if not isinstance(schema, dict) or len(place) > _DEEPEST:
        return
    yield place, schema
    for name, of in schema.get("properties", {}).items():
        yield from _mappings(of, root, (*place, name))
    yield from _mappings(schema.get("additionalProperties"), root, (*place, _ANY_NAME))


def _shared(place: Sequence[str], parent: Sequence[str | int]) -> int:
    """Count the steps from the top that two places have in common; a free name is in common with any."""
    count = 0
    for step, own in zip(place, parent, strict=False):
        if step not in {own, _ANY_NAME}:
            break
        count += 1
    return count


def _close(word: str, choices: Sequence[str]) -> list[str]:
    plain = {_plain(choice): choice for choice in choices}
    return [plain[close] for close in difflib.get_close_matches(_plain(word), plain, n=2, cutoff=0.75)]


def _plain(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")
