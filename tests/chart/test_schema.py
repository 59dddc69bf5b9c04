"""values.schema.json: strict where people misspell, whichever Helm reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from raychart.process import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

REFUSED: dict[str, dict[str, Any]] = {
    "unknown key at the top": {"cluster": {}},
    "unknown key of a cluster": {"clusters": {"main": {"workertypes": {}}}},
    "unknown key of a worker type": {"clusters": {"main": {"workerTypes": {"cpu": {"maxWorkers": 1, "cpus": 1}}}}},
    "unknown key of an image": {"podDefaults": {"image": {"repo": "x"}}},
    "maxWorkers missing": {"clusters": {"main": {"workerTypes": {"cpu": {"cpu": 1}}}}},
    "a negative number": {"clusters": {"main": {"workerTypes": {"cpu": {"maxWorkers": -1}}}}},
    "a cluster name with capitals": {"clusters": {"Main": {}}},
    "a Ray version that YAML reads as a number": {"clusters": {"main": {"rayVersion": 2.6}}},
    "a lower-case cpu among Ray's resources": {"podDefaults": {"rayResources": {"cpu": 1}}},
    "a fraction among Ray's resources": {"podDefaults": {"rayResources": {"CPU": 0.5}}},
    "a start option that is no string": {"podDefaults": {"rayStartParams": {"num-cpus": 1}}},
    "a quantity that is none": {"podDefaults": {"memory": "4 GB"}},
    "a worker type with the head's group name": {
        "clusters": {"main": {"workerTypes": {"headgroup": {"maxWorkers": 1}}}}
    },
}


@pytest.mark.parametrize("values", REFUSED.values(), ids=REFUSED)
def test_the_schema_refuses(render_text: Callable[..., str], helm3: str, helm4: str, values: dict[str, Any]) -> None:
    for helm in (helm3, helm4):
        with pytest.raises(CommandError) as caught:
            render_text(values, helm=helm)
        assert "values don't meet the specifications of the schema" in caught.value.completed.stderr


def test_keys_that_start_with_x_are_the_users_own(render_text: Callable[..., str], helm3: str) -> None:
    assert render_text({"x-anchors": {"anything": [1]}}) == render_text({}, helm=helm3)
