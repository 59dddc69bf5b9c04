"""Schedules on a real cluster: installed and upgraded in the middle of a window, begun and ended by their CronJobs."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from contract.site import eventually
from kubernetes import client
from pods import is_ready
from smoke_run import ROOT, setting

from raychart import process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Kube

pytestmark = pytest.mark.cluster

SMALL = {"requests": {"cpu": "50m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}}
PATIENCE = 150.0  # for a pod to be scheduled, to start and to do its work on a busy machine


def daily(start: datetime, end: datetime, workers: int) -> dict[str, Any]:
    """Return a window of every day."""
    times = {name: f"{when.minute} {when.hour} * * *" for name, when in (("start", start), ("end", end))}
    return {**times, "minWorkers": {"cpu": workers}}


# Open from minutes before the tests until long after them.
AROUND = daily(datetime.now(UTC) - timedelta(minutes=3), datetime.now(UTC) + timedelta(hours=12), 1)


@dataclass(frozen=True, slots=True)
class Release:
    """A release in a namespace of its own, under Helm 4, which applies on the server's side."""

    kube: Kube
    helm: str
    kubeconfig: str
    namespace: str
    folder: Path

    def apply(self, schedules: dict[str, Any], **main: Any) -> None:
        """Install it or upgrade it."""
        workers = {"cpu": {"maxWorkers": 3, "resources": SMALL, "rayResources": {"CPU": 1}}}
        head = {"cpu": None, "memory": None, "resources": SMALL}
        cluster = {"idleTimeoutMinutes": 0.1, "head": head, "workerTypes": workers, "schedules": schedules, **main}
        values = self.folder / "values.yaml"
        values.write_text(yaml.safe_dump({"clusters": {"main": cluster}}))
        layers = [word for path in (values, setting("LAYER")) for word in ("--values", str(path))]
        self.run("upgrade", "ray", str(ROOT / "charts" / "ray"), "--install", *layers)

    def run(self, *words: str) -> None:
        """Run a Helm command."""
        process.run([self.helm, "--kubeconfig", self.kubeconfig, "--namespace", self.namespace, *words], timeout=120)

    def in_force(self) -> dict[str, int] | None:
        """Return the numbers that are in force by the RayCluster; None while nobody has said."""
        get = self.kube.custom.get_namespaced_custom_object
        annotations = get("ray.io", "v1", self.namespace, "rayclusters", "main")["metadata"].get("annotations", {})
        found: dict[str, int] | None = json.loads(annotations.get("raychart/min-workers", "null"))
        return found

    def workers(self) -> set[str]:
        """Return the names of the workers that are ready and are to stay."""
        selector = "ray.io/cluster=main,ray.io/node-type=worker"
        items = self.kube.core.list_namespaced_pod(self.namespace, label_selector=selector).items
        return {pod.metadata.name for pod in items if pod.metadata.deletion_timestamp is None and is_ready(pod)}

    def done(self) -> set[str]:
        """Return the names of the Jobs that have succeeded."""
        items: list[Any] = client.BatchV1Api(self.kube.api_client).list_namespaced_job(self.namespace).items
        return {job.metadata.name for job in items if job.status.succeeded}

    def await_numbers(self, numbers: dict[str, int], seconds: float = PATIENCE) -> None:
        """Wait until these are in force."""
        assert eventually(self.in_force, lambda found: found == numbers, seconds) == numbers

    def await_workers(self, count: int) -> set[str]:
        """Wait until there are so many."""
        found = eventually(self.workers, lambda names: len(names) == count, PATIENCE)
        assert len(found) == count, f"{found} and not {count}"
        return found


@pytest.fixture(scope="module")
def release(kube_config: str, kube: Kube, helm4: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    """Install it in the middle of a window."""
    namespace = f"schedule-{secrets.token_hex(3)}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    kube.core.create_namespace({"metadata": {"name": namespace, "labels": labels}})
    made = Release(kube, helm4, kube_config, namespace, tmp_path_factory.mktemp("schedule"))
    made.apply({"around": AROUND})
    yield made
    made.run("uninstall", "ray")
    kube.core.delete_namespace(namespace)


def test_a_release_installed_in_the_middle_of_a_window_has_its_workers(release: Release) -> None:
    release.await_numbers({"cpu": 1})
    release.await_workers(1)


def test_an_upgrade_in_the_middle_of_a_window_changes_nothing(release: Release) -> None:
    before = release.await_workers(1), release.done()
    release.apply({"around": AROUND}, labels={"team": "vision"})
    assert release.in_force() == {"cpu": 1}
    # Longer than a worker without work stays.
    assert eventually(release.workers, lambda names: names != before[0], 15) == before[0]
    assert release.done() == before[1]


def test_a_window_begins_and_ends_by_the_clock(release: Release) -> None:
    begin = (datetime.now(UTC) + timedelta(seconds=110)).replace(second=0)
    end = begin + timedelta(minutes=2)
    release.apply({"around": AROUND, "soon": daily(begin, end, 2)})
    assert release.in_force() == {"cpu": 1}
    release.await_numbers({"cpu": 2}, _until(begin) + PATIENCE)
    release.await_workers(2)
    release.await_numbers({"cpu": 1}, _until(end) + PATIENCE)
    release.await_workers(1)
    # A Job that has done its work is called successful a moment after it.
    both = {"main-soon-start", "main-soon-end"}
    ran = eventually(release.done, lambda names: both <= {name.rpartition("-")[0] for name in names})
    assert both <= {name.rpartition("-")[0] for name in ran}


def test_without_schedules_the_last_numbers_do_not_stay_in_force(release: Release) -> None:
    release.apply({})
    release.await_workers(0)


def _until(moment: datetime) -> float:
    return (moment - datetime.now(UTC)).total_seconds()
