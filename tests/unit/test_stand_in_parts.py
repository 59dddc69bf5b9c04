"""The smaller parts of the stand-in operator: quantities, start commands, names, validation, flags, its queue."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from contract.cases import plain_cluster
from stand_in import names, quantity
from stand_in.access import token_secret
from stand_in.cluster import RayCluster
from stand_in.flags import parse_flags
from stand_in.pods import Seat, head_pod, worker_pod
from stand_in.redis_cleanup import cleanup_job
from stand_in.services import head_service, serve_service
from stand_in.start import convert, start_params
from stand_in.switches import Switches, from_environment
from stand_in.validation import metadata_problem, spec_problem, spec_warning
from stand_in.work import Queue

if TYPE_CHECKING:
    from contract.facts import Object

SWITCHES = Switches()


def cluster(**spec: Any) -> Object:
    body = plain_cluster("main", "team-a")
    body["metadata"]["uid"] = "u"
    body["spec"].update(spec)
    return body


def container(body: Object) -> Object:
    found: Object = body["spec"]["headGroupSpec"]["template"]["spec"]["containers"][0]
    return found


@pytest.mark.parametrize(
    ("terms", "total"),
    [
        (["200m", "200m"], "400m"),
        (["2Gi", "1Gi"], "3Gi"),
        (["1536Mi", "512Mi"], "2Gi"),
        (["1", "500m"], "1500m"),
        (["0", "1Gi"], "1Gi"),
        (["1.5Gi"], "1536Mi"),
        (["1e3"], "1k"),
        (["0.5"], "500m"),
        (["100Mi", "100M"], "204857600"),
    ],
)
def test_quantities_add_up_and_print_as_the_api_server_prints_them(terms: list[str], total: str) -> None:
    assert str(sum(map(quantity.parse, terms), quantity.ZERO)) == total


def test_a_word_is_no_quantity() -> None:
    with pytest.raises(ValueError, match="'4 GB' is no quantity"):
        quantity.parse("4 GB")


@pytest.mark.parametrize(
    ("params", "flags"),
    [
        ({"block": "true"}, " --block "),
        ({"block": "false"}, ""),
        ({"include-dashboard": "false"}, " --include-dashboard=false "),
        ({"num-cpus": "0", "block": "True"}, " --block  --num-cpus=0 "),
    ],
)
def test_booleans_are_switches_except_where_ray_wants_a_value(params: dict[str, str], flags: str) -> None:
    assert convert(params) == flags


@pytest.mark.parametrize(
    ("resources", "wanted"),
    [
        ({"limits": {"cpu": "1500m"}}, {"num-cpus": "2"}),
        ({"requests": {"cpu": "3", "memory": "1Gi"}}, {"num-cpus": "3"}),
        ({"limits": {"nvidia.com/gpu": "2"}}, {"num-gpus": "2"}),
        ({"limits": {"nvidia.com/mig-2g.10gb": "1"}}, {"num-gpus": "1"}),
        ({"limits": {"google.com/tpu": "4"}}, {"resources": "'{\"TPU\":4}'"}),
    ],
    ids=["cpu rounded up", "requests but no memory", "gpu", "slice of a gpu", "tpu"],
)
def test_resources_are_detected_from_the_container(resources: Object, wanted: dict[str, str]) -> None:
    body = cluster()
    container(body)["resources"] = resources
    body["spec"]["headGroupSpec"]["rayStartParams"] = {}
    params = start_params(RayCluster(body), RayCluster(body).head, SWITCHES)
    detected = {key: params[key] for key in ("num-cpus", "memory", "num-gpus", "resources") if key in params}
    assert detected == wanted


def test_group_resources_win_over_the_container() -> None:
    body = cluster()
    group = body["spec"]["headGroupSpec"]
    group.update(rayStartParams={}, resources={"CPU": "0", "memory": "1Gi", "GPU": "1", "C1": "500m"})
    params = start_params(RayCluster(body), RayCluster(body).head, SWITCHES)
    found = {key: params[key] for key in ("num-cpus", "memory", "num-gpus", "resources")}
    assert found == {"num-cpus": "0", "memory": "1073741824", "num-gpus": "1", "resources": "'{\"C1\":0.5}'"}


def test_own_probes_ports_and_mounts_are_kept() -> None:
    body = cluster()
    own = {"httpGet": {"path": "/", "port": 1}}
    container(body).update(
        readinessProbe=own,
        ports=[{"name": "metrics", "containerPort": 9}],
        volumeMounts=[{"name": "mine", "mountPath": "/dev/shm"}],
    )
    built = head_pod(RayCluster(body), SWITCHES)["spec"]["containers"][0]
    assert built["readinessProbe"] == own
    assert built["livenessProbe"]["httpGet"]["port"] == 52365
    assert built["ports"] == [{"name": "metrics", "containerPort": 9}]
    assert [mount["name"] for mount in built["volumeMounts"]] == ["mine"]


def test_building_a_pod_leaves_the_cluster_as_it_was() -> None:
    body = cluster(enableInTreeAutoscaling=True, authOptions={"mode": "token"})
    before = repr(body)
    read = RayCluster(body)
    head_pod(read, SWITCHES)
    worker_pod(read, read.workers[0], Seat(0), SWITCHES)
    assert repr(body) == before


def test_the_environment_switches_injections_off() -> None:
    off = from_environment({"ENABLE_INIT_CONTAINER_INJECTION": "false", "ENABLE_PROBES_INJECTION": "False"})
    read = RayCluster(cluster())
    worker = worker_pod(read, read.workers[0], Seat(0), off)["spec"]
    assert "initContainers" not in worker
    assert "livenessProbe" not in worker["containers"][0]
    assert from_environment({}) == Switches()


def test_user_labels_win_except_where_the_operator_needs_its_own() -> None:
    body = cluster()
    own = {"app.kubernetes.io/name": "mine", "ray.io/group": "x", "ray.io/cluster": "x", "team": "a"}
    body["spec"]["headGroupSpec"]["template"]["metadata"] = {"labels": own}
    labels = head_pod(RayCluster(body), SWITCHES)["metadata"]["labels"]
    kept = [labels[key] for key in own]
    assert kept == ["mine", "headgroup", "main", "a"]
    assert head_service(RayCluster(body), SWITCHES)["spec"]["selector"]["app.kubernetes.io/name"] == "mine"


def test_delegated_authentication_mounts_the_pods_own_token_and_needs_no_secret() -> None:
    read = RayCluster(cluster(authOptions={"mode": "token", "enableK8sTokenAuth": True}))
    assert token_secret(read, "token") is None
    spec = worker_pod(read, read.workers[0], Seat(0), SWITCHES)["spec"]
    for container in (spec["containers"][0], spec["initContainers"][0]):
        assert {"name": "RAY_ENABLE_K8S_TOKEN_AUTH", "value": "true"} in container["env"]
        assert "ray-token" in [mount["name"] for mount in container["volumeMounts"]]
    assert [volume["name"] for volume in spec["volumes"]].count("ray-token") == 1


def test_autoscaler_options_replace_or_extend_what_its_container_has() -> None:
    replaced = {"image": "other:1", "securityContext": {"runAsNonRoot": True}, "args": ["mine"]}
    extended = {"env": [{"name": "A", "value": "1"}], "volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    body = cluster(enableInTreeAutoscaling=True, autoscalerOptions={"version": "v1", **replaced, **extended})
    scaler = head_pod(RayCluster(body), SWITCHES)["spec"]["containers"][1]
    assert {key: scaler[key] for key in replaced} == replaced
    assert scaler["env"][0]["name"] == "RAY_CLUSTER_NAME"
    assert scaler["env"][-1] == {"name": "A", "value": "1"}
    assert [mount["name"] for mount in scaler["volumeMounts"]] == ["v", "ray-logs"]


def test_the_waiting_container_takes_after_the_ray_container_but_for_envfrom() -> None:
    body = cluster()
    own = {
        "securityContext": {"runAsNonRoot": True},
        "env": [{"name": "A", "value": "1"}],
        "volumeMounts": [{"name": "v", "mountPath": "/v"}],
    }
    ray = body["spec"]["workerGroupSpecs"][0]["template"]["spec"]["containers"][0]
    ray.update(own, envFrom=[{"configMapRef": {"name": "c"}}])
    read = RayCluster(body)
    (wait,) = worker_pod(read, read.workers[0], Seat(0), SWITCHES)["spec"]["initContainers"]
    assert wait["securityContext"] == own["securityContext"]
    assert wait["env"][0] == {"name": "A", "value": "1"}
    assert wait["volumeMounts"] == own["volumeMounts"]
    assert "envFrom" not in wait


def test_the_redis_clean_up_runs_the_heads_container_alone_and_under_no_probe() -> None:
    options = {"redisAddress": "redis:6379", "redisPassword": {"value": "x"}}
    job = cleanup_job(RayCluster(cluster(gcsFaultToleranceOptions=options, enableInTreeAutoscaling=True)), SWITCHES)
    pod = job["spec"]["template"]
    (ray,) = pod["spec"]["containers"]
    assert job["metadata"]["name"] == "main-redis-cleanup"
    assert pod["metadata"]["labels"]["ray.io/node-type"] == "redis-cleanup"
    assert pod["spec"]["restartPolicy"] == "Never"
    assert not {"livenessProbe", "readinessProbe"} & ray.keys()
    assert {"name": "REDIS_PASSWORD", "value": "x"} in ray["env"]
    compile(ray["args"][0], "clean-up", "exec")


def test_listed_ports_replace_the_default_ones_but_for_metrics() -> None:
    body = cluster()
    container(body)["ports"] = [{"name": "client", "containerPort": 10001}, {"containerPort": 7}]
    ports = {port["name"]: port["port"] for port in head_service(RayCluster(body), SWITCHES)["spec"]["ports"]}
    assert ports == {"client": 10001, "7-port": 7, "metrics": 8080}


def test_the_annotation_asks_for_a_serve_service() -> None:
    body = cluster()
    assert serve_service(RayCluster(body)) is None
    body["metadata"]["annotations"]["ray.io/enable-serve-service"] = "true"
    service = serve_service(RayCluster(body))
    assert service is not None
    assert service["metadata"]["name"] == "main-serve-svc"
    assert service["spec"]["selector"] == {"ray.io/cluster": "main"}
    assert service["spec"]["ports"] == [{"name": "serve", "port": 8000}]


def test_long_names_are_clipped_where_kuberay_clips_them() -> None:
    long = "a" * 40 + "b" * 13
    assert names.pod_prefix(long, "head") == f"{'a' * 40}{'b' * 10}-head-"
    assert names.object_name(long) == f"{'a' * 37}{'b' * 13}"
    assert names.object_name("1main") == "rmain"


@pytest.mark.parametrize("name", ["a" * 54, "9main", "Main", "main-"])
def test_names_that_are_too_long_or_no_dns_label_are_invalid(name: str) -> None:
    body = cluster()
    body["metadata"]["name"] = name
    assert metadata_problem(RayCluster(body)) is not None


INVALID: dict[str, tuple[Object, str]] = {
    "token without version": ({"authOptions": {"mode": "token"}, "rayVersion": ""}, "rayVersion 2.52 or later"),
    "token with an old version": ({"authOptions": {"mode": "token"}, "rayVersion": "2.51.1"}, "found '2.51.1'"),
    "feature gate": ({"tlsOptions": {"enabled": True}}, "RayClusterMTLS feature gate"),
    "rocksdb": ({"gcsFaultToleranceOptions": {"backend": "rocksdb"}}, "GCSFaultToleranceEmbeddedStorage"),
    "negative timeout": ({"autoscalerOptions": {"idleTimeoutSeconds": -1}}, "is negative"),
    "strategy": ({"upgradeStrategy": {"type": "Rolling"}}, "Rolling"),
    "no container": ({"headGroupSpec": {"template": {"spec": {"containers": []}}}}, "no container"),
}


@pytest.mark.parametrize(("spec", "words"), INVALID.values(), ids=INVALID)
def test_an_invalid_cluster_is_told_why(spec: Object, words: str) -> None:
    problem = spec_problem(RayCluster(cluster(**spec)))
    assert problem is not None
    assert words in problem


INVALID_GROUPS: dict[str, tuple[Object, str]] = {
    "minimum over maximum": ({"minReplicas": 5}, "minReplicas 5, more than maxReplicas 3"),
    "negative": ({"minReplicas": -1}, "negative limits"),
    "no maximum": ({"maxReplicas": None}, "needs minReplicas and maxReplicas"),
    "resources twice": ({"rayStartParams": {"num-cpus": "1"}, "resources": {"CPU": "1"}}, "resources twice"),
    "malformed quantity": (
        {"template": {"spec": {"containers": [{"resources": {"limits": {"memory": "4 GB"}}}]}}},
        "limits.memory '4 GB', which is no quantity",
    ),
    "labels as parameter": ({"rayStartParams": {"labels": "a=b"}}, "rayStartParams.labels"),
    "malformed label": ({"labels": {"a b": "c"}}, "malformed label a b=c"),
    "timeout without v2": ({"idleTimeoutSeconds": 5}, "needs autoscaler v2"),
    "priority without v2": ({"priority": 1}, "priority 1; it needs autoscaler v2"),
}


@pytest.mark.parametrize(("change", "words"), INVALID_GROUPS.values(), ids=INVALID_GROUPS)
def test_an_invalid_group_is_told_why(change: Object, words: str) -> None:
    body = cluster()
    body["spec"]["workerGroupSpecs"][0].update(change)
    problem = spec_problem(RayCluster(body))
    assert problem is not None
    assert words in problem
    assert "worker group small" in problem


def test_restarting_workers_are_forbidden_under_v2_and_doubtful_under_v1() -> None:
    body = cluster(enableInTreeAutoscaling=True, autoscalerOptions={"version": "v2"})
    body["spec"]["workerGroupSpecs"][0]["template"]["spec"]["restartPolicy"] = "Always"
    assert "restartPolicy of small" in str(spec_problem(RayCluster(body)))
    body["spec"]["autoscalerOptions"]["version"] = "v1"
    assert spec_problem(RayCluster(body)) is None
    assert "worker groups small" in str(spec_warning(RayCluster(body)))


def test_the_flags_the_chart_passes_are_understood() -> None:
    flags = parse_flags(
        [
            "--watch-namespace=team-a",
            "--enable-leader-election=true",
            "--leader-election-namespace=team-a",
            "--metrics-addr=:8080",
            "--health-probe-bind-address=:8082",
            "--log-stdout-encoder=console",
        ],
        {},
    )
    assert (flags.namespace, flags.leader_election, flags.leader_namespace) == ("team-a", True, "team-a")
    assert flags.probe_address[1] == 8082
    assert not flags.json_log


@pytest.mark.parametrize(
    "flags",
    [
        ["--watch-namespace=team-a", "--no-such-flag=1"],
        ["--watch-namespace=team-a,team-b"],
        ["--watch-namespace="],
        [],
        ["--watch-namespace=team-a", "--enable-leader-election=maybe"],
        ["--watch-namespace=team-a", "--watch=x"],
    ],
    ids=" ".join,
)
def test_flags_that_mean_nothing_end_the_operator(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse_flags(flags, {})
    assert "/manager: error: " in capsys.readouterr().err


class Rounds:
    """Rounds that are written down; those of a name in `failing` fail, in `repeated` ask for another one at once."""

    def __init__(self, failing: str = "", repeated: str = "") -> None:
        self.done: list[str] = []
        self._failing, self._repeated = failing, repeated

    async def reconcile(self, name: str) -> float | None:
        self.done.append(name)
        if name == self._failing:
            raise RuntimeError(f"no round for {name}")
        return 0.0 if name == self._repeated else None


def work_for(queue: Queue, rounds: Rounds, seconds: float) -> list[str]:
    async def run() -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(queue.work(rounds.reconcile), seconds)

    asyncio.run(run())
    return rounds.done


def test_a_cluster_that_changed_twice_gets_one_round() -> None:
    queue = Queue()
    for name in ("one", "two", "one"):
        queue.add(name)
    assert work_for(queue, Rounds(), 0.05) == ["one", "two"]


def test_a_round_may_ask_for_the_next() -> None:
    queue = Queue()
    queue.add("one")
    assert len(work_for(queue, Rounds(repeated="one"), 0.05)) > 1


def test_a_failed_round_comes_again_after_growing_pauses_and_stops_nobody_else() -> None:
    queue = Queue()
    for name in ("bad", "good"):
        queue.add(name)
    done = work_for(queue, Rounds(failing="bad"), 0.5)
    assert done[:2] == ["bad", "good"]
    assert done[2:] == ["bad", "bad"]  # after 0.1 s and 0.2 s more; the next would come after 0.4 s
