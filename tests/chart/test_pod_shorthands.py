"""Each key of podDefaults reaches head and workers, from podDefaults and from their own values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pod_shorthands import PLACEMENTS, SHORTHANDS, Shorthand

from raychart import helm, manifests
from raychart.process import CommandError

if TYPE_CHECKING:
    from raychart.manifests import Manifest

    Groups = dict[str, dict[str, Any]]

CHART = Path(__file__).parents[2] / "charts" / "ray"
VALUES = {key: shorthand.value for key, shorthand in SHORTHANDS.items()}
# Without them there would be no pod, or no name for the GPU: the schema refuses null.
NEEDED = {"image", "gpuResource"}
each_shorthand = pytest.mark.parametrize(("key", "shorthand"), SHORTHANDS.items(), ids=SHORTHANDS)
head_and_worker = pytest.mark.parametrize("role", ["head", "worker"])


@pytest.fixture(scope="module")
def by_default(helm4: str, tmp_path_factory: pytest.TempPathFactory) -> Groups:
    """Head and worker group with everything under podDefaults."""
    return rendered(tmp_path_factory.mktemp("v"), helm4, VALUES, {})


@pytest.fixture(scope="module")
def by_own(helm4: str, tmp_path_factory: pytest.TempPathFactory) -> Groups:
    """Head and worker group with everything under head and worker type."""
    return rendered(tmp_path_factory.mktemp("v"), helm4, {}, VALUES)


@pytest.fixture(scope="module")
def by_both(helm4: str, tmp_path_factory: pytest.TempPathFactory) -> Groups:
    """Head and worker group with everything under podDefaults, and more of everything on top."""
    over = {key: shorthand.over for key, shorthand in SHORTHANDS.items()}
    return rendered(tmp_path_factory.mktemp("v"), helm4, VALUES, over)


@pytest.fixture(scope="module", params=["helm3", "helm4"])
def cleared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Groups:
    """Head and worker group with everything under podDefaults, and null on top."""
    own = dict.fromkeys(SHORTHANDS.keys() - NEEDED)
    return rendered(tmp_path_factory.mktemp("v"), request.getfixturevalue(request.param), VALUES, own)


def test_the_table_has_every_key_of_pod_defaults() -> None:
    assert SHORTHANDS.keys() == yaml.safe_load((CHART / "values.yaml").read_text())["podDefaults"].keys()


@head_and_worker
@each_shorthand
def test_it_reaches_the_pod_from_pod_defaults(by_default: Groups, role: str, key: str, shorthand: Shorthand) -> None:
    assert missing(by_default[role], shorthand.shows) == []


@head_and_worker
@each_shorthand
def test_it_reaches_the_pod_from_head_and_type(by_own: Groups, role: str, key: str, shorthand: Shorthand) -> None:
    assert missing(by_own[role], shorthand.shows) == []


@head_and_worker
@each_shorthand
def test_head_and_type_are_laid_over_pod_defaults(by_both: Groups, role: str, key: str, shorthand: Shorthand) -> None:
    assert missing(by_both[role], shorthand.both) == []


@head_and_worker
@pytest.mark.parametrize("key", sorted(SHORTHANDS.keys() - NEEDED))
def test_null_clears_what_pod_defaults_say(cleared: Groups, role: str, key: str) -> None:
    shows = SHORTHANDS[key].shows
    assert len(missing(cleared[role], shows)) == len(leaves(shows))


@head_and_worker
@pytest.mark.parametrize("key", sorted(NEEDED))
def test_null_is_refused_where_a_pod_needs_a_value(helm4: str, tmp_path: Path, role: str, key: str) -> None:
    with pytest.raises(CommandError) as caught:
        rendered(tmp_path, helm4, {}, {key: None})
    assert "values don't meet the specifications of the schema" in caught.value.completed.stderr


def rendered(folder: Path, program: str, defaults: dict[str, Any], own: dict[str, Any]) -> Groups:
    """Return the head and a worker group of a cluster, as one sees them; `own` goes to both."""
    # What the chart gives the head alone would hide podDefaults.
    head = {"cpu": None, "memory": None, "rayResources": {"CPU": None}, "env": None}
    values = {
        "placements": PLACEMENTS,
        "podDefaults": defaults,
        "clusterDefaults": {"head": head, "autoscaling": {"enabled": False}},
        "clusters": {"main": {"head": own, "workerTypes": {"cpu": {"maxWorkers": 1, **own}}}},
    }
    file = folder / "values.yaml"
    file.write_text(yaml.safe_dump(values))
    return groups(manifests.load(helm.render(CHART, [file], release="ray", namespace="team", helm=program)))


def groups(objects: list[Manifest]) -> Groups:
    """Return head and worker group as pod_shorthands.py describes them."""
    (spec,) = (manifest.body["spec"] for manifest in objects if manifest.kind == "RayCluster")
    return {"head": view(spec["headGroupSpec"]), "worker": view(spec["workerGroupSpecs"][0])}


def view(group: dict[str, Any]) -> dict[str, Any]:
    """Return a group's parts, with lists whose entries have names as maps."""
    pod = group["template"]["spec"]
    main = pod["containers"][0]
    return {
        "group": group,
        "metadata": group["template"].get("metadata", {}),
        "pod": {key: by_name(value) for key, value in pod.items()},
        "container": {key: by_name(value) for key, value in main.items()},
        "start": "".join(main.get("args", [])).splitlines(),
    }


def by_name(value: Any) -> Any:
    """Return a list of named entries as a map: by path for mounts, by address for host aliases."""
    if isinstance(value, list):
        for key in ("mountPath", "ip", "name"):
            if value and all(isinstance(entry, dict) and key in entry for entry in value):
                return {entry[key]: entry for entry in value}
    return value


def missing(found: Any, shown: Any) -> list[tuple[Any, Any]]:
    """Return what of `shown` is not in `found`, leaf by leaf, with what is there instead."""
    return [(path, instead) for path, leaf in leaves(shown) if not has(instead := look_up(found, path), leaf)]


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Return the leaves of nested maps with their paths."""
    if isinstance(value, dict) and value:
        return [leaf for key, entry in value.items() for leaf in leaves(entry, (*path, key))]
    return [(path, value)]


def look_up(value: Any, path: tuple[str, ...]) -> Any:
    """Return what is at a path, None when nothing is."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def has(found: Any, leaf: Any) -> bool:
    """Tell whether a leaf is there: a list among other entries, a map whatever is in it, a scalar as it is."""
    if isinstance(leaf, list):
        return all(entry in (found or []) for entry in leaf)
    return isinstance(found, dict) if leaf == {} else bool(found == leaf)
