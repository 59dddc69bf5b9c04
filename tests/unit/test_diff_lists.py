"""What differs in lists: items known by what the APIs know them by, order where it means something."""

from __future__ import annotations

from typing import Any

import pytest
from compared import changes, pod, told

from raychart.diff.show import path_text

A, B, C = ({"name": name, "image": f"{name}:1"} for name in "abc")


def head(**spec: Any) -> dict[str, Any]:
    return {"spec": {"headGroupSpec": {"template": {"spec": spec}}}}


def env(*pairs: tuple[str, str]) -> dict[str, Any]:
    return pod(containers=[{"name": "a", "env": [{"name": name, "value": value} for name, value in pairs]}])


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("ReplicaSet", pod(containers=[A, B]), pod(containers=[B, A])),
        ("ReplicaSet", pod(volumes=[A, B]), pod(volumes=[B, A])),
        ("ReplicaSet", env(("A", "1"), ("B", "2")), env(("B", "2"), ("A", "1"))),
        ("ReplicaSet", env(("A", "1"), ("B", "$$(A)")), env(("B", "$$(A)"), ("A", "1"))),
        ("RayCluster", head(containers=[A, B, C]), head(containers=[A, C, B])),
        (
            "RayCluster",
            {"spec": {"workerGroupSpecs": [{"groupName": "x"}, {"groupName": "y"}]}},
            {"spec": {"workerGroupSpecs": [{"groupName": "y"}, {"groupName": "x"}]}},
        ),
        (
            "Service",
            {"spec": {"ports": [{"port": 1}, {"port": 1, "protocol": "UDP"}]}},
            {"spec": {"ports": [{"port": 1, "protocol": "UDP"}, {"port": 1}]}},
        ),
        (
            "NetworkPolicy",
            {"spec": {"egress": [{"to": [{"a": 1}, {"b": 1}], "ports": [{"port": 1}]}, {}]}},
            {"spec": {"egress": [{}, {"ports": [{"port": 1}], "to": [{"b": 1}, {"a": 1}]}]}},
        ),
        (
            "Role",
            {"rules": [{"resources": ["a", "b"], "verbs": ["get", "list"]}, {"resources": ["c"], "verbs": ["*"]}]},
            {"rules": [{"resources": ["c"], "verbs": ["*"]}, {"resources": ["b", "a"], "verbs": ["list", "get"]}]},
        ),
        ("ConfigMap", {"metadata": {"finalizers": ["a", "b"]}}, {"metadata": {"finalizers": ["b", "a"]}}),
        (
            "ValidatingWebhookConfiguration",
            {"webhooks": [{"name": "a", "rules": [{"operations": ["CREATE", "UPDATE"]}]}]},
            {"webhooks": [{"name": "a", "rules": [{"operations": ["UPDATE", "CREATE"]}]}]},
        ),
        (
            "NodePool",
            {"spec": {"requirements": [{"key": "a", "operator": "In"}, {"key": "b", "operator": "In"}]}},
            {"spec": {"requirements": [{"key": "b", "operator": "In"}, {"key": "a", "operator": "In"}]}},
        ),
        ("Ingress", {"spec": {"tls": [{"hosts": ["a", "b"]}]}}, {"spec": {"tls": [{"hosts": ["b", "a"]}]}}),
        (
            "HorizontalPodAutoscaler",
            {"spec": {"metrics": [{"a": {"averageValue": "1Gi"}}, {"b": 1}]}},
            {"spec": {"metrics": [{"b": 1}, {"a": {"averageValue": "1024Mi"}}]}},
        ),
        (
            "ReplicaSet",
            pod(
                volumes=[{"name": "v", "configMap": {"items": [{"key": "a", "path": "a"}, {"key": "b", "path": "b"}]}}]
            ),
            pod(
                volumes=[{"name": "v", "configMap": {"items": [{"key": "b", "path": "b"}, {"key": "a", "path": "a"}]}}]
            ),
        ),
    ],
)
def test_order_that_means_nothing_is_no_difference(kind: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    assert told(kind, old, new) == []


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "Job"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (pod(containers=[A, B]), pod(containers=[B, A])),
        (pod(volumes=[A, B]), pod(volumes=[B, A])),
        (env(("A", "1"), ("B", "2")), env(("B", "2"), ("A", "1"))),
        (pod(tolerations=[{"key": "a"}, {"key": "b"}]), pod(tolerations=[{"key": "b"}, {"key": "a"}])),
    ],
)
def test_order_for_which_kubernetes_makes_pods_anew_is_told(
    kind: str, old: dict[str, Any], new: dict[str, Any]
) -> None:
    assert [change.kind for change in changes(kind, old, new)] == ["moved"]
    assert not told("ReplicaSet", old, new)


@pytest.mark.parametrize(
    ("kind", "old", "new", "expected"),
    [
        ("Deployment", pod(initContainers=[A, B, C]), pod(initContainers=[C, A, B]), ["initContainers[c]: 3 to 1"]),
        ("Deployment", env(("A", "1"), ("B", "$(A)")), env(("B", "$(A)"), ("A", "1")), ["env[A]: 1 to 2"]),
        ("Deployment", pod(x=["a", "b", "c"]), pod(x=["b", "c", "a"]), ["x[2]: 1 to 3"]),
        # KubeRay takes the first container for Ray's.
        (
            "RayCluster",
            head(containers=[A, B]),
            head(containers=[B, A]),
            ["containers[a]: 1 to 2", "containers[b]: 2 to 1"],
        ),
        ("Thing", {"spec": {"steps": [A, B]}}, {"spec": {"steps": [B, A]}}, ["steps[a]: 1 to 2"]),
    ],
)
def test_order_that_means_something_is_told(
    kind: str, old: dict[str, Any], new: dict[str, Any], expected: list[str]
) -> None:
    found = changes(kind, old, new)
    assert {change.kind for change in found} == {"moved"}
    assert sorted(f"{path_text(one.path[-2:])}: {one.old + 1} to {one.new + 1}" for one in found) == expected


def test_sources_of_a_projected_volume_are_known_by_what_they_bring() -> None:
    def volume(*sources: dict[str, Any]) -> dict[str, Any]:
        return pod(volumes=[{"name": "v", "projected": {"sources": list(sources)}}])

    names, labels = {"configMap": {"name": "names"}}, {"downwardAPI": {"items": [{"path": "labels"}]}}

    def token(seconds: int) -> dict[str, Any]:
        return {"serviceAccountToken": {"path": "token", "expirationSeconds": seconds}}

    place = "spec.template.spec.volumes[v].projected.sources"
    assert told("Deployment", volume(names, labels, token(600)), volume(labels, token(900))) == [
        f"- {place}[configMap names]: {{configMap: {{name: names}}}}",
        f"~ {place}[serviceAccountToken token].serviceAccountToken.expirationSeconds: 600 -> 900",
    ]
    # A later file has the place of an earlier one.
    assert told("Deployment", volume(names, labels), volume(labels, names)) == [
        f"~ {place}[configMap names]: moved from position 1 to 2",
    ]


def test_a_sidecar_in_front_of_rays_container_moves_it() -> None:
    found = told("RayCluster", head(containers=[A]), head(containers=[B, A]))
    assert found == [
        '+ spec.headGroupSpec.template.spec.containers[b]: {name: b, image: "b:1"}',
        "~ spec.headGroupSpec.template.spec.containers[a]: moved from position 1 to 2",
    ]


def test_reordered_groups_with_one_edit_are_one_change() -> None:
    groups = [{"groupName": name, "replicas": 1, "template": {"spec": {"containers": [A]}}} for name in ("x", "y", "z")]
    edited = [*groups[1:], {**groups[0], "replicas": 4}]
    assert told("RayCluster", {"spec": {"workerGroupSpecs": groups}}, {"spec": {"workerGroupSpecs": edited}}) == [
        "~ spec.workerGroupSpecs[x].replicas: 1 -> 4"
    ]


def test_a_renamed_group_is_renamed_with_what_else_changed() -> None:
    spec = {"containers": [{**A, "args": list("abcdefgh"), "env": [{"name": str(n), "value": "1"} for n in range(9)]}]}
    groups = [{"groupName": "gpu", "maxReplicas": 1, "template": {"spec": spec}}]
    renamed = [{**groups[0], "groupName": "gpu-spot", "maxReplicas": 2}]
    assert told("RayCluster", {"spec": {"workerGroupSpecs": groups}}, {"spec": {"workerGroupSpecs": renamed}}) == [
        "~ spec.workerGroupSpecs[gpu-spot]: renamed from gpu",
        "~ spec.workerGroupSpecs[gpu-spot].maxReplicas: 1 -> 2",
    ]


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        # What makes a small thing known again is where its value stands.
        ("volumes", {"persistentVolumeClaim": {"claimName": "p"}}, {"persistentVolumeClaim": {"claimName": "p"}}),
        ("containers", {"image": "a:1", "args": list("abcd")}, {"image": "a:2", "args": list("abcd")}),
    ],
)
def test_a_renamed_item_is_renamed(field: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    found = told("Deployment", pod(**{field: [{"name": "old", **old}]}), pod(**{field: [{"name": "new", **new}]}))
    assert found[0] == f"~ spec.template.spec.{field}[new]: renamed from old"
    assert len(found) == 1 + (old != new)


def test_a_value_alone_does_not_make_a_variable_a_renamed_one() -> None:
    assert len(told("Deployment", env(("A", "1")), env(("B", "1")))) == 2


def affinity(*terms: dict[str, Any]) -> dict[str, Any]:
    return pod(
        affinity={"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [*terms]}}}
    )


def expression(*values: str, key: str = "pool") -> dict[str, Any]:
    return {"key": key, "operator": "In", "values": list(values)}


@pytest.mark.parametrize(
    ("kind", "old", "new", "line"),
    [
        (
            "ReplicaSet",
            affinity({"matchExpressions": [expression("a", "b")]}, {"matchFields": []}),
            affinity({"matchExpressions": [expression("c", "b", "a")]}, {"matchFields": []}),
            "nodeSelectorTerms[0].matchExpressions[pool/In].values[c]: c",
        ),
        (
            "NetworkPolicy",
            {"spec": {"ingress": [{"from": [{"a": 1}], "ports": [{"port": 80}]}]}},
            {"spec": {"ingress": [{"from": [{"a": 1}], "ports": [{"port": 80}, {"port": 443}]}]}},
            "+ spec.ingress[0].ports[1]: {port: 443}",
        ),
        (
            "PrometheusRule",
            {"spec": {"groups": [{"name": "g", "rules": [{"alert": "a", "expr": "x"}]}]}},
            {"spec": {"groups": [{"name": "g", "rules": [{"alert": "a", "expr": "z"}]}]}},
            "~ spec.groups[g].rules[a].expr: x -> z",
        ),
    ],
)
def test_inside_of_an_item_known_by_all_it_says_only_what_differs_is_told(
    kind: str, old: dict[str, Any], new: dict[str, Any], line: str
) -> None:
    (found,) = told(kind, old, new)
    assert line in found


def test_a_rule_that_grants_more_is_told_by_the_verb() -> None:
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    more = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["delete", "get"]}]
    assert told("Role", {"rules": rules}, {"rules": more}) == ["+ rules[pods].verbs[delete]: delete"]


@pytest.mark.parametrize("field", ["containers", "env", "volumes", "tolerations", "ports", "workerGroupSpecs"])
def test_items_that_cannot_be_told_apart_are_not_lost(field: str) -> None:
    twice = [{"name": "a", "groupName": "g", "value": "1"}, {"name": "a", "groupName": "g", "value": "2"}]
    assert told("Thing", {"spec": {field: twice}}, {"spec": {field: twice[:1]}})
    assert told("Thing", {"spec": {field: twice}}, {"spec": {field: [twice[0], {**twice[1], "value": "3"}]}})


def test_arguments_that_came_and_went_leave_the_others_alone() -> None:
    old, new = pod(x=["--a", "--b=1", "--c"]), pod(x=["--new", "--a", "--b=2"])
    assert told("Deployment", old, new) == [
        "+ spec.template.spec.x[0]: --new",
        "~ spec.template.spec.x[2]: --b=1 -> --b=2",
        "- spec.template.spec.x[2]: --c",
    ]
