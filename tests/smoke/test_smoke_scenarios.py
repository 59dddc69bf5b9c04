"""Scenarios on a real cluster, and what an observer of the API server saw meanwhile."""

from __future__ import annotations

import shutil
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Self
from xml.etree import ElementTree as ET

import pytest
from smoke_run import ROOT, SmokeRun, run_smoke

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Kube

pytestmark = pytest.mark.cluster

# A change, a fault of the head, a fault of the operator; the others are played by hand (README).
PLAYED = ("worker-type-change", "head-loss", "operator-loss")
LONG_TASK = 10
SVG = "{http://www.w3.org/2000/svg}"


class Observer:
    """Looks at a namespace's Ray pods several times a second, by the official client: which there were of each type."""

    def __init__(self, kube: Kube, namespace: str) -> None:
        self.seen: dict[str, dict[str, Any]] = defaultdict(dict)
        self._kube, self._namespace = kube, namespace
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def uids(self, kind: str) -> set[str]:
        """Return the UIDs of the pods there were of a type, or of "headgroup"."""
        return set(self.seen[kind])

    def restarts(self, kind: str) -> int:
        """Return how often containers of a type's pods were restarted."""
        return sum(self.seen[kind].values())

    def _look(self) -> None:
        while not self._over.wait(0.3):
            for pod in self._kube.core.list_namespaced_pod(self._namespace, label_selector="ray.io/cluster").items:
                kind = (pod.metadata.labels or {}).get("ray.io/group", "")
                states = pod.status.container_statuses or []
                self.seen[kind][pod.metadata.uid] = sum(state.restart_count for state in states)


class Played:
    """A scenario that has been played, with what the observer saw."""

    def __init__(self, run: SmokeRun, observer: Observer, folder: Path, namespace: str) -> None:
        self.run, self.observer, self.folder = run, observer, folder
        self.part = run.part(namespace)

    def __repr__(self) -> str:
        """Return what pytest shows."""
        return self.run.stdout

    def step(self, name: str) -> dict[str, Any]:
        """Return what the report says of a step."""
        return next(step for step in self.part["steps"] if step["name"] == name)


@pytest.fixture(scope="module", params=PLAYED)
def played(
    request: pytest.FixtureRequest, kube: Kube, kube_config: str, tmp_path_factory: pytest.TempPathFactory
) -> Played:
    """Play a scenario in a namespace of its own, as a user would, with an observer beside it."""
    folder = tmp_path_factory.mktemp(request.param)
    namespace = f"play-{request.param}"
    values = folder / f"{namespace}.yaml"
    shutil.copy(ROOT / "values" / "team-b.yaml", values)
    words = ("--scenario", request.param, "--long-task", f"{LONG_TASK}", "-o", f"svg={folder}/timeline.svg")
    with Observer(kube, namespace) as observer:
        run = run_smoke(kube_config, folder, values, *words, timeout=600)
    return Played(run, observer, folder, namespace)


def test_it_passes_and_nothing_is_lost(played: Played) -> None:
    assert played.run.code == 0, played.run.stdout
    assert {step["status"] for step in played.part["steps"]} == {"passed"}, played.run.stdout
    work = played.part["work"]
    assert work["lost"] == 0
    assert work["shortTasks"]["returned"] > 5
    assert all(kind["returned"] >= 2 for kind in work["longTasks"].values()), work


def test_the_observer_saw_what_the_report_says_of_the_pods(played: Played) -> None:
    told = {pod["name"] for pod in played.part["timelines"][played.part["namespace"]]["pods"] if pod["cluster"]}
    seen = sum(len(played.observer.uids(kind)) for kind in played.observer.seen)
    assert len(told) == seen


def test_nothing_happened_to_what_was_left_alone(played: Played) -> None:
    """Healthy: one pod of the bystander from beginning to end, its long tasks never interrupted."""
    if played.part["scenario"] == "head-loss":
        # Its workers lose their work; what the report says of the time without a result cannot be nothing.
        assert 0 < played.part["headLoss"]["longestGapSeconds"] < played.run.seconds
        return
    assert len(played.observer.uids("batch")) == 1
    assert played.observer.restarts("batch") == 0
    assert len(played.observer.uids("headgroup")) == 1
    assert played.part["work"]["longTasks"]["batch"]["interrupted"] == 0


def test_something_happened_to_what_was_not(played: Played) -> None:
    kind = "headgroup" if played.part["scenario"] == "head-loss" else "cpu"
    assert len(played.observer.uids(kind)) >= 2


def test_the_picture_shows_every_pod(played: Played) -> None:
    root = ET.fromstring((played.folder / "timeline.svg").read_text())  # noqa: S314 (our own file)
    bars = [group for group in root.iter(f"{SVG}g") if group.get("class") == "pod"]
    assert len(bars) == len(played.part["timelines"][played.part["namespace"]]["pods"])


def test_the_namespace_is_gone(played: Played, kube: Kube) -> None:
    deadline = time.monotonic() + 60
    while any(one.metadata.name == played.part["namespace"] for one in kube.core.list_namespace().items):
        assert time.monotonic() < deadline
        time.sleep(0.5)
