"""A release from install to uninstall under both Helms, in a namespace that enforces Pod Security "restricted"."""

from __future__ import annotations

import json
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from contract.site import eventually
from pods import Spot, is_ready, run_in
from smoke_run import ROOT, setting

from raychart.smoke.api import Access, Api
from raychart.smoke.inventory import inventory, resource_types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Kube

pytestmark = pytest.mark.cluster

CHART = ROOT / "charts" / "ray"
# Three tasks that fill a worker each, from a driver that nobody waits for.
BURST = """
import subprocess, sys
work = '''
import ray, time
ray.init("auto")
@ray.remote(num_cpus=2)
def work(): time.sleep(30)
ray.get([work.remote() for _ in range(3)])
'''
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
subprocess.Popen([sys.executable, "-c", work], **quiet, start_new_session=True)
"""
# Seen from a task on a worker and from the driver on the head: tokens of the Kubernetes API.
TOKENS = """
import glob, json, os, ray
ray.init("auto", log_to_driver=False)
def tokens(): return [path for path in glob.glob("/var/run/secrets/**", recursive=True) if os.path.isfile(path)]
task = ray.remote(num_cpus=1)(tokens)
print(json.dumps({"driver": tokens(), "task": ray.get(task.remote())}))
"""
# What callers get who have no token, or another: the Jobs API, the dashboard's API, the client port.
CALLERS = """
import json, os, subprocess, sys, urllib.error, urllib.request
def status(path, **headers):
    request = urllib.request.Request("http://main-head-svc:8265" + path, headers=headers)
    try:
        return urllib.request.urlopen(request, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code
own = {"Authorization": "Bearer " + os.environ["RAY_AUTH_TOKEN"]}
connect = [sys.executable, "-c", "import ray; ray.init('ray://main-head-svc:10001')"]
wrong = {**os.environ, "RAY_AUTH_TOKEN": "0" * 32}
print(json.dumps({
    "jobs without": status("/api/jobs/"),
    "jobs with another": status("/api/jobs/", Authorization="Bearer " + "0" * 32),
    "jobs with": status("/api/jobs/", **own),
    "nodes without": status("/nodes?view=summary"),
    "client with another": subprocess.run(connect, env=wrong, capture_output=True, timeout=90).returncode != 0,
}))
"""


@dataclass(frozen=True, slots=True)
class Release:
    """A namespace and the Helm that works in it."""

    helm: str
    namespace: str
    kubeconfig: str
    kube: Kube
    folder: Path
    before: frozenset[Any]

    def run(self, *words: str, **main: Any) -> str:
        """Run a Helm command, with values where it takes a chart: `main` lies over the first scenario's cluster."""
        argv = [self.helm, "--kubeconfig", self.kubeconfig, "--namespace", self.namespace, *words]
        if words[0] in {"install", "upgrade", "template"}:
            path = self.folder / "values.yaml"
            path.write_text(yaml.safe_dump({"clusters": {"main": main}}))
            layers = (ROOT / "values" / "team-a.yaml", setting("LAYER"), path)
            argv += [str(CHART), *(word for layer in layers for word in ("--values", str(layer)))]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=400, check=False)
        assert done.returncode == 0, f"{' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def pods(self, node_type: str) -> dict[str, Any]:
        """Return the Ray pods that are to stay, by name."""
        selector = f"ray.io/cluster=main,ray.io/node-type={node_type}"
        items = self.kube.core.list_namespaced_pod(self.namespace, label_selector=selector).items
        return {pod.metadata.name: pod for pod in items if pod.metadata.deletion_timestamp is None}

    def ready(self, node_type: str) -> set[str]:
        """Return the names of those that are ready."""
        return {name for name, pod in self.pods(node_type).items() if is_ready(pod)}

    def python(self, script: str) -> str:
        """Run a script in the head's Ray container; return its last line."""
        (head,) = self.ready("head")
        wrote = run_in(self.kube, Spot(self.namespace, head, "ray-head"), ["python3", "-c", script], 120)
        return wrote.splitlines()[-1] if wrote else ""

    def raycluster(self) -> dict[str, Any]:
        """Return the RayCluster as the API server has it."""
        get = self.kube.custom.get_namespaced_custom_object
        body: dict[str, Any] = get("ray.io", "v1", self.namespace, "rayclusters", "main")
        return body

    def replicas(self) -> list[int]:
        """Return the replicas of each worker group."""
        return [group.get("replicas", 0) for group in self.raycluster()["spec"]["workerGroupSpecs"]]


@pytest.fixture(scope="module", params=["helm3", "helm4"])
def release(
    request: pytest.FixtureRequest, kube_config: str, kube: Kube, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Release]:
    """Install the first scenario, and wait until head and worker are ready."""
    namespace = f"life-{secrets.token_hex(3)}"
    enforce = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    kube.core.create_namespace({"metadata": {"name": namespace, "labels": enforce}})
    # What Kubernetes puts into every namespace: an account, and the API server's certificate.
    _await(lambda: len(_inventory(kube_config, namespace)) == 2, 30, "account and certificate of the namespace")
    before = _inventory(kube_config, namespace)
    folder = tmp_path_factory.mktemp(request.param)
    made = Release(request.getfixturevalue(request.param), namespace, kube_config, kube, folder, before)
    made.run("install", "ray")
    _await(lambda: made.ready("head") and made.ready("worker"), 120, "head and worker")
    yield made
    kube.core.delete_namespace(namespace)


def test_the_cluster_holds_what_was_rendered_and_nothing_else(release: Release) -> None:
    # What the API server or the operator added would be drift to Argo CD: for ever, since an apply would not remove it.
    documents = yaml.safe_load_all(release.run("template", "ray"))
    rendered = next(body for body in documents if body and body["kind"] == "RayCluster")
    live = release.raycluster()
    for group in live["spec"]["workerGroupSpecs"]:
        group.pop("replicas")
        group.pop("scaleStrategy", None)
    assert live["spec"] == rendered["spec"]
    assert live["metadata"]["labels"] == rendered["metadata"]["labels"]


def test_every_pod_is_admitted_under_restricted(release: Release) -> None:
    events = release.kube.core.list_namespaced_event(release.namespace).items
    assert not [event.message for event in events if "violates PodSecurity" in (event.message or "")]


def test_helm_test_has_a_task_done(release: Release) -> None:
    assert "Phase:          Succeeded" in release.run("test", "ray", "--timeout", "3m")


def test_neither_tasks_nor_drivers_find_a_kubernetes_token(release: Release) -> None:
    assert json.loads(release.python(TOKENS)) == {"driver": [], "task": []}


def test_whoever_has_no_token_is_refused(release: Release) -> None:
    assert json.loads(release.python(CALLERS)) == {
        "jobs without": 401,
        "jobs with another": 403,
        "jobs with": 200,
        "nodes without": 401,
        "client with another": True,
    }


def test_an_upgrade_after_the_autoscaler_scaled_takes_nothing_back(release: Release) -> None:
    release.python(BURST)
    _await(lambda: len(release.ready("worker")) == 3, 120, "three workers")
    workers, head = release.pods("worker").keys(), release.pods("head").keys()

    release.run("upgrade", "ray", idleTimeoutMinutes=7)
    more = {"more": {"maxWorkers": 1, "resources": {"requests": {"cpu": "100m", "memory": "512Mi"}}}}
    release.run("upgrade", "ray", idleTimeoutMinutes=7, workerTypes=more)
    _await(lambda: release.replicas() == [3, 0], 30, "replicas written back")
    release.run("rollback", "ray", "1")
    _await(lambda: release.replicas() == [3], 30, "replicas written back again")

    assert (release.pods("worker").keys(), release.pods("head").keys()) == (workers, head)


def test_uninstall_leaves_nothing(release: Release) -> None:
    release.run("uninstall", "ray")

    def left() -> list[str]:
        return sorted(map(str, _inventory(release.kubeconfig, release.namespace) - release.before))

    assert not eventually(left, lambda names: not names, 90)


def _inventory(kubeconfig: str, namespace: str) -> frozenset[Any]:
    api = Api(Access(Path(kubeconfig)))
    return inventory(api, namespace, resource_types(api))


def _await(ready: Callable[[], Any], seconds: float, what: str) -> None:
    assert eventually(ready, bool, seconds), f"{what} did not come within {seconds:g} s"
