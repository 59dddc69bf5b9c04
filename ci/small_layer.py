"""Print a layer that makes a values file fit a small machine without GPUs and pools: `ci/small_layer.py FILE > LAYER`.

Pods shrink and go anywhere. Ray still sees the CPUs and GPUs of the values file, so that tasks are placed as they are
there; numbers of workers, time-outs, schedules and everything else stay.
"""

from __future__ import annotations

import copy
import math
import sys
from pathlib import Path
from typing import Any

import yaml

from raychart.quantities import read_cpus
from raychart.values import load_layer

HEAD = {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"cpu": None, "memory": "2Gi"}}
WORKER = {"requests": {"cpu": "20m", "memory": "512Mi"}, "limits": {"cpu": None, "memory": "1Gi"}}
# The least that Ray takes.
OBJECT_STORE = str(80 * 2**20)


def small_layer(values: dict[str, Any]) -> dict[str, Any]:
    """Return the layer for the clusters that the values name."""
    return {
        "clusters": {name: _cluster(cluster) for name, cluster in (values.get("clusters") or {}).items() if cluster}
    }


def _cluster(cluster: dict[str, Any]) -> dict[str, Any]:
    types = {name: _workers(of) for name, of in (cluster.get("workerTypes") or {}).items() if of}
    return {"head": _anywhere(HEAD), "workerTypes": types}


def _workers(of: dict[str, Any]) -> dict[str, Any]:
    asked = of.get("cpu") or ((of.get("resources") or {}).get("requests") or {}).get("cpu") or 1
    seen: dict[str, Any] = {"CPU": math.ceil(read_cpus(asked))}
    if of.get("gpu"):
        seen["GPU"] = of["gpu"]
    return _anywhere(WORKER) | {
        "gpu": None,
        "rayResources": seen | (of.get("rayResources") or {}),
        "rayStartParams": {"object-store-memory": OBJECT_STORE},
    }


def _anywhere(resources: dict[str, Any]) -> dict[str, Any]:
    return {"cpu": None, "memory": None, "resources": copy.deepcopy(resources), "placement": []}


if __name__ == "__main__":
    print(yaml.safe_dump(small_layer(load_layer(Path(sys.argv[1])).data), sort_keys=False), end="")
