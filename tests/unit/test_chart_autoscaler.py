"""The chart's autoscaler scripts, which run in a pod: what they write and when, and what they let Ray see."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from autoscaler_api import Attendance
from autoscaler_census import count_staying
from autoscaler_ownership import disowning, restoring

AUTOSCALER = {"manager": "python-requests", "operation": "Update"}
HELM = {"manager": "helm", "operation": "Apply"}
SCALE = {"op": "replace", "path": "/spec/workerGroupSpecs/0/replicas", "value": 4}


def worker(group: str = "cpu", *, leaving: bool = False) -> dict[str, Any]:
    gone = {"deletionTimestamp": "2026-01-01T00:00:00Z"} if leaving else {}
    return {"metadata": {"name": "x", "labels": {"ray.io/node-type": "worker", "ray.io/group": group}, **gone}}


def raycluster(*fields: dict[str, Any], **group: Any) -> dict[str, Any]:
    return {
        "metadata": {"managedFields": list(fields)},
        "spec": {"workerGroupSpecs": [{"groupName": "cpu", "maxReplicas": 5, **group}]},
    }


class RefusalError(Exception):
    """What requests raises where the server answered with an error."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.response = type("Response", (), {"status_code": status})


class Server:
    """What the autoscaler's HTTP class talks to: answers reads, keeps patches, may refuse them or be away."""

    def __init__(self, cluster: dict[str, Any], pods: list[dict[str, Any]], *, refuses: int = 0) -> None:
        self.cluster, self.pods, self.refuses = cluster, pods, refuses
        self.patches: list[Any] = []
        self.away: list[Exception] = []

    def client(self) -> Any:
        """Return an instance of a class like Ray's, attended."""
        server = self

        class Client:
            def get(self, path: str) -> Any:
                if server.away:
                    raise server.away.pop(0)
                return {"items": server.pods} if path.startswith("pods?") else copy.deepcopy(server.cluster)

            def patch(self, _path: str, payload: Any) -> Any:
                for operation in payload:
                    if operation["op"] == "test" and operation["path"].endswith("/groupName"):
                        server.expect(operation)
                if server.refuses and server.patches:
                    server.refuses -= 1
                    raise RefusalError(409)
                server.patches.append(payload)
                return server.cluster

        self.sight = Attendance(Client, hide_orphans=True).sight
        return Client()

    def expect(self, operation: dict[str, Any]) -> None:
        """Refuse a patch whose place holds another group."""
        place, groups = int(operation["path"].split("/")[3]), self.cluster["spec"]["workerGroupSpecs"]
        if place >= len(groups) or groups[place]["groupName"] != operation["value"]:
            raise RefusalError(422)


def test_leaving_pods_and_heads_are_not_counted() -> None:
    head = {"metadata": {"labels": {"ray.io/node-type": "head"}}}
    pods = [worker(), worker(), worker("gpu"), worker(leaving=True), head]
    assert count_staying(pods) == {"cpu": 2, "gpu": 1}


@pytest.mark.parametrize(
    ("group", "workers", "restored"),
    [
        ({"replicas": 0}, 3, 3),
        ({}, 3, 3),
        ({"replicas": 3}, 3, None),
        ({"replicas": 4}, 3, None),
        ({"replicas": 0, "maxReplicas": 2}, 3, 2),
        ({"replicas": 0, "numOfHosts": 2}, 3, 2),
        ({"replicas": 2, "scaleStrategy": {"workersToDelete": ["x"]}}, 3, None),
        ({"replicas": 2, "scaleStrategy": {"workersToDelete": []}}, 3, 3),
    ],
)
def test_what_runs_is_written_back_unless_the_autoscaler_takes_it_down(
    group: dict[str, Any], workers: int, restored: int | None
) -> None:
    operations = restoring(raycluster(**group), {"cpu": workers})
    at = "/spec/workerGroupSpecs/0"
    assert operations == (
        []
        if restored is None
        else [
            {"op": "test", "path": f"{at}/groupName", "value": "cpu"},
            {"op": "add", "path": f"{at}/replicas", "value": restored},
        ]
    )


def test_nothing_is_written_back_to_a_suspended_cluster() -> None:
    suspended = raycluster(replicas=0)
    suspended["spec"]["suspend"] = True
    assert restoring(suspended, {"cpu": 3}) == []


def test_only_the_autoscalers_own_entries_are_given_up_the_last_first() -> None:
    status = {**AUTOSCALER, "subresource": "status"}
    operations = disowning(raycluster(AUTOSCALER, HELM, status, AUTOSCALER))
    assert [op["path"] for op in operations if op["op"] == "remove"] == [
        "/metadata/managedFields/3",
        "/metadata/managedFields/0",
    ]


def test_ownership_is_given_back_after_each_write() -> None:
    server = Server(raycluster(HELM, AUTOSCALER), [])
    server.client().patch("rayclusters/main", [])
    assert server.patches[0] == []
    assert server.patches[1][-1] == {"op": "remove", "path": "/metadata/managedFields/1"}


def test_a_reset_is_seen_at_the_next_look_and_not_before_pods_are_known() -> None:
    server = Server(raycluster(HELM, replicas=0), [worker(), worker()])
    client = server.client()
    client.get("rayclusters/main")
    assert not server.patches
    client.get("pods?labelSelector=x")
    client.get("rayclusters/main")
    assert server.patches[0][-1] == {"op": "add", "path": "/spec/workerGroupSpecs/0/replicas", "value": 2}


def test_ownership_is_given_back_at_once_where_another_write_came_in_between() -> None:
    server = Server(raycluster(HELM, AUTOSCALER), [], refuses=2)
    server.client().patch("rayclusters/main", [])
    assert server.patches[1][-1] == {"op": "remove", "path": "/metadata/managedFields/1"}


def test_what_the_api_server_refuses_does_not_stop_the_autoscaler(capsys: pytest.CaptureFixture[str]) -> None:
    server = Server(raycluster(HELM, AUTOSCALER), [], refuses=99)
    assert server.client().patch("rayclusters/main", []) == server.cluster
    assert "is tried again at the next look: status 409" in capsys.readouterr().out


def test_pods_of_a_type_that_is_gone_are_kept_from_ray_and_counted() -> None:
    head = {"metadata": {"name": "head", "labels": {"ray.io/node-type": "head", "ray.io/group": "headgroup"}}}
    server = Server(raycluster(replicas=1), [head, worker(), worker("gone"), worker("gone", leaving=True)])
    client = server.client()
    client.get("rayclusters/main")
    assert client.get("pods?labelSelector=x")["items"] == [head, worker()]
    assert server.sight.census.pods == 3


@pytest.mark.parametrize("first", [[{"groupName": "arm"}], []])
def test_a_patch_reaches_its_type_also_when_the_list_changed_since_it_was_read(first: list[Any]) -> None:
    server = Server(raycluster(replicas=1), [])
    client = server.client()
    client.get("rayclusters/main")
    server.cluster["spec"]["workerGroupSpecs"] = [*first, {"groupName": "cpu"}]
    client.patch("rayclusters/main", [SCALE])
    place = f"/spec/workerGroupSpecs/{len(first)}"
    guard = {"op": "test", "path": f"{place}/groupName", "value": "cpu"}
    assert server.patches == [[guard, {**SCALE, "path": f"{place}/replicas"}]]


def test_a_patch_for_a_type_that_was_removed_touches_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    server = Server(raycluster(replicas=1), [])
    client = server.client()
    client.get("rayclusters/main")
    server.cluster["spec"]["workerGroupSpecs"] = [{"groupName": "gpu"}]
    client.patch("rayclusters/main", [SCALE])
    assert not server.patches
    assert "worker groups went while" in capsys.readouterr().out


def test_a_refusal_for_another_reason_is_the_autoscalers_to_see() -> None:
    server = Server(raycluster(replicas=1), [], refuses=99)
    server.patches.append("earlier")
    client = server.client()
    client.get("rayclusters/main")
    with pytest.raises(RefusalError):
        client.patch("rayclusters/main", [SCALE])


@pytest.mark.parametrize(
    "problem", [ConnectionError("refused"), RefusalError(503), RefusalError(429), RefusalError(403)]
)
def test_requests_wait_for_an_api_server_that_is_away_and_say_so_once(
    problem: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = _virtual_time(monkeypatch)
    server = Server(raycluster(replicas=1), [])
    server.away = [problem] * 20
    assert server.client().get("rayclusters/main") == server.cluster
    assert now[0] == 40
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["raychart"] * 2
    assert "is away" in lines[0]
    assert "answers again after 40 s" in lines[1]
    assert server.sight.late


@pytest.mark.parametrize(("problem", "waits"), [(RefusalError(404), 0), (RefusalError(403), 60)])
def test_a_request_that_nobody_will_ever_grant_fails(
    problem: Exception, waits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = _virtual_time(monkeypatch)
    server = Server(raycluster(), [])
    server.away = [problem] * 99
    with pytest.raises(RefusalError):
        server.client().get("rayclusters/main")
    assert now[0] == waits


def _virtual_time(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", sleep)
    return now
