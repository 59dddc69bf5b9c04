"""The chart's files/rollout.py against an API server that a test fills: what it waits for, leaves, says and deletes."""

from __future__ import annotations

import importlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

rollout = importlib.import_module("rollout")
rollout_api = importlib.import_module("rollout_api")
rollout_images = importlib.import_module("rollout_images")
rollout_log = importlib.import_module("rollout_log")
rollout_pods = importlib.import_module("rollout_pods")

GOAL = "g0a1"
NOW, THEN = ("t-now", "j-now"), ("t-then", "j-now")
OTHER_JOINT = ("t-then", "j-then")
BAD = {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}


def labels(stamps: tuple[str, str]) -> dict[str, str]:
    return dict(zip(rollout_pods.STAMPS, stamps, strict=True))


def pod(name: str, stamps: tuple[str, str], kind: str = "cpu") -> dict[str, Any]:
    role = "head" if kind == "head" else "worker"
    own = {"ray.io/node-type": role, "ray.io/group": kind, **labels(stamps)}
    return {
        "metadata": {"name": name, "uid": f"uid-{name}", "labels": own},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    }


class Server:
    """The objects, and what was asked of them."""

    def __init__(self) -> None:
        self.pods: list[dict[str, Any]] = []
        self.image_pods: list[dict[str, Any]] = []
        self.jobs: dict[str, Any] = {}
        self.goals = [GOAL]  # of the RayCluster: the next at each look, the last one for ever
        self.troubles: list[int] = []  # codes with which the next requests are answered
        self.deleted: list[str] = []

    def answer(self, method: str, path: str, query: str, body: Any) -> tuple[int, Any]:
        if self.troubles:
            return self.troubles.pop(0), {"message": "not now"}
        name = path.rpartition("/")[2]
        if method == "DELETE":
            found = [pod for pod in self.pods if pod["metadata"]["name"] == name]
            assert body["preconditions"]["uid"] == found[0]["metadata"]["uid"]
            self.pods.remove(found[0])
            self.deleted.append(name)
            return 200, {}
        if "/jobs/" in path:
            return (200, self.jobs[name]) if name in self.jobs else (404, {})
        if path.endswith("/pods"):
            return 200, {"items": self.image_pods if "job-name" in query else self.pods}
        goal = self.goals.pop(0) if len(self.goals) > 1 else self.goals[0]
        return (404, {}) if goal == "none" else (200, self._raycluster(goal))

    def _raycluster(self, goal: str) -> dict[str, Any]:
        template = {"metadata": {"labels": labels(NOW)}}
        group = {"groupName": "cpu", "replicas": 2, "template": template}
        return {
            "metadata": {"annotations": {"raychart/rollout": goal}},
            "spec": {"headGroupSpec": {"template": template}, "workerGroupSpecs": [group]},
        }


class Ray:
    """Ray's answers: every worker is idle."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.asked = 0

    def check(self) -> None:
        self.asked += 1

    def workers(self) -> dict[str, str]:
        self.asked += 1
        return {pod["metadata"]["name"]: "idle" for pod in self.server.pods}

    def retire(self, _name: str) -> bool:
        return True


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, Any]]:
    """Return a server, and the script's own client of it."""
    monkeypatch.setattr(rollout, "SETTLE", 0.05)
    monkeypatch.setattr(rollout, "PERIOD", 0.05)
    monkeypatch.setattr(rollout, "PATIENCE", 1.0)
    monkeypatch.setattr(rollout_images, "PATIENCE", 0.2)
    monkeypatch.setattr(rollout_api, "PAUSE", 0.05)
    held = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            url = urlsplit(self.path)
            body = json.loads(self.rfile.read(length)) if length else None
            code, said = held.answer(self.command, url.path, url.query, body)
            self.send_response(code)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        do_DELETE = do_GET  # noqa: N815 (http.server's name)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    (tmp_path / "namespace").write_text("team-a")
    (tmp_path / "token").write_text("secret")
    api = rollout_api.Api(rollout_log.Log(), f"http://127.0.0.1:{http.server_port}", str(tmp_path))
    yield held, api
    http.shutdown()
    http.server_close()


def job(server: tuple[Server, Any], **task: Any) -> Any:
    """Return the script's rollout of the cluster on the server."""
    policy = {"workers": "rolling", "maxUnavailable": 2, "drainSeconds": 0, "head": "manual", **task.pop("rollout", {})}
    task = {"cluster": "main", "goal": GOAL, "rollout": policy, "images": {}, "trial": False, **task}
    return rollout.Rollout(task, server[1], Ray(server[0]), rollout_log.Log())


def test_at_an_install_it_ends_at_once_and_asks_ray_nothing(server: tuple[Server, Any]) -> None:
    server[0].goals = ["none", "none", GOAL]
    one = job(server)
    assert one.run() == []
    assert one.ray.asked == 0


def test_pods_that_are_as_they_should_be_are_left(server: tuple[Server, Any]) -> None:
    server[0].pods = [pod("head", NOW, "head"), pod("a", NOW), pod("b", NOW)]
    one = job(server)
    assert one.run() == []
    assert (one.ray.asked, server[0].deleted) == (0, [])


def test_it_waits_for_the_change_that_it_is_for(server: tuple[Server, Any]) -> None:
    server[0].goals = ["before", "before", GOAL]
    assert job(server).run() == []


def test_it_ends_when_that_change_does_not_come(server: tuple[Server, Any]) -> None:
    server[0].goals = ["another"]
    with pytest.raises(rollout_log.StoppedError, match="is not what this Job is for"):
        job(server).run()


def test_it_ends_when_another_change_comes(server: tuple[Server, Any]) -> None:
    server[0].goals = [GOAL, GOAL, "another"]
    server[0].pods = [pod("head", NOW, "head"), pod("a", THEN)]
    with pytest.raises(rollout_log.SupersededError):
        job(server).run()
    assert server[0].deleted == []


def test_a_silent_api_server_is_asked_again(server: tuple[Server, Any], capsys: pytest.CaptureFixture[str]) -> None:
    server[0].troubles = [500, 503, 401]
    assert job(server).run() == []
    assert "the API server does not answer" in capsys.readouterr().out


def test_a_refusal_ends_it(server: tuple[Server, Any]) -> None:
    server[0].troubles = [403]
    with pytest.raises(rollout_log.StoppedError, match="refuses"):
        job(server).run()


def test_never_means_never(server: tuple[Server, Any], capsys: pytest.CaptureFixture[str]) -> None:
    server[0].pods = [pod("head", NOW, "head"), pod("a", THEN), pod("b", THEN)]
    assert job(server, rollout={"workers": "never"}).run() == ["cpu"]
    assert server[0].deleted == []
    assert "cpu: 2 pods are left as they are: rollout.workers is never" in capsys.readouterr().out


def test_a_trials_workers_are_left(server: tuple[Server, Any]) -> None:
    server[0].pods = [pod("head", NOW, "head"), pod("a", THEN)]
    assert job(server, trial=True).run() == ["cpu"]
    assert server[0].deleted == []


def test_a_head_out_of_date_is_left_with_the_command_to_run(
    server: tuple[Server, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    server[0].pods = [pod("main-head-x", THEN, "head"), pod("a", NOW)]
    assert job(server).run() == ["head"]
    assert "kubectl --namespace team-a delete pod main-head-x" in capsys.readouterr().out
    assert server[0].deleted == []


def test_workers_wait_for_a_head_that_they_can_work_with(
    server: tuple[Server, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    server[0].pods = [pod("main-head-x", OTHER_JOINT, "head"), pod("a", OTHER_JOINT), pod("b", OTHER_JOINT)]
    one = job(server)
    assert one.step(*one.begin()) == (["head"], True)
    assert server[0].deleted == []
    assert "workers: waiting for a new head: new ones cannot work with the old head" in capsys.readouterr().out
    server[0].pods[0] = pod("main-head-y", NOW, "head")
    assert one.step(*one.look()) == ([], True)
    assert server[0].deleted == ["a", "b"]


def test_a_head_that_may_be_restarted_goes_first(server: tuple[Server, Any]) -> None:
    server[0].pods = [pod("main-head-x", THEN, "head"), pod("a", THEN)]
    one = job(server, rollout={"head": "restart"})
    assert one.step(*one.begin()) == ([], True)
    assert server[0].deleted == ["main-head-x"]
    server[0].pods.append(pod("main-head-y", NOW, "head"))
    one.step(*one.look())
    assert server[0].deleted == ["main-head-x", "a"]


def test_pods_of_a_type_that_is_gone_go(server: tuple[Server, Any]) -> None:
    server[0].pods = [pod("head", NOW, "head"), pod("a", NOW), pod("b", NOW), pod("g", NOW, "gone")]
    assert job(server).run() == []
    assert server[0].deleted == ["g"]


def test_pods_from_before_there_were_stamps_are_out_of_date(server: tuple[Server, Any]) -> None:
    server[0].pods = [pod("head", NOW, "head"), pod("a", NOW), pod("b", NOW)]
    for stamp in rollout_pods.STAMPS:
        del server[0].pods[1]["metadata"]["labels"][stamp]
    (kind,) = job(server).look()[1]
    assert [[found["metadata"]["name"] for found in worker] for worker in kind.old] == [["a"]]


@pytest.mark.parametrize("status", [{}, {"conditions": [{"type": "Failed", "status": "True"}]}])
def test_an_image_that_does_not_work_stops_it_untouched(server: tuple[Server, Any], status: dict[str, Any]) -> None:
    server[0].pods = [pod("head", NOW, "head"), pod("a", THEN), pod("b", THEN), pod("g", NOW, "gone")]
    server[0].jobs["proof"] = {"status": status}
    server[0].image_pods = [{"metadata": {}, "status": {"containerStatuses": [{"name": "image", "state": BAD}]}}]
    images = {"cpu": {"image": "ray:nope", "job": "proof"}}
    with pytest.raises(rollout_log.StoppedError, match=r"image ray:nope \(cpu\) cannot"):
        job(server, images=images).run()
    assert server[0].deleted == []


def test_an_image_of_a_type_without_old_pods_is_not_waited_for(server: tuple[Server, Any]) -> None:
    server[0].pods = [pod("head", NOW, "head"), pod("a", NOW), pod("b", NOW), pod("g", NOW, "gone")]
    assert job(server, images={"cpu": {"image": "ray:nope", "job": "proof"}}).run() == []
    assert server[0].deleted == ["g"]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    server: tuple[Server, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    server[0].pods = [pod("main-head-x", THEN, "head"), pod("a", THEN), pod("b", NOW)]
    assert job(server).foresee() == ["head", "cpu"]
    assert server[0].deleted == []
    said = capsys.readouterr().out
    assert "cpu: a is idle: would be deleted" in said
    assert "head: main-head-x would be left to you" in said


def test_workers_of_several_hosts_stand_and_fall_together() -> None:
    kind = rollout_pods.Kind("tpu", {"metadata": {"labels": labels(NOW)}}, size=4, hosts=2)
    for name, replica in (("a0", "a"), ("a1", "a"), ("b0", "b")):
        kind.pods.append(pod(name, THEN, "tpu"))
        kind.pods[-1]["metadata"]["labels"]["ray.io/worker-group-replica-name"] = replica
    assert [len(worker) for worker in kind.old] == [2, 1]
    assert kind.missing == 1


@pytest.mark.parametrize(("replicas", "size"), [(1, 2), (3, 3), (9, 4)])
def test_a_type_has_as_many_pods_as_the_operator_keeps(replicas: int, size: int) -> None:
    template = {"metadata": {"labels": labels(NOW)}}
    group = {"groupName": "cpu", "replicas": replicas, "minReplicas": 2, "maxReplicas": 4, "template": template}
    spec = {"headGroupSpec": {"template": template}, "workerGroupSpecs": [group]}
    (kind,) = rollout_pods.sort_pods({"spec": spec}, [])[1]
    assert kind.size == size
