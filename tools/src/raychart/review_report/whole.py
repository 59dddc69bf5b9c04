"""Objects that are new or gone, masked, as lines and as data.

Most objects of a chart are the same in all namespaces but for the namespace: each of those is masked once.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from raychart.diff.model import ABSENT, Change, Hidden
from raychart.diff.secrets import hidden
from raychart.diff.show import lines
from raychart.diff.values_text import on_one_line
from raychart.manifests import Manifest

# What stands for a namespace's name; like most names it is written without quotes.
_NAMESPACE = "the-namespace-of-this-object"
# No text in a manifest has as many lines: the API server takes 1.5 MiB at most.
ALL_LINES = 2_000_000


def whole_lines(manifest: Manifest) -> list[str]:
    """Return an object as lines of YAML."""
    name, text = _without_namespace(manifest)
    return [line.replace(_NAMESPACE, name) for line in _lines(manifest.kind, manifest.group, text)]


def whole_data(manifest: Manifest) -> dict[str, Any]:
    """Return an object as JSON says it; {"$hidden": digest} stands for what must not be shown."""
    name, text = _without_namespace(manifest)
    data: dict[str, Any] = json.loads(_data(manifest.kind, manifest.group, text).replace(_NAMESPACE, name))
    return data


def shown_data(value: Any) -> Any:
    """Return a masked value as JSON can say it."""
    if isinstance(value, Hidden):
        return {"$hidden": value.digest}
    if isinstance(value, dict):
        return {str(key): shown_data(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shown_data(item) for item in value]
    return None if value is ABSENT else value


def _without_namespace(manifest: Manifest) -> tuple[str, str]:
    text = json.dumps(manifest.body)
    name = manifest.namespace
    if not name or on_one_line(name) != name:
        return _NAMESPACE, text
    return name, text.replace(f'"{name}"', f'"{_NAMESPACE}"')


@lru_cache(maxsize=1024)
def _lines(kind: str, group: str, text: str) -> tuple[str, ...]:
    # The path is empty: the first line has nothing to say, or all of it.
    first, *rest = lines(Change((), "added", ABSENT, _masked(kind, group, text)), longest=ALL_LINES)
    return tuple(line[6:] for line in rest) or (first[4:],)


@lru_cache(maxsize=1024)
def _data(kind: str, group: str, text: str) -> str:
    return json.dumps(shown_data(_masked(kind, group, text)))


def _masked(kind: str, group: str, text: str) -> dict[str, Any]:
    return hidden(Manifest(group, "", kind, "", "", json.loads(text)))
