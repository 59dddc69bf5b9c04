"""The stand-in operator's builders keep the contract, without a cluster; so do the recordings it was taken from."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml
from contract.cases import CASES, Case, Expected
from contract.facts import Object, plain_facts, pod_facts, service_facts, status_facts
from stand_in import access, services
from stand_in.cluster import RayCluster
from stand_in.finalizer import FINALIZER
from stand_in.pods import head_pod, worker_pod
from stand_in.scaling import Create, plan
from stand_in.status import differs, new_status
from stand_in.switches import Switches
from stand_in.validation import spec_problem

RECORDED = Path(__file__).parents[3] / "shared" / "kuberay" / "recorded"
NAMESPACE = "team-a"
SWITCHES = Switches()

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.recording)
each_part = pytest.mark.parametrize("part", ["pods", "services", "others", "status", "finalizers"])


def make(case: Case) -> Expected:
    """Return the facts of everything the builders make of a case."""
    body = case.cluster(NAMESPACE)
    body["metadata"] |= {"uid": "00000000-1111-2222-3333-444444444444", "generation": 1}
    cluster = RayCluster(body)
    if spec_problem(cluster):
        return Expected()
    pods = build_pods(cluster)
    return Expected(
        pods=tuple(map(pod_facts, pods)),
        services=tuple(map(service_facts, build_services(cluster))),
        others={thing["kind"]: plain_facts(thing) for thing in build_others(cluster)},
        status=status_facts(settled_status(cluster, pods)),
        finalizers=() if cluster.fault_tolerance is None else (FINALIZER,),
    )


def build_pods(cluster: RayCluster) -> list[Object]:
    groups = {group.name: group for group in cluster.workers}
    pods = []
    for action in plan(cluster, [], {}, SWITCHES, lambda group: f"{group}-abcde").actions:
        assert isinstance(action, Create)
        if action.seat is None:
            pods.append(head_pod(cluster, SWITCHES))
        else:
            pods.append(worker_pod(cluster, groups[action.group], action.seat, SWITCHES))
    return pods


def build_services(cluster: RayCluster) -> list[Object]:
    optional = (services.headless_service(cluster), services.serve_service(cluster))
    return [services.head_service(cluster, SWITCHES), *filter(None, optional)]


def build_others(cluster: RayCluster) -> list[Object]:
    built = [services.ingress(cluster), access.token_secret(cluster, "token")]
    if cluster.autoscaling:
        built += [access.service_account(cluster), access.role(cluster), access.role_binding(cluster)]
    return [item for item in built if item is not None]


def settled_status(cluster: RayCluster, pods: list[Object]) -> Object:
    """Return the status after as many rounds as it takes, the pods being named but not started."""
    named = [{**copy.deepcopy(pod), "status": {"phase": "Pending"}} for pod in pods]
    for pod in named:
        pod["metadata"]["name"] = f"{pod['metadata']['generateName']}abcde"
    service = services.head_service(cluster, SWITCHES)
    for port in service["spec"]["ports"]:
        port["targetPort"] = port["port"]
    for _ in range(5):
        status = new_status(cluster, named, service, None, "2026-01-01T00:00:00Z")
        if not differs(cluster.status, status):
            return status
        cluster = RayCluster({**cluster.body, "status": status})
    pytest.fail("the status does not settle")


def read_recording(case: Case) -> Expected:
    """Return the facts of what the real operator was seen to make."""
    if not RECORDED.is_dir():
        pytest.skip("the recordings are reference material beside the project, and are not here")
    cluster, *made = yaml.safe_load_all((RECORDED / f"{case.recording}.yaml").read_text(encoding="utf-8"))
    kinds = {"Pod", "Service"}
    return Expected(
        pods=tuple(pod_facts(thing) for thing in made if thing["kind"] == "Pod"),
        services=tuple(service_facts(thing) for thing in made if thing["kind"] == "Service"),
        others={thing["kind"]: plain_facts(thing) for thing in made if thing["kind"] not in kinds},
        status=status_facts(cluster["status"]) if "status" in cluster else {},
        finalizers=tuple(cluster["metadata"].get("finalizers") or ()),
    )


def recorded_events(case: Case) -> set[tuple[str, str]]:
    """Return type and reason of each event in the recording's opening comment."""
    lines = (RECORDED / f"{case.recording}.yaml").read_text(encoding="utf-8").splitlines()
    words = [line.split() for line in lines if line.startswith("#   ")]
    return {(kind, reason.rstrip(":")) for _, kind, reason, *_ in words}


@each_part
@each_case
def test_builders_keep_the_contract(case: Case, part: str) -> None:
    assert getattr(make(case), part) == getattr(case.expected(NAMESPACE), part)


@each_part
@each_case
def test_contract_says_what_was_recorded(case: Case, part: str) -> None:
    assert getattr(case.expected(NAMESPACE), part) == getattr(read_recording(case), part)


@each_case
def test_contract_names_the_events_that_were_recorded(case: Case) -> None:
    read_recording(case)
    assert case.expected(NAMESPACE).events == recorded_events(case)


def test_every_recording_has_its_case() -> None:
    if not RECORDED.is_dir():
        pytest.skip("the recordings are reference material beside the project, and are not here")
    assert {case.recording for case in CASES} == {path.stem for path in RECORDED.glob("*.yaml")}
