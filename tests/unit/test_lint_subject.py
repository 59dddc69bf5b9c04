"""The settings that rules look at are those that the real Helm renders, and each is placed where it was made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from raychart import helm, manifests
from raychart.lint.effective import MISSING, look_up
from raychart.lint.merging import as_string
from raychart.lint.subject import Pod, Subject, subject_of
from raychart.paths import dotted
from raychart.values import load_defaults, load_layer, merge_layers

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

CHART = Path(__file__).parents[2] / "charts" / "ray"
DEFAULTS = load_defaults(CHART)
PLACEMENTS = {
    "spot": {"nodeSelector": {"pool": "spot"}, "tolerations": [{"key": "spot"}], "priorityClassName": "low"},
    "gpu": {"nodeSelector": {"pool": None, "gpu": "a10"}, "tolerations": [{"key": "gpu"}], "schedulerName": "fair"},
    "none": None,
}
QUANTITIES = st.sampled_from([None, 1, 0.5, "500m", "2Gi", 1_000_000])
NAMES = st.sampled_from(["cpu", "memory", "nvidia.com/gpu"])
AMOUNTS = st.dictionaries(NAMES, QUANTITIES, max_size=2)
RESOURCES = st.none() | st.fixed_dictionaries(
    {}, optional={"requests": st.none() | AMOUNTS, "limits": st.none() | AMOUNTS}
)
SELECTORS = st.none() | st.dictionaries(st.sampled_from(["pool", "gpu"]), st.sampled_from([None, "x"]), max_size=2)
TOLERATIONS = st.none() | st.lists(st.sampled_from([{"key": "spot"}, {"key": "own"}]), max_size=2)
VARIABLES = st.sampled_from(["A", "B"])
VALUES = st.sampled_from(["x", 1, 1.5, True, {"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}])
ENTRIES = st.lists(st.fixed_dictionaries({"name": VARIABLES, "value": st.just("own")}), max_size=2)
OPTIONAL: dict[str, SearchStrategy[Any]] = {
    "cpu": QUANTITIES,
    "memory": QUANTITIES,
    "ephemeralStorage": QUANTITIES,
    "gpu": st.sampled_from([None, 0, 2]),
    "gpuResource": st.sampled_from(["nvidia.com/gpu", "amd.com/gpu"]),
    "resources": RESOURCES,
    "env": st.none() | st.dictionaries(VARIABLES, st.none() | VALUES, max_size=2),
    "placement": st.none() | st.lists(st.sampled_from(["spot", "gpu"]), unique=True, max_size=2),
    "nodeSelector": SELECTORS,
    "tolerations": TOLERATIONS,
    "priorityClassName": st.sampled_from([None, "", "high"]),
    "terminationGracePeriodSeconds": st.sampled_from([None, 0, 60]),
    "pod": st.fixed_dictionaries({}, optional={"nodeSelector": SELECTORS, "tolerations": TOLERATIONS}),
    "container": st.fixed_dictionaries({}, optional={"resources": RESOURCES, "env": st.none() | ENTRIES}),
}
PODS = st.fixed_dictionaries({}, optional=OPTIONAL)
# A type may be taken away again, or come from the defaults alone.
TYPES = st.dictionaries(
    st.sampled_from(["one", "two"]),
    st.none() | PODS.map(lambda own: {"maxWorkers": 1, **own}),
    max_size=2,
)
CLUSTERS = st.fixed_dictionaries({}, optional={"head": PODS, "workerTypes": TYPES})
FILES = st.fixed_dictionaries(
    {
        "placements": st.just(PLACEMENTS),
        "podDefaults": PODS,
        "clusterDefaults": CLUSTERS.map(lambda own: {"autoscaling": {"enabled": False}, **own}),
        "clusters": st.dictionaries(st.sampled_from(["main", "side"]), st.none() | CLUSTERS, max_size=2),
    }
)
SPEC = ("nodeSelector", "tolerations", "priorityClassName", "schedulerName", "terminationGracePeriodSeconds")


@settings(max_examples=60)
@given(values=FILES)
def test_settings_are_those_that_helm_renders(
    tmp_path_factory: pytest.TempPathFactory, helm4: str, values: dict[str, Any]
) -> None:
    file = tmp_path_factory.mktemp("values") / "team.yaml"
    file.write_text(yaml.safe_dump(values))
    rendered = manifests.load(helm.render(CHART, [file], release="ray", namespace="team", helm=helm4))
    shown: dict[tuple[str, str], Any] = {}
    for one in rendered:
        if one.kind == "RayCluster":
            groups = {"head": one.body["spec"]["headGroupSpec"]}
            groups |= {group["groupName"]: group for group in one.body["spec"]["workerGroupSpecs"]}
            shown |= {(one.name, name): _seen(group["template"]["spec"]) for name, group in groups.items()}
    subject = subject_of(merge_layers(DEFAULTS, [load_layer(file)]))
    assert {(c.name, pod.name): _worked_out(pod) for c in subject.clusters for pod in c.pods} == shown


def _seen(spec: dict[str, Any]) -> dict[str, Any]:
    main = spec["containers"][0]
    env = {entry.pop("name"): entry.get("value", entry) for entry in main.get("env", [])}
    amounts = {kind: main.get("resources", {}).get(kind, {}) for kind in ("requests", "limits")}
    amounts = {kind: {name: as_string(amount) for name, amount in of.items()} for kind, of in amounts.items()}
    return {"resources": amounts, "env": env, **{key: spec[key] for key in SPEC if spec.get(key) not in (None, {}, [])}}


def _worked_out(pod: Pod) -> dict[str, Any]:
    fields = {key: pod.spec[key] for key in SPEC if pod.spec.get(key) not in (None, {}, [])}
    return {"resources": pod.resources, "env": pod.env, **fields}


@settings(max_examples=60)
@given(values=FILES)
def test_a_place_holds_the_setting_that_counts(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, Any]
) -> None:
    file = tmp_path_factory.mktemp("values") / "team.yaml"
    file.write_text(yaml.safe_dump(values))
    subject = subject_of(merge_layers(DEFAULTS, [load_layer(file)]))
    for pod in (pod for cluster in subject.clusters for pod in cluster.pods):
        for kind in ("requests", "limits"):
            for name, amount in pod.resources[kind].items():
                assert as_string(_made(subject, pod.place_of_resource(kind, name))) == amount
        for name, value in pod.env.items():
            made = _made(subject, pod.place_of_env(name))
            assert value in (made, as_string(made)) or made == {"name": name, "value": value}


def _made(subject: Subject, path: tuple[str | int, ...]) -> Any:
    """Return what stands at a place; where only the chart's defaults say it, what they say."""
    of_pod = path[3:] if path[2:3] == ("head",) else path[4:]
    inherited = [("clusterDefaults", *path[2:]), ("podDefaults", *of_pod)] if path[0] == "clusters" else []
    found = (look_up(subject.values.data, place) for place in (path, *inherited))
    return next((value for value in found if value is not MISSING), MISSING)


LAYERED = """\
placements:
  spot: {tolerations: [{key: spot, operator: Exists}]}
podDefaults:
  memory: 1Gi
  env: {A: x}
clusterDefaults:
  head: {placement: [spot]}
  workerTypes:
    cpu: {maxWorkers: 1, resources: {limits: {memory: 2Gi}}, container: {env: [{name: B, value: y}]}}
clusters:
  main:
    head: {memory: null}
    workerTypes:
      cpu: {cpu: 1}
"""


@pytest.mark.parametrize(
    ("pod", "keys", "path"),
    [
        ("cpu", ("cpu",), "clusters.main.workerTypes.cpu.cpu"),
        ("cpu", ("maxWorkers",), "clusterDefaults.workerTypes.cpu.maxWorkers"),
        ("cpu", ("memory",), "podDefaults.memory"),
        ("cpu", ("rayStartParams", "port"), "clusters.main.workerTypes.cpu.rayStartParams.port"),
        ("head", ("memory",), "clusters.main.head.memory"),
        ("head", ("memory", "below"), "clusters.main.head.memory"),
    ],
)
def test_a_setting_is_placed_where_it_was_made(tmp_path: Path, pod: str, keys: tuple[str, ...], path: str) -> None:
    (found,) = (one for one in _layered(tmp_path).clusters[0].pods if one.name == pod)
    assert dotted(found.place(*keys)) == path


def test_what_has_several_keys_is_placed_where_the_one_that_counts_was_made(tmp_path: Path) -> None:
    cluster = _layered(tmp_path).clusters[0]
    (worker,) = cluster.types
    assert dotted(worker.place_of_resource("limits", "memory")) == (
        "clusterDefaults.workerTypes.cpu.resources.limits.memory"
    )
    assert dotted(worker.place_of_resource("requests", "memory")) == "podDefaults.memory"
    assert dotted(worker.place_of_env("B")) == "clusterDefaults.workerTypes.cpu.container.env[0]"
    assert dotted(worker.place_of_env("A")) == "podDefaults.env.A"
    assert dotted(cluster.head.place_of_spec("tolerations")) == "placements.spot.tolerations"


def _layered(folder: Path) -> Subject:
    file = folder / "team.yaml"
    file.write_text(LAYERED)
    return subject_of(merge_layers(DEFAULTS, [load_layer(file)]))
