"""What differs in objects, as JSON has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.diff.model import ABSENT, Absent, Hidden, Item
from raychart.diff.secrets import hidden
from raychart.diff.show import path_text

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff, Step
    from raychart.manifests import Manifest

# The key of what stands for a value that must not be shown.
_HIDDEN = "$hidden"


def object_data(diff: ObjectDiff) -> dict[str, Any]:
    """Return an object that differs with its changes, or all of it when it is on one side only; secrets as digests."""
    data: dict[str, Any] = {
        "kind": diff.kind,
        "old": None if diff.old is None else _identity(diff.old),
        "new": None if diff.new is None else _identity(diff.new),
        "changes": [_change(change) for change in diff.changes],
    }
    if diff.kind in {"added", "removed"}:
        data["manifest"] = _shown(hidden(diff.manifest))
    return data


def _identity(manifest: Manifest) -> dict[str, str]:
    version = f"{manifest.group}/{manifest.version}" if manifest.group else manifest.version
    return {
        "apiVersion": version,
        "kind": manifest.kind,
        "namespace": manifest.namespace,
        "name": manifest.name,
    }


def _change(change: Change) -> dict[str, Any]:
    data: dict[str, Any] = {
        "path": path_text(change.path),
        "steps": [_step(step) for step in change.path],
        "kind": change.kind,
        "at": change.at,
        "unstable": change.unstable,
    }
    for key, value in (("old", change.old), ("new", change.new)):
        if value is not ABSENT:
            data[key] = _shown(value)
    return data


def _step(step: Step) -> str | int | dict[str, str]:
    return {"key": step.key, "value": step.value} if isinstance(step, Item) else step


def _shown(value: Any) -> Any:
    """Return a value as JSON can say it, what must not be shown as its digest."""
    if isinstance(value, Hidden):
        return {_HIDDEN: value.digest}
    if isinstance(value, dict):
        return {str(key): _shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return None if isinstance(value, Absent) else value
