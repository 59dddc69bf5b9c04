"""A head that is lost on a real cluster: how long a client that reconnects plainly is without results.

The promise is 12 s on a machine that has the CPU; the bound here is for one that has not.
"""

from __future__ import annotations

import shlex
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from contract.site import eventually
from fault_release import release
from fault_volume import on_node
from pods import END_CONTAINER, NotRunningError
from steady_client import Steady

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Kube
    from fault_release import Release

    Record = Callable[[str, object], None]

pytestmark = pytest.mark.cluster

HEAD = "ray.io/cluster=main,ray.io/node-type=head"
WORKER = "ray.io/cluster=main,ray.io/node-type=worker"
BOUND = 45.0
# Without the API server the autoscaler waits up to 60 s for an answer, or ends: the kubelet then starts it again after
# 10 s, and after twice as long each time it has ended before.
BACKED_OFF = 200.0
# The same where a worker was killed without a warning: for most of a minute Ray sends it tasks.
UNWARNED = 90.0
# How long the API server is away, and the file that the kubelet runs it from.
OUTAGE = 60.0
MANIFEST = "/etc/kubernetes/manifests/kube-apiserver.yaml"
# Until a client without results has none to show of the time before.
NOTICED = 6.0
# An ending pod whose Ray is told at once is gone after so long; with its grace period it would take 30 s.
PROMPT = 15.0
# Takes seconds. A task that says where it ran, and is not tried again: so not before Ray has noticed that the worker
# which was killed without a warning is gone.
PATIENT = """
import json, os, sys, time
import ray

@ray.remote(num_cpus=1, max_retries=0)
def patient(seconds):
    time.sleep(seconds)
    return os.uname().nodename

ray.init(f"ray://{os.environ['HOST']}:10001", logging_level="WARNING")
while sum(node["Alive"] for node in ray.nodes()) != 2:
    time.sleep(0.5)
print(json.dumps(ray.get(patient.remote(float(sys.argv[1])))))
"""


@pytest.fixture(scope="module")
def made(kube: Kube, kube_config: str, helm4: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    """Return a cluster with one worker, which does not outlive its head."""
    with release(kube, Path(kube_config), helm4, tmp_path_factory.mktemp("head-loss")) as made:
        made.install({"main": cluster()})
        for selector in (HEAD, WORKER):
            made.await_ready(selector)
        yield made


@pytest.fixture(scope="module")
def steady(made: Release) -> Steady:
    """Return a client at work."""
    client = Steady(made)
    client.start("main")
    return client


def cluster() -> dict[str, Any]:
    """Return the cluster's values."""
    small = {"requests": {"cpu": "100m", "memory": "512Mi"}, "limits": {"memory": "2Gi"}}
    return {
        "faultTolerance": {"enabled": False},
        "head": {"cpu": None, "memory": None, "resources": small},
        "workerTypes": {"cpu": {"minWorkers": 1, "maxWorkers": 1, "resources": small, "rayResources": {"CPU": 4}}},
    }


def test_a_deleted_head_is_replaced_again_and_again_and_the_worker_stays(
    made: Release, steady: Steady, record_property: Record
) -> None:
    worker = made.await_ready(WORKER).metadata.uid
    gaps = []
    for _ in range(3):
        steady.await_results(BOUND)
        began = time.time()
        head = made.delete(HEAD)
        assert eventually(partial(made.gone, head), bool, PROMPT), f"the head is there after {PROMPT:g} s"
        made.await_ready(HEAD, other_than=head)
        steady.await_results(BOUND)
        gaps.append(steady.longest_gap(began))
    record_property("seconds without a result", gaps)
    assert 0 < max(gaps) < BOUND, gaps
    assert made.await_ready(WORKER).metadata.uid == worker
    assert made.restarts(WORKER) == {"ray-worker": 0}


def test_a_killed_gcs_is_started_again_in_place(made: Release, steady: Steady, record_property: Record) -> None:
    steady.await_results(BOUND)
    head, restarts, began = made.await_ready(HEAD).metadata.uid, made.restarts(HEAD), time.time()
    lost = gcs(made)
    made.run(HEAD, "sh", "-c", f"kill -9 {lost}")
    # Tasks may go on for a while without it.
    assert eventually(lambda: gcs(made), lambda now: now not in ("", lost), BOUND), "the GCS is not started again"
    time.sleep(NOTICED)
    steady.await_results(BOUND)
    gap = steady.longest_gap(began)
    record_property("seconds without a result", gap)
    assert gap < BOUND
    assert made.await_ready(HEAD).metadata.uid == head
    assert made.restarts(HEAD) == restarts
    assert made.restarts(WORKER) == {"ray-worker": 0}
    assert eventually(lambda: rounds(made, began), bool, BOUND), "the autoscaler does not go on"


def test_an_autoscaler_that_ends_comes_back(made: Release, steady: Steady) -> None:
    steady.await_results(BOUND)
    before, began = made.restarts(HEAD), time.time()
    made.run(HEAD, *END_CONTAINER, container="autoscaler")
    assert eventually(lambda: made.restarts(HEAD)["autoscaler"], lambda now: now > before["autoscaler"], BOUND)
    assert eventually(lambda: rounds(made, began), bool, BOUND), "the autoscaler does not go on"
    time.sleep(NOTICED)
    steady.await_results(BOUND)
    assert steady.longest_gap(began) < BOUND / 3
    assert made.restarts(HEAD)["ray-head"] == before["ray-head"]


def test_without_its_operator_a_cluster_serves_and_with_it_a_lost_worker_is_replaced(
    made: Release, steady: Steady
) -> None:
    steady.await_results(BOUND)
    (operator,) = made.pods("app.kubernetes.io/name=kuberay-operator")
    made.scale("ray-operator", 0)
    # One that is ending may still do its work.
    assert eventually(partial(made.gone, operator.metadata.uid), bool, BOUND), "the operator is there"
    steady.await_results(BOUND)
    lost = made.kill(WORKER)
    time.sleep(5)
    assert not [pod for pod in made.pods(WORKER) if pod.metadata.uid != lost]
    made.scale("ray-operator", 1)
    made.await_ready(WORKER, other_than=lost)
    steady.await_results(UNWARNED)


def test_a_restarted_container_runtime_takes_nothing_away(
    made: Release, steady: Steady, record_property: Record
) -> None:
    steady.await_results(BOUND)
    before, began = states(made), time.time()
    on_node(made.kube, "systemctl", "restart", "containerd")
    time.sleep(NOTICED)
    steady.await_results(BOUND)
    gap = steady.longest_gap(began)
    record_property("seconds without a result", gap)
    assert gap < BOUND
    assert eventually(lambda: states(made), lambda now: now == before, BOUND) == before


def test_a_minute_without_the_api_server_takes_nothing_away(
    made: Release, steady: Steady, record_property: Record
) -> None:
    steady.await_results(BOUND)
    before, began = ray_states(made), time.time()
    # In one go on the node: it comes back whatever becomes of this test.
    away = f"mv {MANIFEST} /root && sleep {OUTAGE:g}; mv /root/$(basename {MANIFEST}) {MANIFEST}"
    on_node(made.kube, "sh", "-c", f"({away}) >/dev/null 2>&1 &")
    assert eventually(lambda: not answers(made), bool, OUTAGE), "the API server does not stop"
    assert eventually(lambda: answers(made), bool, OUTAGE + 120), "the API server does not come back"
    assert time.time() - began > OUTAGE
    # The pods of a node that told nothing of itself for a while are not ready until it does again.
    for selector in (HEAD, WORKER):
        made.await_ready(selector)
    steady.await_results(BOUND)
    gap = steady.longest_gap(began)
    record_property("seconds without a result", gap)
    assert gap < BOUND / 3
    assert ray_states(made) == before
    assert eventually(lambda: rounds(made, time.time() - 15), bool, BACKED_OFF), "the autoscaler does not go on"
    lost = made.kill(WORKER)
    made.await_ready(WORKER, other_than=lost)


def test_a_worker_that_is_deleted_finishes_its_task_and_an_idle_one_goes_at_once(made: Release) -> None:
    made.start_client("main")
    worker = made.await_ready(WORKER)
    # In the background: the call returns when the task has ended.
    began = time.monotonic()
    task = f"nohup python3 -c {shlex.quote(PATIENT)} 12 >/tmp/said 2>&1 &"
    made.run("app=client", "sh", "-c", task)
    assert eventually(lambda: busy(made), bool, UNWARNED), f"the task does not begin: {wrote(made)}"
    uid = made.delete(WORKER)
    assert eventually(lambda: wrote(made).startswith('"'), bool, BOUND), wrote(made)
    assert wrote(made) == f'"{worker.metadata.name}"'
    assert time.monotonic() - began > 12
    assert eventually(lambda: made.gone(uid), bool, PROMPT), "the worker is there after its task"
    made.await_ready(WORKER, other_than=uid)
    idle = made.delete(WORKER)
    assert eventually(lambda: made.gone(idle), bool, PROMPT), "the idle worker is there"


def gcs(made: Release) -> str:
    """Return the number of the head's GCS process, or nothing where there is none."""
    try:
        return made.run(HEAD, "sh", "-c", "grep -l gcs_server /proc/[0-9]*/comm | cut -d/ -f3").strip()
    except NotRunningError:
        # The container ends with its GCS; the pod is called ready for a moment longer.
        return ""


def rounds(made: Release, since: float) -> bool:
    """Say whether the autoscaler has looked at its cluster since then."""
    head = made.await_ready(HEAD)
    log = made.kube.core.read_namespaced_pod_log(
        head.metadata.name, made.namespace, container="autoscaler", since_seconds=max(1, int(time.time() - since))
    )
    return "Autoscaler status" in log


def states(made: Release) -> dict[str, dict[str, int]]:
    """Return which Ray pods there are, and how often each of their containers was started again."""
    pods = [pod for selector in (HEAD, WORKER) for pod in made.pods(selector)]
    return {
        pod.metadata.uid: {state.name: state.restart_count for state in pod.status.container_statuses or []}
        for pod in pods
    }


def ray_states(made: Release) -> dict[str, dict[str, int]]:
    """Return the same of the containers that run Ray: the autoscaler may end without the API server, and comes back."""
    return {uid: {name: n for name, n in each.items() if name != "autoscaler"} for uid, each in states(made).items()}


def answers(made: Release) -> bool:
    """Say whether the API server does."""
    try:
        made.kube.core.list_namespaced_pod(made.namespace, _request_timeout=3)
    except Exception:  # noqa: BLE001 (refused, reset, not ready: all the same)
        return False
    return True


def busy(made: Release) -> bool:
    """Say whether the task runs."""
    return "ray::patient" in made.run(WORKER, "sh", "-c", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '")


def wrote(made: Release) -> str:
    """Return the last line that the task's client wrote: where the task ran, once it has ended."""
    return made.run("app=client", "sh", "-c", "tail -n 1 /tmp/said").strip()
