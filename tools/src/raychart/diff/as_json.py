"""What differs, as JSON for programs, in the shape of diff.schema.json."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from raychart.diff.model import ABSENT, Hidden, Item
from raychart.diff.secrets import hidden
from raychart.diff.show import path_text
from raychart.report import API_VERSION

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff, Step
    from raychart.diff.result import Compared
    from raychart.impact.model import Impact
    from raychart.manifests import Manifest


def as_json(results: list[Compared]) -> str:
    """Return one document for all namespaces, those without differences included."""
    document = {
        "apiVersion": API_VERSION,
        "kind": "Diff",
        "differs": any(one.comparison.differs for one in results),
        "namespaces": [_namespace(one) for one in results],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _namespace(one: Compared) -> dict[str, Any]:
    counts = one.counts
    return {
        "file": one.file,
        "namespace": one.namespace,
        "counts": {"added": counts["+"], "changed": counts["~"], "removed": counts["-"]},
        "effect": one.effect,
        "objects": [_object(found, impacts) for found, impacts in one.objects],
    }


def _object(found: ObjectDiff, impacts: list[Impact]) -> dict[str, Any]:
    about = {
        "change": found.kind,
        "unstable": not found.counts,
        "object": _identity(found.manifest),
        "changes": [_change(change) for change in found.changes],
        "impacts": [_impact(impact) for impact in impacts],
    }
    if found.kind == "renamed" and found.old is not None:
        about["before"] = _identity(found.old)
    if found.kind in {"added", "removed"}:
        about["manifest"] = _value(hidden(found.manifest))
    return about


def _identity(manifest: Manifest) -> dict[str, str]:
    group = f"{manifest.group}/" if manifest.group else ""
    return {
        "apiVersion": f"{group}{manifest.version}",
        "kind": manifest.kind,
        "namespace": manifest.namespace,
        "name": manifest.name,
    }


def _change(change: Change) -> dict[str, Any]:
    sides = {name: _value(value) for name, value in (("old", change.old), ("new", change.new)) if value is not ABSENT}
    return {
        "path": path_text(change.path),
        "steps": [_step(step) for step in change.path],
        "change": change.kind,
        **sides,
        "unstable": change.unstable,
    }


def _step(step: Step) -> Any:
    return {"key": step.key, "value": step.value} if isinstance(step, Item) else step


def _impact(impact: Impact) -> dict[str, Any]:
    about: dict[str, Any] = {
        "effect": impact.effect,
        "subject": impact.subject,
        "reason": impact.reason,
        "source": impact.source,
        "pods": {"least": impact.pods.least, "most": impact.pods.most},
    }
    if impact.cluster is not None:
        about["cluster"] = impact.cluster
    if impact.worker_type is not None:
        about["workerType"] = impact.worker_type
    return about


def _value(value: Any) -> Any:
    if isinstance(value, Hidden):
        return {"hidden": value.digest}
    if isinstance(value, dict):
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
