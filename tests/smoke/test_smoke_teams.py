"""`raychart smoke` on a real cluster: two teams, each with its own operator, used as applications do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from pykube import Deployment, Pod
from smoke_run import ROOT, SmokeRun, run_smoke, setting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Kube
    from pytest_helm_charts.clusters import Cluster

pytestmark = pytest.mark.cluster

TEAMS = ("team-a", "team-b")
VALUES = [ROOT / "values" / f"{team}.yaml" for team in TEAMS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the reports of the two teams' run are."""
    return tmp_path_factory.mktemp("teams")


@pytest.fixture(scope="module")
def teams(kube_config: str, folder: Path) -> SmokeRun:
    """Deploy both teams, have them work, and leave them up for the tests below."""
    done = run_smoke(kube_config, folder, *VALUES, "--keep", "--replace")
    assert done.code == 0, done.stdout
    return done


@pytest.mark.parametrize("team", TEAMS)
def test_each_team_has_its_work_done(teams: SmokeRun, team: str) -> None:
    part = teams.part(team)
    status = {step["name"]: step["status"] for step in part["steps"]}
    assert status.pop("uninstall") == "skipped"
    assert set(status.values()) == {"passed"}, status
    assert part["latency"]["main"]["tasks"] == 200
    assert 0 < part["latency"]["main"]["p50"] <= part["latency"]["main"]["p99"]
    assert part["secondsToFirstTask"]["main"] > 0
    assert part["clusters"]["main"]["workers"] == part["clusters"]["main"]["expectedWorkers"] == 1


def test_the_report_says_which_operator_ran_and_where_the_clusters_are(teams: SmokeRun) -> None:
    image = setting("OPERATOR") or setting("STAND_IN")
    assert teams.stdout.count(f"operator   {image}") == len(TEAMS)
    assert teams.stdout.count("stand-in for tests, not KubeRay's own") == (0 if setting("OPERATOR") else len(TEAMS))
    assert teams.stdout.count("ray://main-head-svc:10001") == len(TEAMS)
    assert teams.stdout.count("port-forward svc/main-head-svc 8265") == len(TEAMS)


@pytest.mark.usefixtures("teams")
def test_junit_has_a_suite_for_each_namespace_and_no_failure(folder: Path) -> None:
    suites = ET.fromstring((folder / "junit.xml").read_text())  # noqa: S314 (our own file)
    assert [suite.get("name") for suite in suites] == ["once", *TEAMS]
    assert suites.get("failures") == "0"
    assert int(suites.get("tests", "0")) == sum(len(suite) for suite in suites)


@pytest.mark.usefixtures("teams")
@pytest.mark.parametrize("team", TEAMS)
def test_the_role_is_sufficient_for_all_the_operator_has_done(kube_cluster: Cluster, team: str) -> None:
    selector = {"app.kubernetes.io/name": "kuberay-operator"}
    pods = list(Pod.objects(kube_cluster.kube_client).filter(namespace=team, selector=selector))
    assert len(pods) == 1
    log = pods[0].logs()
    assert "main" in log, "the operator's log says nothing of the cluster"
    assert "forbidden" not in log.lower(), log


@pytest.mark.usefixtures("teams")
def test_the_other_team_gets_its_lost_worker_back_while_one_operator_is_down(kube_cluster: Cluster) -> None:
    operator = Deployment.objects(kube_cluster.kube_client, namespace="team-a").get(name="ray-operator")
    operator.scale(0)
    try:
        (lost,) = _workers(kube_cluster, "team-b")
        lost.delete()
        deadline = time.monotonic() + 90
        while not any(pod.ready and pod.name != lost.name for pod in _workers(kube_cluster, "team-b")):
            assert time.monotonic() < deadline, "team-b's worker was not replaced while team-a's operator was down"
            time.sleep(0.5)
        assert all(pod.ready for pod in _workers(kube_cluster, "team-a")), "team-a's cluster did not go on serving"
    finally:
        operator.reload()
        operator.scale(1)


@pytest.mark.usefixtures("teams")
def test_a_release_that_exists_is_refused_and_left_alone(smoke: Callable[..., SmokeRun], kube: Kube) -> None:
    before = {pod.metadata.uid for pod in kube.core.list_namespaced_pod("team-a").items}
    done = smoke(VALUES[0])
    assert done.code == 1
    assert [finding["rule"] for finding in done.findings] == ["smoke-release-exists"]
    assert "--replace" in done.findings[0]["remedy"]
    assert before <= {pod.metadata.uid for pod in kube.core.list_namespaced_pod("team-a").items}


@pytest.mark.usefixtures("teams")
def test_a_replaced_release_works_and_leaves_nothing_behind(smoke: Callable[..., SmokeRun], kube: Kube) -> None:
    done = smoke(*VALUES, "--replace")
    assert done.code == 0, done.stdout
    for team in TEAMS:
        uninstall = done.part(team)["steps"][-1]
        assert (uninstall["name"], uninstall["status"]) == ("uninstall", "passed")
        assert not kube.core.list_namespaced_pod(team).items
        assert not kube.custom.list_namespaced_custom_object("ray.io", "v1", team, "rayclusters")["items"]
        assert not kube.custom.list_namespaced_custom_object("coordination.k8s.io", "v1", team, "leases")["items"]


def _workers(kube_cluster: Cluster, team: str) -> list[Pod]:
    selector = {"ray.io/cluster": "main", "ray.io/node-type": "worker"}
    pods = Pod.objects(kube_cluster.kube_client).filter(namespace=team, selector=selector)
    return [pod for pod in pods if "deletionTimestamp" not in pod.metadata]
