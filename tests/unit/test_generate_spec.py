"""A spec is read in layers, and what is wrong with it is told on its line, with what to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from raychart.errors import RaychartError
from raychart.generate.presets import preset_file, preset_names
from raychart.generate.spec import SCHEMA_FILE, load_spec

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.generate.model import Spec

START = "namespace: team-a\nworkers:\n  cpu: {tasks: 4, memoryPerTask: 1Gi, atMost: 5}\n"
GPU = "  gpu: {gpus: 1, cpus: 4, memory: 8Gi, atMost: 1, nodes: gpu}\nnodes:\n  gpu: {taints: [nvidia.com/gpu]}\n"
SPOT = "nodes:\n  spot: {labels: {pool: spot}, taints: [spot], spot: true}\n"

# What is written, the line, the path, what is said, what to do.
MISTAKES = {
    "a misspelt key": (
        START + "rayversion: '2.60.0'\n",
        4,
        "rayversion",
        "not a known key",
        "did you mean rayVersion?",
    ),
    "a misspelt key below": (
        START.replace("tasks", "taks"),
        3,
        "workers.cpu.taks",
        "not a known key",
        "did you mean tasks?",
    ),
    "a key of the chart": (
        START + "podDefaults: {}\n",
        4,
        "podDefaults",
        "is not a known key",
        "remove it, or use one of",
    ),
    "no namespace": ("workers:\n  cpu: {cpus: 1, memory: 1Gi, atMost: 1}\n", 1, "", "namespace is missing", "named"),
    "no number of workers": (START.replace(", atMost: 5", ""), 3, "workers.cpu", "atMost is missing", "add atMost"),
    "an odd namespace": ("namespace: Team\n" + START[18:], 1, "namespace", "right form", "lower-case letters"),
    "a version that is a number": (START + "rayVersion: 2.60\n", 4, "rayVersion", "(found 2.6)", "put it in quotes"),
    "memory without a unit": (START.replace("1Gi", "1GB"), 3, "workers.cpu.memoryPerTask", "right form", "512Mi, 4Gi"),
    "an unquoted label": (
        START + SPOT.replace("pool: spot", "pool: on"),
        5,
        "nodes.spot.labels.pool",
        "text",
        "quotes",
    ),
    "an unknown preset": (START + "preset: gpus\n", 4, "preset", "there is no preset gpus", "did you mean gpu?"),
    "a preset like no other": (START + "preset: zzz\n", 4, "preset", "no preset zzz", "choose one of batch, gpu"),
    "a time without quotes": (
        START + "busyHours:\n  m: {from: 7, to: '09:00', workers: {cpu: 1}}\n",
        5,
        "busyHours.m.from",
        "has to be text (found 7)",
        "in quotes",
    ),
    "no workers": ("namespace: a\nworkers:\n  cpu: null\n", 2, "workers", "no kind of workers is left", "give one"),
    "unknown nodes": (START.replace("5}", "5, nodes: sopt}") + SPOT, 3, "workers.cpu.nodes", "no nodes sopt", "spot?"),
    "no such nodes": (
        START.replace("5}", "5, nodes: x}"),
        3,
        "workers.cpu.nodes",
        "no nodes x",
        "nodes, which has none",
    ),
    "a head on spot nodes": (
        START + "head: {nodes: spot}\n" + SPOT,
        4,
        "head.nodes",
        "goes with it",
        "nodes that stay",
    ),
    "a head that may go there": (
        START + SPOT.replace("taints: [spot], ", ""),
        5,
        "nodes.spot.taints",
        "the head might go there",
        "head.nodes",
    ),
    "nodes like any others": (START + "nodes:\n  x: {startSeconds: 9}\n", 5, "nodes.x", "neither labels nor", "give"),
    "no memory": (START.replace("memoryPerTask: 1Gi, ", ""), 3, "workers.cpu", "how much memory", "add memoryPerTask"),
    "too little memory": (START.replace("1Gi,", "1Gi, memory: 2Gi,"), 3, "workers.cpu.memory", "(4 x 1Gi)", "leave"),
    "too many objects": (
        START.replace("memoryPerTask: 1Gi", "memory: 4Gi, objectMemory: 3Gi"),
        3,
        "workers.cpu.objectMemory",
        "3Gi is more than half of the worker's memory (4Gi)",
        "raise memory",
    ),
    "hardly any objects": (
        START.replace("1Gi", "1Gi, objectMemory: 64Mi"),
        3,
        "workers.cpu.objectMemory",
        "64Mi is less than Ray starts with (75Mi)",
        "raise it",
    ),
    "GPUs anywhere": (
        START + GPU.replace(", nodes: gpu", ""),
        4,
        "workers.gpu.gpus",
        "which nodes",
        "workers.gpu.nodes",
    ),
    "GPUs that do not divide": (
        START + GPU.replace("gpus: 1", "gpus: 2, tasks: 3"),
        4,
        "workers.gpu.tasks",
        "3 tasks cannot share 2 GPUs",
        "a multiple of 2",
    ),
    "more always than ever": (START.replace("5}", "5, always: 6}"), 3, "workers.cpu.always", "(5)", "raise atMost"),
    "gone before it has come": (
        START.replace("5}", "5, startSeconds: 90, idleMinutes: 2}"),
        3,
        "workers.cpu.idleMinutes",
        "2 min is less than five times what one takes to start (90 s)",
        "use 7.5 or more",
    ),
    "always more than together": (
        START.replace("5}", "2, always: 2}\n  x: {cpus: 1, memory: 1Gi, atMost: 2, always: 1}") + "workersAtMost: 2\n",
        5,
        "workersAtMost",
        "2 is less than the workers that are always up (3)",
        "raise it",
    ),
    "more of a kind than together": (
        START + "workersAtMost: 4\n",
        3,
        "workers.cpu.atMost",
        "5 is more than workersAtMost (4)",
        "lower it to 4",
    ),
    "hours without length": (
        START + "busyHours:\n  m: {from: '07:00', to: '07:00', workers: {cpu: 1}}\n",
        5,
        "busyHours.m.to",
        "end when they begin",
        "another time",
    ),
    "hours of others": (
        START + "busyHours:\n  m: {from: '07:00', to: '09:00', workers: {cpus: 1}}\n",
        5,
        "busyHours.m.workers.cpus",
        "no such workers",
        "did you mean cpu?",
    ),
    "hours with too many": (
        START + "busyHours:\n  m: {from: '07:00', to: '09:00', workers: {cpu: 6}}\n",
        5,
        "busyHours.m.workers.cpu",
        "6 is more than their atMost (5)",
        "workers.cpu.atMost",
    ),
    "hours with more than together": (
        START.replace("5}", "3, always: 1}\n  x: {cpus: 1, memory: 1Gi, atMost: 3, always: 1}")
        + "workersAtMost: 3\nbusyHours:\n  m: {from: '07:00', to: '09:00', workers: {cpu: 3}}\n",
        5,
        "workersAtMost",
        "3 is less than the busy hours need (4)",
        "raise it",
    ),
    "hours that change nothing": (
        START.replace("5}", "5, always: 2}") + "busyHours:\n  m: {from: '07:00', to: '09:00', workers: {cpu: 2}}\n",
        5,
        "busyHours.m.workers.cpu",
        "2 are up always",
        "another number",
    ),
    "hours that overlap": (
        START
        + "busyHours:\n  m: {days: fri-sat, from: '22:00', to: '02:00', workers: {cpu: 2}}\n"
        + "  o: {days: sun, from: '01:00', to: '03:00', workers: {cpu: 3}}\n",
        6,
        "busyHours.o",
        "they overlap with m, which has another number of cpu",
        "follow each other",
    ),
    "hours with a long name": (
        START + f"cluster: {'c' * 37}\nbusyHours:\n  {'m' * 12}: {{from: '07:00', to: '09:00', workers: {{cpu: 2}}}}\n",
        6,
        f"busyHours.{'m' * 12}",
        "it is 4 characters too long for a CronJob",
        "a shorter name",
    ),
    "a head with no room": (
        START + "head: {memory: 1Gi}\n",
        4,
        "head.memory",
        "1Gi is less than Ray's own",
        "2Gi or more",
    ),
    "no way in": (
        START + "dashboard: {host: a.example.com}\n",
        4,
        "dashboard",
        "(found neither)",
        "Kubernetes cluster",
    ),
    "nobody let in": (
        START + "dashboard: {host: a.example.com, ingressClass: nginx, tlsSecret: a}\n",
        4,
        "dashboard",
        "where the ingress controller runs",
        "add controllerNamespace",
    ),
    "another Ray than the image's": (
        START + "image: rayproject/ray:2.55.1-py312\nrayVersion: '2.60.0'\n",
        5,
        "rayVersion",
        "the image has Ray 2.55.1, and rayVersion is 2.60.0",
        'write "2.55.1"',
    ),
    "no certificate": (
        START + "dashboard: {host: a.example.com, ingressClass: nginx, controllerNamespace: b}\n",
        4,
        "dashboard",
        "token would cross the network in clear text",
        "add tlsSecret",
    ),
    "a certificate in the wrong place": (
        START + "dashboard: {host: a.example.com, gateway: a/b, tlsSecret: c}\n",
        4,
        "dashboard.tlsSecret",
        "its certificates itself",
        "remove it",
    ),
    "a quota of CPUs": (START + "quota: {cpus: 8}\n", 4, "quota.cpus", "8 is less than the cluster", "lower atMost"),
    "a quota of memory": (START + "quota: {memory: 8Gi}\n", 4, "quota.memory", "44.4Gi at most", "lower atMost"),
    "a quota of GPUs": (START + GPU + "quota: {gpus: 0}\n", 7, "quota.gpus", "(1 at most)", "lower atMost"),
    "not YAML": (START + "head: {\n", 5, "", "not YAML", "mend the YAML"),
    "a key twice": (START + "namespace: b\n", 4, "", "stands here again", "keep one"),
    "a list": ("- a\n", 1, "", "not a mapping", "begin with keys"),
}


@pytest.fixture
def write(tmp_path: Path) -> Path:
    """Where a spec may be written."""
    return tmp_path / "team.spec.yaml"


def read(path: Path, *sets: str) -> Spec:
    found = load_spec(path, None, sets)
    assert found.spec, found.findings
    return found.spec


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_on_its_line_with_a_remedy(mistake: str, write: Path) -> None:
    text, line, path, message, remedy = MISTAKES[mistake]
    write.write_text(text)
    found = load_spec(write)
    assert found.spec is None
    told = [(one.line, one.path or "", one.message, one.remedy) for one in found.findings]
    assert [(one[0], one[1]) for one in told] == [(line, path)], told
    assert message in told[0][2]
    assert remedy in told[0][3]


@pytest.mark.parametrize("preset", preset_names())
def test_every_preset_is_a_spec_by_itself_and_says_what_it_is_for(preset: str) -> None:
    assert load_spec(None, preset).spec
    assert preset_file(preset, "here").read_text().startswith("# ")


def test_the_schema_is_one_and_describes_every_key() -> None:
    schema = json.loads(SCHEMA_FILE.read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    for properties in _properties(schema):
        for key, of in properties.items():
            about = schema["definitions"][of["$ref"].rpartition("/")[2]] if "$ref" in of else of
            assert about.get("description", "").endswith("."), key


def _properties(schema: object) -> list[dict[str, dict[str, str]]]:
    if not isinstance(schema, dict):
        return []
    own = [schema["properties"]] if "properties" in schema else []
    return own + [found for of in schema.values() for found in _properties(of)]


def test_the_spec_goes_before_what_is_shared_and_that_before_the_preset(write: Path) -> None:
    write.with_name("shared.yaml").write_text("timeZone: Europe/Berlin\nupscalingSpeed: 2\n")
    write.write_text("namespace: a\npreset: low-latency\nshared: shared.yaml\ntimeZone: Asia/Tokyo\n")
    spec = read(write)
    assert (spec.time_zone, spec.upscaling_speed, spec.cpu_limits) == ("Asia/Tokyo", 2, False)


def test_null_takes_away_what_the_preset_has(write: Path) -> None:
    write.write_text("namespace: a\npreset: gpu\nworkers: {cpu: null}\n")
    assert [workers.name for workers in read(write).workers] == ["gpu"]


def test_labels_of_nodes_are_never_mixed_with_those_of_the_preset(write: Path) -> None:
    write.write_text("namespace: a\npreset: spot-workers\nnodes: {spot: {labels: {lifecycle: spot}}}\n")
    pool = read(write).pools["spot"]
    assert (pool.labels, pool.spot, pool.notice_seconds) == ({"lifecycle": "spot"}, True, 120)


def test_set_goes_before_everything_and_takes_any_value(write: Path) -> None:
    write.write_text(START)
    spec = read(write, "workers.cpu.atMost=7", "namespace=b", 'nodes.x.taints=["a=b"]', "workers.cpu.nodes=x")
    assert (spec.namespace, spec.workers[0].at_most, spec.pools["x"].taints) == ("b", 7, ("a=b",))


def test_a_mistake_in_set_names_it(write: Path) -> None:
    write.write_text(START)
    (finding,) = load_spec(write, None, ["workers.cpu.atMost=none"]).findings
    assert finding.file == "--set workers.cpu.atMost=none"


@pytest.mark.parametrize("text", ["", "a", "=1", "a=[", "a={b: 1}}", "a=1\n---\nb: 2"])
def test_set_that_is_not_key_and_value_is_refused(write: Path, text: str) -> None:
    write.write_text(START)
    with pytest.raises(RaychartError, match="--set"):
        load_spec(write, None, [text])


def test_a_preset_that_contradicts_the_spec_is_refused(write: Path) -> None:
    write.write_text(START + "preset: small\n")
    with pytest.raises(RaychartError, match="the spec says preset small"):
        load_spec(write, "gpu")


def test_a_spec_says_its_namespace_whatever_the_preset_says(write: Path) -> None:
    write.write_text("preset: small\n")
    (finding,) = load_spec(write).findings
    assert finding.message == "namespace is missing"
