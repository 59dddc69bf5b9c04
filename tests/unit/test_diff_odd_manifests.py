"""Whatever manifests look like, they are compared, judged and reported, or refused with a word why."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from held_against import must_apply, must_mirror
from odd_manifests import READ, REFUSED

import raychart.diff
from raychart.capacity import capacity_of
from raychart.diff.as_json import as_json
from raychart.diff.compare import compare
from raychart.diff.markdown import as_markdown
from raychart.diff.result import Compared
from raychart.diff.text import as_text
from raychart.errors import RaychartError
from raychart.impact.judge import judge
from raychart.manifests import Manifest, load

SCHEMA = json.loads((Path(raychart.diff.__file__).parent / "diff.schema.json").read_bytes())
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)


@cache
def read(name: str) -> tuple[Manifest, ...]:
    return tuple(load(READ[name]))


@pytest.mark.parametrize("name", READ)
def test_it_does_not_differ_from_itself(name: str) -> None:
    again = [replace(one, body=json.loads(json.dumps(one.body))) for one in read(name)]
    assert compare(read(name), again).objects == ()
    assert capacity_of(again).most.pods >= 0


@pytest.mark.parametrize("name", READ)
def test_what_differs_from_all_others_applies_and_mirrors(name: str) -> None:
    for other in READ:
        must_apply(list(read(name)), list(read(other)))
        must_mirror(list(read(name)), list(read(other)))


def refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


@pytest.mark.parametrize("name", READ)
def test_what_differs_from_all_others_is_judged_and_reported(name: str) -> None:
    for other in READ:
        found = compare(read(name), read(other))
        for deployer in ("helm", "argocd"):
            assert bool(judge(found, deployer=deployer)) is bool(found.objects)
        results = [Compared("odd.yaml", "", found, judge(found), shared=False)]
        assert as_text(results, colour=False)
        VALIDATOR.validate(json.loads(as_json(results), parse_constant=refuse))
        # What GitHub takes as a comment.
        assert len(as_markdown(results).encode()) < 65_536


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=list(REFUSED))
def test_what_no_cluster_would_take_is_refused(text: str, words: str) -> None:
    with pytest.raises(RaychartError, match=words) as refused:
        load(text)
    assert refused.value.where.startswith("rendered manifests:")
