"""What differs in objects, as JSON has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.diff.model import ABSENT, Item
from raychart.diff.show import path_text
from raychart.review_report.whole import shown_data, whole_data

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff, Step
    from raychart.manifests import Manifest


def object_data(diff: ObjectDiff) -> dict[str, Any]:
    """Return an object that differs with its changes, or all of it when it is on one side only; secrets as digests."""
    data: dict[str, Any] = {
        "kind": diff.kind,
        "old": None if diff.old is None else _identity(diff.old),
        "new": None if diff.new is None else _identity(diff.new),
        "changes": [_change(change) for change in diff.changes],
    }
    if diff.kind in {"added", "removed"}:
        data["manifest"] = whole_data(diff.manifest)
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
            data[key] = shown_data(value)
    return data


def _step(step: Step) -> str | int | dict[str, str]:
    return {"key": step.key, "value": step.value} if isinstance(step, Item) else step
