"""upscalingSpeed, maxWorkers, minWorkers and idleTimeoutMinutes as they hold in a running cluster, seen from outside.

One cluster goes through a burst of work for two of its three types, and through values that change under it; another
loses a type whose pod is busy, and its autoscaler.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from contract.site import eventually
from pod_watch import PodWatch
from pods import END_CONTAINER, Spot, is_ready, run_in
from smoke_run import ROOT, setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Kube

pytestmark = pytest.mark.cluster

CHART = ROOT / "charts" / "ray"
SMALL = {"resources": {"requests": {"cpu": "20m", "memory": "400Mi"}, "limits": {"memory": "1Gi"}}}
CAP, LOWERED, QUICK_SECONDS = 9, 8, 15
# Keeps account of tasks on the head, and of which types' tasks may end.
BOOK = """
import ray, time
ray.init("auto", namespace="limits", log_to_driver=False)
@ray.remote(num_cpus=0, resources={"node:__internal_head__": 0.001})
class Book:
    def __init__(self): self.open, self.entries = set(), []
    def release(self, kind): self.open.add(kind)
    def may_end(self, kind): return kind in self.open
    def write(self, *entry): self.entries.append((*entry, time.time()))
    def read(self): return self.entries
ray.get(Book.options(name="book", lifetime="detached").remote().read.remote())
"""
# Tasks that each fill a pod until they are released, from a driver that nobody waits for.
WORK = """
import subprocess, sys
work = '''
import ray, secrets, socket, sys, time
ray.init("auto", namespace="limits")
@ray.remote(max_retries=0)
def work(kind, number):
    book = ray.get_actor("book")
    ray.get(book.write.remote(kind, number, socket.gethostname(), "begin"))
    while not ray.get(book.may_end.remote(kind)): time.sleep(0.3)
    ray.get(book.write.remote(kind, number, socket.gethostname(), "end"))
kind, number = sys.argv[1:]
one = work.options(num_cpus=1, resources={{kind: 1}})
ray.get([one.remote(kind, secrets.token_hex(4)) for _ in range(int(number))])
'''
quiet = {{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}}
subprocess.Popen([sys.executable, "-c", work, {kind!r}, "{number}"], **quiet, start_new_session=True)
"""
CALL = """
import json, ray
ray.init("auto", namespace="limits", log_to_driver=False)
print(json.dumps(ray.get(ray.get_actor("book").{call}.remote({argument}))))
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A release with a cluster of three types, and somebody who watches its worker pods."""

    helm: str
    kubeconfig: str
    kube: Kube
    namespace: str
    folder: Path
    seen: PodWatch

    def apply(self, **main: Any) -> None:
        """Install or upgrade; `main` lies over the cluster's values, `without` names a type to leave out."""
        types = {
            "quick": {
                "maxWorkers": 7,
                "idleTimeoutMinutes": QUICK_SECONDS / 60,
                "rayResources": {"CPU": 1, "quick": 1},
            },
            "kept": {"minWorkers": 1, "maxWorkers": 2, "rayResources": {"CPU": 1, "kept": 1}},
            "slow": {"maxWorkers": 7, "rayResources": {"CPU": 1, "slow": 1}},
        }
        cluster = yaml.safe_load((ROOT / "values" / "team-a.yaml").read_text())["clusters"]["main"]
        left_out = main.pop("without", None)
        cluster["workerTypes"] = {name: {**SMALL, **own} for name, own in types.items() if name != left_out}
        values = self.folder / "values.yaml"
        values.write_text(yaml.safe_dump({"clusters": {"main": {**cluster, "maxWorkers": CAP, **main}}}))
        argv = [self.helm, "upgrade", "--install", "ray", str(CHART), "--namespace", self.namespace]
        argv += ["--kubeconfig", self.kubeconfig, "--values", str(values), "--values", setting("LAYER")]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr

    def head(self) -> Any:
        """Return the head pod."""
        (pod,) = self.kube.core.list_namespaced_pod(self.namespace, label_selector="ray.io/node-type=head").items
        return pod

    def python(self, script: str) -> str:
        """Run a script on the head; return its last line."""
        spot = Spot(self.namespace, self.head().metadata.name, "ray-head")
        wrote = run_in(self.kube, spot, ["python3", "-c", script], 120)
        return wrote.splitlines()[-1] if wrote else ""

    def work(self, kind: str, number: int) -> None:
        """Have so many tasks wait for pods of a type."""
        self.python(WORK.format(kind=kind, number=number))

    def release(self, kind: str) -> None:
        """Let the tasks of a type end."""
        self.python(CALL.format(call="release", argument=repr(kind)))

    def entries(self) -> list[tuple[str, str, str, str, float]]:
        """Return what tasks wrote: type, task, pod, begin or end, when."""
        # On a very busy node an exec may end well without what was written.
        wrote = eventually(lambda: self.python(CALL.format(call="read", argument="")), bool)
        return [tuple(entry) for entry in json.loads(wrote)]

    def restarts(self) -> int:
        """Return how many times the autoscaler's container was started again."""
        statuses = self.head().status.container_statuses
        return next(status.restart_count for status in statuses if status.name == "autoscaler")  # type: ignore[no-any-return]

    def log(self) -> str:
        """Return the autoscaler's log."""
        read = self.kube.core.read_namespaced_pod_log
        wrote: str = read(self.head().metadata.name, self.namespace, container="autoscaler", tail_lines=400)
        return wrote


@pytest.fixture
def site(helm4: str, kube_config: str, kube: Kube, namespace: str, tmp_path: Path) -> Iterator[Site]:
    """Install it, and wait until it is ready for work."""
    made = Site(helm4, kube_config, kube, namespace, tmp_path, PodWatch(kube, namespace))
    made.apply()
    selector = "ray.io/cluster=main"

    def ready() -> bool:
        pods = kube.core.list_namespaced_pod(namespace, label_selector=selector).items
        return len(pods) == 2 and all(map(is_ready, pods))

    _await(ready, 180, made)
    made.python(BOOK)
    yield made
    made.seen.stop()
    uninstall = [helm4, "uninstall", "ray", "--namespace", namespace, "--kubeconfig", kube_config]
    subprocess.run(uninstall, capture_output=True, timeout=200, check=True)


def test_limits_hold_through_a_burst_and_while_they_are_changed(site: Site) -> None:
    seen = site.seen
    kept, head = seen.pods("kept"), site.head().metadata.uid

    # A burst: seven pods are wanted, of which five may be on their way; the maximum leaves room for six.
    site.work("slow", 2)
    _await(lambda: len(seen.pods("slow")) == 2, 60, site)
    site.work("quick", 7)
    _await(lambda: len(_running(site)) == CAP - 1, 180, site, every=5)
    assert seen.bursts("quick") == [5, 1]

    # Lowered below what runs: whoever works stays, in three rounds too; the first who is idle goes, and only that one.
    site.apply(maxWorkers=LOWERED, upscalingSpeed=6)
    _await(lambda: f"maxWorkers {LOWERED}, upscalingSpeed 6" in site.log(), 30, site)
    time.sleep(15)
    assert not seen.leaving
    site.release("slow")
    _await(lambda: len(seen.pods()) == LOWERED, 60, site)
    assert [seen.made[name][0] for name in seen.leaving] == ["slow"]

    # Without work: each goes by its type's own time-out, and not before; the minimum stays.
    rest = seen.pods("slow")
    site.release("quick")
    _await(lambda: not seen.pods("quick"), QUICK_SECONDS + 90, site)
    ended = {pod: at for kind, _, pod, what, at in site.entries() if (kind, what) == ("quick", "end")}
    idle = {pod: seen.leaving[pod] - at for pod, at in ended.items()}
    assert min(idle.values()) >= QUICK_SECONDS, idle
    assert (seen.pods("slow"), seen.pods("kept")) == (rest, kept)

    # The speed that came with other values meanwhile: six at a time.
    site.apply(maxWorkers=CAP, upscalingSpeed=6)
    before = len(seen.bursts("quick"))
    site.work("quick", 6)
    _await(lambda: len(seen.pods("quick")) == 6, 60, site)
    assert seen.bursts("quick")[before:] == [6]

    # Never more than allowed, no task begun twice or cut off, no other pod touched.
    for moment, after in pairwise(seen.moments):
        assert len(after.pods) <= max(CAP, len(moment.pods)), after
    tasks = [(task, what) for _, task, _, what, _ in site.entries()]
    assert len(tasks) == len(set(tasks)), tasks
    assert (seen.pods("kept"), site.head().metadata.uid) == (kept, head)


def test_neither_a_removed_type_that_works_nor_a_killed_autoscaler_stops_the_other_types(site: Site) -> None:
    seen = site.seen
    site.work("quick", 1)
    _await(lambda: len(_running(site)) == 1, 90, site, every=5)
    (orphan,) = seen.pods("quick")

    # The type goes, its pod works on. It takes room: with the one that is kept, there is room for one more.
    site.apply(without="quick", maxWorkers=3, rollout={"workers": "never"})
    began = time.monotonic()
    site.work("slow", 2)
    _await(lambda: len(seen.pods("slow")) == 1, 30, site)
    sys.stderr.write(f"another type scaled {time.monotonic() - began:.0f} s after the removal\n")

    # The autoscaler dies and comes back, and finds the limits where they were; then more room is made.
    run_in(site.kube, Spot(site.namespace, site.head().metadata.name, "autoscaler"), END_CONTAINER)
    _await(lambda: site.restarts() == 1, 60, site)
    _await(lambda: "limits in force: maxWorkers 3" in site.log(), 90, site)
    time.sleep(15)
    assert len(seen.pods("slow")) == 1
    site.apply(without="quick", maxWorkers=4, rollout={"workers": "never"})
    _await(lambda: len(seen.pods("slow")) == 2, 60, site)

    assert not seen.leaving
    site.release("quick")
    _await(
        lambda: ("quick", orphan, "end") in {(kind, pod, what) for kind, _, pod, what, _ in site.entries()}, 60, site
    )


def _running(site: Site) -> set[str]:
    """Return the tasks that have begun and not ended."""
    tasks: dict[str, set[str]] = {"begin": set(), "end": set()}
    for _, task, _, what, _ in site.entries():
        tasks[what].add(task)
    return tasks["begin"] - tasks["end"]


def _await(ready: Callable[[], bool], seconds: float, site: Site, every: float = 1) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, f"not within {seconds:g} s; {site.seen.pods()}; autoscaler: {site.log()[-3000:]}"
        time.sleep(every)
