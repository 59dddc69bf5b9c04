"""The chart's files/rollout_workers.py: which pods it deletes, and when, on clusters made up by hypothesis."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

rollout_log = importlib.import_module("rollout_log")
rollout_pods = importlib.import_module("rollout_pods")
rollout_workers = importlib.import_module("rollout_workers")

OLD, NEW = "0ld", "new"
DRAIN = 5


class Plan(NamedTuple):
    """A cluster: seconds of work that each worker of the former values has (0: idle), and how it is to be rolled."""

    work: list[int]
    policy: dict[str, Any]
    start: int
    removed: bool


plans = st.builds(
    Plan,
    work=st.lists(st.sampled_from([0, 0, 2, 9]), min_size=1, max_size=6),
    policy=st.builds(
        lambda workers, at_once: {"workers": workers, "maxUnavailable": at_once, "drainSeconds": DRAIN},
        st.sampled_from(["rolling", "idle"]),
        st.integers(1, 3),
    ),
    start=st.integers(0, 3),
    removed=st.booleans(),
)


class Cluster:
    """One worker type: an operator that replaces pods, and Ray's record of them. Both stand in for the real ones."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.now = 0
        self.pods = {f"old-{n}": (OLD, -plan.start) for n in range(len(plan.work))}
        self.left = {f"old-{n}": work for n, work in enumerate(plan.work)}
        self.draining: set[str] = set()
        self.interrupted: list[str] = []
        self.lowest = len(plan.work)

    def kind(self) -> Any:
        """Return the type as the script sees it."""
        body = {"metadata": {"labels": dict.fromkeys(rollout_pods.STAMPS, NEW)}}
        size = len(self.plan.work)
        found = rollout_pods.Kind("cpu") if self.plan.removed else rollout_pods.Kind("cpu", body, size)
        found.pods = [
            {
                "metadata": {"name": name, "labels": dict.fromkeys(rollout_pods.STAMPS, stamp)},
                "status": {"conditions": [{"type": "Ready", "status": str(self.is_ready(name))}]},
            }
            for name, (stamp, _) in self.pods.items()
        ]
        return found

    def is_ready(self, name: str) -> bool:
        return self.now - self.pods[name][1] >= self.plan.start

    def states(self) -> dict[str, str]:
        """Return what Ray says of the pods."""
        said = {True: "busy", False: "idle"}
        return {
            name: "draining" if name in self.draining else said[self.left.get(name, 0) > 0]
            for name in self.pods
            if self.is_ready(name)
        }

    def retire(self, name: str) -> bool:
        return self.left.get(name, 0) == 0

    def drain(self, name: str, _deadline: int) -> bool:
        self.draining.add(name)
        return True

    def delete(self, pod: dict[str, Any]) -> None:
        name = pod["metadata"]["name"]
        if self.left.get(name, 0) > 0:
            self.interrupted.append(name)
        del self.pods[name]

    def pass_a_second(self) -> None:
        """Let time pass: tasks go on, drained workers end and come back, the operator makes what is missing."""
        serving = sum(self.is_ready(name) and name not in self.draining for name in self.pods)
        self.lowest = min(self.lowest, serving)
        self.now += 1
        self.left = {name: max(0, left - 1) for name, left in self.left.items()}
        for name in [name for name in self.draining if name in self.pods and not self.left[name]]:
            self.draining.remove(name)
            self.pods[name] = (OLD, self.now)
        while not self.plan.removed and len(self.pods) < len(self.plan.work):
            self.pods[f"new-{self.now}-{len(self.pods)}"] = (NEW, self.now)


def rolled(plan: Plan) -> Cluster:
    """Roll a cluster out to the end."""
    cluster = Cluster(plan)
    workers = rollout_workers.Workers(
        plan.policy, cluster, cluster, rollout_log.Log(), clock=lambda: float(cluster.now)
    )
    for _ in range(200):
        if not workers.roll(cluster.kind(), cluster.states()):
            return cluster
        cluster.pass_a_second()
    pytest.fail(f"still at work after {cluster.now} s: {cluster.pods}")


@given(plans)
def test_in_the_end_every_pod_is_as_the_values_say(plan: Plan) -> None:
    cluster = rolled(plan)
    assert {stamp for stamp, _ in cluster.pods.values()} == (set() if plan.removed else {NEW})
    assert all(map(cluster.is_ready, cluster.pods))


@given(plans)
def test_never_more_pods_are_away_than_may_be(plan: Plan) -> None:
    cluster = rolled(plan)
    if not plan.removed:
        assert cluster.lowest >= len(plan.work) - plan.policy["maxUnavailable"]


@given(plans)
def test_only_what_outlasts_the_drain_is_interrupted(plan: Plan) -> None:
    cluster = rolled(plan)
    long = [name for name in cluster.interrupted if plan.policy["workers"] == "rolling"]
    assert cluster.interrupted == long
    assert all(plan.work[int(name.removeprefix("old-"))] > DRAIN for name in long)


def test_a_task_that_comes_in_between_keeps_its_pod() -> None:
    cluster = Cluster(Plan([0], {"workers": "idle", "maxUnavailable": 1, "drainSeconds": 0}, 0, removed=False))
    workers = rollout_workers.Workers(cluster.plan.policy, cluster, cluster, rollout_log.Log())
    states = cluster.states()
    cluster.left["old-0"] = 3
    assert workers.roll(cluster.kind(), states)
    assert list(cluster.pods) == ["old-0"]


def test_idle_pods_that_are_no_whole_workers_make_room_for_those_that_are() -> None:
    cluster = Cluster(Plan([0, 0], {"workers": "rolling", "maxUnavailable": 1, "drainSeconds": 0}, 0, removed=False))
    workers = rollout_workers.Workers(cluster.plan.policy, cluster, cluster, rollout_log.Log())
    kind = cluster.kind()
    kind.hosts, kind.size = 2, 4
    assert workers.roll(kind, cluster.states())
    assert not cluster.pods


def test_a_replacement_that_keeps_ending_stops_it() -> None:
    cluster = Cluster(Plan([0, 0], {"workers": "rolling", "maxUnavailable": 2, "drainSeconds": 0}, 1, removed=False))
    workers = rollout_workers.Workers(cluster.plan.policy, cluster, cluster, rollout_log.Log())
    cluster.delete({"metadata": {"name": "old-1"}})
    cluster.pass_a_second()
    kind = cluster.kind()
    (new,) = (pod for pod in kind.pods if pod["metadata"]["name"].startswith("new"))
    ended = {"terminated": {"exitCode": 7, "reason": "Error", "message": "no such package"}}
    new["status"]["containerStatuses"] = [
        {"name": "ray-worker", "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": ended}
    ]
    with pytest.raises(rollout_log.StoppedError, match=r"cpu: the new pod new-.*exit code 7, Error, no such package"):
        workers.roll(kind, cluster.states())
    assert "old-0" in cluster.pods
