"""Whatever has no shorthand goes under `pod` and `container` and reaches the object unchanged."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pod_schema
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from pod_overlay import expected, merge
from pod_values import of_fields, of_some_fields

from raychart import helm as helm_program
from raychart import manifests
from raychart.process import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.manifests import Manifest

    Pods = dict[str, dict[str, Any]]
    Render = Callable[[dict[str, Any]], Pods]

CHART = Path(__file__).parents[2] / "charts" / "ray"
# The chart's part of each pod: something in every list and map that the user may fill too.
SHORTHAND = {
    "image": {"pullSecrets": ["registry"]},
    "env": {"LEVEL": "info"},
    "envFrom": [{"secretRef": {"name": "credentials"}}],
    "volumes": {"models": {"mountPath": "/models", "persistentVolumeClaim": {"claimName": "models"}}},
    "initContainers": {"fetch": {"image": "busybox"}},
    "sidecars": {"logs": {"image": "fluent-bit"}},
    "nodeSelector": {"pool": "ray"},
    "tolerations": [{"key": "ray", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
    "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}],
    "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["db"]}],
    "dnsConfig": {"options": [{"name": "ndots", "value": "2"}]},
    "resources": {"limits": {"memory": "2Gi"}},
    "lifecycle": {"preStop": {"sleep": {"seconds": 1}}},
}
# Values of the keys in those lists that the chart uses, for the user's entries to meet.
TAKEN: dict[str, tuple[str, list[Any]]] = {
    "containers": ("name", ["logs"]),
    "initContainers": ("name", ["fetch"]),
    "volumes": ("name", ["models"]),
    "imagePullSecrets": ("name", ["registry"]),
    "hostAliases": ("ip", ["10.0.0.1"]),
    "env": ("name", ["LEVEL"]),
    "ports": ("name", ["metrics"]),
    "volumeMounts": ("mountPath", ["/models"]),
}
# Fields of the container that are not the user's: services, probes and the diagnosis know the container by its name.
REFUSED = {"name"}
# The name of each pod's main container, by the path of its values.
MAIN = {
    "operator": "operator",
    "clusters.plain.head": "ray-head",
    "clusters.plain.workerTypes.cpu": "ray-worker",
    "clusters.plain.faultTolerance.redis": "redis",
}


@dataclass(frozen=True)
class Chart:
    """The chart rendered by one of the Helms; `bare` are its pods without anything under `pod` and `container`."""

    render: Render = field(repr=False)
    bare: Pods = field(repr=False)
    helm: str


@pytest.fixture(scope="module", params=["helm3", "helm4"])
def chart(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The chart's pods, rendered from values."""
    helm: str = request.getfixturevalue(request.param)
    file = tmp_path_factory.mktemp("pods") / "values.yaml"

    def render(values: dict[str, Any]) -> Pods:
        file.write_text(json.dumps(values, ensure_ascii=False))
        return pods(manifests.load(helm_program.render(CHART, [file], release="ray", namespace="team", helm=helm)))

    return Chart(render, render(values({}, {})), request.param)


# Without shrinking, which takes minutes here: what differs is told field by field.
@settings(max_examples=20, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(
    pod=of_fields("PodSpec", TAKEN),
    container=of_fields("Container", TAKEN, without=REFUSED),
    own_pod=of_some_fields("PodSpec", TAKEN),
    own_container=of_some_fields("Container", TAKEN, without=REFUSED),
)
def test_every_field_of_a_pod_and_its_container_reaches_the_object_unchanged(
    chart: Chart,
    pod: dict[str, Any],
    container: dict[str, Any],
    own_pod: dict[str, Any],
    own_container: dict[str, Any],
) -> None:
    found = chart.render(values({"pod": pod, "container": container}, {"pod": own_pod, "container": own_container}))
    both = merge(pod, own_pod), merge(container, own_container)
    assert found.keys() == chart.bare.keys()
    for name, spec in chart.bare.items():
        wanted = expected(spec, *(both if name.startswith("own") else (pod, container)))
        assert differing(found[name], wanted) == {}, name


def test_null_removes_every_field(chart: Chart) -> None:
    container = dict.fromkeys(set(pod_schema.fields("Container")) - REFUSED)
    # The container itself has to stay, or nothing would be left to look at.
    pod = dict.fromkeys(set(pod_schema.fields("PodSpec")) - {"containers"})
    own = {"pod": pod, "container": container}
    for defaults, users in ((own, {}), ({}, own)):
        found = chart.render(values(defaults, users))
        for name in chart.bare if defaults else ("own head", "own worker"):
            main, *sidecars = chart.bare[name]["containers"]
            assert found[name] == {"containers": [{"name": main["name"]}, *sidecars]}, name


@pytest.mark.parametrize(("path", "name"), MAIN.items(), ids=MAIN)
def test_the_main_containers_name_is_refused(chart: Chart, path: str, name: str) -> None:
    for own, told in (
        ({"container": {"name": "mine"}}, f"{path}.container.name: the container's name is the chart's"),
        ({"pod": {"containers": [{"name": name}]}}, f"{path}.pod.containers: {name} is the name of the chart's own"),
        (
            {"sidecars": {name: {"image": "x"}}},
            f"{path}.sidecars.{name}: the name is taken by the chart's own container",
        ),
    ):
        with pytest.raises(CommandError) as caught:
            chart.render(merge(values({}, {}), nested(path, own)))
        assert told in caught.value.completed.stderr


def values(defaults: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return values with each pod of the chart: `plain` has the defaults alone, `own` more on top."""
    pod = merge(SHORTHAND, defaults)
    worker = {"maxWorkers": 1, "cpu": 1}
    redis = {"enabled": True, "passwordSecret": {"name": "redis"}, "redis": pod}
    return {
        "operator": pod,
        "podDefaults": pod,
        "clusters": {
            "plain": {"faultTolerance": redis, "workerTypes": {"cpu": worker}},
            "own": {"head": own, "workerTypes": {"cpu": {**worker, **own}}},
        },
    }


def nested(path: str, value: Any) -> dict[str, Any]:
    """Return a value under the keys of a dotted path."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return dict(value)


def pods(objects: list[Manifest]) -> Pods:
    """Return each pod spec by what it is the pod of."""
    found = {m.name: m.body["spec"]["template"]["spec"] for m in objects if m.kind == "Deployment"}
    for cluster in objects:
        if cluster.kind == "RayCluster":
            head, (worker,) = cluster.body["spec"]["headGroupSpec"], cluster.body["spec"]["workerGroupSpecs"]
            found[f"{cluster.name} head"] = head["template"]["spec"]
            found[f"{cluster.name} worker"] = worker["template"]["spec"]
    return found


def differing(found: dict[str, Any], wanted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what differs, found and wanted, by field; the main container's fields one by one."""
    found, wanted = _flat(found), _flat(wanted)
    return {
        field: (found.get(field, "absent"), wanted.get(field, "absent"))
        for field in sorted({*found, *wanted})
        if found.get(field, "absent") != wanted.get(field, "absent")
    }


def _flat(spec: dict[str, Any]) -> dict[str, Any]:
    main, *others = spec.get("containers") or [{}]
    return {**spec, "containers": others} | {f"container.{field}": value for field, value in main.items()}
