"""Values, schema and templates say the same: no key is unused, none undocumented, and no example wrong."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import TYPE_CHECKING, Any

import pytest
from documentation_examples import examples
from documentation_probes import EVERYTHING, UNSEEN, at, marked, switched
from documentation_reads import reads
from documentation_schema import CHART, defaults, keys, knows, nullable, schema, types
from pod_overlay import merge

from raychart import helm
from raychart.process import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from documentation_examples import Example

    Render = Callable[..., str]

VALUES = (CHART / "values.yaml").read_text()
EXAMPLES = examples(VALUES)
# What an example needs to be seen at work, by its path; every example gets a cluster.
CLUSTER = {"clusters": {"main": {"workerTypes": {"cpu": {"maxWorkers": 2, "cpu": 1}}}}}
AROUND: dict[str, dict[str, Any]] = {
    "placements": {"podDefaults": {"placement": ["on-demand", "spot", "gpu"]}},
    "clusters": {"placements": {"gpu": {"nodeSelector": {"accelerator": "a10"}}}},
    "clusterDefaults.dashboard.ingress.tls": at("clusterDefaults.dashboard.ingress.enabled", True),
    "clusterDefaults.dashboard.httpRoute.parentRefs": at("clusterDefaults.dashboard.httpRoute.enabled", True),
}
# Null where the chart cannot do without a value: a check says so.
NEEDED = {
    "podDefaults.cpu",
    "clusterDefaults.workerTypes",
    "clusterDefaults.dashboard.httpRoute.parentRefs",
    "clusterDefaults.faultTolerance.passwordSecret.name",
}


@pytest.fixture
def render_layers(tmp_path: Path, helm4: str) -> Render:
    """Render layers of values, text or data, to the text Helm prints."""

    def render(*layers: str | dict[str, Any], name: str = "values") -> str:
        files = [tmp_path / f"{name}-{number}.yaml" for number in range(len(layers))]
        for file, layer in zip(files, layers, strict=True):
            file.write_text(layer if isinstance(layer, str) else json.dumps(layer))
        return helm.render(CHART, files, release="ray", namespace="team", helm=helm4)

    return render


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.path)
def test_an_example_can_be_uncommented(render_layers: Render, example: Example) -> None:
    around = merge(CLUSTER, AROUND.get(example.path, {}))
    without = CLUSTER if example.path in AROUND else around
    assert render_layers(example.text, around) != render_layers(without), f"values.yaml:{example.line} changes nothing"


def test_the_examples_can_be_uncommented_together(render_layers: Render) -> None:
    after = zip(VALUES.splitlines(), *(example.text.splitlines() for example in EXAMPLES), strict=True)
    together = [next((line for line in lines if line != lines[0]), lines[0]) for lines in after]
    assert render_layers("\n".join(together), reduce(merge, AROUND.values(), CLUSTER))


def test_the_examples_are_found() -> None:
    assert len(EXAMPLES) > 15
    assert sum(line.lstrip().startswith("#  ") for line in VALUES.splitlines()) >= len(EXAMPLES)


def test_every_key_has_a_description() -> None:
    assert [path for path, node in keys() if not path.endswith("<name>") and not node.get("description")] == []


def test_every_number_has_a_range() -> None:
    numbers = [(path, node) for path, node in keys() if types(node) & {"integer", "number"}]
    without = [path for path, node in numbers if not node.keys() & {"minimum", "exclusiveMinimum", "enum"}]
    assert without == [path for path, _ in numbers if path.endswith("env.<name>")]


def test_maps_with_keys_of_their_own_take_no_others() -> None:
    open_maps = [
        path for path, node in keys() if "properties" in node and node.get("additionalProperties") is not False
    ]
    # As open as what they stand for: a volume's source, the options of `ray start`, resources of the user's.
    kept = ("volumes.<name>", "rayStartParams", "rayResources")
    assert [path for path in open_maps if not path.endswith(kept)] == []
    assert schema()["additionalProperties"] is False


def test_every_default_is_a_key_of_the_schema() -> None:
    assert [".".join(path) for path in paths(defaults()) if not knows(path)] == []


def test_every_key_of_the_schema_is_in_values_or_is_a_setting_of_a_pod() -> None:
    pod = schema()["definitions"]["podSettings"]["properties"].keys()
    assert pod == defaults()["podDefaults"].keys()
    absent = [path for path, _ in keys() if "<name>" not in path and not in_values(path)]
    # values.yaml writes the settings of a pod once, under podDefaults, and says who takes them too. global is Helm's.
    assert [path for path in absent if not pod & set(path.split(".")[1:])] == ["global"]


def test_every_key_that_a_template_reads_is_a_key_of_the_schema() -> None:
    found = list(reads(CHART / "templates"))
    assert len(found) > 100
    assert [place for place, places in found if not any(knows(path.split(".")) for path in places)] == []


def test_every_key_shows_in_what_is_rendered(render_layers: Render) -> None:
    text = render_layers(reduce(merge, (values for values, _ in marked().values()), EVERYTHING))
    assert [path for path, (_, mark) in marked().items() if mark not in text] == []


def test_every_switch_changes_what_is_rendered(render_layers: Render) -> None:
    base = render_layers(EVERYTHING)

    def changes(path: str) -> bool:
        beside, values = switched()[path]
        without = merge(EVERYTHING, beside)
        before = render_layers(without, name=f"{path}-before") if beside else base
        return render_layers(merge(without, values), name=path) != before

    assert unlike(changes, switched()) == []


def test_keys_that_no_object_shows_are_read_by_notes_or_checks() -> None:
    text = "".join(file.read_text() for file in (CHART / "templates").rglob("*.*"))
    assert [path for path in UNSEEN if path != "global" and f".{path.rpartition('.')[2]}" not in text] == []


def test_null_is_taken_wherever_the_schema_allows_it(render_layers: Render) -> None:
    allowed = [path for path, node in keys() if nullable(node) and "<name>" not in path and path not in NEEDED]
    own = [path for path in allowed if not path.startswith(("clusterDefaults.head.", "clusters."))]
    maps = [path for path in own if any(other.startswith(f"{path}.") for other in own)]
    # One by one where null would hide the keys below, the rest at once.
    assert unlike(lambda path: bool(render_layers(merge(EVERYTHING, at(path, None)), name=path)), maps) == []
    rest = [at(path, None) for path in own if path not in maps]
    assert render_layers(reduce(merge, rest, EVERYTHING))


def unlike(holds: Callable[[str], bool], names: Iterable[str]) -> list[str]:
    """Return the paths for which something does not hold, or that cannot be rendered with Helm's words."""

    def told(path: str) -> str:
        try:
            return "" if holds(path) else path
        except CommandError as refused:
            return f"{path}: {refused.completed.stderr}"

    with ThreadPoolExecutor(2) as pool:
        return [problem for problem in pool.map(told, names) if problem]


def paths(values: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """Yield the path of every key in nested maps."""
    for key, value in values.items():
        yield [*above, key]
        if isinstance(value, dict):
            yield from paths(value, (*above, key))


def in_values(path: str) -> bool:
    """Tell whether values.yaml writes a key, or an empty map or null in place of it and its like."""
    value: Any = defaults()
    for key in path.split("."):
        if not value:
            return True
        if key not in value:
            return False
        value = value[key]
    return True
