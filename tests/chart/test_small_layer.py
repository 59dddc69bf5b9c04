"""Every scenario can be tried on a small machine: ci/small_layer.py shrinks its pods, and Ray sees what it saw."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from raychart import helm, manifests
from raychart.quantities import read_cpus

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "ray"


def pods(values: list[Path], helm4: str) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """The groups of all clusters with their pod specs."""
    objects = manifests.load(helm.render(CHART, values, release="ray", namespace="team", helm=helm4))
    groups = {
        f"{one.name}/{group.get('groupName', 'head')}": group
        for one in objects
        if one.kind == "RayCluster"
        for group in (one.body["spec"]["headGroupSpec"], *one.body["spec"].get("workerGroupSpecs", ()))
    }
    return {name: (group, group["template"]["spec"]) for name, group in groups.items()}


def test_its_pods_fit_a_small_machine(scenario: Path, helm4: str, tmp_path: Path) -> None:
    layer = tmp_path / "layer.yaml"
    argv = [sys.executable, str(ROOT / "ci" / "small_layer.py"), str(scenario)]
    layer.write_text(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
    own = yaml.safe_load(scenario.read_text()).get("clusters") or {}
    before, after = pods([scenario], helm4), pods([scenario, layer], helm4)
    assert before.keys() == after.keys()
    for name, (group, pod) in after.items():
        cluster, _, kind = name.partition("/")
        if kind != "head" and kind not in own[cluster].get("workerTypes", {}):
            continue  # a type of clusterDefaults
        resources = pod["containers"][0]["resources"]
        assert read_cpus(resources["requests"]["cpu"]) <= read_cpus("100m"), name
        assert not resources["limits"].keys() & {"cpu", "nvidia.com/gpu"}, name
        gpus = before[name][1]["containers"][0]["resources"]["limits"].get("nvidia.com/gpu")
        assert group.get("resources", {}).get("GPU") == (None if gpus is None else str(gpus)), name
