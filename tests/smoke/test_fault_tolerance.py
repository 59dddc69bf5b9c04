"""GCS fault tolerance on a real cluster: what outlives the head, the chart's Redis, and uninstalling."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from contract.site import eventually
from fault_release import EXTERNAL, PASSWORD, RELEASE, Release, release
from kubernetes.client import ApiException
from smoke_run import setting

from raychart import helm, process
from raychart.chart import find_chart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from conftest import Kube

    Deploy = Callable[[str], AbstractContextManager[Release]]

pytestmark = pytest.mark.cluster

# From `helm uninstall` until nothing is left. The hook's own limit, after which it lets go, is above it.
GONE = 100.0
FINALIZER = "ray.io/gcs-ft-redis-cleanup-finalizer"

REDIS = "app.kubernetes.io/name=redis,app.kubernetes.io/component=main"
HEAD = "ray.io/cluster=main,ray.io/node-type=head"
WORKER = "ray.io/cluster=main,ray.io/node-type=worker"
OPERATOR = "app.kubernetes.io/name=kuberay-operator"

# Takes a verb and a name. A detached actor, which owns a task that ends when it is told to; the head offers no CPU, so
# both are on the worker. Calls count on only in the same actor, and a run's number is the same only in the same run.
WORK = """
import json, os, pathlib, sys, time, uuid
import ray

@ray.remote(num_cpus=1)
def patient(name):
    number = uuid.uuid4().hex
    pathlib.Path(f"/tmp/{name}-runs").write_text(number)
    while not pathlib.Path(f"/tmp/{name}-may-end").exists():
        time.sleep(0.1)
    return number

@ray.remote(num_cpus=1)
class Keeper:
    def __init__(self, name):
        self.name, self.calls, self.task = name, 0, patient.remote(name)
    def start(self):
        self.calls += 1
        while not (runs := pathlib.Path(f"/tmp/{self.name}-runs")).exists() or not runs.read_text():
            time.sleep(0.1)
        return {"calls": self.calls, "run": runs.read_text()}
    def end(self):
        self.calls += 1
        pathlib.Path(f"/tmp/{self.name}-may-end").touch()
        return {"calls": self.calls, "run": ray.get(self.task, timeout=30)}

verb, name = sys.argv[1:]
ray.init(f"ray://{os.environ['HOST']}:10001", namespace="tests", logging_level="WARNING")
if verb == "start":
    keeper = Keeper.options(name=name, lifetime="detached").remote(name)
else:
    keeper = ray.get_actor(name)
print(json.dumps(ray.get(getattr(keeper, verb).remote(), timeout=60)))
"""


def cluster(workers: int = 0, **tolerance: str) -> dict[str, Any]:
    """Return a cluster's values, small enough for several at once."""
    small = {"requests": {"cpu": "100m", "memory": "512Mi"}, "limits": {"memory": "2Gi"}}
    # Each test leaves a detached actor.
    kind = {"resources": small, "rayResources": {"CPU": 10}}
    return {
        "autoscaling": {"enabled": bool(workers)},
        "faultTolerance": tolerance,
        "head": {"cpu": None, "memory": None, "resources": small},
        "workerTypes": {"cpu": {**kind, "minWorkers": workers, "maxWorkers": workers}} if workers else {},
    }


@pytest.fixture(scope="module")
def deploy(kube: Kube, kube_config: str, tmp_path_factory: pytest.TempPathFactory) -> Deploy:
    """Return what makes a namespace for a release of fault-tolerant clusters, given a Helm."""
    node = kube.core.list_node().items[0].metadata.name.removesuffix("-control-plane")
    process.run(["kind", "load", "docker-image", setting("REDIS"), "--name", node], timeout=120)
    folder = tmp_path_factory.mktemp("fault")
    return lambda program: release(kube, Path(kube_config), program, folder)


@pytest.fixture(scope="module")
def own(deploy: Deploy, helm4: str) -> Iterator[Release]:
    """Return a cluster with a Redis of its own, and a client."""
    with deploy(helm4) as made:
        made.install({"main": cluster(workers=1)})
        for selector in (OPERATOR, REDIS, HEAD, WORKER):
            made.await_ready(selector)
        made.start_client("main")
        yield made


@pytest.fixture(scope="module")
def two(deploy: Deploy, helm3: str) -> Iterator[Release]:
    """Return two clusters, one with a Redis of its own, one with the namespace's."""
    with deploy(helm3) as made:
        made.start_external_redis()
        made.install({"main": cluster(), "outer": cluster(redisAddress=f"{EXTERNAL}:6379")})
        for selector in (REDIS, HEAD, HEAD.replace("main", "outer")):
            made.await_ready(selector)
        yield made


def test_every_pod_runs_where_only_restricted_ones_may(own: Release) -> None:
    loose = {"metadata": {"name": "loose"}, "spec": {"containers": [{"name": "loose", "image": "any"}]}}
    with pytest.raises(ApiException, match="violates PodSecurity"):
        own.kube.core.create_namespaced_pod(own.namespace, loose, dry_run="All")
    for selector in (OPERATOR, REDIS, HEAD, WORKER):
        own.await_ready(selector)


def test_redis_answers_nobody_without_the_password(own: Release) -> None:
    assert own.redis(REDIS, "ping") == "PONG"
    assert "WRONGPASS" in own.redis(REDIS, "ping", password=PASSWORD.upper())
    assert "NOAUTH" in own.redis(REDIS, "ping", password="")


@pytest.mark.parametrize("how", ["killed", "deleted", "gcs"])
def test_a_detached_actor_and_a_running_task_outlive_the_head(own: Release, how: str) -> None:
    before = own.call(WORK, "start", how)
    if how == "gcs":
        own.run(HEAD, "bash", "-c", "kill -9 $(grep -l gcs_server /proc/[0-9]*/comm | cut -d/ -f3)")
        assert eventually(lambda: started_again(own), bool), "the head's Ray does not start again"
    else:
        own.await_ready(HEAD, other_than=own.kill(HEAD) if how == "killed" else own.delete(HEAD))
    assert own.call(WORK, "end", how) == {"calls": before["calls"] + 1, "run": before["run"]}
    assert own.restarts(WORKER) == {"ray-worker": 0}


def test_the_cluster_goes_on_when_redis_was_away_and_is_back(own: Release) -> None:
    before = own.call(WORK, "start", "redis")
    assert own.redis(REDIS, "set", "mark", "kept") == "OK"
    own.await_ready(HEAD, other_than=own.delete(HEAD))
    assert not started_again(own)
    own.scale("main-redis", 0)
    # A GCS that is long without Redis ends, and the head's Ray with it: what it knew is in Redis alone.
    assert eventually(lambda: started_again(own), bool, 90), "the head's Ray did not end"
    own.scale("main-redis", 1)
    assert own.redis(REDIS, "get", "mark") == "kept"
    own.await_ready(HEAD)
    assert own.call(WORK, "end", "redis") == {"calls": before["calls"] + 1, "run": before["run"]}


def test_uninstalling_leaves_nothing(own: Release) -> None:
    assert not own.uninstall(GONE)


def test_uninstalling_takes_the_clusters_state_and_no_other_from_an_external_redis(two: Release) -> None:
    redis = f"app={EXTERNAL}"
    assert two.redis(redis, "set", "another", "kept") == "OK"
    uid = two.site.get("RayCluster", "outer")["metadata"]["uid"]
    # A head is ready when it takes clients, a moment before Ray is there.
    assert eventually(lambda: f"RAY{uid}@KV" in two.redis(redis, "keys", "*").split(), bool)
    assert not two.uninstall(GONE)
    assert two.redis(redis, "keys", "*").split() == ["another"]


def test_a_cluster_whose_operator_is_gone_is_let_go(deploy: Deploy, helm4: str) -> None:
    """Runs the hook that Helm would run, with seconds in place of its two minutes."""
    with deploy(helm4) as made:
        text = helm.render(find_chart(), made.layers({"main": cluster()}), release=RELEASE, namespace=made.namespace)
        rendered = [item for item in yaml.safe_load_all(text) if item]
        (ray,) = (item for item in rendered if item["kind"] == "RayCluster")
        made.site.create({**ray, "metadata": {**ray["metadata"], "finalizers": [FINALIZER]}})
        for item in rendered:
            hook = item["metadata"].get("annotations", {}).get("helm.sh/hook")
            if item["kind"] == "Job" and hook == "pre-delete":
                command = item["spec"]["template"]["spec"]["containers"][0]["command"]
                command[command.index("120")] = "2"
            if hook == "pre-delete" or item["kind"] == "ConfigMap":
                made.site.create(item)
        (job,) = made.site.find("Job")
        status = eventually(
            lambda: made.site.get("Job", job["metadata"]["name"])["status"], lambda now: "succeeded" in now
        )
        (pod,) = made.pods("app.kubernetes.io/name=ray-errand")
        log = made.kube.core.read_namespaced_pod_log(pod.metadata.name, made.namespace)
        assert status.get("succeeded") == 1, log
        assert "raycluster/main: let go after 2 s" in log
        assert not made.site.find("RayCluster")


def started_again(made: Release) -> bool:
    """Say whether the head's Ray was, in place or by the kubelet."""
    head = made.pods(HEAD)[0]
    log = made.kube.core.read_namespaced_pod_log(head.metadata.name, made.namespace, container="ray-head")
    return "started again in place" in log or bool(made.restarts(HEAD)["ray-head"])
