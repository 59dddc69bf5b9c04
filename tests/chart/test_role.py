"""The operator's Role: what KubeRay 1.7 needs for RayClusters in one namespace, and nothing else.

Sufficiency is proven on a real cluster (tests/smoke/test_smoke_teams.py); here the Role is held against the list of
what KubeRay's informers, its reconciler and its leader election call for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.manifests import Manifest

READ = {"get", "list", "watch"}
WANTED: dict[tuple[str, str], set[str]] = {
    ("ray.io", "rayclusters"): READ | {"update", "patch"},
    ("ray.io", "rayclusters/status"): {"get", "update", "patch"},
    ("ray.io", "rayclusters/finalizers"): {"update"},
    ("ray.io", "rayjobs"): READ,
    ("ray.io", "rayservices"): READ,
    ("", "pods"): READ | {"create", "update", "patch", "delete", "deletecollection"},
    ("", "pods/resize"): {"patch"},
    ("", "services"): READ | {"create"},
    ("", "secrets"): READ | {"create"},
    ("", "persistentvolumeclaims"): READ,
    ("batch", "jobs"): READ,
    ("events.k8s.io", "events"): {"create", "patch"},
    ("", "serviceaccounts"): READ | {"create"},
    ("rbac.authorization.k8s.io", "roles"): READ | {"create"},
    ("rbac.authorization.k8s.io", "rolebindings"): READ | {"create"},
    ("coordination.k8s.io", "leases"): {"get", "list", "create", "update"},
    ("", "events"): {"create"},
}


TOLERANT = {"faultTolerance": {"enabled": True, "passwordSecret": {"name": "x"}}, "autoscaling": {"enabled": False}}
GROWTH: dict[str, tuple[dict[str, Any], dict[tuple[str, str], set[str]]]] = {
    "fault tolerance": ({"clusters": {"main": TOLERANT}}, {("batch", "jobs"): READ | {"create"}}),
    "volcano": (
        {"operator": {"batchScheduler": "volcano"}},
        {("scheduling.volcano.sh", "podgroups"): READ | {"create", "update", "delete"}},
    ),
    "scheduler plugins": (
        {"operator": {"batchScheduler": "scheduler-plugins"}},
        {("scheduling.x-k8s.io", "podgroups"): READ | {"create"}},
    ),
    "KubeRay's network policies": (
        {"operator": {"featureGates": {"RayClusterNetworkPolicy": True}}},
        {("networking.k8s.io", "networkpolicies"): READ | {"create", "update", "delete"}},
    ),
    "a gate that is off": ({"operator": {"featureGates": {"RayClusterNetworkPolicy": False}}}, {}),
    "rules of one's own": (
        {"operator": {"extraRules": [{"apiGroups": ["example.com"], "resources": ["widgets"], "verbs": ["get"]}]}},
        {("example.com", "widgets"): {"get"}},
    ),
}


def test_the_role_grants_what_is_called_for_and_nothing_else(render: Callable[..., list[Manifest]]) -> None:
    assert granted(render({})) == WANTED


@pytest.mark.parametrize("feature", GROWTH.values(), ids=GROWTH)
def test_the_role_grows_only_with_what_is_switched_on(
    render: Callable[..., list[Manifest]], feature: tuple[dict[str, Any], dict[tuple[str, str], set[str]]]
) -> None:
    values, more = feature
    assert granted(render(values)) == WANTED | more


def test_the_role_is_bound_to_the_operators_account_alone(render: Callable[..., list[Manifest]]) -> None:
    objects = {m.kind: m.body for m in render({}, release="mine", namespace="team-x")}
    binding = objects["RoleBinding"]
    assert binding["roleRef"]["name"] == objects["Role"]["metadata"]["name"] == "mine-operator"
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "mine-operator", "namespace": "team-x"}]
    assert objects["Deployment"]["spec"]["template"]["spec"]["serviceAccountName"] == "mine-operator"


def granted(objects: list[Manifest]) -> dict[tuple[str, str], set[str]]:
    """Return the verbs that the operator's Role grants, by group and resource."""
    role = next(m.body for m in objects if m.kind == "Role" and m.name.endswith("-operator"))
    verbs: dict[tuple[str, str], set[str]] = {}
    for rule in role["rules"]:
        assert "resourceNames" not in rule
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                verbs.setdefault((group, resource), set()).update(rule["verbs"])
    return verbs
