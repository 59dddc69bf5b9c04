"""The operator's Role: what KubeRay 1.7 needs for RayClusters in one namespace, and nothing else.

Sufficiency is proven on a real cluster (tests/smoke/test_operator_role.py); here the Role is held against the list of
what KubeRay's informers, its reconciler and its leader election call for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def test_the_role_grants_what_is_called_for_and_nothing_else(render: Callable[..., list[Manifest]]) -> None:
    role = next(m.body for m in render({}) if m.kind == "Role")
    granted: dict[tuple[str, str], set[str]] = {}
    for rule in role["rules"]:
        assert "resourceNames" not in rule
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                granted.setdefault((group, resource), set()).update(rule["verbs"])
    assert granted == WANTED


def test_the_role_is_bound_to_the_operators_account_alone(render: Callable[..., list[Manifest]]) -> None:
    objects = {m.kind: m.body for m in render({}, release="mine", namespace="team-x")}
    binding = objects["RoleBinding"]
    assert binding["roleRef"]["name"] == objects["Role"]["metadata"]["name"] == "mine-operator"
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "mine-operator", "namespace": "team-x"}]
    assert objects["Deployment"]["spec"]["template"]["spec"]["serviceAccountName"] == "mine-operator"
