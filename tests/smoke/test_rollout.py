"""A change of values reaches the running pods that it names, and no others."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest
from contract.site import eventually
from rollout_site import RolloutSite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Kube

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def site(kube_config: str, kube: Kube, helm4: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RolloutSite]:
    """Install a head with two workers of type aaa and one of bbb, in a namespace that admits restricted pods only."""
    namespace = f"rollout-{secrets.token_hex(3)}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    kube.core.create_namespace({"metadata": {"name": namespace, "labels": labels}})
    made = RolloutSite(kube, kube_config, helm4, namespace, tmp_path_factory.mktemp("rollout"))
    made.install()
    made.await_ready(head=1, aaa=2, bbb=1)
    yield made
    made.uninstall()


def aaa(**settings: Any) -> dict[str, Any]:
    """Return a change of type aaa."""
    return {"workerTypes": {"aaa": settings}}


def test_after_an_install_there_is_nothing_to_do(site: RolloutSite) -> None:
    how, log = site.await_job()
    assert how == "Complete", log
    assert log.splitlines()[-1].endswith("nothing is out of date")


def test_a_changed_type_is_replaced_without_interrupting_a_task(site: RolloutSite) -> None:
    before, others = site.pods("aaa"), (site.lives("bbb"), site.lives("head"))
    work = site.begin("change", aaa=45, bbb=60)
    site.upgrade(**aaa(env={"STAMP": "two"}))
    how, log = site.await_job()
    assert how == "Complete", log
    assert not before.keys() & site.pods("aaa").keys(), log
    assert (site.lives("bbb"), site.lives("head")) == others, log
    hosts = {pod.metadata.name for pod in before.values()}
    results = work.results(90)
    assert results["aaa"] in hosts, log
    assert results["bbb"] in {pod.metadata.name for pod in site.pods("bbb").values()}, log
    assert log.count("is idle: deleted") == 1, log
    assert log.count("no more tasks") == 1, log


def test_an_image_that_cannot_be_pulled_stops_it_before_anything_is_touched(site: RolloutSite) -> None:
    before = site.lives("aaa")
    site.upgrade(keep=False, **aaa(image={"tag": "not-there"}))
    how, log = site.await_job()
    assert how == "Failed", log
    assert ":not-there (aaa) cannot be pulled" in log.splitlines()[-1], log
    assert "No pod has been touched" in log.splitlines()[-1]
    code, said = site.raychart("--dry-run")
    assert (code, said.count("is idle: would be deleted")) == (1, 2), said
    assert site.raychart("--watch") == (1, log)
    assert site.lives("aaa") == before


def test_a_failing_setup_command_stops_it_after_one_pod_and_going_back_undoes_it(site: RolloutSite) -> None:
    before = site.lives("aaa")
    site.upgrade(keep=False, **aaa(setupCommands=["exit 7"]))
    how, log = site.await_job()
    assert how == "Failed", log
    assert "aaa: the new pod main-aaa-worker-" in log.splitlines()[-1], log
    assert "exit code 7" in log.splitlines()[-1], log
    kept = before.keys() & site.lives("aaa").keys()
    assert len(kept) == 1, log
    site.upgrade()
    how, log = site.await_job()
    assert how == "Complete", log
    site.await_ready(aaa=2)
    assert {uid: before[uid] for uid in kept}.items() <= site.lives("aaa").items(), log


def test_a_job_that_is_killed_goes_on(site: RolloutSite) -> None:
    before = site.pods("aaa")
    work = site.begin("killed", aaa=40)
    site.upgrade(**aaa(env={"STAMP": "three"}))
    name = site.job()
    assert "no more tasks" in eventually(lambda: site.log(name), lambda log: "no more tasks" in log, 90)
    (pod,) = site.job_pods(name)
    site.kube.core.delete_namespaced_pod(pod, site.namespace, grace_period_seconds=0)
    how, log = site.await_job()
    assert how == "Complete", log
    assert work.results(60)["aaa"] in {pod.metadata.name for pod in before.values()}, log
    assert not before.keys() & site.pods("aaa").keys(), log


def test_by_hand_it_goes_on_where_a_deleted_job_was_and_waits_for_a_task(site: RolloutSite) -> None:
    before = site.pods("aaa")
    work = site.begin("idle", aaa=40)
    site.upgrade(**aaa(env={"STAMP": "four"}), rollout={"workers": "idle"})
    name = site.job()
    site.delete_job(name)
    code, said = site.raychart()
    assert code == 0, said
    assert "no more tasks" not in said
    assert work.results(10)["aaa"] in {pod.metadata.name for pod in before.values()}, said
    assert not before.keys() & site.pods("aaa").keys(), said


def test_the_head_is_left_alone_unless_the_values_say_otherwise(site: RolloutSite) -> None:
    before = site.lives("head"), site.lives("aaa"), site.lives("bbb")
    site.upgrade(head={"env": {"STAMP": "five"}})
    how, log = site.await_job()
    assert how == "Complete", log
    (head,) = site.pods("head").values()
    assert f"delete pod {head.metadata.name}" in log, log
    assert log.splitlines()[-1].endswith("out of date: head"), log
    assert (site.lives("head"), site.lives("aaa"), site.lives("bbb")) == before
    site.upgrade(rollout={"head": "restart"})
    how, log = site.await_job()
    assert how == "Complete", log
    assert not before[0].keys() & site.pods("head").keys()
    assert (site.pods("aaa").keys(), site.pods("bbb").keys()) == (before[1].keys(), before[2].keys()), log


def test_a_removed_type_finishes_its_tasks_and_goes_while_the_others_work_and_grow(site: RolloutSite) -> None:
    site.upgrade(rollout={"workers": "rolling"})
    site.await_job()
    site.await_ready(head=1, aaa=2, bbb=1)
    before = site.lives("aaa")
    work = [site.begin("first", aaa=75, bbb=75), site.begin("second", aaa=75)]
    (worker,) = site.pods("bbb").values()
    site.upgrade(workerTypes={"bbb": None})
    work.append(site.begin("third", aaa=1))  # for which there is no room in the pods that are there
    assert site.pods("bbb"), "a pod of the removed type is gone before its task is done"
    how, log = site.await_job()
    assert how == "Complete", log
    results = [one.results(60) for one in work]
    assert results[0]["bbb"] == worker.metadata.name, log
    assert not site.pods("bbb"), log
    assert before.items() <= site.lives("aaa").items(), log
    assert {result["aaa"] for result in results} == {pod.metadata.name for pod in site.pods("aaa").values()}, log
