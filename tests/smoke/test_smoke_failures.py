"""What goes wrong is told in words, early: each failure on a real cluster, by the real command."""

from __future__ import annotations

import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from kubernetes.client import ApiException, ApiextensionsV1Api
from smoke_run import SmokeRun, setting, smoke_argv

from raychart.smoke.api import Access, Api
from raychart.smoke.crds import NEEDED, apply_crds, await_crds

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Kube

pytestmark = pytest.mark.cluster

# The whole command, from its start to its end, clean-up included; each of these is knowable within some 15 s.
EARLY = 60


@dataclass(frozen=True, slots=True)
class Failure:
    """Values laid over a good cluster or over the file, and what the finding must say."""

    rule: str
    where: str
    message: str
    remedy: str
    main: dict[str, Any] = field(default_factory=dict)
    top: dict[str, Any] = field(default_factory=dict)


FAILURES = {
    "an image that does not exist": Failure(
        rule="smoke-image",
        where="/main-head-",
        message="nowhere.invalid/ray:none",
        remedy="clusters.main.head.image",
        main={"head": {"image": {"repository": "nowhere.invalid/ray", "tag": "none"}}},
    ),
    "a pod that does not fit the node": Failure(
        rule="smoke-unschedulable",
        where="/main-cpu-worker-",
        message="Insufficient cpu",
        remedy="clusters.main.workerTypes.cpu",
        main={"workerTypes": {"cpu": {"resources": {"requests": {"cpu": "64"}}}}},
    ),
    "a start command that fails": Failure(
        rule="smoke-container-ended",
        where="/main-head-",
        message="no licence found",
        remedy="setupCommands",
        main={"head": {"setupCommands": ["echo 'no licence found' >&2; false"]}},
    ),
    "a Secret that is not there": Failure(
        rule="smoke-container-config",
        where="/main-head-",
        message='secret "nothing" not found',
        remedy="create the secret nothing",
        main={"head": {"env": {"KEY": {"valueFrom": {"secretKeyRef": {"name": "nothing", "key": "k"}}}}}},
    ),
    "a RayCluster that the operator rejects": Failure(
        rule="smoke-rejected",
        where="/main",
        message="InvalidRayClusterSpec",
        remedy="clusters.main",
        main={"head": {"container": {"env": [{"name": "RAY_REDIS_ADDRESS", "value": "redis:6379"}]}}},
    ),
    "an operator that crashes": Failure(
        rule="smoke-container-ended",
        where="/ray-operator-",
        message="OOMKilled",
        remedy="operator",
        top={"operator": {"resources": {"requests": {"memory": "8Mi"}, "limits": {"memory": "8Mi"}}}},
    ),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_failure_is_told_early_with_object_reason_and_remedy(
    smoke: Callable[..., SmokeRun], values: Callable[..., Path], namespace: str, failure: Failure
) -> None:
    done = smoke(values(namespace, failure.main, **failure.top))
    assert done.code == 1, done.stdout
    assert done.seconds < EARLY
    found = told(done, namespace)
    assert found["rule"] == failure.rule, found
    assert failure.where in found["file"]
    assert failure.message in found["message"]
    assert failure.remedy in f"{found['path']} {found['remedy']}"


def test_a_quota_that_is_too_small_is_told_early(
    smoke: Callable[..., SmokeRun], values: Callable[..., Path], namespace: str, kube: Kube
) -> None:
    quota = {"metadata": {"name": "small"}, "spec": {"hard": {"requests.memory": "600Mi"}}}
    kube.core.create_namespaced_resource_quota(namespace, quota)
    done = smoke(values(namespace))
    assert done.code == 1, done.stdout
    assert done.seconds < EARLY
    found = told(done, namespace)
    assert found["rule"] == "smoke-quota", found
    assert "exceeded quota: small" in found["message"]
    assert "raise the ResourceQuota small" in found["remedy"]


def test_missing_crds_are_told_with_the_command_before_anything_is_made(
    smoke: Callable[..., SmokeRun], values: Callable[..., Path], namespace: str, kube: Kube, kube_config: str
) -> None:
    definitions = ApiextensionsV1Api(kube.api_client)
    for name in NEEDED:
        definitions.delete_custom_resource_definition(name)
    try:
        wait_gone(definitions)
        done = smoke(values(namespace))
    finally:
        api = Api(Access(Path(kube_config)))
        apply_crds(api, setting("CRDS"))
        assert not await_crds(api)
    assert done.code == 1
    assert done.seconds < EARLY
    (found,) = done.findings
    assert found["rule"] == "smoke-crds"
    assert "rayclusters.ray.io" in found["message"]
    assert "kubectl apply --server-side -k" in found["remedy"]
    assert not kube.core.list_namespaced_pod(namespace).items


def test_an_interrupted_run_cleans_up(
    kube_config: str, values: Callable[..., Path], tmp_path: Path, kube: Kube
) -> None:
    name = f"interrupted-{tmp_path.name[-1]}-{int(time.time()) % 100000}"
    argv = smoke_argv(kube_config, tmp_path, values(name))
    with subprocess.Popen(argv, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if "raycluster ready" in line:
                break
        run.send_signal(signal.SIGINT)
        said = run.stderr.read()
        assert run.wait(timeout=60) == 130, said
    deadline = time.monotonic() + 60
    while exists(kube, name):
        assert time.monotonic() < deadline, f"namespace {name} is still there"
        time.sleep(0.5)


def told(done: SmokeRun, namespace: str) -> dict[str, Any]:
    """Return the one finding, after checking that its evidence is where it says."""
    (found,) = done.findings
    folder = done.evidence / namespace
    assert str(folder) in found["remedy"]
    assert (folder / "events.txt").read_text().strip()
    assert list(folder.glob("pod-*.yaml"))
    return found


def wait_gone(definitions: ApiextensionsV1Api) -> None:
    deadline = time.monotonic() + 30
    while True:
        specs = [item.spec for item in definitions.list_custom_resource_definition().items]
        if not {f"{spec.names.plural}.{spec.group}" for spec in specs} & set(NEEDED):
            return
        assert time.monotonic() < deadline, "the CRDs would not go"
        time.sleep(0.2)


def exists(kube: Kube, namespace: str) -> bool:
    try:
        kube.core.read_namespace(namespace)
    except ApiException as refused:
        if refused.status == 404:
            return False
        raise
    return True
