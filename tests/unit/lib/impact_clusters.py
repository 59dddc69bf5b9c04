"""RayClusters to change, and what is said of the changes."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from raychart.diff.compare import compare
from raychart.impact.judge import judge
from raychart.manifests import Manifest

if TYPE_CHECKING:
    from raychart.impact.model import Impact

Values = dict[str, Any]


def manifest(kind: str, name: str, body: Values | None = None, *, group: str = "") -> Manifest:
    """Return an object with what `body` says, its identity filled in."""
    filled = {"apiVersion": f"{group}/v1" if group else "v1", "kind": kind, **(body or {})}
    filled["metadata"] = {"name": name, **filled.get("metadata", {})}
    return Manifest(group, "v1", kind, "", name, filled)


def group(name: str, over: Values | None = None) -> Values:
    """Return a worker group of two workers, one at least and four at most."""
    container = {"name": "ray-worker", "image": "ray:1", "resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}
    template = {"metadata": {"labels": {}}, "spec": {"containers": [container]}}
    numbers = {"replicas": 2, "minReplicas": 1, "maxReplicas": 4, "numOfHosts": 1}
    return lay_over({"groupName": name, **numbers, "rayStartParams": {}, "template": template}, over or {})


def raycluster(
    over: Values | None = None, groups: Values | None = None, *, name: str = "main", **metadata: Any
) -> Manifest:
    """Return a RayCluster with groups a and b, with `over` laid over its spec and `groups` over its groups, by name."""
    container = {"name": "ray-head", "image": "ray:1", "ports": [{"name": "client", "containerPort": 10001}]}
    head = {"rayStartParams": {}, "template": {"metadata": {"labels": {}}, "spec": {"containers": [container]}}}
    # The autoscaler's where it runs.
    own = {"replicas": None} if (over or {}).get("enableInTreeAutoscaling") else {}
    wanted: Values = {"a": {}, "b": {}, **(groups or {})}
    spec: Values = {
        "rayVersion": "2.60.0",
        "headGroupSpec": head,
        "workerGroupSpecs": [group(name, {**own, **said}) for name, said in wanted.items() if said is not None],
    }
    body = {"metadata": metadata, "spec": lay_over(spec, over or {})}
    return manifest("RayCluster", name, body, group="ray.io")


def rollout_job(cluster: str = "main", *, trial: bool = False, **rollout: Any) -> Manifest:
    """Return the Job of a cluster's rollout, as far as its policy goes."""
    policy = {"workers": "rolling", "head": "manual", "maxUnavailable": 1, "drainSeconds": 600, **rollout}
    task = {"cluster": cluster, "goal": "x", "rollout": policy, "images": {}, "trial": trial}
    command = ["python3", "-u", "/etc/raychart/rollout.py", json.dumps(task)]
    spec = {"template": {"spec": {"containers": [{"name": "rollout", "command": command}]}}}
    metadata = {"labels": {"raychart/rollout": cluster}}
    return manifest("Job", f"{cluster}-rollout-x", {"metadata": metadata, "spec": spec}, group="batch")


def lay_over(below: Values, above: Values) -> Values:
    """Return both together; null removes, lists replace."""
    together = copy.deepcopy(below)
    for key, value in above.items():
        if value is None:
            together.pop(key, None)
        elif isinstance(value, dict) and isinstance(together.get(key), dict):
            together[key] = lay_over(together[key], value)
        else:
            together[key] = copy.deepcopy(value)
    return together


def impacts(old: list[Manifest], new: list[Manifest], deployer: Any = "helm") -> list[Impact]:
    """Return what a change does, having made sure that no difference is left without an effect."""
    comparison = compare(old, new)
    found = list(judge(comparison, deployer=deployer))
    for diff in comparison.objects:
        of_diff = [impact for impact in found if impact.object is diff]
        assert of_diff, f"{diff.kind} {diff.manifest.kind} {diff.manifest.name} has no effect"
        covered = {id(change) for impact in of_diff for change in impact.changes or diff.changes}
        left = [change.path for change in diff.changes if id(change) not in covered]
        assert not left, f"changes without an effect: {left}"
        assert all(impact.reason and impact.source for impact in of_diff)
    return found


def said(found: list[Impact]) -> set[str]:
    """Return the effects with whom they are on, such as `roll worker type a of main`."""
    return {f"{impact.effect} {impact.subject}" for impact in found}
