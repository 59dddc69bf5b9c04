"""A cluster of paper round Ray's own autoscaler, in its own time. Runs where Ray is, the chart's scripts on its path.

The API server, the operator, the kubelet and the tasks are made up, with delays and faults by chance; the autoscaler is
Ray's with the chart's hooks. Each second what must hold is looked at. Prints the violations and what happened, as JSON.
Arguments: the seeds to run.
"""

from __future__ import annotations

import copy
import json
import logging
import random
import sys
import time
from dataclasses import dataclass, field
from typing import Any

ROUND = 5
ROUNDS, QUIET = 320, 220
TYPES = ("a", "b", "c")
NAMESPACE = "paper"


@dataclass
class Pod:
    """A worker pod, in virtual seconds."""

    name: str
    group: str
    made: float
    runs_at: float
    connects_at: float
    worker: str
    gone_at: float | None = None
    task_until: float | None = None
    idle_since: float = 0
    draining: bool = False


@dataclass
class World:
    """The state of everything, and what was seen to be wrong."""

    seed: int
    faults: bool
    now: float = 1_000_000.0
    generation: int = 1
    pods: dict[str, Pod] = field(default_factory=dict)
    tasks: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    happened: dict[str, int] = field(default_factory=dict)
    api_away_until: float = 0
    operator_away_until: float = 0
    operator_left: float = 0
    reconcile_at: float = 0
    made: int = 0
    caps: list[tuple[float, int]] = field(default_factory=list)
    snapshot: dict[str, Any] = field(default_factory=dict)
    kills: float = 0
    reads_refused: int = 0  # since the head reported
    idle_surplus: int = 0  # seconds
    quiet: bool = False

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 (chance that can be had again)
        self.limits: dict[str, Any] = {
            "maxWorkers": self.chance.choice([4, 8, 15, None]),
            "upscalingSpeed": self.chance.choice([0.5, 1.0, 2.5]),
            "idleTimeoutMinutes": {"b": 3},
            "minWorkers": {"a": 1},
        }
        groups = [self.group(name) for name in TYPES]
        self.cluster: dict[str, Any] = {
            "metadata": {"name": "main", "namespace": NAMESPACE, "annotations": {}},
            "spec": {
                "autoscalerOptions": {"idleTimeoutSeconds": 60, "upscalingMode": "Conservative"},
                "headGroupSpec": {"rayStartParams": {"num-cpus": "0"}, "template": _template()},
                "workerGroupSpecs": groups,
            },
        }
        self.write_limits()

    def group(self, name: str) -> dict[str, Any]:
        """Return a worker group whose pods have one slot for tasks of its own."""
        least = self.limits["minWorkers"].get(name, 0)
        return {
            "groupName": name,
            "minReplicas": least,
            "maxReplicas": 12,
            "replicas": least,
            "numOfHosts": self.hosts(name),
            "rayStartParams": {"num-cpus": "1"},
            "resources": {"CPU": "1", name: "1"},
            "template": _template(),
        }

    def write_limits(self) -> None:
        """Render the limits into the annotation, as the chart does."""
        self.cluster["metadata"]["annotations"]["raychart/autoscaling"] = json.dumps(self.limits)
        self.caps.append((self.now, self.cap()))

    def hosts(self, name: str) -> int:
        """Return how many pods a worker of a type is: of one type, in some worlds, two."""
        return 2 if name == "c" and self.seed % 3 == 2 else 1

    def cap(self) -> int:
        """Return how many worker pods there may be of all types."""
        most: int | None = self.limits["maxWorkers"]
        return 12 * sum(map(self.hosts, TYPES)) if most is None else most

    def count(self, what: str) -> None:
        """Count something that happened."""
        self.happened[what] = self.happened.get(what, 0) + 1

    def wrong(self, what: str) -> None:
        """Note a violation."""
        self.violations.append(f"seed {self.seed}, second {self.now - 1_000_000:.0f}: {what}")

    # --- the API server

    def get(self, path: str) -> dict[str, Any]:
        """Answer a read."""
        self.reads_refused += self.now < self.api_away_until
        self.answer()
        if path.startswith("rayclusters/"):
            return copy.deepcopy(self.cluster)
        meta = {"resourceVersion": "1"}
        if not path.startswith("pods?"):
            return {"metadata": meta}
        head = _pod("head", "headgroup", "head")
        return {"metadata": meta, "items": [head, *(self.as_pod(pod) for pod in self.pods.values())]}

    def as_pod(self, pod: Pod) -> dict[str, Any]:
        """Return a pod as the API has it."""
        body = _pod(pod.name, pod.group, "worker")
        if self.hosts(pod.group) > 1:
            body["metadata"]["labels"]["ray.io/worker-group-replica-name"] = pod.worker
        if pod.gone_at is not None:
            body["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        if self.now < pod.runs_at:
            body["status"]["containerStatuses"] = [{"state": {"waiting": {}}}]
        return body

    def patch(self, operations: list[dict[str, Any]]) -> dict[str, Any]:
        """Apply a JSON patch as a whole, or refuse it."""
        self.answer(change=0.1)
        after = copy.deepcopy(self.cluster)
        if any(not self.names_place(operation["path"]) for operation in operations):
            self.count("guarded patches refused")
            raise _RefusalError
        for operation in operations:
            *path, key = operation["path"].strip("/").split("/")
            place: Any = after
            for part in path:
                place = place[int(part)] if isinstance(place, list) else place[part]
            if operation["op"] == "test":
                if place[key] != operation["value"]:
                    self.count("guarded patches refused")
                    raise _RefusalError
            else:
                place[key] = operation["value"]
        if self.reads_refused and any(o["op"] == "replace" and o["path"].endswith("/replicas") for o in operations):
            self.wrong("scaled by what the head reported before the API server was away")
        self.check_patch(after)
        self.cluster = after
        self.generation += 1
        self.reconcile_at = min(self.reconcile_at, self.now) or self.now + self.chance.choice([0, 0, 1, 2, 7])
        return copy.deepcopy(after)

    def names_place(self, path: str) -> bool:
        """Say whether there is a worker group at the place that a path names."""
        return int(path.split("/")[3]) < len(self.cluster["spec"]["workerGroupSpecs"])

    def answer(self, change: float = 0.02) -> None:
        """Refuse to, where the API server is away; let a values change come in between by chance."""
        if self.now < self.api_away_until:
            self.count("requests refused")
            raise OSError("away")
        if self.faults and not self.quiet and self.chance.random() < change:
            self.move_groups()

    # --- what changes by itself

    def step(self) -> None:
        """Let a second pass."""
        self.now += 1
        before = len(self.pods)
        if self.now >= self.reconcile_at and self.now >= self.operator_away_until:
            self.reconcile()
        for pod in list(self.pods.values()):
            self.live(pod)
        self.place_tasks()
        self.check_cap(before)
        self.check_surplus()

    def live(self, pod: Pod) -> None:
        """Let a pod's task end, and the pod itself when it was deleted."""
        if pod.task_until is not None and self.now >= pod.task_until:
            pod.task_until, pod.idle_since = None, self.now
        if pod.gone_at is not None and self.now >= pod.gone_at:
            del self.pods[pod.name]

    def place_tasks(self) -> None:
        """Give waiting tasks to pods that are free."""
        for task in list(self.tasks):
            for pod in self.pods.values():
                if pod.group == task and self.is_free(pod):
                    pod.task_until = self.now + self.chance.choice([2, 10, 30, 100])
                    self.tasks.remove(task)
                    self.count("tasks started")
                    break

    def is_free(self, pod: Pod) -> bool:
        """Say whether a pod takes a task."""
        up = self.now >= pod.connects_at and pod.gone_at is None
        return up and pod.task_until is None and not pod.draining

    def reconcile(self) -> None:
        """Do what the operator does: delete what is named, make what is missing."""
        self.reconcile_at = float("inf")
        for group in self.cluster["spec"]["workerGroupSpecs"]:
            for name in (group.get("scaleStrategy") or {}).get("workersToDelete") or []:
                for pod in [pod for pod in self.pods.values() if pod.worker == self.worker_of(name)]:
                    self.delete(pod)
            there = [p for p in self.pods.values() if p.group == group["groupName"] and p.gone_at is None]
            wanted = min(max(group["replicas"], group["minReplicas"]), group["maxReplicas"])
            hosts = self.hosts(group["groupName"])
            for worker in range(wanted - len(there) // hosts):
                for _ in range(hosts):
                    self.make(group["groupName"], f"{self.now}-{worker}-{group['groupName']}")

    def worker_of(self, name: str) -> str:
        """Return the worker that a pod is of: the operator deletes it as a whole."""
        pod = self.pods.get(name)
        return "" if pod is None else pod.worker

    def make(self, group: str, worker: str) -> None:
        """Make a pod."""
        self.made += 1
        runs = self.now + self.chance.choice([2, 5, 15])
        connects = runs + self.chance.choice([2, 4])
        name = f"{group}-{self.made}"
        self.pods[name] = Pod(name, group, self.now, runs, connects, worker, idle_since=connects)

    def delete(self, pod: Pod | None) -> None:
        """Delete a pod; it takes its time."""
        if pod is None or pod.gone_at is not None:
            return
        if pod.task_until is not None:
            self.wrong(f"busy pod {pod.name} removed")
        pod.gone_at = self.now + self.chance.choice([1, 4, 20])
        self.count("pods removed")

    def move_groups(self) -> None:
        """Change values: take a type out or bring it in, in the middle of a round."""
        groups = self.cluster["spec"]["workerGroupSpecs"]
        names = [group["groupName"] for group in groups]
        if "b" in names:
            groups.pop(names.index("b"))
            self.count("types removed")
        else:
            groups.insert(names.index("c"), self.group("b"))
            self.count("types added")

    # --- what the head tells the autoscaler

    def report(self, metrics: Any) -> None:
        """Put in what the head knew a moment ago."""
        self.reads_refused = 0
        up = [p for p in self.pods.values() if self.now >= p.connects_at and p.gone_at is None]
        metrics.static_resources_by_ip = {f"ip-{p.name}": {"CPU": 1, p.group: 1} for p in up}
        metrics.dynamic_resources_by_ip = {
            f"ip-{p.name}": {"CPU": int(p.task_until is None), p.group: int(p.task_until is None)} for p in up
        }
        metrics.node_id_by_ip = {f"ip-{p.name}": p.name.encode() for p in up}
        metrics.node_id_by_ip["ip-head"] = b"head"
        metrics.ray_nodes_last_used_time_by_ip = {
            f"ip-{p.name}": self.now if p.task_until is not None else p.idle_since for p in up
        }
        metrics.last_heartbeat_time_by_ip = dict.fromkeys(metrics.node_id_by_ip, self.now)
        metrics.waiting_bundles = [{"CPU": 1, task: 1} for task in self.tasks]
        mine = {name: [p for p in self.pods.values() if p.group == name and p.gone_at is None] for name in TYPES}
        self.snapshot = {name: (len([p for p in pods if p in up]), len(pods)) for name, pods in mine.items()}

    def drain_node(self, node_id: str, **_options: Any) -> tuple[bool, str]:
        """Answer for a raylet that is asked to go because it is idle."""
        pod = self.pods.get(bytes.fromhex(node_id).decode())
        if pod is not None and pod.task_until is not None:
            self.count("drains refused")
            return False, "no longer idle"
        if pod is not None:
            pod.draining = True
        return True, ""

    def drain_nodes(self, node_ids: Any, **_options: Any) -> Any:
        """Answer for the head that is told that nodes go."""
        return node_ids

    # --- what must hold

    def check_cap(self, before: int) -> None:
        """See that pods only become more where the cap of a moment ago allows it."""
        # What was asked for under the caps of the last minute may still come: the operator's last, if it is away.
        since = (self.operator_left if self.now <= self.operator_away_until + ROUND else self.now) - 60
        ends = [*(at for at, _ in self.caps[1:]), float("inf")]
        allowed = max(cap for (_, cap), end in zip(self.caps, ends, strict=True) if end > since)
        excused = self.now < self.kills  # a pod that was killed is replaced by the operator while it still leaves
        if len(self.pods) > max(allowed, before) and not excused:
            self.wrong(f"{len(self.pods)} pods under maxWorkers {self.limits['maxWorkers']}")
        self.happened["most pods"] = max(self.happened.get("most pods", 0), len(self.pods))

    def check_surplus(self) -> None:
        """See that pods without work go soon where there are more than the cap allows."""
        groups = {group["groupName"] for group in self.cluster["spec"]["workerGroupSpecs"]}
        there = [pod for pod in self.pods.values() if pod.group in groups and pod.gone_at is None]
        idle = [pod for pod in there if self.is_free(pod) and self.now - pod.idle_since > ROUND and self.spare(pod)]
        away = self.now < max(self.api_away_until, self.operator_away_until)
        self.idle_surplus = self.idle_surplus + 1 if len(there) > self.cap() and idle and not away else 0
        if self.idle_surplus == 30:
            self.wrong(f"{idle[0].name} is kept without work, {len(there)} pods under maxWorkers {self.cap()}")

    def spare(self, pod: Pod) -> bool:
        """Say whether a pod is not kept for its type's minimum, nor for others of its worker."""
        alike = [other for other in self.pods.values() if other.group == pod.group and other.gone_at is None]
        return self.hosts(pod.group) == 1 and len(alike) > self.limits["minWorkers"].get(pod.group, 0)

    def check_patch(self, after: dict[str, Any]) -> None:
        """See that a type's pods on their way stay within the rate, and that pods go for a reason."""
        old = {group["groupName"]: group for group in self.cluster["spec"]["workerGroupSpecs"]}
        for group in after["spec"]["workerGroupSpecs"]:
            name = group["groupName"]
            running, there = self.snapshot.get(name, (0, 0))
            leaving = (group.get("scaleStrategy") or {}).get("workersToDelete") or []
            # Pods may have been made since the report: a promise of a moment ago is no launch of now.
            hosts = self.hosts(name)
            launched = group["replicas"] * hosts - max(there - len(leaving), 0)
            rate = max(5, int(self.limits["upscalingSpeed"] * max(running, 1)))
            if group["replicas"] > old[name]["replicas"]:
                self.count("launches")
                if launched > max(rate - (there - running), self.limits["minWorkers"].get(name, 0) - there) + hosts - 1:
                    self.wrong(f"{launched} pods of {name} launched: {running} run of {there}, rate {rate}")
            for pod in (self.pods[worker] for worker in leaving if worker in self.pods):
                if pod.group != name:
                    self.wrong(f"{pod.name} removed as one of {name}")
                minutes = self.limits["idleTimeoutMinutes"].get(name, 1)
                lowered = self.now - self.caps[-1][0] < 120 or len(self.pods) > self.cap()
                if not lowered and self.now - pod.idle_since < 60 * minutes:
                    self.wrong(f"{pod.name} removed after {self.now - pod.idle_since:.0f} s without work")

    def check_rest(self) -> None:
        """See that all is quiet at the end: no work, and so no pods but the minimum."""
        for name in {group["groupName"] for group in self.cluster["spec"]["workerGroupSpecs"]}:
            there = [p for p in self.pods.values() if p.group == name and p.gone_at is None]
            least = self.limits["minWorkers"].get(name, 0)
            if len(there) != least:
                self.wrong(f"{len(there)} pods of {name} at rest, minWorkers {least}")
        if self.tasks:
            self.wrong(f"{len(self.tasks)} tasks never ran")


class _RefusalError(Exception):
    """What requests raises for a patch whose test failed."""

    class response:  # noqa: N801 (the attribute's name in requests)
        status_code = 422


def main(seeds: list[int]) -> None:
    """Run the worlds and print what was seen."""
    logging.disable(logging.CRITICAL)
    worlds = [run(World(seed, faults=bool(seed % 2))) for seed in seeds]
    total: dict[str, int] = {}
    for world in worlds:
        for what, number in world.happened.items():
            total[what] = total.get(what, 0) + number
    print(json.dumps({"violations": [v for w in worlds for v in w.violations], "happened": total}))


def run(world: World) -> World:
    """Live through half an hour: bursts, changes and faults, then rest."""
    clock = {"time": lambda: world.now, "monotonic": lambda: world.now, "sleep": lambda s: advance(world, s)}
    originals = {name: getattr(time, name) for name in clock}
    for name, function in clock.items():
        setattr(time, name, function)
    for module in [name for name in sys.modules if name.startswith("autoscaler_")]:
        if module != __name__:
            del sys.modules[module]  # they take the clock over when they are loaded
    try:
        live(world)
    finally:
        for name, function in originals.items():
            setattr(time, name, function)
    return world


def live(world: World) -> None:
    """Run the autoscaler's rounds."""
    from autoscaler_hooks import Hooks
    from ray.autoscaler._private.autoscaler import StandardAutoscaler
    from ray.autoscaler._private.kuberay.autoscaling_config import AutoscalingConfigProducer
    from ray.autoscaler._private.kuberay.node_provider import KubernetesHttpApiClient as Client
    from ray.autoscaler._private.load_metrics import LoadMetrics

    methods = Client.get, Client.patch
    Client.get = lambda _self, path: world.get(path)
    Client.patch = lambda _self, _path, operations, *_rest, **_options: world.patch(operations)
    hooks = Hooks(say=lambda _words: None)
    hooks.attend(hide_orphans=True)
    hooks.limit()
    try:
        producer = AutoscalingConfigProducer("main", NAMESPACE)
        autoscaler = StandardAutoscaler(producer, LoadMetrics(), gcs_client=world, max_failures=-1, update_interval_s=0)
        for number in range(ROUNDS):
            disturb(world, number)
            world.report(autoscaler.load_metrics)
            world.place_tasks()  # tasks begin between what the head reported and what the autoscaler does with it
            autoscaler.update()
            advance(world, ROUND)
        world.check_rest()
    finally:
        hooks.undo()
        Client.get, Client.patch = methods


def disturb(world: World, number: int) -> None:
    """Bring work and change, the first two thirds of the time."""
    chance = world.chance
    if number == QUIET:
        world.limits["maxWorkers"] = 14
        world.write_limits()
        world.quiet = True
    if number >= QUIET:
        return
    names = [group["groupName"] for group in world.cluster["spec"]["workerGroupSpecs"]]
    if number % 24 == 1:
        world.tasks += [chance.choice(names) for _ in range(chance.choice([3, 10, 30]))]
    if number % 48 in {26, 30}:  # also while the pods of a burst are starting
        world.limits["maxWorkers"] = chance.choice([2, 5, 9, 14, None])
        world.limits["upscalingSpeed"] = chance.choice([0.3, 1, 2.5, 7])
        world.write_limits()
    break_something(world)
    world.tasks = [task for task in world.tasks if task in names]


def break_something(world: World) -> None:
    """Take operator or API server away, or kill a pod, by chance."""
    chance = world.chance
    if chance.random() < 0.02:
        if world.now > world.operator_away_until:
            world.operator_left = world.now
        world.operator_away_until = world.now + 45
        world.count("operator away")
    if chance.random() < 0.01:
        world.api_away_until = world.now + 60
        world.count("API server away")
    if world.faults and world.pods and chance.random() < 0.03:
        victim = chance.choice(list(world.pods.values()))
        if victim.gone_at is None:
            for pod in [pod for pod in world.pods.values() if pod.worker == victim.worker]:
                pod.gone_at, pod.task_until = world.now + 5, None
            world.reconcile_at, world.kills = world.now + 1, world.now + 60
            world.count("pods killed")


def advance(world: World, seconds: float) -> None:
    """Let seconds pass."""
    for _ in range(int(seconds)):
        world.step()


def _template() -> dict[str, Any]:
    return {"spec": {"containers": [{"resources": {"limits": {"cpu": "1"}}}]}}


def _pod(name: str, group: str, kind: str) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "labels": {"ray.io/node-type": kind, "ray.io/group": group}},
        "status": {"podIP": f"ip-{name}", "containerStatuses": [{"state": {"running": {}}}]},
    }


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]])
