"""The chart's files/autoscaler.py, a script that runs in a pod: what it writes to the RayCluster, and when."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "charts" / "ray" / "files" / "autoscaler.py"))
AUTOSCALER = {"manager": "python-requests", "operation": "Update"}
HELM = {"manager": "helm", "operation": "Apply"}


def worker(group: str = "cpu", *, leaving: bool = False) -> dict[str, Any]:
    gone = {"deletionTimestamp": "2026-01-01T00:00:00Z"} if leaving else {}
    return {"metadata": {"labels": {"ray.io/node-type": "worker", "ray.io/group": group}, **gone}}


def raycluster(*fields: dict[str, Any], **group: Any) -> dict[str, Any]:
    return {
        "metadata": {"managedFields": list(fields)},
        "spec": {"workerGroupSpecs": [{"groupName": "cpu", "maxReplicas": 5, **group}]},
    }


class Server:
    """What the autoscaler's HTTP class talks to: answers reads, keeps patches, may refuse them."""

    def __init__(self, cluster: dict[str, Any], pods: list[dict[str, Any]], *, refuses: int = 0) -> None:
        self.cluster, self.pods, self.refuses = cluster, pods, refuses
        self.patches: list[Any] = []

    def client(self) -> Any:
        """Return an instance of a class like Ray's, attended."""
        server = self

        class Client:
            def get(self, path: str) -> Any:
                return {"items": server.pods} if path.startswith("pods?") else server.cluster

            def patch(self, _path: str, payload: Any) -> Any:
                if server.refuses and server.patches:
                    server.refuses -= 1
                    raise OSError("conflict")
                server.patches.append(payload)
                return server.cluster

        SCRIPT["attend"](Client)
        return Client()


def test_leaving_pods_and_heads_are_not_counted() -> None:
    head = {"metadata": {"labels": {"ray.io/node-type": "head"}}}
    pods = [worker(), worker(), worker("gpu"), worker(leaving=True), head]
    assert SCRIPT["count_workers"](pods) == {"cpu": 2, "gpu": 1}


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
    operations = SCRIPT["restoring"](raycluster(**group), {"cpu": workers})
    at = "/spec/workerGroupSpecs/0"
    assert operations == (
        []
        if restored is None
        else [
            {"op": "test", "path": f"{at}/groupName", "value": "cpu"},
            {"op": "add", "path": f"{at}/replicas", "value": restored},
        ]
    )


def test_only_the_autoscalers_own_entries_are_given_up_the_last_first() -> None:
    status = {**AUTOSCALER, "subresource": "status"}
    operations = SCRIPT["disowning"](raycluster(AUTOSCALER, HELM, status, AUTOSCALER))
    assert [op["path"] for op in operations if op["op"] == "remove"] == [
        "/metadata/managedFields/3",
        "/metadata/managedFields/0",
    ]


def test_ownership_is_given_back_after_each_write() -> None:
    server = Server(raycluster(HELM, AUTOSCALER), [])
    server.client().patch("rayclusters/main", ["scale"])
    assert server.patches[0] == ["scale"]
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
    server.client().patch("rayclusters/main", ["scale"])
    assert server.patches[1][-1] == {"op": "remove", "path": "/metadata/managedFields/1"}


def test_what_the_api_server_refuses_does_not_stop_the_autoscaler(capsys: pytest.CaptureFixture[str]) -> None:
    server = Server(raycluster(HELM, AUTOSCALER), [], refuses=99)
    assert server.client().patch("rayclusters/main", ["scale"]) == server.cluster
    assert "is tried again at the next look: conflict" in capsys.readouterr().out
