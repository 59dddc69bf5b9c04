"""What is said of objects of every kind: their own labels and annotations, and fields that the API server keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import at, text

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff
    from raychart.impact.context import Context
    from raychart.manifests import Manifest

_KEPT = "Helm: helm.sh/resource-policy"
_UNPRUNED = "Argo CD: sync-options Prune=false"
_LABELS = "Kubernetes: labels and annotations of the object itself"
# Annotations by which Helm and Argo CD deal with an object.
_DEPLOYMENT = ("helm.sh/", "argocd.argoproj.io/")


def keys_of(change: Change, depth: int) -> list[str]:
    """Return the key that a change has at a depth of its path, or all in the mapping that came or went above it."""
    if change.path[depth:]:
        return [str(change.path[depth])]
    sides = [side for side in (change.old, change.new) if isinstance(side, dict)]
    return sorted({str(key) for side in sides for key in side})


def about_itself(ledger: Ledger) -> None:
    """Enter that labels and annotations of the object itself touch nothing, unless more is entered already."""
    about_version(ledger)
    for change in ledger.uncovered():
        if change.path[:1] == ("metadata",):
            keys = keys_of(change, 2)
            if change.path[1:2] == ("annotations",) and all(key.startswith(_DEPLOYMENT) for key in keys):
                reason = "it counts for how the object is deployed, not for what runs"
            else:
                reason = "labels and annotations of the object itself: nothing is made anew for them"
            ledger.add("none", Because(reason, _LABELS), [change])


def about_version(ledger: Ledger) -> None:
    """Enter that another version of the API is no other object."""
    changes = [change for change in ledger.uncovered() if change.path[:1] == ("apiVersion",)]
    reason = "the API server keeps one object for all versions of its kind"
    ledger.add("none", Because(reason, "Kubernetes: API versions"), changes)


def is_kept(diff: ObjectDiff, context: Context, ledger: Ledger) -> bool:
    """Tell, and enter, whether an object that is no longer rendered stays on the cluster all the same."""
    if diff.kind != "removed" or diff.old is None:
        return False
    if context.deployer == "argocd":
        if "Prune=false" in text(diff.old.body, "metadata", "annotations", "argocd.argoproj.io/sync-options"):
            ledger.add("none", Because("Argo CD does not prune it: it stays as it is", _UNPRUNED))
            return True
    elif text(diff.old.body, "metadata", "annotations", "helm.sh/resource-policy") == "keep":
        ledger.add("none", Because("Helm keeps it: it stays as it is, and is no longer the release's", _KEPT))
        return True
    return False


def replaces(manifest: Manifest | None, context: Context) -> bool:
    """Tell whether Argo CD was told to make an object anew rather than to change it."""
    options = text(manifest.body if manifest else None, "metadata", "annotations", "argocd.argoproj.io/sync-options")
    return context.deployer == "argocd" and ("Replace=true" in options or "Force=true" in options)


def immutable(
    diff: ObjectDiff,
    context: Context,
    ledger: Ledger,
    fields: tuple[tuple[str, ...], ...],
    lost: str = "its state is lost",
) -> list[Change]:
    """Enter that fields cannot be changed; return the changes that this is about."""
    other = [field for field in fields if value_of(diff.old, *field) != value_of(diff.new, *field)]
    found = [change for change in diff.changes if any(_touches(change, field) for field in other)]
    names = ", ".join(".".join(field) for field in other)
    source = f"Kubernetes: {diff.manifest.kind}, immutable fields"
    if replaces(diff.new, context):
        reason = f"{names} cannot be changed, so that Argo CD deletes the object and makes it anew: {lost}"
        ledger.add("replace", Because(reason, source), found)
    else:
        reason = f"{names} cannot be changed once the object is there: {context.refusal}"
        ledger.add("rejected", Because(reason, source), found)
    return found


def _touches(change: Change, field: tuple[str, ...]) -> bool:
    """Tell whether a change is at a field, in it, or of something that it is in."""
    shorter = min(len(change.path), len(field))
    return change.path[:shorter] == field[:shorter]


def value_of(manifest: Manifest | None, *keys: str) -> object:
    """Return what an object has at a path, None where it is not there."""
    return at(manifest.body if manifest else None, *keys)
