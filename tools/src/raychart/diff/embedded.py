"""Compare what JSON and YAML texts say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from raychart.diff.walk import differences as between

if TYPE_CHECKING:
    from raychart.diff.model import Change

# YAML takes its time to read: longer texts are compared as lines.
_LONGEST_YAML = 100_000


def differences(old: str, new: str) -> list[Change] | None:
    """Return what differs inside two texts; None where one is neither JSON nor YAML with something in it.

    None too where they say the same, as their layout or comments are what differs.
    """
    before, after = _json(old), _json(new)
    if before is None or after is None:
        before, after = _yaml(old), _yaml(new)
    if not isinstance(before, (dict, list)) or type(before) is not type(after):
        return None
    wrapped = between({"": before}, {"": after}, "")
    return [_unwrapped(change) for change in wrapped] or None


def _unwrapped(change: Change) -> Change:
    return replace(change, path=change.path[1:])


def _json(text: str) -> Any:
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _yaml(text: str) -> Any:
    if "\n" not in text or len(text) > _LONGEST_YAML:
        return None
    from raychart.helm_yaml import read_documents

    # Of plain text, for libyaml takes no other.
    documents = read_documents(str(text), "")
    if len(documents) != 1 or documents[0].findings:
        return None
    return documents[0].data
