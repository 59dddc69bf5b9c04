"""Compare two sets of manifests by meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.diff.match import matched
from raychart.diff.meaning import same_bytes
from raychart.diff.model import Comparison, ObjectDiff
from raychart.diff.secrets import as_stored
from raychart.diff.walk import differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.diff.match import Pair
    from raychart.manifests import Manifest


def compare(
    old: Sequence[Manifest],
    new: Sequence[Manifest],
    *,
    old_again: Sequence[Manifest] | None = None,
    new_again: Sequence[Manifest] | None = None,
) -> Comparison:
    """Return what differs between two sets of manifests, what must not be shown masked.

    `old_again` and `new_again` are the same rendered once more: what differs between two renderings of the same is
    marked unstable. Null is the same as absent, as for the API server, and an object without a namespace is in the
    namespace of the others. Objects and items that are nearly the same under another name are renamed.
    """
    found = _compared(old, new)
    if old_again is not None or new_again is not None:
        from raychart.diff.stability import marked

        once = None if old_again is None else _compared(old, old_again)
        found = marked(found, once, None if new_again is None else _compared(new, new_again))
    return Comparison(tuple(found), tuple(old), tuple(new))


def _compared(old: Sequence[Manifest], new: Sequence[Manifest]) -> list[ObjectDiff]:
    found = [diff for pair in matched(old, new) if (diff := _compare_pair(pair)) is not None]
    return sorted(found, key=lambda diff: (diff.manifest.identity, diff.manifest.version))


def _compare_pair(pair: Pair) -> ObjectDiff | None:
    old, new = pair.old, pair.new
    if old is None or new is None:
        return ObjectDiff("added" if old is None else "removed", old, new)
    if not pair.renamed and (old.body is new.body or same_bytes(old.body, new.body)):
        return None
    changes = differences(_nameless(old, pair), _nameless(new, pair), new.kind)
    if pair.renamed:
        return ObjectDiff("renamed", old, new, tuple(changes))
    return ObjectDiff("changed", old, new, tuple(changes)) if changes else None


def _nameless(manifest: Manifest, pair: Pair) -> dict[str, Any]:
    """Leave out what the identity says already."""
    body = as_stored(manifest)
    metadata = body.get("metadata")
    if not isinstance(metadata, dict):
        return body
    said = {"name", "namespace"} if pair.renamed else {"namespace"}
    return {**body, "metadata": {key: value for key, value in metadata.items() if key not in said}}
