"""Whatever objects look like, each of their changes has an effect."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impact_clusters import impacts, manifest, raycluster, rollout_job

from raychart.impact.kinds import KINDS
from raychart.impact.model import Impact, Pods
from raychart.impact.touched import touched

if TYPE_CHECKING:
    from raychart.manifests import Manifest

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.sampled_from(["", "a", "None", "1Gi", "{"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "a", "spec"]), inner, max_size=2)
    ),
    max_leaves=4,
)
CLUSTER = raycluster(
    {
        "suspend": False,
        "enableInTreeAutoscaling": True,
        "autoscalerOptions": {"version": "v1"},
        "gcsFaultToleranceOptions": {"redisAddress": "redis:6379", "redisPassword": {"value": "x"}},
        "authOptions": {"mode": "token"},
        "upgradeStrategy": {"type": "Recreate"},
    },
    labels={"raychart/joint": "x"},
    annotations={"raychart/autoscaling": '{"maxWorkers": 3, "minWorkers": {"a": 1}}', "raychart/rollout": "x"},
)
_POD = {"containers": [{"name": "x", "image": "x", "env": [], "volumeMounts": []}], "volumes": [{"name": "v"}]}
BODY: dict[str, Any] = {
    "metadata": {"labels": {"a": "b"}, "annotations": {"a": "b"}},
    "spec": {
        "replicas": 1,
        "type": "LoadBalancer",
        "selector": {"a": "b"},
        "strategy": {"type": "Recreate"},
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": _POD},
        "resources": {"requests": {"storage": "1Gi"}},
        "ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}], "ports": [{"port": 1}]}],
        "rayClusterConfig": CLUSTER.body["spec"],
    },
    "data": {"a": "b"},
    "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}],
    "subjects": [{"kind": "User", "name": "a"}],
    "roleRef": {"name": "a"},
}


@st.composite
def changed(draw: st.DrawFn, body: Any) -> Any:
    """Return a body with junk in some places."""
    body = copy.deepcopy(body)
    for _ in range(draw(st.integers(1, 3))):
        at = body
        while True:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            # What an object is called is no place for junk: without it there is no object.
            keys = [key for key in keys if at is not body or key not in {"apiVersion", "kind"}]
            keys = [key for key in keys if not (at is body.get("metadata") and key == "name")]
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if not isinstance(at[key], (dict, list)) or not at[key] or draw(st.booleans()):
                if not (at is body and key == "metadata"):
                    at[key] = draw(JUNK)
                break
            at = at[key]
    return body


def _same(one: Manifest, body: Any) -> Manifest:
    return manifest(one.kind, one.name, body, group=one.group)


@given(data=st.data())
def test_a_cluster_of_any_shape(data: st.DataObject) -> None:
    old, new = (_same(CLUSTER, data.draw(changed(CLUSTER.body))) for _ in range(2))
    job = rollout_job() if data.draw(st.booleans()) else manifest("Job", "x", data.draw(changed(rollout_job().body)))
    beside = [job] if data.draw(st.booleans()) else []
    impacts([old], [new, *beside], data.draw(st.sampled_from(["helm", "argocd"])))
    impacts([old, *beside], [new])


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(data=st.data())
def test_an_object_of_any_shape(kind: str, data: st.DataObject) -> None:
    one = manifest(kind, "one", BODY, group="ray.io" if kind.startswith("Ray") else "")
    old, new = (_same(one, data.draw(changed(one.body))) for _ in range(2))
    beside = [_same(CLUSTER, data.draw(changed(CLUSTER.body)))]
    impacts([old], [new, *beside], data.draw(st.sampled_from(["helm", "argocd"])))
    impacts([old, *beside], beside)


def test_pods_of_one_subject_count_once() -> None:
    diff: Any = None
    found = [
        Impact("roll", "worker type a of main", "", "", diff, pods=Pods(1, 4)),
        Impact("scale-down", "worker type a of main", "", "", diff, pods=Pods(0, 6)),
        Impact("head-restart", "head of main", "", "", diff, pods=Pods(1, 1)),
    ]
    assert touched(found) == Pods(2, 7)
