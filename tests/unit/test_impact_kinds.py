"""What changes of objects other than RayClusters do, kind by kind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from impact_clusters import impacts, lay_over, manifest, raycluster, said

from raychart.impact.model import Pods

Values = dict[str, Any]

OPERATOR: Values = {
    "spec": {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": {"app": "o"}},
        "template": {
            "metadata": {"labels": {"app.kubernetes.io/name": "kuberay-operator"}},
            "spec": {"containers": [{"name": "operator", "image": "operator:1", "args": ["--level=info"]}]},
        },
    }
}
WEB: Values = {
    "spec": {
        "replicas": 3,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "web:1"}]},
        },
    }
}
CLAIM: Values = {"spec": {"storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}}}
ROLE: Values = {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]}
BINDING: Values = {
    "roleRef": {"kind": "Role", "name": "r"},
    "subjects": [{"kind": "ServiceAccount", "name": "one"}],
}
SERVICE: Values = {"spec": {"clusterIP": "None", "selector": {"a": "b"}, "ports": [{"name": "client", "port": 10001}]}}
POLICY: Values = {"spec": {"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}]}]}}
JOB: Values = {"spec": {"backoffLimit": 1, "template": {"spec": {"containers": [{"name": "j", "image": "j:1"}]}}}}
TESTED: Values = {"metadata": {"annotations": {"helm.sh/hook": "test"}}}


def at(*path: str, value: Any) -> Values:
    """Return a mapping with one value at a path."""
    for key in reversed(path):
        value = {key: value}
    found: Values = value
    return found


def image(tag: str, *path: str) -> Values:
    """Return a pod template with another image."""
    return at("spec", *path, "template", "spec", "containers", value=[{"name": "x", "image": tag}])


# What it is, before and what is laid over it; the effects, and words of the reasons.
CHANGED: dict[str, tuple[str, Values, Values, set[str], str]] = {
    "operator's options": ("Deployment", OPERATOR, image("operator:1"), {"operator-restart"}, "clusters keep serving"),
    "operator's replicas": ("Deployment", OPERATOR, at("spec", "replicas", value=0), {"scale-down"}, "nobody scales"),
    "selector": ("Deployment", WEB, at("spec", "selector", "matchLabels", "app", value="x"), {"rejected"}, "upgrade"),
    "template": ("Deployment", WEB, image("web:2"), {"roll"}, "a few at a time"),
    "all at once from now on": (
        "Deployment",
        WEB,
        at("spec", "strategy", "type", value="Recreate"),
        {"rejected"},
        "refuses beside Recreate",
    ),
    "all at once instead of numbers that are said": (
        "Deployment",
        lay_over(WEB, at("spec", "strategy", value={"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}})),
        at("spec", "strategy", value={"type": "Recreate", "rollingUpdate": None}),
        {"live"},
        "next change",
    ),
    "replicas": ("Deployment", WEB, at("spec", "replicas", value=5), {"scale-up"}, "5 pods instead of 3"),
    "chart's labels": ("Deployment", WEB, at("metadata", "labels", "helm.sh/chart", value="x"), {"none"}, "nothing"),
    "patience": ("Deployment", WEB, at("spec", "minReadySeconds", value=5), {"live"}, "next change"),
    "paused": ("Deployment", WEB, at("spec", "paused", value=True), {"live"}, "until it goes on"),
    "paused, and another image": (
        "Deployment",
        WEB,
        lay_over(image("web:2"), at("spec", "paused", value=True)),
        {"live", "new-pods"},
        "the Deployment is paused",
    ),
    "paused no longer": (
        "Deployment",
        lay_over(WEB, at("spec", "paused", value=True)),
        at("spec", "paused", value=None),
        {"roll"},
        "if anything of them has changed meanwhile",
    ),
    "what the API server fills in": (
        "Deployment",
        WEB,
        lay_over(
            at("spec", "template", "spec", value={"restartPolicy": "Always", "nodeSelector": {}, "volumes": []}),
            at("spec", "revisionHistoryLimit", value=10),
        ),
        {"none"},
        "fills in",
    ),
    "no default": (
        "Deployment",
        WEB,
        at("spec", "template", "spec", value={"enableServiceLinks": True}),
        {"roll"},
        "a few at a time",
    ),
    "another order": (
        "Deployment",
        lay_over(WEB, at("spec", "template", "spec", "tolerations", value=[{"key": "a"}, {"key": "b"}])),
        at("spec", "template", "spec", "tolerations", value=[{"key": "b"}, {"key": "a"}]),
        {"roll"},
        "a few at a time",
    ),
    "a partition": (
        "StatefulSet",
        WEB,
        lay_over(image("web:2"), at("spec", "updateStrategy", "rollingUpdate", "partition", value=1)),
        {"roll", "live"},
        "but for the first 1 (partition)",
    ),
    "an order that is the default": (
        "StatefulSet",
        WEB,
        at("spec", "podManagementPolicy", value="OrderedReady"),
        {"none"},
        "fills in",
    ),
    "claims": (
        "StatefulSet",
        WEB,
        at("spec", "volumeClaimTemplates", value=[{"metadata": {"name": "d"}}]),
        {"rejected"},
        "volumeClaimTemplates cannot be changed",
    ),
    "on delete": ("StatefulSet", WEB, {**at("spec", "updateStrategy", "type", value="OnDelete")}, {"live"}, ""),
    "a pod's image": (
        "Pod",
        {"spec": {"containers": [{"name": "x", "image": "x:1"}]}},
        {"spec": {"containers": [{"name": "x", "image": "x:2"}]}},
        {"roll"},
        "in the same pod",
    ),
    "a pod's node": ("Pod", {"spec": {"nodeName": "a"}}, {"spec": {"nodeName": "b"}}, {"rejected"}, "most of a pod"),
    "a Job's template": ("Job", JOB, image("j:2"), {"rejected"}, "spec.template cannot be changed"),
    "a Job's patience": ("Job", JOB, at("spec", "backoffLimit", value=4), {"live"}, "if that still runs"),
    "a Job suspended": ("Job", JOB, at("spec", "suspend", value=True), {"scale-down"}, "are deleted"),
    "a Job resumed": (
        "Job",
        lay_over(JOB, at("spec", "suspend", value=True)),
        at("spec", "suspend", value=False),
        {"scale-up"},
        "its pods are made",
    ),
    "a Job's limit per index": ("Job", JOB, at("spec", "backoffLimitPerIndex", value=1), {"rejected"}, "cannot"),
    "a CronJob suspended": ("CronJob", {"spec": {}}, {"spec": {"suspend": True}}, {"live"}, "those that run go on"),
    "a CronJob resumed": (
        "CronJob",
        {"spec": {"suspend": True}},
        {"spec": {"suspend": None}},
        {"live"},
        "at once if one has been due",
    ),
    "a Secret's type": ("Secret", {}, {"type": "Opaque"}, {"none"}, "fills in"),
    "what becomes of volumes": ("StorageClass", {}, {"reclaimPolicy": "Delete"}, {"none"}, "fills in"),
    "what else becomes of volumes": ("StorageClass", {}, {"reclaimPolicy": "Retain"}, {"rejected"}, "cannot"),
    "another type of a Secret": ("Secret", {}, {"type": "kubernetes.io/tls"}, {"rejected"}, "type cannot"),
    "a Service's type": ("Service", {"spec": {}}, {"spec": {"type": "ClusterIP"}}, {"none"}, "fills in"),
    "a volume's mode": (
        "PersistentVolumeClaim",
        CLAIM,
        at("spec", "volumeMode", value="Filesystem"),
        {"none"},
        "fills",
    ),
    "a cloud's role": (
        "ServiceAccount",
        {},
        {"metadata": {"annotations": {"eks.amazonaws.com/role-arn": "x"}}},
        {"access"},
        "a cloud goes by it",
    ),
    "everything": (
        "Role",
        {"rules": []},
        {"rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]},
        {"access"},
        "may also do anything to all objects of all groups",
    ),
    "a subject of another namespace": (
        "RoleBinding",
        {"subjects": [{"kind": "ServiceAccount", "name": "x"}]},
        {"subjects": [{"kind": "ServiceAccount", "name": "x", "namespace": "other"}]},
        {"access"},
        "ServiceAccount x of namespace other has the rights now",
    ),
    "a CronJob": ("CronJob", {"spec": {"schedule": "a"}}, {"spec": {"schedule": "b"}}, {"live"}, "next run"),
    "a larger volume": (
        "PersistentVolumeClaim",
        CLAIM,
        at("spec", "resources", "requests", "storage", value="2Gi"),
        {"live"},
        "grows",
    ),
    "a smaller volume": (
        "PersistentVolumeClaim",
        CLAIM,
        at("spec", "resources", "requests", "storage", value="500Mi"),
        {"rejected"},
        "smaller",
    ),
    "another class": (
        "PersistentVolumeClaim",
        CLAIM,
        at("spec", "storageClassName", value="x"),
        {"rejected"},
        "storageClassName",
    ),
    "more rights": (
        "Role",
        ROLE,
        {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "delete"]}]},
        {"access"},
        "may also delete pods",
    ),
    "fewer rights": (
        "ClusterRole",
        ROLE,
        {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]},
        {"access"},
        "may no longer list pods",
    ),
    "the same rights": (
        "Role",
        {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}]},
        {
            "rules": [
                {"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]},
                {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], "resourceNames": ["x"]},
            ]
        },
        {"none"},
        "same rights",
    ),
    "another role": ("RoleBinding", BINDING, at("roleRef", "name", value="x"), {"rejected"}, "roleRef cannot"),
    "another subject": (
        "RoleBinding",
        BINDING,
        {"subjects": [{"kind": "ServiceAccount", "name": "two"}]},
        {"access"},
        "ServiceAccount two has the rights now; ServiceAccount one has them no longer",
    ),
    "a token": ("ServiceAccount", {}, {"automountServiceAccountToken": True}, {"access"}, "API server"),
    "ports": ("Service", SERVICE, at("spec", "ports", value=[{"name": "x", "port": 1}]), {"access"}, "other ports"),
    "selected pods": ("Service", SERVICE, at("spec", "selector", "a", value="c"), {"access"}, "other pods"),
    "clusterIP": ("Service", SERVICE, at("spec", "clusterIP", value="10.0.0.1"), {"rejected"}, "clusterIP cannot"),
    "no clusterIP": ("Service", SERVICE, at("spec", "clusterIP", value=None), {"ignored"}, "keeps the clusterIP"),
    "exposed": (
        "Service",
        {"spec": {"ports": []}},
        at("spec", "type", value="LoadBalancer"),
        {"access"},
        "from outside, by a load balancer",
    ),
    "headless and exposed": (
        "Service",
        SERVICE,
        at("spec", "type", value="NodePort"),
        {"rejected", "access"},
        "headless",
    ),
    "a load balancer's annotation": (
        "Service",
        at("spec", "type", value="LoadBalancer"),
        at("metadata", "annotations", "internal", value="true"),
        {"access"},
        "the cloud",
    ),
    "a Service's annotation": ("Service", SERVICE, at("metadata", "annotations", "x", value="y"), {"none"}, ""),
    "a peer": (
        "NetworkPolicy",
        POLICY,
        at(
            "spec",
            "ingress",
            value=[
                {"from": [{"podSelector": {}}]},
                {
                    "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "web"}}}],
                    "ports": [{"port": 8265}],
                },
            ],
        ),
        {"access"},
        "lets in namespace web (ports 8265)",
    ),
    "no peer": ("NetworkPolicy", POLICY, at("spec", "ingress", value=[]), {"access"}, "no longer lets in any pod"),
    "a host": ("Ingress", {}, at("spec", "rules", value=[{"host": "x"}]), {"access"}, "reached"),
    "a route's annotation": ("Ingress", {}, at("metadata", "annotations", "auth", value="x"), {"access"}, "conditions"),
    "a budget": ("PodDisruptionBudget", {}, at("spec", "minAvailable", value=1), {"live"}, "drain"),
    "metrics": ("PodMonitor", {}, at("spec", "interval", value="5s"), {"live"}, "no pod is touched"),
    "a quota": ("ResourceQuota", {}, at("spec", "hard", "pods", value="5"), {"new-pods"}, "running pods stay"),
    "a CRD": ("CustomResourceDefinition", {}, at("spec", "versions", value=[]), {"live"}, "pruned"),
    "Pod Security": (
        "Namespace",
        {},
        at("metadata", "labels", "pod-security.kubernetes.io/enforce", value="restricted"),
        {"new-pods"},
        "admitted",
    ),
    "a namespace's label": (
        "Namespace",
        {},
        at("metadata", "labels", "team", value="x"),
        {"access"},
        "NetworkPolicies",
    ),
    "a test": ("Pod", TESTED, at("spec", "nodeName", value="x"), {"none"}, "tests the release"),
    "a kind nobody knows": ("Widget", {}, at("spec", "size", value=3), {"live"}, "not known here"),
}
# What it is, what of it is there before; the effects when it goes and when it comes, and words of the former's reason.
LIVES: dict[str, tuple[str, Values, str, str, str]] = {
    "operator": ("Deployment", OPERATOR, "scale-down", "scale-up", "nobody makes a lost pod anew"),
    "workload": ("Deployment", WEB, "scale-down", "scale-up", "its pods go"),
    "claim": ("PersistentVolumeClaim", CLAIM, "replace", "live", "what is in the volume"),
    "service": ("Service", SERVICE, "access", "access", "nothing is reached there"),
    "policy": ("NetworkPolicy", POLICY, "access", "access", "no other policy restricts"),
    "role": ("Role", ROLE, "access", "access", "may no longer get, list pods"),
    "account": ("ServiceAccount", {}, "access", "access", "refused"),
    "job": ("Job", JOB, "live", "live", "with it its pods"),
    "namespace": ("Namespace", {}, "replace", "live", "everything in it"),
    "crd": ("CustomResourceDefinition", {}, "replace", "live", "every object of it"),
    "lease": ("Lease", {}, "operator-restart", "none", "started again"),
    "hook": ("Pod", TESTED, "none", "none", "tests"),
    "kept": (
        "PersistentVolumeClaim",
        {**CLAIM, "metadata": {"annotations": {"helm.sh/resource-policy": "keep"}}},
        "none",
        "live",
        "Helm keeps it",
    ),
    "unknown": ("Widget", {}, "live", "live", "it goes"),
    "cluster": ("RayCluster", raycluster().body, "replace", "scale-up", "all that runs on it"),
    "ray job": ("RayJob", {"spec": {"rayClusterSpec": raycluster().body["spec"]}}, "replace", "scale-up", "stopped"),
}


@pytest.mark.parametrize("row", CHANGED.values(), ids=CHANGED)
def test_a_changed_object(row: tuple[str, Values, Values, set[str], str]) -> None:
    kind, before, over, effects, words = row
    found = impacts([_made(kind, before)], [_made(kind, lay_over(before, over))])
    assert {impact.effect for impact in found} == effects
    assert words in "; ".join(impact.reason for impact in found)


@pytest.mark.parametrize("row", LIVES.values(), ids=LIVES)
def test_an_object_that_goes_or_comes(row: tuple[str, Values, str, str, str]) -> None:
    kind, body, goes, comes, words = row
    made = _made(kind, body)
    (found,) = impacts([made], [])
    assert found.effect == goes
    assert words in found.reason
    assert [impact.effect for impact in impacts([], [made])] == [comes]


@pytest.mark.parametrize(
    ("kind", "body", "effect"),
    [
        ("Deployment", OPERATOR, "operator-restart"),
        ("Deployment", WEB, "replace"),
        ("PersistentVolumeClaim", CLAIM, "replace"),
        ("Service", SERVICE, "access"),
        ("RayCluster", raycluster().body, "replace"),
    ],
)
def test_a_renamed_object_is_another_one(kind: str, body: Values, effect: str) -> None:
    old, new = (_made(kind, {**body, "metadata": {}}, name) for name in ("team-one", "team-two"))
    assert [impact.effect for impact in impacts([old], [new])] == [effect]


@pytest.mark.parametrize(
    ("deployer", "effects", "words"),
    [("helm", ["rejected", "rejected", "none"], "Helm"), ("argocd", ["live", "live", "live"], "sync")],
)
def test_what_has_no_name_is_found_by_no_deployment(deployer: str, effects: list[str], words: str) -> None:
    unnamed = {"metadata": {"generateName": "x-"}}
    old, new = (_made("Job", lay_over(JOB, {**unnamed, **image(tag)})) for tag in ("j:1", "j:2"))
    for one in (old, new):
        del one.body["metadata"]["name"]
    found = [impacts(before, after, deployer) for before, after in (([old], [new]), ([], [new]), ([old], []))]
    assert [impact.effect for of_one in found for impact in of_one] == effects
    assert words in found[0][0].reason
    hook = _made("Job", lay_over(new.body, at("metadata", "annotations", "helm.sh/hook", value="post-upgrade")))
    del hook.body["metadata"]["name"]
    assert [impact.effect for impact in impacts([], [hook], deployer)] == ["live"]


@pytest.mark.parametrize("name", ["x-", "x"])
def test_what_has_no_name_never_becomes_what_has_one(name: str) -> None:
    old, new = (_made("Job", JOB, name) for _ in range(2))
    old.body["metadata"] = {"generateName": name}
    for before, after in ((old, new), (new, old)):
        found = impacts([before], [after], "argocd")
        assert {impact.object.kind for impact in found} == {"added", "removed"}


def test_argo_cd_says_it_in_its_own_words() -> None:
    old, new = (_made("Deployment", lay_over(WEB, over)) for over in ({}, at("spec", "selector", "x", value="y")))
    (found,) = impacts([old], [new], "argocd")
    assert (found.effect, found.reason.endswith("the sync fails")) == ("rejected", True)
    options = at("metadata", "annotations", "argocd.argoproj.io/sync-options", value="Replace=true")
    (found,) = impacts(
        [_made("Deployment", lay_over(old.body, options))], [_made("Deployment", lay_over(new.body, options))], "argocd"
    )
    assert (found.effect, "makes it anew" in found.reason) == ("replace", True)
    (found,) = impacts([old], [], "argocd")
    assert "where the Application prunes" in found.reason
    unpruned = at("metadata", "annotations", "argocd.argoproj.io/sync-options", value="Prune=false")
    assert [impact.effect for impact in impacts([_made("Deployment", lay_over(WEB, unpruned))], [], "argocd")] == [
        "none"
    ]


USES: dict[str, tuple[Values, set[str], str]] = {
    "files": (
        {
            "volumes": [{"name": "v", "configMap": {"name": "c"}}],
            "containers": [{"name": "x", "volumeMounts": [{"name": "v"}]}],
        },
        {"live"},
        "change within",
    ),
    "projected files": (
        {"volumes": [{"name": "v", "projected": {"sources": [{"configMap": {"name": "c"}}]}}]},
        {"live"},
        "change within",
    ),
    "subPath": (
        {
            "volumes": [{"name": "v", "configMap": {"name": "c"}}],
            "containers": [{"name": "x", "volumeMounts": [{"name": "v", "subPath": "a"}]}],
        },
        {"new-pods"},
        "subPath",
    ),
    "environment": (
        {"containers": [{"name": "x", "env": [{"valueFrom": {"configMapKeyRef": {"name": "c", "key": "a"}}}]}]},
        {"new-pods"},
        "environment",
    ),
    "whole environment": (
        {"initContainers": [{"name": "x", "envFrom": [{"configMapRef": {"name": "c"}}]}]},
        {"new-pods"},
        "environment",
    ),
    "nothing": ({"containers": [{"name": "x"}]}, {"live"}, "nothing in this release uses it"),
}


@pytest.mark.parametrize("row", USES.values(), ids=USES)
def test_a_config_map_reaches_pods_by_how_they_use_it(row: tuple[Values, set[str], str]) -> None:
    pod, effects, words = row
    user = raycluster({"headGroupSpec": {"template": {"spec": pod}}})
    old, new = (manifest("ConfigMap", "c", {"data": {"a": value}}) for value in "xy")
    found = impacts([old, user], [new, user])
    assert {impact.effect for impact in found} == effects
    assert words in found[0].reason
    if words != "nothing in this release uses it":
        assert "head of main" in found[0].reason


@pytest.mark.parametrize(
    ("kind", "path", "who"),
    [
        ("RayService", ("rayClusterConfig", "headGroupSpec", "template"), "head of RayService ray-thing"),
        ("RayJob", ("rayClusterSpec", "headGroupSpec", "template"), "head of RayJob ray-thing"),
        ("RayJob", ("submitterPodTemplate",), "RayJob ray-thing"),
        ("RayCronJob", ("jobTemplate", "rayClusterSpec", "headGroupSpec", "template"), "head of RayCronJob ray-thing"),
        ("RayCronJob", ("jobTemplate", "submitterPodTemplate"), "RayCronJob ray-thing"),
    ],
)
def test_a_config_map_reaches_pods_of_what_makes_clusters(kind: str, path: tuple[str, ...], who: str) -> None:
    pod = USES["whole environment"][0]
    user = _made(kind, at("spec", *path, value={"spec": pod}))
    old, new = (manifest("ConfigMap", "c", {"data": {"a": value}}) for value in "xy")
    (found,) = impacts([old, user], [new, user])
    assert (found.effect, f"containers of {who} stays" in found.reason) == ("new-pods", True)


@pytest.mark.parametrize(
    ("kind", "group", "old", "told"),
    [
        ("HTTPRoute", "gateway.networking.k8s.io", ["ConfigMap"], True),
        ("HTTPRoute", "gateway.networking.k8s.io", ["ConfigMap", "HTTPRoute"], False),
        ("HTTPRoute", "gateway.networking.k8s.io", [], False),
        ("Ingress", "networking.k8s.io", ["ConfigMap"], False),
    ],
)
def test_a_kind_that_is_not_installed_fails_the_upgrade(kind: str, group: str, old: list[str], told: bool) -> None:
    there = [manifest(one, "there", group=group if one == kind else "") for one in old]
    (found,) = impacts(there, [*there, manifest(kind, "new", group=group)])
    assert found.reason.endswith(f"where {kind} of {group} is not installed, the upgrade fails") == told


def test_an_immutable_config_map_is_refused() -> None:
    old, new = (manifest("ConfigMap", "c", {"data": {"a": value}, "immutable": True}) for value in "xy")
    assert said(impacts([old], [new])) == {"rejected ConfigMap c"}


def test_a_config_map_that_becomes_immutable_changes_nothing_in_pods() -> None:
    user = raycluster({"headGroupSpec": {"template": {"spec": USES["files"][0]}}})
    old, new = (manifest("ConfigMap", "c", {"immutable": value}) for value in (False, True))
    (found,) = impacts([old, user], [new, user])
    assert (found.effect, found.reason.startswith("what it holds stays")) == ("live", True)


def test_the_charts_scripts_count_from_the_next_start_on() -> None:
    old, new = (manifest("ConfigMap", "c", {"data": {"ray_start.py": value}}) for value in "xy")
    (found,) = impacts([old], [new])
    assert (found.effect, "has read them" in found.reason) == ("new-pods", True)


@pytest.mark.parametrize(
    ("options", "secret"), [({"mode": "token"}, "main"), ({"mode": "token", "secretName": "s"}, "s")]
)
def test_another_token_lets_nobody_in_who_has_the_former_one(options: Values, secret: str) -> None:
    cluster = raycluster({"authOptions": options})
    old, new = (manifest("Secret", secret, {"data": {"auth_token": value}}) for value in ("eA==", "eQ=="))
    found = impacts([old, cluster], [new, cluster])
    assert said(found) == {"access RayCluster main", f"new-pods Secret {secret}"}


def test_a_secret_that_pods_still_name_keeps_new_ones_from_starting() -> None:
    user = raycluster({"headGroupSpec": {"template": {"spec": {"imagePullSecrets": [{"name": "s"}]}}}})
    (found,) = impacts([manifest("Secret", "s"), user], [user])
    assert (found.effect, "head of main still name it" in found.reason) == ("new-pods", True)


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [("data", "data", "roll"), ("data", "other", "replace"), ("data", None, "replace"), (None, None, "replace")],
)
def test_the_redis_of_fault_tolerance_keeps_its_state_in_its_volume(before: Any, after: Any, effect: str) -> None:
    cluster = raycluster({"gcsFaultToleranceOptions": {"redisAddress": "store.team.svc:6379"}})
    service = manifest("Service", "store", {"spec": {"selector": {"app": "web"}}})
    sides = []
    for claim, tag in ((before, "redis:1"), (after, "redis:2")):
        volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": claim}}] if claim else []
        over = {**image(tag)["spec"]["template"]["spec"], "volumes": volumes}
        sides.append(_made("Deployment", lay_over(WEB, at("spec", "template", "spec", value=over))))
    (found,) = impacts([sides[0], service, cluster], [sides[1], service, cluster])
    assert (found.effect, found.pods) == (effect, Pods(3, 3))
    assert "the Redis of main" in found.reason


def _schedules(*, groups: Values | None = None, **windows: Values) -> list[Any]:
    """Return a RayCluster that keeps one worker of each type, and the Job that puts schedules in force."""
    limits = json.dumps({"minWorkers": {"a": 1, "b": 1}, "scheduled": ["a", "b"]})
    cluster = raycluster({}, groups, annotations={"raychart/autoscaling": limits})
    hours = {"start": "0 8 * * *", "end": "0 18 * * *"}
    said = json.dumps({name.rstrip("_"): hours | {"start": name, "minWorkers": own} for name, own in windows.items()})
    container = {"name": "s", "command": ["python3", "/etc/raychart/schedule.py", "team", "main", said]}
    body = at("spec", "template", "spec", "containers", value=[container])
    name = "-".join(["main-schedule", *windows, *(str(number) for own in windows.values() for number in own.values())])
    return [cluster, manifest("Job", name, body, group="batch")] if windows else [cluster]


UP, DOWN = "scale-up worker type {} of main", "scale-down worker type {} of main"
LIVE = "live Job main-schedule-day-{}"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {"day": {"a": 3}}, {UP.format("a"): Pods(0, 2)}),
        ({"day": {"a": 3}}, {}, {DOWN.format("a"): Pods(0, 2)}),
        (
            {},
            {"day": {"a": 3}, "lunch": {"a": 2, "b": 2}},
            {UP.format("a"): Pods(0, 2), UP.format("b"): Pods(0, 1)},
        ),
        ({"day": {"a": 3}}, {"night": {"b": 9}}, {DOWN.format("a"): Pods(0, 2), UP.format("b"): Pods(0, 3)}),
        ({}, {"day": {"a": 0}}, {LIVE.format(0): Pods(0, 0)}),
        ({}, {"day": {"gone": 3}}, {LIVE.format(3): Pods(0, 0)}),
        ({"day": {"a": 2}}, {"day": {"a": 3}}, {UP.format("a"): Pods(0, 1)}),
        # The same window at other hours.
        ({"day": {"a": 3}}, {"day_": {"a": 3}}, {UP.format("a"): Pods(0, 2), DOWN.format("a"): Pods(0, 2)}),
    ],
)
def test_schedules_keep_workers_while_a_window_is_open(old: Values, new: Values, expected: dict[str, Pods]) -> None:
    found = impacts(_schedules(**old), _schedules(**new))
    assert {f"{impact.effect} {impact.subject}": impact.pods for impact in found} == expected


def test_a_schedule_may_keep_fewer_workers_than_the_type_itself() -> None:
    groups = {"a": {"minReplicas": 0}}
    (found,) = impacts(_schedules(groups=groups), _schedules(groups=groups, night={"a": 0}))
    assert (found.effect, found.pods) == ("scale-down", Pods(0, 1))


def test_schedules_count_all_pods_of_a_worker() -> None:
    pair = {"a": {"numOfHosts": 2}}
    (found,) = impacts(_schedules(groups=pair), _schedules(groups=pair, day={"a": 3}))
    assert found.pods == Pods(0, 4)


def _made(kind: str, body: Values, name: str = "ray-thing") -> Any:
    group = "ray.io" if kind.startswith("Ray") else ""
    metadata = {key: value for key, value in body.get("metadata", {}).items() if key != "name"}
    return manifest(kind, name, {**body, "metadata": metadata}, group=group)


CONTAINER: Values = {"name": "web", "image": "web:1", "ports": [{"containerPort": 1}], "livenessProbe": {"httpGet": {}}}
VOLUMES = [{"name": "v", "configMap": {"name": "x"}}]


@pytest.mark.parametrize(
    ("over", "effect"),
    [
        ({"imagePullPolicy": "IfNotPresent"}, "none"),
        ({"imagePullPolicy": "Always"}, "roll"),
        ({"terminationMessagePolicy": "File", "resources": {}, "env": []}, "none"),
        ({"ports": [{"containerPort": 1, "protocol": "TCP"}]}, "none"),
        ({"livenessProbe": {"httpGet": {"path": "/", "scheme": "HTTP"}, "periodSeconds": 10}}, "none"),
        ({"livenessProbe": {"httpGet": {}, "periodSeconds": 9}}, "roll"),
        ({"securityContext": {}}, "roll"),
    ],
)
def test_what_the_api_server_fills_in_makes_no_pod_anew(over: Values, effect: str) -> None:
    sides = [
        _made("Deployment", lay_over(WEB, at("spec", "template", "spec", value={"containers": [container]})))
        for container in (CONTAINER, {**CONTAINER, **over})
    ]
    assert {impact.effect for impact in impacts(sides[:1], sides[1:])} == {effect}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (["Ingress"], ["Ingress", "Egress"], "its pods reach nobody but those that policies name"),
        (["Ingress", "Egress"], ["Ingress"], "its pods reach anybody from now on"),
        (["Egress"], None, "its pods are reached by nobody but those that policies name"),
    ],
)
def test_directions_that_a_policy_restricts_are_told(old: Any, new: Any, says: str) -> None:
    sides = [_made("NetworkPolicy", {"spec": {"podSelector": {}, "policyTypes": types}}) for types in (old, new)]
    (found,) = impacts(sides[:1], sides[1:])
    assert says in found.reason
