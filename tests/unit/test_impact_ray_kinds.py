"""What KubeRay 1.7 does with changes of RayJobs, RayServices and RayCronJobs, each tried with the genuine operator."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

import pytest
from impact_clusters import group, impacts, lay_over, manifest, raycluster

from raychart.impact.model import Pods
from raychart.impact.touched import touched

Values = dict[str, Any]

CLUSTER: Values = raycluster().body["spec"]
# A head and two workers of each of two groups; and the pod that submits a job.
PODS = 5
JOB: Values = {"entrypoint": "python a.py", "shutdownAfterJobFinishes": True, "rayClusterSpec": CLUSTER}
KEPT: Values = {"entrypoint": "python a.py", "rayClusterSpec": CLUSTER}
SERVICE: Values = {"serveConfigV2": "applications: []", "rayClusterConfig": CLUSTER}
CRON: Values = {"schedule": "0 3 * * *", "jobTemplate": KEPT}
MULTIKUEUE = "kueue.x-k8s.io/multikueue"
RULES: Values = {"deletionRules": [{"policy": "DeleteSelf", "condition": {"jobStatus": "SUCCEEDED"}}]}
PATIENT: Values = {"ttlSecondsAfterFinished": 60}


class Row(NamedTuple):
    """A change laid over a spec, `old` beneath it; the effects, how many pods they touch, words of a reason."""

    over: Values
    effects: set[str]
    pods: Pods = Pods(0, 0)
    says: str = ""
    old: Values = JOB


def groups(*names: str, **fields: Any) -> Values:
    """Return a spec with these groups, the first of which says so."""
    found = [group(name) for name in names]
    found[0] |= fields
    return {"workerGroupSpecs": found}


def limited(memory: str) -> Values:
    """Return the pods of a worker group of those with another limit of memory."""
    template: Values = copy.deepcopy(group("a")["template"])
    template["spec"]["containers"][0]["resources"]["limits"]["memory"] = memory
    return template


def suspended(spec: Values) -> Values:
    """Return a spec that is suspended."""
    return {**spec, "suspend": True}


JOBS: dict[str, Row] = {
    "its cluster": Row({"rayClusterSpec": {"rayVersion": "2.61.0"}}, {"ignored"}, says="tried again or resumed"),
    "replicas": Row({"rayClusterSpec": groups("a", "b", replicas=3)}, {"ignored"}),
    "entrypoint": Row({"entrypoint": "x"}, {"ignored"}),
    "suspended": Row(suspended({}), {"replace"}, Pods(0, PODS + 1), "begin anew"),
    "suspended, submitted over HTTP": Row(
        suspended({}), {"replace"}, Pods(0, PODS), old={**JOB, "submissionMode": "HTTPMode"}
    ),
    "suspended, cluster kept": Row(suspended({}), {"rejected"}, says="ValidationFailed", old=KEPT),
    "put right": Row({"suspend": None}, {"ignored"}, says="only another RayJob runs", old=suspended(KEPT)),
    "resumed": Row({"suspend": False}, {"scale-up"}, Pods(PODS + 1, PODS + 1), old=suspended(JOB)),
    "suspend taken away": Row({"suspend": None}, {"scale-up"}, Pods(PODS + 1, PODS + 1), old=suspended(JOB)),
    "suspend from nothing to false": Row({"suspend": False}, {"none"}),
    "its cluster while suspended": Row(
        {"rayClusterSpec": {"rayVersion": "2.61.0"}}, {"new-pods"}, old=suspended(JOB), says="when it is resumed"
    ),
    "a deadline": Row({"activeDeadlineSeconds": 9}, {"scale-down"}, Pods(0, PODS + 1), "has failed from now on"),
    "a deadline, cluster kept": Row({"activeDeadlineSeconds": 9}, {"live"}, says="its cluster goes on", old=KEPT),
    "a later deadline": Row({"activeDeadlineSeconds": 9}, {"live"}, old={**JOB, "activeDeadlineSeconds": 5}),
    "no deadline": Row({"activeDeadlineSeconds": None}, {"live"}, old={**JOB, "activeDeadlineSeconds": 5}),
    "a deadline to begin": Row({"preRunningDeadlineSeconds": 9}, {"live"}, says="until the job runs"),
    "retries": Row({"backoffLimit": 2}, {"live"}, says="fails next"),
    "shut down": Row({"shutdownAfterJobFinishes": True}, {"scale-down"}, Pods(0, PODS + 1), "done already", KEPT),
    "not shut down": Row({"shutdownAfterJobFinishes": False}, {"live"}, says="stays when the job is done"),
    "earlier": Row({"ttlSecondsAfterFinished": 1}, {"scale-down"}, Pods(0, PODS + 1), old={**JOB, **PATIENT}),
    "later": Row({"ttlSecondsAfterFinished": 99}, {"live"}, says="stays longer", old={**JOB, **PATIENT}),
    "deletion rules": Row({"deletionStrategy": RULES}, {"scale-down"}, Pods(0, PODS + 1), old=KEPT),
    "no deletion": Row(
        {"deletionStrategy": {key: {"policy": "DeleteNone"} for key in ("onSuccess", "onFailure")}},
        {"live"},
        says="stays when the job is done",
        old=KEPT,
    ),
    "contradicting deletion rules": Row({"deletionStrategy": RULES}, {"rejected"}, says="shutdownAfterJobFinishes"),
    "defaults": Row({"submissionMode": "K8sJobMode", "backoffLimit": 0, "ttlSecondsAfterFinished": 0}, {"none"}),
    "submitted over HTTP": Row({"submissionMode": "HTTPMode"}, {"ignored"}),
    "submitted by a Job": Row(
        {"submissionMode": "K8sJobMode"}, {"rejected"}, says="never sees", old={**JOB, "submissionMode": "HTTPMode"}
    ),
    "no longer by hand": Row(
        {"submissionMode": "HTTPMode"}, {"rejected"}, says="waits", old={**JOB, "submissionMode": "InteractiveMode"}
    ),
    "the job that it waits for": Row(
        {"jobId": "x"}, {"live"}, says="the one that it names", old={**JOB, "submissionMode": "InteractiveMode"}
    ),
    "job's name": Row({"jobId": "x"}, {"ignored"}),
    "an impossible cluster": Row({"rayClusterSpec": groups("a", minReplicas=9)}, {"rejected"}, says="never looks at"),
    "managedBy changed": Row(
        {"managedBy": MULTIKUEUE}, {"rejected"}, says="cannot", old={**JOB, "managedBy": "ray.io/kuberay-operator"}
    ),
    "cluster's managedBy changed": Row(
        {"rayClusterSpec": {"managedBy": MULTIKUEUE}},
        {"rejected"},
        says="rayClusterSpec.managedBy cannot",
        old={**JOB, "rayClusterSpec": {**CLUSTER, "managedBy": "ray.io/kuberay-operator"}},
    ),
    "managed elsewhere": Row({"managedBy": MULTIKUEUE, "activeDeadlineSeconds": 1}, {"ignored"}, says="multikueue"),
}
SERVICES: dict[str, Row] = {
    "applications": Row({"serveConfigV2": "x"}, {"live"}, says="replica by replica"),
    "its cluster": Row({"rayClusterConfig": {"rayVersion": "2.61.0"}}, {"replace"}, Pods(PODS, PODS), "beside the one"),
    "its cluster and applications": Row(
        {"rayClusterConfig": {"rayVersion": "2.61.0"}, "serveConfigV2": "x"},
        {"replace", "live"},
        Pods(PODS, PODS),
        "keeps its own until it goes",
    ),
    "an amount of memory in bytes": Row(
        {"rayClusterConfig": groups("a", "b", template=limited("1073741824"))}, {"replace"}, Pods(PODS, PODS)
    ),
    "empty in place of nothing": Row(
        {"rayClusterConfig": {"headServiceAnnotations": {}, **groups("a", "b", labels={})}},
        {"none"},
        says="the same as nothing",
    ),
    "rayStartParams that are not said": Row(
        {"rayClusterConfig": groups("a", "b", rayStartParams=None)}, {"replace"}, Pods(PODS, PODS)
    ),
    "its cluster, no upgrade": Row(
        {"rayClusterConfig": {"rayVersion": "2.61.0"}},
        {"ignored"},
        says="until it is deleted",
        old={**SERVICE, "upgradeStrategy": {"type": "None"}},
    ),
    "replicas": Row({"rayClusterConfig": groups("a", "b", replicas=3)}, {"ignored"}, says="no cluster that is there"),
    "minReplicas": Row({"rayClusterConfig": groups("a", "b", minReplicas=2)}, {"ignored"}),
    "replicas and the cluster": Row(
        {"rayClusterConfig": {**groups("a", "b", replicas=3), "rayVersion": "2.61.0"}},
        {"replace"},
        Pods(PODS + 1, PODS + 1),
    ),
    "tolerations of the head": Row(
        {"rayClusterConfig": {"headGroupSpec": {"template": {"spec": {"tolerations": [{"operator": "Exists"}]}}}}},
        {"ignored"},
    ),
    "its cluster's suspend": Row({"rayClusterConfig": {"suspend": True}}, {"ignored"}),
    "its cluster's upgradeStrategy": Row({"rayClusterConfig": {"upgradeStrategy": {"type": "Recreate"}}}, {"ignored"}),
    "a group at the end": Row({"rayClusterConfig": groups("a", "b", "c")}, {"scale-up"}, Pods(2, 2), "added to"),
    "a group at the end, no upgrade": Row(
        {"rayClusterConfig": groups("a", "b", "c")},
        {"scale-up"},
        Pods(2, 2),
        old={**SERVICE, "upgradeStrategy": {"type": "None"}},
    ),
    "a group at the end and fewer of another": Row(
        {"rayClusterConfig": groups("a", "b", "c", replicas=1)}, {"scale-up", "scale-down"}, Pods(2, 3), "all other"
    ),
    "two groups at the end and more of another": Row(
        {"rayClusterConfig": groups("a", "b", "c", "d", replicas=3)}, {"scale-up"}, Pods(4, 5), "all other"
    ),
    "a group at the end and tolerations of the head": Row(
        {
            "rayClusterConfig": {
                **groups("a", "b", "c"),
                "headGroupSpec": {"template": {"spec": {"tolerations": [{"operator": "Exists"}]}}},
            }
        },
        {"scale-up", "new-pods"},
        Pods(2, 2),
        "all else",
    ),
    "a group at the beginning": Row({"rayClusterConfig": groups("c", "a", "b")}, {"replace"}, Pods(PODS + 2, PODS + 2)),
    "groups in another order": Row({"rayClusterConfig": groups("b", "a")}, {"replace"}, Pods(PODS, PODS)),
    "no group": Row({"rayClusterConfig": groups("a")}, {"replace"}, Pods(PODS, PODS)),
    "suspended": Row(suspended({}), {"replace"}, Pods(PODS, PODS), "nothing is served"),
    "suspend taken away": Row({"suspend": None}, {"scale-up"}, Pods(PODS, PODS), old=suspended(SERVICE)),
    "its cluster while suspended": Row(
        {"rayClusterConfig": {"rayVersion": "2.61.0"}}, {"new-pods"}, old=suspended(SERVICE)
    ),
    "suspend from nothing to false": Row({"suspend": False}, {"none"}),
    "upgrades again": Row(
        {"upgradeStrategy": {"type": "NewCluster"}},
        {"replace"},
        Pods(0, PODS),
        "left aside",
        old={**SERVICE, "upgradeStrategy": {"type": "None"}},
    ),
    "no more upgrades": Row({"upgradeStrategy": {"type": "None"}}, {"live"}, says="next change"),
    "head without requests": Row({"excludeHeadPodFromServeSvc": True}, {"access"}, says="at once"),
    "head with requests, as it is": Row({"excludeHeadPodFromServeSvc": False}, {"none"}),
    "type of the Service": Row({"serveService": {"spec": {"type": "NodePort"}}}, {"ignored"}, says="another cluster"),
    "name of the Service": Row({"serveService": {"metadata": {"name": "x"}}}, {"access"}, says="the former one stays"),
    "defaults": Row({"rayClusterConfig": groups("a", "b", numOfHosts=1, priority=0)}, {"none"}, says="fills in"),
    "patience": Row({"rayClusterDeletionDelaySeconds": 9}, {"live"}),
    "what nobody reads": Row({"serviceUnhealthySecondThreshold": 9}, {"none"}, says="no longer reads"),
    "an impossible cluster": Row({"rayClusterConfig": groups("a", minReplicas=9)}, {"rejected"}, says="not ready"),
    "an upgrade bit by bit": Row(
        {"upgradeStrategy": {"type": "NewClusterWithIncrementalUpgrade"}}, {"rejected"}, says="autoscaler"
    ),
    "managed elsewhere": Row(
        {"managedBy": MULTIKUEUE, "rayClusterConfig": {"rayVersion": "2.61.0"}}, {"ignored"}, says="multikueue"
    ),
}
CRON_JOBS: dict[str, Row] = {
    "schedule": Row({"schedule": "0 4 * * *"}, {"scale-up"}, Pods(0, PODS + 1), "at once if one has been due"),
    "time zone": Row({"timeZone": "Europe/Berlin"}, {"scale-up"}, Pods(0, PODS + 1)),
    "suspended": Row(suspended({"schedule": "0 4 * * *"}), {"live", "none"}, says="those that run go on"),
    "resumed": Row({"suspend": False}, {"scale-up"}, Pods(0, PODS + 1), old=suspended(CRON)),
    "suspend taken away": Row({"suspend": None}, {"scale-up"}, Pods(0, PODS + 1), old=suspended(CRON)),
    "suspend from nothing to false": Row({"suspend": False}, {"none"}),
    "template": Row({"jobTemplate": {"entrypoint": "x"}}, {"live"}, says="next run"),
    "an impossible template": Row({"jobTemplate": suspended({})}, {"rejected"}, says="starts no more jobs"),
    "an impossible schedule": Row({"schedule": "0 99 * * *"}, {"rejected"}),
    "put right": Row(
        {"jobTemplate": {"suspend": None}},
        {"scale-up"},
        Pods(0, PODS + 1),
        old={**CRON, "jobTemplate": suspended(KEPT)},
    ),
}


def _check(kind: str, row: Row, old: Values) -> None:
    sides = [manifest(kind, "ray-thing", {"spec": spec}, group="ray.io") for spec in (old, lay_over(old, row.over))]
    found = impacts(sides[:1], sides[1:])
    assert {impact.effect for impact in found} == row.effects
    assert touched(found) == row.pods
    assert row.says in "; ".join(impact.reason for impact in found)


@pytest.mark.parametrize("row", JOBS.values(), ids=JOBS)
def test_a_ray_job(row: Row) -> None:
    _check("RayJob", row, row.old)


@pytest.mark.parametrize("row", SERVICES.values(), ids=SERVICES)
def test_a_ray_service(row: Row) -> None:
    _check("RayService", row, SERVICE if row.old is JOB else row.old)


@pytest.mark.parametrize("row", CRON_JOBS.values(), ids=CRON_JOBS)
def test_a_ray_cron_job(row: Row) -> None:
    _check("RayCronJob", row, CRON if row.old is JOB else row.old)


@pytest.mark.parametrize(
    ("kind", "spec", "pods"),
    [
        ("RayJob", JOB, Pods(PODS + 1, PODS + 1)),
        ("RayJob", suspended(JOB), Pods(0, 0)),
        ("RayJob", {"clusterSelector": {"ray.io/cluster": "x"}}, Pods(1, 1)),
        ("RayService", SERVICE, Pods(PODS, PODS)),
        ("RayService", suspended(SERVICE), Pods(0, 0)),
    ],
)
def test_what_comes_and_goes_is_counted(kind: str, spec: Values, pods: Pods) -> None:
    made = manifest(kind, "ray-thing", {"spec": spec}, group="ray.io")
    (comes,), (goes,) = impacts([], [made]), impacts([made], [])
    assert (comes.effect, goes.effect, comes.pods, goes.pods) == ("scale-up", "replace", pods, pods)


def test_an_operator_that_is_changed_beside_a_service_may_take_its_change_for_its_own() -> None:
    sides = []
    for image, version in (("operator:1", "2.60.0"), ("operator:2", "2.61.0")):
        operator = {"spec": {"template": {"spec": {"containers": [{"command": ["/manager"], "image": image}]}}}}
        spec = lay_over(SERVICE, {"rayClusterConfig": {"rayVersion": version}})
        service = manifest("RayService", "ray-thing", {"spec": spec}, group="ray.io")
        sides.append([service, manifest("Deployment", "operator", operator, group="apps")])
    (replaced,) = (impact for impact in impacts(*sides) if impact.effect == "replace")
    assert "unless the new operator" in replaced.reason


@pytest.mark.parametrize(
    ("annotation", "effect"), [("ray.io/overwrite-container-cmd", "ignored"), ("example.com/note", "none")]
)
def test_an_annotation_is_passed_on_to_the_next_cluster(annotation: str, effect: str) -> None:
    sides = [
        manifest("RayService", "ray-thing", {"metadata": metadata, "spec": SERVICE}, group="ray.io")
        for metadata in ({}, {"annotations": {annotation: "true"}})
    ]
    (found,) = impacts(sides[:1], sides[1:])
    assert found.effect == effect
