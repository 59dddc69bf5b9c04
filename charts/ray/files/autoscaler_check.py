"""Whether this Ray's autoscaler is one that the hooks fit: tried out on two rounds against an API server of paper."""

import copy
import json
import logging
import time

from autoscaler_hooks import LAST_USED, NODE_IDS, Hooks, first_of
from autoscaler_limits import LIMITS

BUSY, IDLE, MOMENTARILY_IDLE = "a-busy", "a-idle", "a-with-a-new-task"
MINUTE = 60


def find_misfit():
    """Return what is unlike the Ray that the hooks were written for, in words; None where all is as expected."""
    hooks = Hooks(say=lambda _words: None)
    written = []
    logging.disable(logging.CRITICAL)
    try:
        from ray import _raylet
        from ray.autoscaler._private.kuberay.node_provider import KubernetesHttpApiClient as Client

        if not any("GcsClient" in name and hasattr(value, "drain_node") for name, value in vars(_raylet).items()):
            return "no client of its head has drain_node"
        paper = _Paper(Client, written)
        try:
            hooks.attend(hide_orphans=True)
            hooks.limit()
            autoscaler = _autoscaler()
            for limits, expected in _rounds():
                paper.raycluster["metadata"]["annotations"] = {LIMITS: json.dumps(limits)}
                written.clear()
                _load(autoscaler.load_metrics)
                autoscaler.update()
                if written != [expected]:
                    return f"with {json.dumps(limits)} it writes {json.dumps(written)} and not {json.dumps([expected])}"
        finally:
            hooks.undo()
            paper.put_away()
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"
    finally:
        logging.disable(logging.NOTSET)
    return None


def _rounds():
    """Yield limits, and the patch that a round under these writes.

    Ten tasks wait for pods of type a. Two of its pods run work, the third, idle for long, goes. So max(5, 2 x speed)
    may be on their way; under maxWorkers there is room for as many as are missing to it, the pod that goes, one that is
    going already and one of a type that is no more all counted. The pod of type b has not been idle for an hour.
    """
    common = {"idleTimeoutMinutes": {"b": 60}, "minWorkers": {}}
    yield {**common, "maxWorkers": None, "upscalingSpeed": 0.5}, _patch(replicas=2 + 5)
    yield {**common, "maxWorkers": None, "upscalingSpeed": 3.5}, _patch(replicas=2 + 7)
    yield {**common, "maxWorkers": 9, "upscalingSpeed": 3.5}, _patch(replicas=2 + 3)


def _patch(replicas):
    place = "/spec/workerGroupSpecs/0"
    return [
        {"op": "test", "path": f"{place}/groupName", "value": "a"},
        {"op": "replace", "path": f"{place}/replicas", "value": replicas},
        {"op": "replace", "path": f"{place}/scaleStrategy", "value": {"workersToDelete": [IDLE]}},
    ]


class _Paper:
    """An API server that answers from here and keeps what it is sent, in place of the class's methods."""

    def __init__(self, client, written):
        self._client, self._methods = client, (client.get, client.patch)
        self.raycluster = _raycluster()
        pods = [
            _pod("head", "headgroup", kind="head"),
            *(_pod(name, "a") for name in (BUSY, IDLE, MOMENTARILY_IDLE)),
            _pod("b-idle", "b"),
            _pod("a-leaving", "a", deletionTimestamp="2026-01-01T00:00:00Z"),
            _pod("orphan", "gone"),
        ]

        def get(_self, path):
            if path.startswith("rayclusters/"):
                return copy.deepcopy(self.raycluster)
            meta = {"resourceVersion": "1"}
            return {"metadata": meta, "items": pods} if path.startswith("pods?") else {"metadata": meta}

        def patch(_self, _path, payload, *_arguments, **_options):
            written.append(payload)
            return copy.deepcopy(self.raycluster)

        client.get, client.patch = get, patch

    def put_away(self):
        self._client.get, self._client.patch = self._methods


class _Gcs:
    """What the autoscaler asks of the head: a raylet agrees to be drained, unless it has got a task meanwhile."""

    def drain_node(self, node_id, **_options):
        return node_id != MOMENTARILY_IDLE.encode().hex(), ""

    def drain_nodes(self, node_ids, *_arguments, **_options):
        return node_ids


def _autoscaler():
    from ray.autoscaler._private.autoscaler import StandardAutoscaler
    from ray.autoscaler._private.kuberay.autoscaling_config import AutoscalingConfigProducer
    from ray.autoscaler._private.load_metrics import LoadMetrics

    producer = AutoscalingConfigProducer("paper", "paper")
    return StandardAutoscaler(producer, LoadMetrics(), gcs_client=_Gcs(), max_failures=-1, update_interval_s=0)


def _load(metrics):
    """Put in what the head reports of its nodes: what they have, what is free, since when they are idle."""
    now = time.time()
    idle_minutes = {BUSY: 0, IDLE: 30, MOMENTARILY_IDLE: 20, "b-idle": 30}
    addresses = {name: f"ip-{name}" for name in idle_minutes}
    metrics.static_resources_by_ip = {ip: {"CPU": int("-a-" in ip)} for ip in addresses.values()}
    metrics.dynamic_resources_by_ip = {ip: {"CPU": 0} for ip in addresses.values()}
    metrics.last_heartbeat_time_by_ip = dict.fromkeys(addresses.values(), now)
    last_used = {addresses[name]: now - minutes * MINUTE for name, minutes in idle_minutes.items()}
    setattr(metrics, first_of(metrics, LAST_USED), last_used)
    setattr(metrics, first_of(metrics, NODE_IDS), {ip: name.encode() for name, ip in addresses.items()})
    metrics.waiting_bundles = [{"CPU": 1}] * 10


def _raycluster():
    template = {"spec": {"containers": [{"resources": {"limits": {"cpu": "1"}}}]}}
    without_cpu = {"rayStartParams": {"num-cpus": "0"}, "template": template}
    many = {"minReplicas": 0, "maxReplicas": 20}
    return {
        "metadata": {"name": "paper", "namespace": "paper", "annotations": {}},
        "spec": {
            "autoscalerOptions": {"idleTimeoutSeconds": 5 * MINUTE, "upscalingMode": "Conservative"},
            "headGroupSpec": without_cpu,
            "workerGroupSpecs": [
                {"rayStartParams": {}, "template": template, "groupName": "a", "replicas": 3, **many},
                {**without_cpu, "groupName": "b", "replicas": 1, **many},
            ],
        },
    }


def _pod(name, group, kind="worker", **metadata):
    labels = {"ray.io/node-type": kind, "ray.io/group": group}
    return {
        "metadata": {"name": name, "labels": labels, **metadata},
        "status": {"podIP": f"ip-{name}", "containerStatuses": [{"state": {"running": {}}}]},
    }
