"""What holds of every comparison, on drawn manifests and on edits of what the chart renders."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from generated_manifests import edited, sets
from held_against import must_apply, must_mirror
from hypothesis import given, settings
from hypothesis import strategies as st

from raychart import helm
from raychart.diff.compare import compare
from raychart.manifests import load

if TYPE_CHECKING:
    from raychart.manifests import Manifest

ROOT = Path(__file__).parents[2]


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
