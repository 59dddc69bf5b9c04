"""Put the parameters of several generators together, as matrix and merge do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from raychart.review.appsets.flatten import as_go_text
from raychart.review.appsets.model import Params, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.review.appsets.generators import Given
    from raychart.yaml_nodes import Node


def joined(first: Params, second: Params, given: Given) -> Params:
    """Return what a matrix makes of one element of each generator."""
    files = (*first.files, *second.files)
    if given.is_go:
        # The first goes before the second, in mappings too.
        return Params(_over(second, first), files)
    texts = {key: as_go_text(value) for key, value in first.items()}
    for key, value in second.items():
        text = as_go_text(value)
        if texts.setdefault(key, text) != text:
            what = f"both generators of a matrix give {key}, and not the same ({texts[key]} and {text})"
            raise RefusedError(what, "rename one of the two (pathParamPrefix does for paths)")
    return Params(texts, files)


def merged(sets: Sequence[list[Params]], keys: list[str], given: Given, node: Node) -> list[Params]:
    """Return what a merge makes: the first generator's elements with what the others say of the same keys."""
    base, *others = [_by_key(one, keys, node) for one in sets]
    for other in others:
        for key, params in other.items():
            if key in base:
                own = base[key]
                data = _over(own, params) if given.is_go else {**own, **params}
                base[key] = Params(data, (*own.files, *params.files))
    return list(base.values())


def _by_key(params: list[Params], keys: list[str], node: Node) -> dict[str, Params]:
    found: dict[str, Params] = {}
    for one in params:
        key = json.dumps([one.get(name) for name in keys], sort_keys=True)
        if key in found:
            said = ", ".join(f"{name} {one.get(name)}" for name in keys)
            what = f"a merge generator's elements are not told apart by mergeKeys (twice: {said})"
            raise RefusedError(what, "name keys that tell them apart", node.mark)
        found[key] = one
    return found


def _over(below: Any, above: Any) -> Any:
    """Lay one over the other, mappings merged."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {**below, **{key: _over(below[key], value) if key in below else value for key, value in above.items()}}
