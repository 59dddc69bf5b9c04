"""A real kind cluster for the whole run, a namespace for each test. ci/test says which images there are."""

from __future__ import annotations

import argparse
import os
import secrets
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from kubernetes import client, config
from overlay import lay_over
from pytest_helm_charts.fixtures import kube_cluster  # noqa: F401 (a fixture, used by name)
from smoke_run import ROOT, SmokeRun, run_smoke, setting

from raychart.smoke import command
from raychart.smoke.api import Api
from raychart.smoke.cleanup import Cleanup
from raychart.smoke.crds import apply_crds, await_crds
from raychart.smoke.kind import Kind
from raychart.smoke.options import read_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CLUSTER = "raychart-test"


class Kube(NamedTuple):
    """The official client of the test cluster."""

    api_client: Any
    core: Any
    apps: Any
    custom: Any


@pytest.fixture(scope="session")
def kube_config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the kubeconfig of a cluster made for this run by the toolkit's own provider, with CRDs applied.

    With RAYCHART_TEST_KEEP set the cluster stays, and is used again while it is healthy.
    """
    keep = ["--keep"] if os.environ.get("RAYCHART_TEST_KEEP") else []
    words = ["--cluster-name", CLUSTER, "--kubeconfig", setting("KUBECONFIG"), "--kind-config", setting("KIND_CONFIG")]
    words += ["--node-image", setting("NODE"), *keep, str(ROOT / "values" / "team-a.yaml")]
    for image in filter(None, (setting("RAY"), setting("STAND_IN"), setting("OPERATOR"))):
        words += ["--load-image", image]
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    provider, cleanup = Kind(read_options(parser.parse_args(words))), Cleanup()
    try:
        access = provider.up(cleanup, print)
        apply_crds(Api(access), setting("CRDS"))
        assert not await_crds(Api(access))
        yield str(access.kubeconfig)
    finally:
        left = cleanup.run(print)
    assert not left


@pytest.fixture(scope="session")
def kube(kube_config: str) -> Kube:
    """Return the official client."""
    api = config.new_client_from_config(kube_config)
    return Kube(api, client.CoreV1Api(api), client.AppsV1Api(api), client.CustomObjectsApi(api))


@pytest.fixture
def namespace(kube: Kube) -> Iterator[str]:
    """Return a new namespace, deleted after the test."""
    name = f"test-{secrets.token_hex(4)}"
    kube.core.create_namespace({"metadata": {"name": name}})
    yield name
    kube.core.delete_namespace(name)


@pytest.fixture(scope="session")
def operators() -> list[tuple[str, str]]:
    """Return name and image of each operator there is."""
    named = (("stand-in", setting("STAND_IN")), ("genuine", setting("OPERATOR")))
    return [(name, image) for name, image in named if image]


@pytest.fixture
def values(tmp_path: Path) -> Callable[..., Path]:
    """Write a values file for a namespace: the first scenario, with a dict laid over its cluster `main`."""

    def write(namespace: str, main: dict[str, Any] | None = None, **top: Any) -> Path:
        body = yaml.safe_load((ROOT / "values" / "team-a.yaml").read_text())
        lay_over(body["clusters"]["main"], main or {})
        path = tmp_path / f"{namespace}.yaml"
        path.write_text(yaml.safe_dump({**body, **top}))
        return path

    return write


@pytest.fixture
def smoke(kube_config: str, tmp_path: Path) -> Callable[..., SmokeRun]:
    """Run `raychart smoke` on the test cluster as a user would."""
    return partial(run_smoke, kube_config, tmp_path)
