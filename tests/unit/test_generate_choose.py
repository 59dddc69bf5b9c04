"""What is chosen for a spec: the sums, the reasons, and nothing that the chart says anyway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from raychart.chart import find_chart
from raychart.generate.checks import problems_of
from raychart.generate.choices import Choices
from raychart.generate.choose import choose
from raychart.generate.defaults import without_defaults
from raychart.generate.model import spec_of
from raychart.generate.presets import preset_names
from raychart.generate.spec import load_spec
from raychart.generate.totals import BESIDES_CPUS, BESIDES_MEMORY, totals_of
from raychart.generate.write import write_values
from raychart.lint.check import check_files
from raychart.lint.subject import subject_of
from raychart.quantities import GI, read_cpus, read_memory, rounded_up, write_cpus, write_memory
from raychart.values import load_defaults, load_layer, merge_layers

CHART = find_chart()
DEFAULTS = load_defaults(CHART)
ROOT = Path(__file__).parents[2]

NODES: dict[str, dict[str, Any]] = {
    "on-demand": {"labels": {"pool": "on-demand"}},
    "spot": {"labels": {"pool": "spot"}, "taints": ["spot=true:NoSchedule"], "spot": True, "startSeconds": 90},
    "gpu": {"taints": ["nvidia.com/gpu"], "startSeconds": 240},
}


def chosen(workers: dict[str, Any] | None = None, **spec: Any) -> Choices:
    """The choices for a spec with one kind of workers."""
    own = {"memoryPerTask": "1Gi", "atMost": 5} | (workers or {})
    data = {"namespace": "a", "workers": {"cpu": own}, "nodes": NODES, "head": {"nodes": "on-demand"}} | spec
    return without_defaults(choose(spec_of(data)), DEFAULTS.data)


def of_workers(workers: dict[str, Any], **spec: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of the workers and their reasons."""
    choices = chosen(workers, **spec)
    path = ("clusters", "main", "workerTypes", "cpu")
    reasons = {str(at[-1]): why for at, why in choices.reasons.items() if at[:4] == path and len(at) == 5}
    return choices.values["clusters"]["main"]["workerTypes"]["cpu"], reasons


@pytest.mark.parametrize(
    ("workers", "key", "value", "why"),
    [
        ({"tasks": 8}, "cpu", 8, "8 tasks x 1 CPU."),
        ({"tasks": 2, "cpusPerTask": 4}, "cpu", 8, "2 tasks x 4 CPUs."),
        ({"tasks": 2, "cpusPerTask": 4}, "rayResources", {"CPU": 2}, "unless it says num_cpus"),
        (
            {"tasks": 8, "cpusPerTask": "500m"},
            "resources",
            {"requests": {"cpu": 4}},
            "8 tasks x 500m CPU, as a request",
        ),
        ({"tasks": 8, "cpusPerTask": 0.5}, "rayResources", {"CPU": 8}, "Slots"),
        ({"cpus": 3}, "cpu", 3, "3 tasks x 1 CPU."),
        ({"tasks": 8, "memoryPerTask": "2Gi"}, "memory", "25Gi", "8 x 2Gi for tasks + 1Gi for Ray = 17Gi; "),
        ({"tasks": 8, "memoryPerTask": "2Gi", "objectMemory": "8Gi"}, "memory", "25Gi", "+ 8Gi for objects."),
        ({"objectMemory": "8Gi"}, "memory", "16Gi", "+ 8Gi for objects, and objects take half of it at most."),
        ({"objectMemory": "8Gi"}, "rayStartParams", {"object-store-memory": "8589934592"}, "The object store, 8Gi"),
        ({"memory": "6Gi", "memoryPerTask": None}, "memory", "6Gi", None),
        ({"always": 2}, "minWorkers", 2, "Always up"),
        (
            {"nodes": "spot", "startSeconds": 0},
            "idleTimeoutMinutes",
            7.5,
            "5 x (90 s for the node + 0 s for the pod) to start = 7.5 min",
        ),
        (
            {"nodes": "spot"},
            "idleTimeoutMinutes",
            10,
            "5 x (90 s for the node + 30 s, assumed, for the pod) to start = 10 min",
        ),
        ({"startSeconds": 61}, "idleTimeoutMinutes", 5.5, "5 x 61 s to start = 5.083 min"),
        ({"idleMinutes": 30}, "idleTimeoutMinutes", 30, "As the spec says; the least is 5 x 30 s, assumed,"),
        ({"gpus": 2, "tasks": 4, "nodes": "gpu"}, "gpu", 2, None),
        ({"nodes": ["on-demand", "gpu"]}, "placement", ["on-demand", "gpu"], None),
    ],
)
def test_a_value_follows_from_the_spec_and_says_how(
    workers: dict[str, Any], key: str, value: object, why: str | None
) -> None:
    values, reasons = of_workers({key: of for key, of in workers.items() if of is not None})
    assert values[key] == value
    assert (why or "") in reasons.get(key, "")
    assert bool(reasons.get(key)) is bool(why)


@pytest.mark.parametrize(
    ("workers", "key"),
    [
        ({}, "minWorkers"),
        ({"always": 0}, "minWorkers"),
        ({"startSeconds": 60}, "idleTimeoutMinutes"),
        ({"idleMinutes": 5}, "idleTimeoutMinutes"),
        ({"tasks": 4}, "rayResources"),
        ({}, "placement"),
        ({"nodes": "spot"}, "terminationGracePeriodSeconds"),
    ],
)
def test_what_the_chart_says_anyway_is_left_out(workers: dict[str, Any], key: str) -> None:
    assert key not in of_workers(workers)[0]


def test_a_spot_node_that_gives_notice_leaves_its_tasks_that_time() -> None:
    nodes = {"spot": NODES["spot"] | {"noticeSeconds": 120}, "on-demand": NODES["on-demand"]}
    assert of_workers({"nodes": "spot"}, nodes=nodes)[0]["terminationGracePeriodSeconds"] == 110


@pytest.mark.parametrize(
    ("taint", "toleration"),
    [
        ("gpu", {"key": "gpu", "operator": "Exists"}),
        ("gpu:NoExecute", {"key": "gpu", "operator": "Exists", "effect": "NoExecute"}),
        ("spot=true", {"key": "spot", "operator": "Equal", "value": "true"}),
        ("a/b=1:NoSchedule", {"key": "a/b", "operator": "Equal", "value": "1", "effect": "NoSchedule"}),
    ],
)
def test_a_taint_is_put_up_with(taint: str, toleration: dict[str, str]) -> None:
    values = chosen({"nodes": "x"}, nodes={"x": {"taints": [taint]}}, head={}).values
    assert values["placements"] == {"x": {"tolerations": [toleration]}}


def test_nodes_that_nobody_uses_are_left_out() -> None:
    assert list(chosen({"nodes": "spot"}).values["placements"]) == ["on-demand", "spot"]


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("reg.example.com/ray", {"repository": "reg.example.com/ray"}),
        ("reg.example.com:5000/ray", {"repository": "reg.example.com:5000/ray"}),
        ("reg.example.com:5000/ray:2.60.0-x", {"repository": "reg.example.com:5000/ray", "tag": "2.60.0-x"}),
        (f"a/ray:1@sha256:{'0' * 64}", {"repository": "a/ray", "tag": "1", "digest": f"sha256:{'0' * 64}"}),
        (f"a/ray@sha256:{'0' * 64}", {"repository": "a/ray", "digest": f"sha256:{'0' * 64}"}),
    ],
)
def test_an_image_is_taken_apart(image: str, expected: dict[str, str]) -> None:
    assert chosen(image=image).values["podDefaults"]["image"] == expected


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("rayproject/ray:2.55.1-py312-gpu", "2.55.1"),
        ("rayproject/ray:nightly", None),
        ("reg.example.com/vision:2.55.1", None),
    ],
)
def test_the_tag_of_an_image_called_ray_says_its_version(image: str, version: str | None) -> None:
    assert chosen(image=image).values["clusters"]["main"].get("rayVersion") == version


@pytest.mark.parametrize(
    ("hours", "start", "end"),
    [
        ({"days": "mon-fri", "from": "07:00", "to": "10:00"}, "55 6 * * 1-5", "0 10 * * 1-5"),
        ({"from": "07:00", "to": "10:00"}, "55 6 * * *", "0 10 * * *"),
        ({"days": "sat,sun", "from": "00:00", "to": "23:00"}, "55 23 * * 5,6", "0 23 * * 0,6"),
        ({"days": "fri", "from": "22:00", "to": "02:00"}, "55 21 * * 5", "0 2 * * 6"),
        ({"days": "sat-mon", "from": "22:00", "to": "22:30"}, "55 21 * * 0,1,6", "30 22 * * 0,1,6"),
    ],
)
def test_workers_are_asked_for_before_the_busy_hours_begin(hours: dict[str, str], start: str, end: str) -> None:
    values = chosen(busyHours={"x": hours | {"workers": {"cpu": 2}}}, timeZone="Europe/Berlin").values
    wanted = {"start": start, "end": end, "timeZone": "Europe/Berlin", "minWorkers": {"cpu": 2}}
    assert values["clusters"]["main"]["schedules"] == {"x": wanted}


def test_workers_that_start_slowly_are_asked_for_earlier() -> None:
    hours = {"x": {"from": "07:00", "to": "10:00", "workers": {"cpu": 2}}}
    values = chosen({"nodes": "gpu", "startSeconds": 120}, busyHours=hours).values
    assert values["clusters"]["main"]["schedules"]["x"]["start"] == "50 6 * * *"


def test_the_dashboard_is_reached_through_an_ingress_and_the_policy_lets_the_controller_in() -> None:
    board = {"host": "a.example.com", "ingressClass": "nginx", "controllerNamespace": "ingress", "tlsSecret": "a-tls"}
    values = chosen(dashboard=board).values
    assert values["clusters"]["main"]["dashboard"]["ingress"] == {
        "enabled": True,
        "className": "nginx",
        "host": "a.example.com",
        "tls": [{"hosts": ["a.example.com"], "secretName": "a-tls"}],
    }
    assert values["networkPolicy"] == {"peers": {"dashboard": {"namespace": "ingress", "ports": ["dashboard"]}}}


def test_lint_is_told_what_it_cannot_know() -> None:
    quota = {"cpus": 30, "memory": "64Gi", "gpus": 0}
    told = {"requests.cpu": 30, "requests.memory": "64Gi", "requests.nvidia.com/gpu": 0}
    assert chosen({"nodes": "spot"}, quota=quota).values["x-raychart"] == {"launchSeconds": 120, "quota": told}
    assert "x-raychart" not in chosen().values


def test_together_the_greediest_workers_come_first() -> None:
    workers = {"a": {"cpus": 8, "memory": "4Gi", "atMost": 3}, "b": {"cpus": 2, "memory": "64Gi", "atMost": 3}}
    total = totals_of(spec_of({"namespace": "a", "workers": workers, "workersAtMost": 4}))
    assert total.cpus == 1 + BESIDES_CPUS + 3 * 8 + 1 * 2
    assert total.memory == 4 * GI + BESIDES_MEMORY + (3 * 64 + 1 * 4) * GI


def test_operator_and_autoscaler_ask_for_what_the_totals_say() -> None:
    requests = [
        DEFAULTS.data["operator"]["resources"]["requests"],
        DEFAULTS.data["clusterDefaults"]["autoscaling"]["resources"]["requests"],
    ]
    assert sum(read_cpus(one["cpu"]) for one in requests) == BESIDES_CPUS
    assert sum(read_memory(one["memory"]) for one in requests) == BESIDES_MEMORY


CPUS = st.sampled_from([1, 2, 0.3, "500m", 1.5])
MEMORY = st.sampled_from(["256Mi", "1Gi", "1.5Gi", "24Gi"])
WORKERS = st.fixed_dictionaries(
    {"memoryPerTask": MEMORY, "atMost": st.integers(3, 200)},
    optional={
        "tasks": st.sampled_from([1, 4, 16]),
        "cpusPerTask": CPUS,
        "gpus": st.sampled_from([1, 4]),
        "objectMemory": MEMORY,
        "always": st.integers(0, 3),
        "startSeconds": st.sampled_from([0, 45, 600]),
        "idleMinutes": st.sampled_from([5, 100]),
    },
)
SPECS = st.fixed_dictionaries(
    {
        "namespace": st.just("team-a"),
        "workers": st.dictionaries(st.sampled_from(["cpu", "large", "x-1"]), WORKERS, min_size=1),
        "nodes": st.just(NODES),
    },
    optional={
        "cluster": st.sampled_from(["main", "other"]),
        "rayVersion": st.sampled_from(["2.60.0", "2.55.1"]),
        "image": st.sampled_from(["rayproject/ray", "reg.example.com:5000/team/ray:2.60.0-py312"]),
        "head": st.fixed_dictionaries({"nodes": st.just("on-demand")}, optional={"cpus": CPUS, "memory": MEMORY}),
        "workersAtMost": st.integers(12, 500),
        "upscalingSpeed": st.sampled_from([0.5, 1, 1.0, 10]),
        "cpuLimits": st.booleans(),
        "longestTaskMinutes": st.sampled_from([0.5, 10, 120]),
        "quota": st.just({"cpus": 5000, "memory": "100Ti", "gpus": 2000}),
        "timeZone": st.sampled_from(["Etc/UTC", "Europe/Berlin"]),
        "faultTolerance": st.sampled_from([{"passwordSecret": "r"}, {"passwordSecret": "r", "redis": "r.db:6379"}]),
        "dashboard": st.sampled_from(
            [
                {"host": "a.b.io", "ingressClass": "nginx", "controllerNamespace": "ingress", "tlsSecret": "a-tls"},
                {"host": "a.example.com", "gateway": "gw/public"},
            ]
        ),
    },
)


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """A spec that nothing is wrong with."""
    data: dict[str, Any] = draw(SPECS)
    for of in data["workers"].values():
        of.update({"nodes": "gpu"} if "gpus" in of else draw(st.sampled_from([{}, {"nodes": "spot"}])))
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(data["workers"])))
        data["busyHours"] = {"mornings": {"days": "mon-fri", "from": "07:00", "to": "11:00", "workers": {name: 2}}}
    return data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the files of all examples."""
    return tmp_path_factory.mktemp("specs")


@given(data=specs())
def test_every_spec_becomes_values_that_lint_has_nothing_against(data: dict[str, Any], folder: Path) -> None:
    spec = folder / "team-a.spec.yaml"
    spec.write_text(yaml.safe_dump(data))
    found = load_spec(spec)
    assert {finding.rule for finding in found.findings} <= {"spec-check"}, found.findings
    if found.spec is None:
        return
    values = folder / "team-a.yaml"
    values.write_text(write_values(without_defaults(choose(found.spec), DEFAULTS.data)))
    (linted,) = check_files([values], [], CHART)
    assert [finding for finding in linted.findings if finding.severity != "info"] == []


@given(data=specs())
def test_no_value_is_what_the_chart_has_anyway(data: dict[str, Any]) -> None:
    if list(problems_of(spec_of(data))):
        return
    values = without_defaults(choose(spec_of(data)), DEFAULTS.data).values
    _nothing_spare(values)


@pytest.mark.parametrize("preset", preset_names())
def test_no_value_of_a_preset_is_what_the_chart_has_anyway(preset: str) -> None:
    _nothing_spare(load_layer(ROOT / "values" / f"{preset}.yaml").data)


def _nothing_spare(values: dict[str, Any]) -> None:
    """Take each value away: what the chart makes of the rest has to be something else."""
    whole = _effective(values)
    values = {key: of for key, of in values.items() if not key.startswith("x-")}
    for path in _leaves(values):
        assert _effective(_without(values, path)) != whole, f"{path} changes nothing"


def _effective(values: dict[str, Any]) -> Any:
    defaults = DEFAULTS.data
    merged = merge_layers(DEFAULTS, [_layer(values)])
    clusters = [
        (cluster.settings | {"head": None, "workerTypes": None}, [(pod.name, pod.settings) for pod in cluster.pods])
        for cluster in subject_of(merged).clusters
    ]
    # What the schema says of a type that does not say it.
    for settings, pods in clusters:
        for _, pod in pods:
            pod.setdefault("minWorkers", 0)
            pod.setdefault("idleTimeoutMinutes", settings["idleTimeoutMinutes"])
    others = {key: of for key, of in merged.data.items() if key in defaults and key not in {"clusters", "podDefaults"}}
    return clusters, others


def _layer(values: dict[str, Any]) -> Any:
    from raychart.helm_yaml import read_documents
    from raychart.values import Layer

    return Layer("values", read_documents(write_values(Choices(values)), "values")[0].root)


def _leaves(values: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(values, dict):
        return [above]
    return [leaf for key, of in values.items() for leaf in _leaves(of, (*above, key))]


def _without(values: Any, path: tuple[str, ...]) -> Any:
    kept = {key: of for key, of in values.items() if key != path[0]}
    return kept if len(path) == 1 else values | {path[0]: _without(values[path[0]], path[1:])}


@pytest.mark.parametrize(("text", "written"), [(4, 4), (0.5, "500m"), ("300m", "300m"), ("2000m", 2), (1.25, "1250m")])
def test_cpus_are_written_as_kubernetes_has_them(text: object, written: object) -> None:
    assert write_cpus(read_cpus(text)) == written


@pytest.mark.parametrize(
    ("text", "written"), [("4Gi", "4Gi"), ("1.5Gi", "1536Mi"), ("1024Mi", "1Gi"), ("1Ti", "1024Gi")]
)
def test_memory_is_written_in_the_largest_unit_that_fits(text: str, written: str) -> None:
    assert write_memory(read_memory(text)) == written


@given(st.integers(1, 2**45))
def test_memory_is_rounded_up_by_less_than_a_step(amount: int) -> None:
    assert 0 <= rounded_up(amount) - amount < (GI if amount > 4 * GI else GI // 4)
