"""What holds of every comparison, on drawn manifests and on edits of what the chart renders."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from generated_manifests import edited, sets
from hypothesis import given, settings
from hypothesis import strategies as st

from raychart import helm
from raychart.diff.apply import apply
from raychart.diff.compare import compare
from raychart.diff.meaning import quantity
from raychart.diff.model import Change, Item, ObjectDiff
from raychart.diff.secrets import as_stored
from raychart.manifests import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raychart.diff.model import ChangePath
    from raychart.manifests import Manifest

ROOT = Path(__file__).parents[2]
_OTHER = {"added": "removed", "removed": "added"}


@pytest.fixture(scope="module")
def scenarios(helm4: str) -> list[list[Manifest]]:
    """What the chart renders of each values file."""
    files = sorted((ROOT / "values").glob("*.yaml"))
    return [
        load(helm.render(ROOT / "charts/ray", [file], release="ray", namespace=file.stem, helm=helm4)) for file in files
    ]


@given(sets())
def test_nothing_differs_from_itself(manifests: list[Manifest]) -> None:
    again = [replace(one, body=json.loads(json.dumps(one.body))) for one in manifests]
    assert compare(manifests, again).objects == ()


@settings(max_examples=250)
@given(st.data(), sets())
def test_applying_what_differs_gives_the_new_manifests(data: st.DataObject, old: list[Manifest]) -> None:
    new = data.draw(st.one_of(sets(), edited(old)))
    must_apply(old, new)


@settings(max_examples=250)
@given(st.data(), sets())
def test_the_other_way_round_is_the_mirror_image(data: st.DataObject, old: list[Manifest]) -> None:
    new = data.draw(st.one_of(sets(), edited(old)))
    must_mirror(old, new)


@settings(max_examples=60)
@given(st.data())
def test_edits_of_what_the_chart_renders_apply_and_mirror(scenarios: list[list[Manifest]], data: st.DataObject) -> None:
    old = data.draw(st.sampled_from(scenarios))
    new = data.draw(edited(old, most=2))
    must_apply(old, new)
    must_mirror(old, new)


def test_scenarios_apply_and_mirror(scenarios: list[list[Manifest]]) -> None:
    for old in scenarios:
        for new in scenarios:
            must_apply(old, new)
            must_mirror(old, new)


NAMED_ALIKE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '%d'}\n---\n"


@pytest.mark.parametrize(("old", "new"), list(product([(), (1,), (2, 1), (3, 1, 2), (1, 1)], repeat=2)), ids=str)
def test_objects_of_one_name_apply_and_mirror(old: tuple[int, ...], new: tuple[int, ...]) -> None:
    before, after = (load("".join(NAMED_ALIKE % number for number in side)) for side in (old, new))
    must_apply(before, after)
    must_mirror(before, after)
    assert (compare(before, after).objects == ()) is (sorted(old) == sorted(new))


def must_apply(old: list[Manifest], new: list[Manifest]) -> None:
    """Hold what applying gives against the new manifests: by our own comparison, and by one that knows nothing."""
    made = apply(old, compare(old, new))
    assert compare(made, new).objects == ()
    assert [one.identity for one in made] == [one.identity for one in new]
    assert [_bag(one) for one in made] == [_bag(one) for one in new]


def _bag(manifest: Manifest) -> str:
    return repr(_sorted({**as_stored(manifest), "metadata": None}))


def _sorted(value: Any) -> Any:
    """Leave out every order, nulls, and how quantities are written."""
    if isinstance(value, dict):
        return sorted((key, _sorted(item)) for key, item in value.items() if item is not None)
    if isinstance(value, list):
        return sorted((_sorted(item) for item in value), key=repr)
    amount = quantity(value)
    return value if amount is None else amount


def must_mirror(old: list[Manifest], new: list[Manifest]) -> None:
    there, back = compare(old, new), compare(new, old)
    assert _shown(map(_mirrored, there.objects)) == _shown(back.objects)


def _shown(diffs: Iterable[ObjectDiff]) -> Counter[str]:
    return Counter(
        repr((diff.kind, diff.old and diff.old.identity, diff.new and diff.new.identity, _placeless(change)))
        for diff in diffs
        for change in (diff.changes or [None])
    )


def _placeless(change: Change | None) -> Change | None:
    """Leave indexes out: what changes in a list without keys has those of the new list."""
    steps = change.path if change is not None else ()
    return change and replace(change, path=tuple("#" if isinstance(step, int) else step for step in steps))


def _mirrored(diff: ObjectDiff) -> ObjectDiff:
    old_names = {
        change.path: (*change.path[:-1], Item(change.path[-1].key, change.old))
        for change in diff.changes
        if change.kind == "renamed" and isinstance(change.path[-1], Item)
    }
    changes = [_mirrored_change(change, old_names) for change in diff.changes]
    kind: Any = _OTHER.get(diff.kind, diff.kind)
    return ObjectDiff(kind, diff.new, diff.old, tuple(changes))


def _mirrored_change(change: Change, old_names: dict[ChangePath, ChangePath]) -> Change:
    kind: Any = _OTHER.get(change.kind, change.kind)
    path = change.path
    for length in range(len(path), 0, -1):
        if path[:length] in old_names:
            path = (*old_names[path[:length]], *path[length:])
    return replace(change, path=path, kind=kind, old=change.new, new=change.old)
