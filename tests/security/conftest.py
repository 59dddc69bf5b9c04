"""The chart's objects and the pods that come of them, once through each scanner in a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from raychart import helm, manifests

from .operator_pods import pods_of
from .scanners import Scan, missing_program, run_checkov, run_kube_score

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "ray"
INSECURE = "insecure"
VALUES = [*(ROOT / "values").glob("*.yaml"), *(ROOT / "tests" / "chart" / "scenarios").glob("*.yaml")]

Objects = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session")
def scenarios(helm4: str) -> Objects:
    """The objects of each values file, and of none, in a namespace of that name, with the operator's pods."""
    values = {"defaults": [], **{path.stem: [path] for path in sorted(VALUES)}}
    objects = {}
    for name, files in values.items():
        text = helm.render(CHART, files, release="ray", namespace=name, helm=helm4)
        rendered = [manifest.body for manifest in manifests.load(text)]
        objects[name] = rendered + pods_of(rendered)
    return objects


@pytest.fixture(scope="session")
def scans(scenarios: Objects, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scan]:
    """What each tool found in all scenarios and in insecure.yaml, in one run of each."""
    if (missing := missing_program()) is not None:
        pytest.fail(f"there is no {missing} on PATH; ci/test puts the pinned one there: run the tests with it")
    insecure = list(yaml.safe_load_all(Path(__file__).with_name("insecure.yaml").read_text(encoding="utf-8")))
    everything = {**scenarios, INSECURE: insecure}
    folder = tmp_path_factory.mktemp("manifests")
    return {
        "kube-score": run_kube_score(everything, folder / "kube-score", _kubernetes_version()),
        "checkov": run_checkov(everything, folder / "checkov"),
    }


def _kubernetes_version() -> str:
    for line in (ROOT / "ci" / "versions.env").read_text(encoding="utf-8").splitlines():
        if line.startswith("KUBERNETES_VERSION="):
            return ".".join(line.partition("=")[2].split(".")[:2])
    raise AssertionError("KUBERNETES_VERSION is not in ci/versions.env")
