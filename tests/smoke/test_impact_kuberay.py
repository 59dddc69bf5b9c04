"""What is said of changes of RayClusters that KubeRay alone looks after is what the operator does."""

from __future__ import annotations

import copy
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from contract.cases import plain_cluster, plain_group
from contract.site import Site, eventually, park
from impact_site import problems
from kubernetes.client import ApiException
from smoke_run import setting

from raychart import helm
from raychart.chart import find_chart
from raychart.diff.compare import compare
from raychart.impact.judge import judge
from raychart.manifests import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Kube

    from raychart.impact.model import Impact

    Object = dict[str, Any]
    Change = Callable[[Object], object]

pytestmark = pytest.mark.cluster

PARTS = ("head", "small", "big", "other")
# Seconds in which an operator would have done what it must not do.
HOLDS = 2.5
RECREATE = {"upgradeStrategy": {"type": "Recreate"}}
AUTOSCALED = {"enableInTreeAutoscaling": True, "autoscalerOptions": {"version": "v1"}}


NOTHING: Object = {}


class Row(NamedTuple):
    """A change of a RayCluster with groups small and big, what it is before, and an effect that is said."""

    effect: str
    change: Change
    before: Object = NOTHING
    groups: Object = NOTHING


def small(**fields: Any) -> Change:
    """Return a change of group small."""
    return lambda spec: spec["workerGroupSpecs"][0].update(fields)


def container(place: str, **fields: Any) -> Change:
    """Return a change of Ray's container in the head or in group small."""

    def change(spec: Object) -> None:
        group = spec["headGroupSpec"] if place == "head" else spec["workerGroupSpecs"][0]
        group["template"]["spec"]["containers"][0].update(fields)

    return change


def pod(**fields: Any) -> Change:
    """Return a change of the pods of group small."""
    return lambda spec: spec["workerGroupSpecs"][0]["template"]["spec"].update(fields)


def _of_container(memory: str) -> Object:
    """Return what a container says of the memory that it may use."""
    return {"resources": {"limits": {"cpu": "1", "memory": memory}}}


def _autoscale(**fields: Any) -> Change:
    """Return a change that switches autoscaling on and changes group small."""

    def change(spec: Object) -> None:
        spec |= AUTOSCALED
        spec["workerGroupSpecs"][0] |= fields

    return change


def _limited(memory: str) -> Object:
    """Return pods of group small that may use so much memory."""
    template: Object = copy.deepcopy(plain_group("small")["template"])
    template["spec"]["containers"][0] |= _of_container(memory)
    return {"template": template}


def _say_nothing(spec: Object) -> None:
    """Say in many words what is there without any of them."""
    spec["headServiceAnnotations"] = {}
    spec["headGroupSpec"]["labels"] = {}
    group = spec["workerGroupSpecs"][0]
    group["resources"] = {}
    group["template"]["spec"] |= {"hostNetwork": False, "volumes": [], "nodeSelector": {}, "hostname": ""}
    group["template"]["spec"]["containers"][0] |= {"env": [], "stdin": False, "volumeMounts": []}
    group.pop("rayStartParams")


def _with_volumes() -> Object:
    template: Object = copy.deepcopy(plain_group("small")["template"])
    template["spec"]["volumes"] = [{"name": name, "emptyDir": {}} for name in ("one", "two")]
    return template


ROWS: dict[str, Row] = {
    "replicas up": Row("scale-up", small(replicas=3)),
    "replicas down": Row("scale-down", small(replicas=1), groups={"replicas": 3}),
    "replicas down, autoscaled": Row("none", small(replicas=1), AUTOSCALED, {"replicas": 3}),
    "minReplicas up, autoscaled": Row("scale-up", small(minReplicas=3), AUTOSCALED),
    "maxReplicas down": Row("scale-down", small(maxReplicas=1), groups={"replicas": 3}),
    "maxReplicas down, autoscaled": Row("scale-down", small(maxReplicas=1), AUTOSCALED, {"replicas": 3}),
    "maxReplicas up": Row("none", small(maxReplicas=9)),
    "a worker's image": Row("new-pods", container("small", image="ray:2")),
    "a worker's image, Recreate": Row("head-restart", container("small", image="ray:2"), RECREATE),
    "the head's image": Row("head-deferred", container("head", image="ray:2")),
    "tolerations, Recreate": Row("new-pods", pod(tolerations=[{"operator": "Exists"}]), RECREATE),
    "idle time-out": Row("live", lambda spec: spec["autoscalerOptions"].update(idleTimeoutSeconds=9), AUTOSCALED),
    "idle time-out, Recreate": Row(
        "head-restart",
        lambda spec: spec["autoscalerOptions"].update(idleTimeoutSeconds=9),
        {**AUTOSCALED, **RECREATE},
    ),
    "headServiceAnnotations": Row("ignored", lambda spec: spec.update(headServiceAnnotations={"step": "x"})),
    "a group added": Row("scale-up", lambda spec: spec["workerGroupSpecs"].append(_parked("other"))),
    "a group removed": Row("remove-type", lambda spec: spec["workerGroupSpecs"].pop()),
    "a group removed, Recreate": Row("head-restart", lambda spec: spec["workerGroupSpecs"].pop(), RECREATE),
    "groups in another order, Recreate": Row("head-restart", lambda spec: spec["workerGroupSpecs"].reverse(), RECREATE),
    "groups in another order": Row("", lambda spec: spec["workerGroupSpecs"].reverse()),
    "a group renamed": Row("remove-type", lambda spec: spec["workerGroupSpecs"][1].update(groupName="other")),
    "numOfHosts from two to three": Row("roll", small(numOfHosts=3), groups={"numOfHosts": 2}),
    "numOfHosts from one to two": Row("scale-up", small(numOfHosts=2)),
    "numOfHosts from three to two": Row("new-pods", small(numOfHosts=2), groups={"numOfHosts": 3}),
    "a group suspended": Row("scale-down", small(suspend=True)),
    "volumes in another order, Recreate": Row(
        "head-restart",
        lambda spec: spec["workerGroupSpecs"][0]["template"]["spec"]["volumes"].reverse(),
        RECREATE,
        {"template": _with_volumes()},
    ),
    "Recreate after a change": Row("head-restart", lambda spec: spec.update(RECREATE)),
    "memory in bytes": Row("", container("small", **_of_container("1073741824")), groups=_limited("1Gi")),
    "memory in bytes, Recreate": Row(
        "head-restart", container("small", **_of_container("1073741824")), RECREATE, _limited("1Gi")
    ),
    "memory in mebibytes, Recreate": Row("", container("small", **_of_container("1024Mi")), RECREATE, _limited("1Gi")),
    "empty in place of nothing, Recreate": Row("none", _say_nothing, RECREATE),
    "a flag that is a pointer, Recreate": Row("head-restart", pod(automountServiceAccountToken=False), RECREATE),
    "an empty security context, Recreate": Row("head-restart", container("small", securityContext={}), RECREATE),
    "authOptions without a mode": Row("live", lambda spec: spec.update(authOptions={})),
    "authOptions without a mode, Recreate": Row("head-restart", lambda spec: spec.update(authOptions={}), RECREATE),
    "numOfHosts from one to two, autoscaled": Row("scale-up", small(numOfHosts=2), AUTOSCALED),
    "numOfHosts from two to three, autoscaled": Row("roll", small(numOfHosts=3), AUTOSCALED, {"numOfHosts": 2}),
    "numOfHosts from one to two, Recreate": Row("head-restart", small(numOfHosts=2), RECREATE),
    "autoscaling on": Row("access", lambda spec: spec.update(AUTOSCALED)),
    "autoscaling on with fewer": Row("live", _autoscale(replicas=1), groups={"replicas": 3}),
    "autoscaling on with more": Row("scale-up", _autoscale(minReplicas=3), groups={"replicas": 2}),
    "autoscaling off": Row("scale-down", lambda spec: spec.update(enableInTreeAutoscaling=False), AUTOSCALED),
    "workersToDelete, Recreate": Row("roll", small(scaleStrategy={"workersToDelete": ["nobody"]}), RECREATE),
    "managedBy, Recreate": Row("head-restart", lambda spec: spec.update(managedBy="ray.io/kuberay-operator"), RECREATE),
    "another password of Redis": Row(
        "head-deferred",
        lambda spec: spec["gcsFaultToleranceOptions"].update(redisPassword={"value": "x"}),
        {"gcsFaultToleranceOptions": {"redisAddress": "redis:6379"}},
    ),
    "suspended": Row("head-restart", lambda spec: spec.update(suspend=True)),
    "suspend from nothing to false": Row("none", lambda spec: spec.update(suspend=False)),
    "suspend from nothing to false, Recreate": Row("head-restart", lambda spec: spec.update(suspend=False), RECREATE),
    "more than the maximum": Row("rejected", small(minReplicas=5, replicas=5)),
}


def _parked(name: str) -> Object:
    group = plain_group(name)
    park(group)
    return group


@pytest.fixture(scope="module")
def site(kube: Kube, kube_config: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a namespace with an operator in it and nothing else of the chart's."""
    found = Site(kube.api_client, f"impact-{secrets.token_hex(3)}")
    kube.core.create_namespace({"metadata": {"name": found.namespace}})
    values = tmp_path_factory.mktemp("kuberay") / "values.yaml"
    # Nothing is to wait for a Redis that is not there.
    operator = {"env": {"ENABLE_GCS_FT_REDIS_CLEANUP": "false"}}
    values.write_text(yaml.safe_dump({"clusters": {}, "operator": operator}))
    where: Any = {"release": "ray", "namespace": found.namespace, "kubeconfig": Path(kube_config)}
    try:
        helm.install(find_chart(), [values, Path(setting("LAYER"))], **where)
        yield found
    finally:
        for cluster in found.find("RayCluster"):
            found.delete("RayCluster", cluster["metadata"]["name"])
        eventually(lambda: found.find("Pod", "ray.io/cluster"), lambda pods: not pods)
        helm.uninstall(**where, missing_ok=True)
        kube.core.delete_namespace(found.namespace)


@pytest.fixture
def bring_up(site: Site) -> Iterator[Callable[[Object, Object], Object]]:
    """Make a RayCluster whose pods are ready; return it as it was written."""
    made = []

    def create(spec: Object, group: Object) -> Object:
        body = plain_cluster(f"i{secrets.token_hex(3)}", site.namespace)
        body["spec"] |= copy.deepcopy(spec)
        body["spec"]["workerGroupSpecs"][0] |= group
        body["spec"]["workerGroupSpecs"].append(plain_group("big"))
        for one in (body["spec"]["headGroupSpec"], *body["spec"]["workerGroupSpecs"]):
            park(one)
        name = site.apply(body)
        made.append(name)
        first = body["spec"]["workerGroupSpecs"][0]
        wanted = 2 + first["replicas"] * first.get("numOfHosts", 1)
        found = eventually(lambda: site.pods(name), lambda pods: len(pods) == wanted, 60)
        assert len(found) == wanted
        site.start(found)
        assert eventually(lambda: site.status(name).get("state"), lambda state: state == "ready") == "ready"
        return body

    yield create
    for name in made:
        site.delete("RayCluster", name)


def uids(site: Site, name: str) -> dict[str, set[str]]:
    """Return the UIDs of the head and of each group's pods."""
    groups = {part: "headgroup" if part == "head" else part for part in PARTS}
    return {part: {pod["metadata"]["uid"] for pod in site.pods(name, group)} for part, group in groups.items()}


def impacts_of(old: Object, new: Object) -> list[Impact]:
    """Return what is said of a change."""
    sides = [
        Manifest("ray.io", "v1", "RayCluster", body["metadata"]["namespace"], body["metadata"]["name"], body)
        for body in (old, new)
    ]
    return list(judge(compare(sides[:1], sides[1:])))


def become(site: Site, old: Object, change: Change, before: dict[str, set[str]]) -> tuple[list[Impact], str]:
    """Change a RayCluster; return what is said of it, and what else than that has become of its pods."""
    new = copy.deepcopy(old)
    change(new["spec"])
    name = old["metadata"]["name"]
    found = impacts_of(old, new)

    def wrong() -> str:
        after = uids(site, name)
        return "; ".join(filter(None, (problems(found, part, (before[part], after[part]), name) for part in PARTS)))

    site.change(name, change)
    eventually(wrong, lambda words: not words)
    time.sleep(HOLDS)
    return found, wrong()


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_operator_does_what_was_said(site: Site, bring_up: Callable[[Object, Object], Object], row: Row) -> None:
    old = bring_up(row.before, row.groups)
    service = site.get("Service", f"{old['metadata']['name']}-head-svc")
    found, wrong = become(site, old, row.change, uids(site, old["metadata"]["name"]))
    assert row.effect in {impact.effect for impact in found} or not (row.effect or found)
    assert not wrong
    assert site.get("Service", service["metadata"]["name"])["spec"] == service["spec"]


def test_a_cluster_stays_suspended_until_suspend_is_false(
    site: Site, bring_up: Callable[[Object, Object], Object]
) -> None:
    body = bring_up({}, {})
    name = body["metadata"]["name"]
    site.change(name, lambda spec: spec.update(suspend=True))
    assert eventually(lambda: site.status(name).get("state"), lambda state: state == "suspended") == "suspended"
    suspended = copy.deepcopy(body)
    suspended["spec"]["suspend"] = True
    nobody: dict[str, set[str]] = {part: set() for part in PARTS}
    found, wrong = become(site, suspended, lambda spec: spec.pop("suspend"), nobody)
    assert [impact.effect for impact in found] == ["ignored"]
    assert not wrong
    found, wrong = become(site, suspended, lambda spec: spec.update(suspend=False), nobody)
    assert [impact.effect for impact in found] == ["scale-up"]
    assert not wrong
    assert len(eventually(lambda: site.names(name), lambda pods: len(pods) == 3)) == 3


def test_what_was_changed_and_changed_back_is_nothing_to_recreate(
    site: Site, bring_up: Callable[[Object, Object], Object]
) -> None:
    body = bring_up({}, {})
    name = body["metadata"]["name"]
    before = uids(site, name)
    former = body["spec"]["rayVersion"]
    site.change(name, lambda spec: spec.update(rayVersion="2.61.0"))
    time.sleep(HOLDS)
    site.change(name, lambda spec: spec.update(rayVersion=former))
    time.sleep(HOLDS)
    found, wrong = become(site, body, lambda spec: spec.update(RECREATE), before)
    assert not wrong
    assert uids(site, name) == before
    assert "changed back does not count" in found[0].reason


def test_without_an_operator_nothing_is_done_until_it_is_back(
    site: Site, bring_up: Callable[[Object, Object], Object]
) -> None:
    body = bring_up(RECREATE, {})
    name = body["metadata"]["name"]
    before = uids(site, name)
    (operator,) = site.find("Deployment")
    site.patch("Deployment", operator["metadata"]["name"], {"spec": {"replicas": 0}})
    try:
        gone = eventually(
            lambda: site.find("Pod", "app.kubernetes.io/name=kuberay-operator"), lambda pods: not pods, 60
        )
        assert not gone
        site.change(name, lambda spec: spec.update(rayVersion="2.61.0"))
        time.sleep(HOLDS)
        assert uids(site, name) == before
    finally:
        site.patch("Deployment", operator["metadata"]["name"], {"spec": {"replicas": 1}})
    after = eventually(
        lambda: uids(site, name), lambda now: all(now[part].isdisjoint(before[part]) for part in PARTS), 90
    )
    assert all(after[part].isdisjoint(before[part]) for part in PARTS)


@pytest.mark.parametrize("scaled", [NOTHING, AUTOSCALED], ids=["fixed", "autoscaled"])
def test_a_pod_that_is_to_be_deleted_is_replaced(
    site: Site, bring_up: Callable[[Object, Object], Object], scaled: Object
) -> None:
    body = bring_up(scaled, {"replicas": 2})
    name = body["metadata"]["name"]
    before = uids(site, name)
    named = sorted(site.names(name, "small"))[:1]
    found, wrong = become(site, body, small(scaleStrategy={"workersToDelete": named}), before)
    assert "roll" in {impact.effect for impact in found}
    assert not wrong
    after = uids(site, name)["small"]
    assert (len(after), len(after - before["small"])) == (2, 1)


def test_a_pod_that_was_a_worker_by_itself_is_not_deleted_by_name(
    site: Site, bring_up: Callable[[Object, Object], Object]
) -> None:
    body = bring_up(AUTOSCALED, {})
    name = body["metadata"]["name"]
    before, (former,) = uids(site, name), site.names(name, "small")
    found, wrong = become(site, body, small(numOfHosts=2), before)
    assert any("not even the autoscaler can have them deleted" in impact.reason for impact in found)
    assert not wrong
    assert len(site.names(name, "small")) == 3
    site.change(name, small(scaleStrategy={"workersToDelete": [former]}))
    time.sleep(HOLDS)
    assert former in site.names(name, "small")


def test_an_account_that_is_not_there_stops_the_operator(
    site: Site, bring_up: Callable[[Object, Object], Object]
) -> None:
    body = bring_up(AUTOSCALED, {})
    name = body["metadata"]["name"]
    before = uids(site, name)

    def change(spec: Object) -> None:
        spec["headGroupSpec"]["template"]["spec"]["serviceAccountName"] = "nobody"
        spec["workerGroupSpecs"][0]["replicas"] = 2

    found, _ = become(site, body, change, before)
    assert any("the operator stops at the cluster" in impact.reason for impact in found)
    assert uids(site, name) == before
    site.create({"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": "nobody"}})
    pods = eventually(lambda: uids(site, name)["small"], lambda now: len(now) == 2, 60)
    assert len(pods) == 2


def test_new_workers_look_for_a_head_service_that_nobody_makes(
    site: Site, bring_up: Callable[[Object, Object], Object]
) -> None:
    body = bring_up({}, {})
    name = body["metadata"]["name"]

    def change(spec: Object) -> None:
        spec["headGroupSpec"]["headService"] = {"metadata": {"name": f"{name}-other"}}
        spec["headGroupSpec"]["rayStartParams"] = {"port": "6380"}
        spec["workerGroupSpecs"][0]["replicas"] = 2

    before = site.names(name)
    found, wrong = become(site, body, change, uids(site, name))
    assert not wrong
    reasons = " ".join(impact.reason for impact in found)
    assert f"look for the head at {name}-other" in reasons
    assert "look for the head at port 6380" in reasons
    (new,) = [pod for pod in site.pods(name) if pod["metadata"]["name"] not in before]
    env = {one["name"]: one.get("value") for one in new["spec"]["containers"][0]["env"]}
    assert env["FQ_RAY_IP"].startswith(f"{name}-other.")
    assert env["RAY_PORT"] == "6380"
    assert f"{name}-other" not in {service["metadata"]["name"] for service in site.find("Service")}


def test_what_the_api_server_refuses_is_said(
    kube: Kube, site: Site, bring_up: Callable[[Object, Object], Object]
) -> None:
    crd = kube.custom.get_cluster_custom_object(
        "apiextensions.k8s.io", "v1", "customresourcedefinitions", "rayclusters.ray.io"
    )
    if "self == oldSelf" not in str(crd):
        pytest.skip("the CRD that comes with the stand-in has no rules for changes")
    body = bring_up({"managedBy": "ray.io/kuberay-operator"}, {})

    def change(spec: Object) -> None:
        spec["managedBy"] = "kueue.x-k8s.io/multikueue"

    new = copy.deepcopy(body)
    change(new["spec"])
    assert [impact.effect for impact in impacts_of(body, new)] == ["rejected"]
    with pytest.raises(ApiException, match="immutable"):
        site.change(body["metadata"]["name"], change)
