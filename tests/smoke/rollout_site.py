"""A release with two worker types, changed under way: its pods, its rollout Jobs, and work that runs meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from contract.site import eventually
from kubernetes import client
from overlay import lay_over
from pods import Spot, is_ready, run_in
from smoke_run import ROOT, setting

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Kube

_SIZE = {"requests": {"cpu": "100m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}}
_MAIN: dict[str, Any] = {
    "rollout": {"drainSeconds": 120},
    "head": {"resources": {"requests": {"cpu": "200m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}}},
    "workerTypes": {
        "aaa": {"minWorkers": 2, "maxWorkers": 3, "resources": _SIZE, "rayResources": {"CPU": 1, "aaa": 1}},
        "bbb": {"minWorkers": 1, "maxWorkers": 2, "resources": _SIZE, "rayResources": {"CPU": 1, "bbb": 1}},
    },
}
_UP = 180.0
_NAME = "raychart/rollout"
# A driver that nobody waits for. Its tasks are never retried: one that is interrupted is an error in the answer.
_DRIVER = """
import json, os, ray, socket, sys, time
path, wanted = sys.argv[1], json.loads(sys.argv[2])
ray.init("auto", log_to_driver=False)
@ray.remote(num_cpus=0, resources={"node:__internal_head__": 0.001})
class Begun:
    def __init__(self): self.number = 0
    def add(self): self.number += 1
    def get(self): return self.number
@ray.remote(num_cpus=1, max_retries=0)
def work(seconds, begun):
    ray.get(begun.add.remote())
    time.sleep(seconds)
    return socket.gethostname()
def note(name, value):
    with open(path + ".part", "w") as file: json.dump(value, file)
    os.rename(path + ".part", f"{path}.{name}")
begun = Begun.remote()
tasks = {kind: work.options(resources={kind: 1}).remote(seconds, begun) for kind, seconds in wanted.items()}
while ray.get(begun.get.remote()) < len(tasks): time.sleep(0.2)
note("begun", True)
def result(ref):
    try: return ray.get(ref)
    except Exception as problem: return f"{type(problem).__name__}: {problem}"
note("done", {kind: result(ref) for kind, ref in tasks.items()})
"""
_START = f"""
import subprocess, sys
quiet = {{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}}
subprocess.Popen([sys.executable, "-c", {_DRIVER!r}, *sys.argv[1:]], **quiet, start_new_session=True)
"""
_READ = "import pathlib, sys; path = pathlib.Path(sys.argv[1]); print(path.read_text() if path.exists() else 'null')"


@dataclass(frozen=True, slots=True)
class Work:
    """Tasks that were begun, one for each type named."""

    site: RolloutSite
    path: str

    def results(self, seconds: float) -> Any:
        """Return for each type the host that did its task, or what became of it."""
        found = eventually(lambda: self.site.read(f"{self.path}.done"), bool, seconds)
        assert found, f"the tasks of {self.path} are not done after {seconds:g} s"
        return found


@dataclass(frozen=True, slots=True)
class RolloutSite:
    """A namespace with the release; `program` is the Helm that works in it."""

    kube: Kube
    config: str
    program: str
    namespace: str
    folder: Path
    main: dict[str, Any] = field(default_factory=lambda: deepcopy(_MAIN))

    def install(self) -> None:
        """Install the release."""
        self._helm("install", {})

    def upgrade(self, *, keep: bool = True, **main: Any) -> None:
        """Lay a change over the cluster's values, for the tests that follow too or for this time alone, and upgrade."""
        if keep:
            lay_over(self.main, main)
        self._helm("upgrade", {} if keep else main)

    def uninstall(self) -> None:
        """Uninstall the release and delete the namespace."""
        where = ["--kubeconfig", self.config, "--namespace", self.namespace]
        subprocess.run([self.program, "uninstall", "ray", *where], capture_output=True, timeout=120, check=True)
        self.kube.core.delete_namespace(self.namespace)

    def pods(self, kind: str) -> dict[str, Any]:
        """Return the pods of a worker type, or of the head, that are to stay, by UID."""
        group = "ray.io/node-type=head" if kind == "head" else f"ray.io/group={kind}"
        found = self.kube.core.list_namespaced_pod(self.namespace, label_selector=f"ray.io/cluster=main,{group}").items
        return {pod.metadata.uid: pod for pod in found if pod.metadata.deletion_timestamp is None}

    def lives(self, kind: str) -> dict[str, list[int]]:
        """Return how often each container of these pods was started again, by UID: what no rollout may change."""
        pods = self.pods(kind).items()
        return {uid: [state.restart_count for state in pod.status.container_statuses] for uid, pod in pods}

    def await_ready(self, **wanted: int) -> None:
        """Wait until each kind has so many pods, all of them ready."""

        def ready() -> dict[str, int]:
            pods = {kind: self.pods(kind).values() for kind in wanted}
            return {
                kind: sum(map(is_ready, found)) if all(map(is_ready, found)) else -1 for kind, found in pods.items()
            }

        assert eventually(ready, lambda found: found == wanted, _UP) == wanted

    def job(self) -> str:
        """Return the name of the rollout Job of what the RayCluster is now."""
        get = self.kube.custom.get_namespaced_custom_object
        cluster = get("ray.io", "v1", self.namespace, "rayclusters", "main")
        return f"main-rollout-{cluster['metadata']['annotations'][_NAME]}"

    def await_job(self, seconds: float = _UP) -> tuple[str, str]:
        """Wait until the rollout Job has ended; return how, Complete or Failed, and the log of its last pod."""
        name = self.job()
        batch = client.BatchV1Api(self.kube.api_client)

        def ends() -> list[str]:
            job: Any = batch.read_namespaced_job(name, self.namespace)
            conditions = job.status.conditions or []
            return [one.type for one in conditions if one.type in {"Complete", "Failed"} and one.status == "True"]

        found = eventually(ends, bool, seconds)
        log = self.log(name)
        assert found, f"{name} has not ended after {seconds:g} s: {log}"
        return found[0], log

    def raychart(self, *words: str) -> tuple[int, str]:
        """Run `raychart rollout` here as a user would; return its exit code and what it printed."""
        where = ["--namespace", self.namespace, "--kubeconfig", self.config, "--helm", self.program]
        argv = [sys.executable, "-m", "raychart", "rollout", *where, *words]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=_UP, check=False)
        sys.stderr.write(done.stderr)
        return done.returncode, done.stdout

    def delete_job(self, name: str) -> None:
        """Delete a Job and its pods, and wait until they are gone."""
        client.BatchV1Api(self.kube.api_client).delete_namespaced_job(
            name, self.namespace, propagation_policy="Background", grace_period_seconds=0
        )
        assert not eventually(lambda: self.job_pods(name), lambda pods: not pods, 60)

    def log(self, job: str) -> str:
        """Return what the youngest pod of a Job has written; nothing while it has not started."""
        pods = self.job_pods(job)
        try:
            return str(self.kube.core.read_namespaced_pod_log(pods[-1], self.namespace)) if pods else ""
        except client.ApiException:
            return ""

    def job_pods(self, job: str) -> list[str]:
        """Return the names of a Job's pods, the oldest first."""
        found = self.kube.core.list_namespaced_pod(self.namespace, label_selector=f"job-name={job}").items
        return [pod.metadata.name for pod in sorted(found, key=lambda pod: pod.metadata.creation_timestamp)]

    def begin(self, name: str, **seconds: float) -> Work:
        """Start a task of so many seconds on each type named, and wait until all of them run."""
        work = Work(self, f"/tmp/{name}")
        self._python(_START, work.path, json.dumps(seconds))
        assert eventually(lambda: self.read(f"{work.path}.begun"), bool, 60), f"the tasks of {name} do not begin"
        return work

    def read(self, path: str) -> Any:
        """Return what a JSON file on the head holds, None while there is none."""
        return json.loads(self._python(_READ, path))

    def _helm(self, verb: str, over: dict[str, Any]) -> None:
        """Run Helm with the values, and `over` laid over the cluster's."""
        values, changed = self.folder / "values.yaml", self.folder / "changed.yaml"
        for path, main in ((values, self.main), (changed, over)):
            path.write_text(yaml.safe_dump({"clusters": {"main": main}}))
        where = ["--kubeconfig", self.config, "--namespace", self.namespace]
        argv = [self.program, verb, "ray", str(ROOT / "charts" / "ray"), *where]
        argv += [word for layer in (values, setting("LAYER"), changed) for word in ("--values", str(layer))]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, f"helm {verb}: {done.stdout}{done.stderr}"

    def _python(self, script: str, *words: str) -> str:
        (head,) = self.pods("head").values()
        return run_in(
            self.kube, Spot(self.namespace, head.metadata.name, "ray-head"), ["python3", "-c", script, *words], 60
        )
