"""Volume claims: what is in them, and what of them can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.about import about_itself, immutable, value_of
from raychart.impact.ledger import Because, Ledger

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context

_CLAIM = "Kubernetes: PersistentVolumeClaim"
_SIZE = ("spec", "resources", "requests", "storage")
_IMMUTABLE = (
    ("spec", "storageClassName"),
    ("spec", "accessModes"),
    ("spec", "volumeName"),
    ("spec", "volumeMode"),
    ("spec", "selector"),
    ("spec", "dataSource"),
    ("spec", "dataSourceRef"),
)


def volume_claim(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a PersistentVolumeClaim do."""
    if diff.kind == "added":
        ledger.add("live", Because("a new volume is claimed", _CLAIM))
    elif diff.kind == "removed":
        reason = f"the claim goes{context.where_pruned}, and what is in the volume with it, unless its class retains it"
        ledger.add("replace", Because(reason, _CLAIM))
    elif diff.kind == "renamed":
        reason = "under another name it is another, empty volume: the former claim goes, and what is in it"
        ledger.add("replace", Because(reason, _CLAIM))
    else:
        about_itself(ledger)
        immutable(diff, context, ledger, _IMMUTABLE, lost="what is in the volume is lost")
        _size(diff, context, ledger)


def _size(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    from raychart.diff.meaning import quantity

    changes = [change for change in diff.changes if change.path[:4] == _SIZE]
    old, new = (quantity(value_of(manifest, *_SIZE)) for manifest in (diff.old, diff.new))
    if old is not None and new is not None and new < old:
        ledger.add("rejected", Because(f"a volume cannot become smaller: {context.refusal}", _CLAIM), changes)
    else:
        reason = "the volume grows while it is used, if its class allows that; else the API server refuses it"
        ledger.add("live", Because(reason, _CLAIM), changes)
