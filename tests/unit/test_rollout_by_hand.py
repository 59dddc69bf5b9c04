"""`raychart rollout`: which Job it starts again, and what it makes of the end. The rest is tried on a cluster."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from raychart.errors import RaychartError
from raychart.rollout import follow as following
from raychart.rollout.follow import follow
from raychart.rollout.jobs import Rollouts

if TYPE_CHECKING:
    from collections.abc import Iterator

GOAL = "1a2b3c4d"
NAME = f"{'n' * 46}-rollout-{GOAL}"
CONTROLLER = {"controller-uid": "u", "batch.kubernetes.io/job-name": NAME}


def rollout_job(name: str = NAME, **status: Any) -> dict[str, Any]:
    task = {"cluster": "main", "goal": GOAL, "images": {"gpu": {"job": "main-image-1", "image": "x"}}}
    command = ["python3", "-u", "/etc/raychart/rollout.py", json.dumps(task)]
    template = {
        "metadata": {"labels": {"app.kubernetes.io/name": "ray-errand", **CONTROLLER}},
        "spec": {"containers": [{"name": "rollout", "command": command}]},
    }
    return {
        "metadata": {
            "name": name,
            "uid": "u",
            "namespace": "team-a",
            "labels": {"raychart/rollout": "main", "app.kubernetes.io/managed-by": "Helm"},
        },
        "spec": {
            "backoffLimit": 20,
            "podFailurePolicy": {},
            "selector": {"matchLabels": CONTROLLER},
            "template": template,
        },
        "status": status,
    }


def ended(how: str) -> dict[str, Any]:
    return {"conditions": [{"type": how, "status": "True"}]}


def rollout_pod(**status: Any) -> dict[str, Any]:
    container = {"name": "rollout", "image": "ray:1", **status}
    meta = {"name": "p", "uid": "p", "creationTimestamp": "2026-01-01T00:00:00Z"}
    return {"metadata": meta, "status": {"containerStatuses": [container]}}


class Api:
    """What the toolkit's Api answers, for one release."""

    def __init__(self, **cluster: Any) -> None:
        annotations = cluster.get("annotations", {"raychart/rollout": GOAL})
        self.cluster = {"metadata": {"name": "main", "annotations": annotations}}
        self.jobs = {NAME: rollout_job(**ended("Failed"))}
        self.pods: list[dict[str, Any]] = []

    def get(self, path: str) -> Any:
        return self.cluster if "rayclusters" in path else self.jobs[path.rpartition("/")[2]]

    def find(self, path: str) -> Any:
        return self.jobs.get(path.rpartition("/")[2])

    def items(self, path: str, **_query: object) -> list[Any]:
        return {"rayclusters": [self.cluster], "jobs": list(self.jobs.values())}.get(path.rpartition("/")[2], self.pods)

    def create(self, _path: str, body: Any) -> Any:
        self.jobs[body["metadata"]["name"]] = body
        return body

    def delete(self, path: str) -> None:
        del self.jobs[path.rpartition("/")[2]]

    @contextmanager
    def lines(self, *_path: str, **_options: object) -> Iterator[Iterator[str]]:
        yield iter(["one", "two"])


def rollouts(api: Any) -> Rollouts:
    return Rollouts(api, "team-a", "ray")


def test_the_job_of_what_the_raycluster_is_now_is_started_again() -> None:
    api = Api()
    job = rollouts(api).start(rollouts(api).own("main"), dry_run=False)
    name = job["metadata"]["name"]
    assert name.startswith(NAME[:57])
    assert len(name) <= 63
    assert job["metadata"]["labels"] == {"raychart/rollout": "main"}, "Helm would take it for its own"
    assert "selector" not in job["spec"]
    assert job["spec"]["template"]["metadata"]["labels"] == {"app.kubernetes.io/name": "ray-errand"}
    assert job["spec"]["template"]["spec"] == api.jobs[NAME]["spec"]["template"]["spec"]


def test_a_dry_run_is_one_word_more_and_the_original_stays_as_it_was() -> None:
    api = Api()
    job = rollouts(api).start(rollouts(api).own("main"), dry_run=True)
    assert job["spec"]["template"]["spec"]["containers"][0]["command"][4:] == ["--dry-run"]
    assert api.jobs[NAME] == rollout_job(**ended("Failed"))


def test_an_image_that_failed_is_tried_again() -> None:
    api = Api()
    api.jobs["main-image-1"] = rollout_job("main-image-1", **ended("Failed"))
    rollouts(api).start(rollouts(api).own("main"), dry_run=False)
    assert "status" not in api.jobs["main-image-1"]
    assert api.jobs["main-image-1"]["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "Helm"


def test_an_image_that_is_proven_is_not_tried_again() -> None:
    api = Api()
    api.jobs["main-image-1"] = proven = rollout_job("main-image-1", **ended("Complete"))
    rollouts(api).start(rollouts(api).own("main"), dry_run=False)
    assert api.jobs["main-image-1"] is proven


def test_a_suspended_cluster_has_nothing_to_bring_about() -> None:
    with pytest.raises(RaychartError, match="it bears no rollout"):
        rollouts(Api(annotations={})).own("main")


def test_a_cluster_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(RaychartError, match=r"no RayCluster other of release ray is there \(main\)"):
        rollouts(Api()).clusters("other")


@pytest.mark.parametrize(
    ("message", "done"),
    [("nothing is out of date", True), ("out of date: head", False), ("stopped: cpu: ...", False), ("", False)],
)
def test_the_last_word_decides(message: str, done: bool) -> None:
    api: Any = Api()
    api.pods = [rollout_pod(state={"terminated": {"message": message, "finishedAt": "2026-01-01T00:00:01Z"}})]
    lines: list[str] = []
    assert follow(api, api.jobs[NAME], lines.append, lines.append) is done
    assert lines == ["one", "two"]


def test_a_pod_whose_image_cannot_be_had_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "_PATIENCE", 0.1)
    api: Any = Api()
    api.jobs[NAME] = rollout_job()
    api.pods = [rollout_pod(state={"waiting": {"reason": "ImagePullBackOff", "message": "no such tag"}})]
    with pytest.raises(RaychartError, match=r"its pod cannot start \(ImagePullBackOff: no such tag\)"):
        follow(api, api.jobs[NAME], print, print)
