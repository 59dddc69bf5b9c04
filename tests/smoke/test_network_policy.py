"""The release's NetworkPolicies, enforced: its namespace and the peers it names connect, nobody else does."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from contract.site import eventually
from kubernetes import client
from pods import Spot, run_in
from policy_site import PORT, Target, address, enforced, engine_running, listening, log, reach, visitor
from smoke_run import ROOT, run_smoke, setting

from raychart import helm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Kube

pytestmark = pytest.mark.cluster

PORTS = {"client": 10001, "dashboard": 8265, "gcs-server": 6379, "metrics": 8080}
GRANTED = ("dashboard", "metrics")  # to the friend

# Two actors that fill a worker each: the second runs when the autoscaler has asked the API server for another pod.
SCALE_UP = """
import ray
ray.init("ray://main-head-svc:10001", logging_level="WARNING")
@ray.remote(num_cpus=2)
class Node:
    def name(self):
        return ray.get_runtime_context().get_node_id()
nodes = [Node.remote() for _ in range(2)]
print(len(set(ray.get([node.name.remote() for node in nodes], timeout=120))))
"""


class Place(NamedTuple):
    """A release whose pods may reach each other alone; visitors there, in its peer's namespace and in another."""

    namespace: str
    visitor: Spot
    friend: Spot
    stranger: Spot
    head: Spot
    worker: Spot
    operator: Spot


@pytest.fixture(scope="module")
def unenforced(kube: Kube) -> Iterator[str]:
    """Return why no NetworkPolicy is enforced here; nothing where they are."""
    nodes = [node.metadata.name for node in kube.core.list_node().items]
    with engine_running(nodes) as reason:
        kept = enforced(kube)
        assert kept or reason, f"the policy engine runs, but does not keep a policy:\n{log(nodes[0])}"
        yield "" if kept else reason


@pytest.fixture(scope="module")
def place(kube: Kube, kube_config: str, unenforced: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Deploy the release and have it work as `raychart smoke` does, its policies enforced from the start."""
    home = f"netpol-{secrets.token_hex(3)}"
    namespaces = [home, f"{home}-friend", f"{home}-stranger"]
    folder = tmp_path_factory.mktemp("netpol")
    body = yaml.safe_load((ROOT / "values" / "team-a.yaml").read_text())
    peers = {"friend": {"namespace": f"{home}-friend", "ports": list(GRANTED)}}
    body["networkPolicy"] = {"egress": [], "peers": peers}
    values = folder / f"{home}.yaml"
    values.write_text(yaml.safe_dump(body))
    try:
        done = run_smoke(kube_config, folder, values, "--keep")
        assert done.code == 0, done.stdout
        inside, friend, stranger = (visitor(kube, namespace) for namespace in namespaces)
        selectors = ("ray.io/node-type=head", "ray.io/node-type=worker", "app.kubernetes.io/name=kuberay-operator")
        head, worker, operator = (_spot(kube, home, selector) for selector in selectors)
        yield Place(home, inside, friend, stranger, head, worker, operator)
    finally:
        helm.uninstall(release="ray", namespace=home, kubeconfig=Path(kube_config), missing_ok=True)
        for namespace in {item.metadata.name for item in kube.core.list_namespace().items} & set(namespaces):
            kube.core.delete_namespace(namespace)


@pytest.fixture
def policed(place: Place, unenforced: str) -> Place:
    """Return the release where connecting shows what its policies do."""
    if unenforced:
        pytest.skip(f"{unenforced}; the objects are checked all the same")
    return place


def test_every_pod_of_the_release_is_under_a_policy_for_both_directions(kube: Kube, place: Place) -> None:
    covered: dict[str, set[str]] = {}
    for policy in _policies(kube, place.namespace):
        for pod in kube.core.list_namespaced_pod(place.namespace, label_selector=_selector(policy)).items:
            covered.setdefault(pod.metadata.name, set()).update(policy.spec.policy_types)
    for spot in (place.head, place.worker, place.operator):
        assert covered.get(spot.pod) == {"Ingress", "Egress"}, f"{spot.pod} is not under a policy"
    assert place.visitor.pod not in covered, "pods that are not the release's are under its policies"


def test_no_policy_admits_anybody_but_the_namespace_and_its_peer(kube: Kube, place: Place) -> None:
    ports = {PORTS[name] for name in GRANTED}
    for policy in _policies(kube, place.namespace):
        for rule in policy.spec.ingress or []:
            assert rule._from, f"{policy.metadata.name} admits everybody"
            for peer in rule._from:
                assert peer.ip_block is None, f"{policy.metadata.name} admits addresses"
                if peer.namespace_selector is None:
                    continue
                named = peer.namespace_selector.match_labels
                assert named == {"kubernetes.io/metadata.name": place.friend.namespace}, policy.metadata.name
                assert rule.ports, f"{policy.metadata.name} opens all ports to the peer"
                assert {port.port for port in rule.ports} <= ports


def test_pods_of_the_namespace_reach_every_port(kube: Kube, policed: Place) -> None:
    found = reach(kube, policed.visitor, _targets(kube, policed))
    assert set(found.values()) == {True}, found


def test_a_pod_of_another_namespace_reaches_no_port_that_anything_listens_on(kube: Kube, policed: Place) -> None:
    for spot, known in ((policed.head, set(PORTS.values())), (policed.worker, {PORTS["metrics"]})):
        ports = listening(kube, spot)
        assert known <= set(ports)
        found = reach(kube, policed.stranger, [Target(spot.pod, address(kube, spot), port) for port in ports])
        assert set(found.values()) == {False}, found
    found = reach(kube, policed.stranger, _targets(kube, policed))
    assert set(found.values()) == {False}, found


def test_a_pod_of_a_named_namespace_reaches_the_ports_it_was_given_and_no_other(kube: Kube, policed: Place) -> None:
    targets = _targets(kube, policed)
    given = {PORTS[name] for name in GRANTED}
    assert reach(kube, policed.friend, targets) == {str(target): target.port in given for target in targets}


def test_the_operators_probes_are_answered_though_no_pod_reaches_them(kube: Kube, policed: Place) -> None:
    status = kube.core.read_namespaced_pod(policed.operator.pod, policed.namespace).status
    assert status.container_statuses[0].ready
    target = Target("operator", status.pod_ip, 8082)
    for spot in (policed.visitor, policed.friend, policed.stranger):
        assert reach(kube, spot, [target]) == {str(target): False}, spot


def test_the_operators_metrics_are_for_the_namespace_and_the_peer(kube: Kube, policed: Place) -> None:
    if not setting("OPERATOR"):
        pytest.skip("the stand-in serves no metrics")
    target = Target("operator", address(kube, policed.operator), PORTS["metrics"])
    found = {
        spot: reach(kube, spot, [target])[str(target)] for spot in (policed.visitor, policed.friend, policed.stranger)
    }
    assert found == {policed.visitor: True, policed.friend: True, policed.stranger: False}


def test_ray_pods_reach_nothing_outside_but_the_head_the_api_server(kube: Kube, policed: Place) -> None:
    service = kube.core.read_namespaced_service("kubernetes", "default").spec.cluster_ip
    outside = Target("outside", address(kube, policed.stranger), PORT)
    targets = [Target("API server", service, 443), outside]
    reached = [list(reach(kube, spot, targets).values()) for spot in (policed.visitor, policed.head, policed.worker)]
    assert reached == [[True, True], [True, False], [False, False]]


def test_the_autoscaler_and_the_operator_bring_up_another_worker(kube: Kube, policed: Place) -> None:
    token = run_in(kube, policed.head, ["sh", "-c", 'printf %s "$RAY_AUTH_TOKEN"'])
    variables = ["RAY_AUTH_MODE=token", f"RAY_AUTH_TOKEN={token}"] if token else []
    said = run_in(kube, policed.visitor, ["env", *variables, "python3", "-c", SCALE_UP], seconds=150)
    assert said.split()[-1] == "2", said
    workers = "ray.io/node-type=worker"
    found = eventually(
        lambda: kube.core.list_namespaced_pod(policed.namespace, label_selector=workers).items,
        lambda pods: len(pods) == 2,
    )
    assert policed.worker.pod in {pod.metadata.name for pod in found}


def _targets(kube: Kube, place: Place) -> list[Target]:
    """Return the ports that stay while the cluster lives: through the Service, and of the pods themselves."""
    service, head = f"main-head-svc.{place.namespace}.svc", address(kube, place.head)
    targets = [
        Target(name, host, port) for name, host in (("service", service), ("head", head)) for port in PORTS.values()
    ]
    return [*targets, Target("worker", address(kube, place.worker), PORTS["metrics"])]


def _spot(kube: Kube, namespace: str, selector: str) -> Spot:
    (pod,) = kube.core.list_namespaced_pod(namespace, label_selector=selector).items
    return Spot(namespace, pod.metadata.name, pod.spec.containers[0].name)


def _policies(kube: Kube, namespace: str) -> list[Any]:
    found: list[Any] = client.NetworkingV1Api(kube.api_client).list_namespaced_network_policy(namespace).items
    return found


def _selector(policy: Any) -> str:
    """Write a policy's pod selector as the API takes it in a query."""
    chosen = policy.spec.pod_selector
    words = [f"{key}={value}" for key, value in (chosen.match_labels or {}).items()]
    words += [f"{one.key} {one.operator.lower()} ({','.join(one.values)})" for one in chosen.match_expressions or []]
    return ",".join(words)
