"""What KubeRay 1.7 does with changes of a RayCluster, row by row, for upgradeStrategy None and Recreate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from impact_clusters import group, impacts, manifest, raycluster, said

from raychart.diff.model import Change, Comparison, Item, ObjectDiff
from raychart.impact.judge import judge
from raychart.impact.model import Pods
from raychart.impact.touched import touched

Values = dict[str, Any]

HEAD, A, B, CLUSTER = "head of main", "worker type a of main", "worker type b of main", "RayCluster main"
ON: Values = {"enableInTreeAutoscaling": True, "autoscalerOptions": {"version": "v2"}}
# The operator deletes every pod.
ALL = {f"head-restart {HEAD}", f"roll {A}", f"roll {B}"}

OPERATOR: Values = {"name": "kuberay-operator", "command": ["/manager"]}

NOTHING: Values = {}


class Row(NamedTuple):
    """A change of a RayCluster's spec, `old` to `new`, of its groups, and of its annotations.

    `does` is what it does with upgradeStrategy None; `recreates`, whether Recreate deletes all pods for it.
    """

    does: set[str]
    recreates: bool = False
    says: str = ""
    old: Values = NOTHING
    new: Values = NOTHING
    old_groups: Values = NOTHING
    new_groups: Values = NOTHING
    notes: tuple[Values, Values] = (NOTHING, NOTHING)


def head(effect: str = "head-deferred") -> str:
    """Return the effect as one on the head."""
    return f"{effect} {HEAD}"


def workers(effect: str = "new-pods") -> set[str]:
    """Return the effect as one on both worker types."""
    return {f"{effect} {A}", f"{effect} {B}"}


def pod(**container: Any) -> Values:
    """Return a group with another container."""
    return {"template": {"spec": {"containers": [{"name": "ray", "image": "ray:1", **container}]}}}


def limited(memory: str) -> Values:
    """Return a group whose container may use so much memory."""
    return pod(resources={"limits": {"memory": memory}})


def on_head(over: Values) -> Values:
    """Return a spec with another head."""
    return {"headGroupSpec": over}


ROWS: dict[str, Row] = {
    # numbers
    "replicas up": Row({f"scale-up {A}"}, new_groups={"a": {"replicas": 3}}, says="until there are 3"),
    "replicas down, off": Row({f"scale-down {A}"}, new_groups={"a": {"replicas": 1}}, says="busy or not"),
    "replicas down, on": Row(
        {f"none {A}"},
        old=ON,
        new=ON,
        old_groups={"a": {"replicas": 2}},
        new_groups={"a": {"replicas": 1}},
        says="deletes nothing",
    ),
    "replicas up, on": Row(
        {f"scale-up {A}"}, old=ON, new=ON, old_groups={"a": {"replicas": 2}}, new_groups={"a": {"replicas": 3}}
    ),
    "minReplicas up, off": Row({f"scale-up {A}"}, new_groups={"a": {"minReplicas": 3}}),
    "minReplicas up, on": Row(
        {f"scale-up {A}"},
        old=ON,
        new=ON,
        new_groups={"a": {"minReplicas": 3}},
    ),
    "minReplicas up below replicas, off": Row({f"none {A}"}, new_groups={"a": {"minReplicas": 2}}),
    "minReplicas down, off": Row(
        {f"scale-down {A}"},
        old_groups={"a": {"minReplicas": 3}},
        new_groups={"a": {"minReplicas": 0}},
    ),
    "minReplicas down, on": Row(
        {f"scale-down {A}"},
        old=ON,
        new=ON,
        new_groups={"a": {"minReplicas": 0}},
        says="idle for long enough",
    ),
    "maxReplicas down below live, off": Row({f"scale-down {A}"}, new_groups={"a": {"maxReplicas": 1}}),
    "maxReplicas down below live, on": Row(
        {f"scale-down {A}"},
        old=ON,
        new=ON,
        new_groups={"a": {"maxReplicas": 1}},
        says="busy ones too",
    ),
    "maxReplicas up, off": Row({f"none {A}"}, new_groups={"a": {"maxReplicas": 9}}),
    "maxReplicas up, on": Row(
        {f"live {A}"},
        old=ON,
        new=ON,
        new_groups={"a": {"maxReplicas": 9}},
    ),
    # the list of groups
    "group added": Row({"scale-up worker type c of main"}, recreates=True, new_groups={"c": {}}),
    "group removed": Row({f"remove-type {B}"}, recreates=True, new_groups={"b": None}, says="stay behind"),
    "group removed, on": Row(
        {f"remove-type {B}"},
        recreates=True,
        old=ON,
        new=ON,
        new_groups={"b": None},
        says="the autoscaler fails",
    ),
    "group renamed": Row(
        {f"remove-type {B}", "scale-up worker type gpu of main"}, recreates=True, new_groups={"b": None, "gpu": {}}
    ),
    # what pods are made from
    "head template": Row({head()}, recreates=True, new=on_head(pod(image="ray:2")), old=on_head(pod())),
    "worker template": Row(
        {f"new-pods {A}"}, recreates=True, old_groups={"a": pod()}, new_groups={"a": pod(image="ray:2")}
    ),
    "an amount of memory in other units": Row(set(), old=on_head(limited("1Gi")), new=on_head(limited("1024Mi"))),
    "an amount of memory in bytes": Row(
        set(), recreates=True, old=on_head(limited("1Gi")), new=on_head(limited("1073741824"))
    ),
    "empty in place of nothing": Row(
        {f"none {CLUSTER}"},
        old=on_head({"template": {"spec": {"hostNetwork": False, "tolerations": []}}}),
        new={"headServiceAnnotations": {}},
        old_groups={"a": pod(env=[], stdin=False, imagePullPolicy="", resources={"limits": {}})},
        new_groups={"a": {"labels": {}, "scaleStrategy": {}, **pod(command=[])}},
        says="the same as nothing",
    ),
    "rayStartParams that are not said": Row(
        {f"none {CLUSTER}"}, old_groups={"a": {"rayStartParams": None}}, says="the same as nothing"
    ),
    "an empty label": Row(
        {f"new-pods {A}"}, recreates=True, new_groups={"a": {"template": {"metadata": {"labels": {"value": ""}}}}}
    ),
    "a flag that is a pointer": Row(
        {f"new-pods {A}"},
        recreates=True,
        new_groups={"a": {"template": {"spec": {"automountServiceAccountToken": False}}}},
    ),
    "an empty security context": Row({f"new-pods {A}"}, recreates=True, new_groups={"a": pod(securityContext={})}),
    "a container's own restartPolicy": Row({f"new-pods {A}"}, recreates=True, new_groups={"a": pod(restartPolicy="")}),
    "a port's protocol": Row(
        {f"none {CLUSTER}"},
        old_groups={"a": pod(ports=[{"name": "x", "containerPort": 1}])},
        new_groups={"a": pod(ports=[{"name": "x", "containerPort": 1, "protocol": "TCP"}])},
        says="fills in",
    ),
    "worker labels": Row(
        {f"new-pods {A}"}, recreates=True, new_groups={"a": {"template": {"metadata": {"labels": {"x": "y"}}}}}
    ),
    "tolerations": Row(
        {f"new-pods {A}"}, new_groups={"a": {"template": {"spec": {"tolerations": [{"operator": "Exists"}]}}}}
    ),
    "scheduling gates of the head": Row(
        {head()}, new=on_head({"template": {"spec": {"schedulingGates": [{"name": "x"}]}}})
    ),
    "rayStartParams": Row(
        {f"new-pods {A}"}, recreates=True, new_groups={"a": {"rayStartParams": {"num-cpus": "2"}}}, says="at once"
    ),
    "a parameter of the head": Row({head()}, recreates=True, new=on_head({"rayStartParams": {"num-cpus": "0"}})),
    "group resources": Row(
        {f"new-pods {A}"}, recreates=True, new_groups={"a": {"resources": {"CPU": "2"}}}, says="reckons with"
    ),
    "group labels": Row({f"new-pods {A}"}, recreates=True, new_groups={"a": {"labels": {"x": "y"}}}, says="at once"),
    "resources of the head": Row({head()}, recreates=True, new=on_head({"resources": {"CPU": "0"}}), says="at once"),
    "numOfHosts up": Row(
        {f"roll {A}", f"new-pods {A}", f"scale-up {A}"},
        recreates=True,
        old_groups={"a": {"numOfHosts": 2}},
        new_groups={"a": {"numOfHosts": 4}},
        says="fewer than 4 pods",
    ),
    "numOfHosts up, on": Row(
        {f"roll {A}", f"new-pods {A}", f"scale-up {A}"},
        recreates=True,
        old=ON,
        new=ON,
        old_groups={"a": {"numOfHosts": 2}},
        new_groups={"a": {"numOfHosts": 4}},
        says="until there are 4",
    ),
    "numOfHosts from one": Row(
        {f"new-pods {A}", f"scale-up {A}"}, recreates=True, new_groups={"a": {"numOfHosts": 2}}, says="beside the new"
    ),
    "numOfHosts from one, on": Row(
        {f"new-pods {A}", f"scale-up {A}"},
        recreates=True,
        old=ON,
        new=ON,
        new_groups={"a": {"numOfHosts": 2, "minReplicas": 2}},
        old_groups={"a": {"minReplicas": 2}},
        says="not even the autoscaler",
    ),
    "numOfHosts down": Row(
        {f"new-pods {A}"},
        recreates=True,
        old_groups={"a": {"numOfHosts": 4}},
        new_groups={"a": {"numOfHosts": 2}},
    ),
    "numOfHosts and replicas down": Row(
        {f"new-pods {A}", f"scale-down {A}"},
        recreates=True,
        old_groups={"a": {"numOfHosts": 4}},
        new_groups={"a": {"numOfHosts": 2, "replicas": 1}},
        says="keeps 1 workers",
    ),
    "put right after it was refused": Row(
        {f"scale-up {CLUSTER}"},
        old_groups={"a": {"minReplicas": 9}},
        new_groups={"a": {"minReplicas": 0}},
        says="from now on",
    ),
    "a group twice": Row(
        {f"rejected {CLUSTER}"}, new={"workerGroupSpecs": [group("a"), group("a")]}, says="where it is installed"
    ),
    "pods to be deleted": Row(
        {f"roll {A}"}, new_groups={"a": {"scaleStrategy": {"workersToDelete": ["x"]}}}, says="in their place"
    ),
    "pods to be deleted, on": Row(
        {f"roll {A}"},
        old=ON,
        new=ON,
        new_groups={"a": {"scaleStrategy": {"workersToDelete": ["x"]}}},
        says="busy or not",
    ),
    "pods to be deleted no longer": Row(
        {f"none {A}"}, old_groups={"a": {"scaleStrategy": {"workersToDelete": ["x"]}}}, says="or stays"
    ),
    "a group added while suspended": Row(
        {"none worker type c of main"}, old={"suspend": True}, new={"suspend": True}, new_groups={"c": {}}
    ),
    "a group removed while suspended": Row(
        {f"none {B}"}, old={"suspend": True}, new={"suspend": True}, new_groups={"b": None}, says="none of its pods"
    ),
    # Services, Ingress
    "headServiceAnnotations": Row(
        {f"ignored {CLUSTER}"}, recreates=True, new={"headServiceAnnotations": {"x": "y"}}, says="until it is deleted"
    ),
    "serviceType": Row({f"ignored {CLUSTER}"}, recreates=True, new=on_head({"serviceType": "NodePort"})),
    "headService": Row({f"ignored {CLUSTER}"}, recreates=True, new=on_head({"headService": {"spec": {}, "x": 1}})),
    "name of the head service": Row(
        {f"ignored {CLUSTER}", f"access {CLUSTER}"},
        recreates=True,
        new=on_head({"headService": {"metadata": {"name": "other"}}}),
        says="look for the head at other",
    ),
    "a label by which the head is found": Row(
        {f"access {CLUSTER}", head()},
        recreates=True,
        new=on_head({"template": {"metadata": {"labels": {"app.kubernetes.io/name": "x"}}}}),
        says="not reached by it",
    ),
    "head ports": Row(
        {f"ignored {CLUSTER}", head()},
        recreates=True,
        old=on_head(pod(ports=[{"name": "client", "containerPort": 10001}])),
        new=on_head(pod(ports=[{"name": "client", "containerPort": 10002}])),
    ),
    "enableIngress": Row({f"access {CLUSTER}"}, recreates=True, new=on_head({"enableIngress": True})),
    "enableIngress back": Row(
        {f"ignored {CLUSTER}"}, recreates=True, old=on_head({"enableIngress": True}), says="deletes none"
    ),
    "ingressOptions": Row(
        {f"access {CLUSTER}"},
        recreates=True,
        old=on_head({"enableIngress": True}),
        new=on_head({"enableIngress": True, "ingressOptions": {"host": "x"}}),
    ),
    "annotation": Row({f"none {CLUSTER}"}, notes=({}, {"note": "x"})),
    "annotation with Ingress": Row(
        {f"access {CLUSTER}"},
        old=on_head({"enableIngress": True}),
        new=on_head({"enableIngress": True}),
        notes=({}, {"note": "x"}),
    ),
    "annotation for Ray Serve": Row(
        {f"access {CLUSTER}"}, notes=({}, {"ray.io/enable-serve-service": "true"}), says="main-serve-svc at once"
    ),
    "annotation for Ray Serve back": Row(
        {f"ignored {CLUSTER}"}, notes=({"ray.io/enable-serve-service": "true"}, {}), says="deletes none"
    ),
    "annotation for pods": Row({head(), *workers()}, notes=({}, {"ray.io/overwrite-container-cmd": "true"})),
    # autoscaling
    "autoscaling on": Row(
        {head(), *workers("live"), f"access {CLUSTER}"},
        recreates=True,
        new={"enableInTreeAutoscaling": True},
        old={"enableInTreeAutoscaling": False},
        says="the autoscaler comes or goes with the head pod",
    ),
    "autoscaling on, more than there are": Row(
        {head(), f"scale-up {A}", f"live {B}", f"access {CLUSTER}"},
        recreates=True,
        new={"enableInTreeAutoscaling": True},
        new_groups={"a": {"minReplicas": 3}},
        says="until there are 3",
    ),
    "autoscaling on, as many as there are": Row(
        {head(), f"none {A}", f"live {B}", f"access {CLUSTER}"},
        recreates=True,
        new={"enableInTreeAutoscaling": True},
        new_groups={"a": {"minReplicas": 2}},
        says="left to the autoscaler",
    ),
    "autoscaling on, fewer than there are at most": Row(
        {head(), f"scale-down {A}", f"live {B}", f"access {CLUSTER}"},
        recreates=True,
        new={"enableInTreeAutoscaling": True},
        new_groups={"a": {"maxReplicas": 1}},
        says="no more than 1 workers",
    ),
    "another account for the autoscaler": Row(
        {head(), f"access {CLUSTER}"},
        recreates=True,
        old=ON,
        new={**ON, **on_head({"template": {"spec": {"serviceAccountName": "x"}}})},
        says="stays with main",
    ),
    "autoscaling on, with an account": Row(
        {head(), *workers("live"), f"access {CLUSTER}"},
        recreates=True,
        old=on_head({"template": {"spec": {"serviceAccountName": "x"}}}),
        new={"enableInTreeAutoscaling": True, **on_head({"template": {"spec": {"serviceAccountName": "x"}}})},
        says="the operator stops at the cluster until there is",
    ),
    "autoscaling off": Row(
        {head(), *workers("scale-down"), *workers("scale-up"), f"ignored {CLUSTER}"},
        recreates=True,
        old={"enableInTreeAutoscaling": True},
        new={"enableInTreeAutoscaling": False},
        says="a head that is still the former one",
    ),
    "upscalingMode": Row(
        {f"live {CLUSTER}"},
        recreates=True,
        old=ON,
        new={**ON, "autoscalerOptions": {"version": "v2", "upscalingMode": "Conservative"}},
    ),
    "idleTimeoutSeconds": Row(
        {f"live {CLUSTER}"},
        recreates=True,
        old=ON,
        new={**ON, "autoscalerOptions": {"version": "v2", "idleTimeoutSeconds": 9}},
    ),
    "a group's idleTimeoutSeconds": Row(
        {f"live {A}"},
        recreates=True,
        old=ON,
        new=ON,
        new_groups={"a": {"idleTimeoutSeconds": 9}},
    ),
    "a group's priority": Row(
        {f"live {A}"},
        recreates=True,
        old=ON,
        new=ON,
        new_groups={"a": {"priority": 9}},
    ),
    "autoscaler's resources": Row(
        {head()},
        recreates=True,
        old=ON,
        new={**ON, "autoscalerOptions": {"version": "v2", "resources": {"limits": {"cpu": "1"}}}},
    ),
    "autoscaler's version": Row(
        {head(), *workers()},
        recreates=True,
        old={**ON, "autoscalerOptions": {"version": "v1"}},
        new=ON,
        says="not started again",
    ),
    "autoscaler's options, off": Row(
        {f"none {CLUSTER}"},
        recreates=True,
        new={"autoscalerOptions": {"version": "v2", "upscalingMode": "Conservative"}},
        new_groups={"a": {"idleTimeoutSeconds": 9}},
        says="nobody reads it",
    ),
    "options of an Ingress that is none": Row(
        {f"none {CLUSTER}"}, recreates=True, new=on_head({"ingressOptions": {"host": "x"}}), says="switched off"
    ),
    "no Ingress, as before": Row(
        {f"none {CLUSTER}"}, recreates=True, new=on_head({"enableIngress": False}), says="has made none"
    ),
    "no autoscaling, as before": Row(
        {f"none {CLUSTER}"}, recreates=True, new={"enableInTreeAutoscaling": False}, says="switched off"
    ),
    "a token that Kubernetes is not asked about": Row(
        {f"none {CLUSTER}"},
        recreates=True,
        old={"authOptions": {"mode": "token"}},
        new={"authOptions": {"mode": "token", "enableK8sTokenAuth": False}},
    ),
    "no TLS, as before": Row({f"none {CLUSTER}"}, recreates=True, new={"tlsOptions": {"enabled": False}}),
    # suspending and who looks after it
    "suspended": Row({head("head-restart"), *workers("scale-down")}, old={}, new={"suspend": True}, says="none until"),
    "resumed": Row({f"scale-up {CLUSTER}"}, old={"suspend": True}, new={"suspend": False}),
    "suspend taken away": Row({f"ignored {CLUSTER}"}, old={"suspend": True}, says="has to be false"),
    "suspend from nothing to false": Row({f"none {CLUSTER}"}, recreates=True, new={"suspend": False}),
    "a group suspended, off": Row({f"scale-down {A}"}, recreates=True, new_groups={"a": {"suspend": True}}),
    "a group resumed, off": Row(
        {f"scale-up {A}"}, recreates=True, old_groups={"a": {"suspend": True}}, new_groups={"a": {"suspend": False}}
    ),
    "a group's suspend from nothing to false, on": Row(
        {f"none {A}"}, recreates=True, old=ON, new=ON, new_groups={"a": {"suspend": False}}
    ),
    "a group suspended, on": Row(
        {f"rejected {CLUSTER}"},
        old=ON,
        new=ON,
        new_groups={"a": {"suspend": True}},
        says="the autoscaler does not know",
    ),
    "managedBy changed": Row(
        {f"rejected {CLUSTER}"},
        old={"managedBy": "ray.io/kuberay-operator"},
        new={"managedBy": "kueue.x-k8s.io/multikueue"},
        says="cannot be changed",
    ),
    "managedBy added": Row({f"live {CLUSTER}"}, recreates=True, new={"managedBy": "ray.io/kuberay-operator"}),
    "managedBy multikueue no longer": Row(
        {f"scale-up {CLUSTER}", f"live {CLUSTER}"},
        old={"managedBy": "kueue.x-k8s.io/multikueue"},
        says="had left the cluster alone",
    ),
    "managedBy multikueue": Row({f"ignored {CLUSTER}"}, new={"managedBy": "kueue.x-k8s.io/multikueue"}),
    # fault tolerance
    "fault tolerance": Row(
        {head(), *workers()}, recreates=True, new={"gcsFaultToleranceOptions": {"redisAddress": "redis:6379"}}
    ),
    "no fault tolerance any more": Row(
        {head(), *workers(), f"ignored {CLUSTER}"},
        recreates=True,
        old={"gcsFaultToleranceOptions": {"redisAddress": "redis:6379"}},
        new={"gcsFaultToleranceOptions": None},
        says="until metadata.finalizers is emptied by hand",
    ),
    "another Redis": Row(
        {head()},
        recreates=True,
        old={"gcsFaultToleranceOptions": {"redisAddress": "redis:6379"}},
        new={"gcsFaultToleranceOptions": {"redisAddress": "other:6379"}},
        says="does not find the state",
    ),
    "a password of Redis": Row(
        {head()},
        recreates=True,
        old={"gcsFaultToleranceOptions": {"redisAddress": "redis:6379"}},
        new={"gcsFaultToleranceOptions": {"redisAddress": "redis:6379", "redisPassword": {"value": "x"}}},
        says="logs in",
    ),
    "another backend": Row(
        {f"rejected {CLUSTER}"},
        old={"gcsFaultToleranceOptions": {"backend": "redis"}},
        new={"gcsFaultToleranceOptions": {"backend": "rocksdb"}},
        says="backend cannot be changed",
    ),
    "size of the GCS's volume": Row(
        {f"ignored {CLUSTER}"},
        recreates=True,
        old={"gcsFaultToleranceOptions": {"backend": "rocksdb", "storage": {"size": "1Gi"}}},
        new={"gcsFaultToleranceOptions": {"backend": "rocksdb", "storage": {"size": "2Gi"}}},
        says="only warns",
    ),
    "another volume of the GCS's": Row(
        {head()},
        recreates=True,
        old={"gcsFaultToleranceOptions": {"backend": "rocksdb", "storage": {"claimName": "x"}}},
        new={"gcsFaultToleranceOptions": {"backend": "rocksdb", "storage": {"claimName": "y"}}},
        says="does not find",
    ),
    "who deletes the GCS's volume": Row(
        {f"live {CLUSTER}"},
        recreates=True,
        old={"gcsFaultToleranceOptions": {"backend": "rocksdb", "storage": {"deletionPolicy": "x"}}},
        new={"gcsFaultToleranceOptions": {"backend": "rocksdb", "storage": {"deletionPolicy": "y"}}},
    ),
    # security
    "token authentication": Row(
        {f"access {CLUSTER}", head(), *workers()},
        recreates=True,
        new={"authOptions": {"mode": "token"}},
        says="cannot join",
    ),
    "authentication without a mode": Row(
        {f"live {CLUSTER}"}, recreates=True, new={"authOptions": {}}, says="no pod asks for it"
    ),
    "authentication that is switched off": Row(
        {f"none {CLUSTER}"}, recreates=True, new={"authOptions": {"mode": "disabled"}}
    ),
    "network policy": Row({f"access {CLUSTER}"}, recreates=True, new={"networkPolicy": {"mode": "DenyAll"}}),
    "TLS": Row({f"access {CLUSTER}", head(), *workers()}, recreates=True, new={"tlsOptions": {"enabled": True}}),
    "rayVersion": Row({head(), *workers()}, recreates=True, new={"rayVersion": "2.61.0"}, says="the image is another"),
    # what nobody knows yet
    "a new field": Row({head(), *workers()}, recreates=True, new={"newThing": {"x": 1}}),
}
# With Recreate these do not go into the hash, or nothing is there to be deleted.
_SUSPENDING = {"suspended", "resumed", "suspend taken away"}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_with_upgrade_strategy_none(row: Row) -> None:
    found = _change(row, {})
    assert said(found) == row.does
    assert row.says in " ".join(impact.reason for impact in found)


@pytest.mark.parametrize("name", [name for name in ROWS if ROWS[name].does != {f"rejected {CLUSTER}"}])
def test_with_upgrade_strategy_recreate(name: str) -> None:
    row = ROWS[name]
    found = _change(row, {"upgradeStrategy": {"type": "Recreate"}})
    if not row.recreates:
        assert said(found) == row.does
        return
    kept = {
        "head of main",
        *(f"worker type {name} of main" for name in "ab" if row.new_groups.get(name, {}) is not None),
    }
    assert said(found) >= {effect for effect in ALL if effect.partition(" ")[2] in kept}
    assert not {effect for effect in said(found) if effect.startswith(("new-pods", "head-deferred"))}
    # What is done at once is done all the same.
    at_once = ("access", "live", "ignored", "scale", "remove-type")
    assert {effect for effect in row.does if effect.startswith(at_once)} <= said(found)


def _change(row: Row, strategy: Values) -> Any:
    old = raycluster({**row.old, **strategy}, row.old_groups, annotations=row.notes[0])
    new = raycluster({**row.new, **strategy}, row.new_groups, annotations=row.notes[1])
    return impacts([old], [new])


@pytest.mark.parametrize(("strategy", "effects"), [("None", set()), ("Recreate", ALL)])
@pytest.mark.parametrize("where", ["groups", "volumes"])
def test_another_order(where: str, strategy: str, effects: set[str]) -> None:
    volumes = [{"name": "v"}, {"name": "w"}]
    spec = {"upgradeStrategy": {"type": strategy}, **on_head({"template": {"spec": {"volumes": volumes}}})}
    old, new = raycluster(spec), raycluster(spec)
    at = new.body["spec"] if where == "groups" else new.body["spec"]["headGroupSpec"]["template"]["spec"]
    at["workerGroupSpecs" if where == "groups" else "volumes"].reverse()
    assert said(impacts([old], [new])) == effects


def test_another_order_of_worker_groups_alone_touches_nothing() -> None:
    body = raycluster()
    path = ("spec", "workerGroupSpecs", Item("groupName", "a"))
    diff = ObjectDiff("changed", body, body, (Change(path, "moved", 0, 1),))
    assert said(list(judge(Comparison((diff,), (body,), (body,))))) == {f"none {CLUSTER}"}


def test_replicas_that_are_rendered_beside_the_autoscaler_go_back_with_the_list() -> None:
    groups = {"a": {"replicas": 3}, "b": {"replicas": 1}}
    changed = {**groups, "b": {"replicas": 1, "minReplicas": 0}}
    found = impacts([raycluster(ON, groups)], [raycluster(ON, changed)])
    (reset,) = (impact for impact in found if impact.subject == A)
    assert (reset.effect, reset.pods) == ("scale-up", Pods(0, 2))
    assert "goes back to 3 with the list" in reset.reason


def test_replicas_left_out_without_the_autoscaler_go_back_to_the_minimum() -> None:
    groups: Values = {"a": {"replicas": None}, "b": {"replicas": None, "maxReplicas": 1}}
    changed = {**groups, "b": {**groups["b"], "rayStartParams": {"x": "y"}}}
    found = impacts([raycluster(None, groups)], [raycluster(None, changed)])
    (reset,) = (impact for impact in found if impact.subject == A)
    assert (reset.effect, reset.pods) == ("scale-down", Pods(0, 3))
    assert said(found) == {f"scale-down {A}", f"new-pods {B}"}


def test_an_operator_that_is_changed_beside_may_take_the_change_for_its_own() -> None:
    recreate = {"upgradeStrategy": {"type": "Recreate"}}
    operator = [
        manifest(
            "Deployment",
            "operator",
            {"spec": {"template": {"spec": {"containers": [{"command": ["/manager"], "image": image}]}}}},
        )
        for image in ("operator:1", "operator:2")
    ]
    clusters = [raycluster({**recreate, "rayVersion": version}) for version in ("2.60.0", "2.61.0")]
    found = impacts([clusters[0], operator[0]], [clusters[1], operator[1]])
    assert "operator-restart Deployment operator" in said(found)
    assert "unless the new operator" in next(impact.reason for impact in found if impact.effect == "head-restart")
    assert said(impacts([clusters[0], operator[0]], [clusters[0], operator[1]])) == {
        "operator-restart Deployment operator"
    }


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ({}, {"minReplicas": 5}, "minReplicas"),
        ({}, {"resources": {"CPU": "1"}, "rayStartParams": {"num-cpus": "1"}}, "num-cpus"),
        ({"idleTimeoutSeconds": 5}, {"idleTimeoutSeconds": 5, "priority": 3}, "priority"),
    ],
)
def test_what_the_operator_stops_at_is_refused(old: Values, new: Values, says: str) -> None:
    (found,) = impacts([raycluster({}, {"a": old})], [raycluster({}, {"a": new})])
    assert found.effect == "rejected"
    assert says in found.reason
    assert "does nothing more for the cluster" in found.reason


def test_what_the_operator_stopped_at_before_is_not_refused_again() -> None:
    wrong = {"a": {"minReplicas": 5}}
    found = impacts([raycluster({}, wrong)], [raycluster({"rayVersion": "2.61.0"}, wrong)])
    assert "rejected" not in {impact.effect for impact in found}


@pytest.mark.parametrize(
    ("gates", "effect"), [("RayClusterNetworkPolicy=true", "access"), ("RayCronJob=true", "rejected")]
)
def test_a_field_without_its_feature_gate_is_refused(gates: str, effect: str) -> None:
    container = {"name": "kuberay-operator", "command": ["/manager"], "args": [f"--feature-gates={gates}"]}
    operator = manifest(
        "Deployment", "operator", {"spec": {"template": {"spec": {"containers": [container]}}}}, group="apps"
    )
    found = impacts([raycluster(), operator], [raycluster({"networkPolicy": {"mode": "DenyAll"}}), operator])
    assert {impact.effect for impact in found} == {effect}


@pytest.mark.parametrize(
    ("spec", "groups", "effect", "says"),
    [
        ({}, {"a": {"minReplicas": 9}}, "rejected", "makes nothing of it"),
        ({"managedBy": "kueue.x-k8s.io/multikueue"}, {}, "scale-up", "another Kubernetes cluster runs"),
        ({"suspend": True}, {}, "scale-up", "no pods while it is suspended"),
    ],
)
def test_a_new_cluster_without_pods(spec: Values, groups: Values, effect: str, says: str) -> None:
    (found,) = impacts([], [raycluster(spec, groups)])
    assert (found.effect, found.pods) == (effect, Pods(0, 0))
    assert says in found.reason


@pytest.mark.parametrize(
    ("old", "new", "pods"),
    [({}, {}, Pods(0, 5)), ({}, {"rayVersion": "2.61.0"}, Pods(5, 5))],
)
def test_recreate_that_is_switched_on_counts_each_pod_once(old: Values, new: Values, pods: Pods) -> None:
    found = impacts([raycluster(old)], [raycluster({**new, "upgradeStrategy": {"type": "Recreate"}})])
    assert touched(found) == pods


def test_another_version_of_the_api_is_no_other_cluster() -> None:
    before, after = raycluster(), raycluster()
    after.body["apiVersion"] = "ray.io/v1alpha1"
    assert said(impacts([before], [replace(after, version="v1alpha1")])) == {f"none {CLUSTER}"}


@pytest.mark.parametrize(("replicas", "pods"), [(4, Pods(7, 7)), (1, Pods(5, 5))])
def test_a_cluster_under_another_name_counts_the_pods_of_the_larger_one(replicas: int, pods: Pods) -> None:
    (found,) = impacts([raycluster()], [raycluster({}, {"a": {"replicas": replicas}}, name="prod")])
    assert (found.effect, found.pods) == ("replace", pods)


@pytest.mark.parametrize("gate", ["", "RayCronJob=true"])
def test_a_gate_that_goes_stops_the_operator_at_a_cluster_that_stays(gate: str) -> None:
    operators = [
        manifest(
            "Deployment",
            "operator",
            {"spec": {"template": {"spec": {"containers": [{**OPERATOR, "args": [f"--feature-gates={gates}"]}]}}}},
            group="apps",
        )
        for gates in ("RayClusterNetworkPolicy=true", gate)
    ]
    cluster = raycluster({"networkPolicy": {"mode": "DenyAll"}})
    found = impacts([cluster, operators[0]], [cluster, operators[1]])
    assert said(found) == {"operator-restart Deployment operator", f"rejected {CLUSTER}"}
    assert said(impacts([raycluster(), operators[0]], [raycluster(), operators[1]])) == {
        "operator-restart Deployment operator"
    }


@pytest.mark.parametrize(("strategy", "effects"), [("None", {f"access {CLUSTER}", head()}), ("Recreate", ALL)])
def test_workers_that_look_for_another_port_cannot_join_a_head_that_stays(strategy: str, effects: set[str]) -> None:
    spec = {"upgradeStrategy": {"type": strategy}}
    moved = raycluster({**spec, **on_head({"rayStartParams": {"port": "6380"}})})
    assert said(impacts([raycluster(spec)], [moved])) == effects
