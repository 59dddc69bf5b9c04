"""Which cluster and worker types of a values file play which part in a scenario, and layers of values for them."""

from __future__ import annotations

import copy
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.merging import overlaid

if TYPE_CHECKING:
    from raychart.smoke.api import Json
    from raychart.smoke.plan import ReleasePlan

EXTRA, ADDED, ELASTIC, STEADY = "smoke-extra", "smoke-added", "smoke-elastic", "smoke-steady"
ELASTIC_SLOT = "smoke"
"""What a pod of the elastic type has one of, and what tasks that are to run there ask for."""

_SMALL = {
    "cpu": None,
    "memory": None,
    "gpu": None,
    "resources": {"requests": {"cpu": "20m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}},
}
_SIZES = {*_SMALL, "rayResources", "rayLabels", "minWorkers", "maxWorkers", "replicas", "numOfHosts", "sharedMemory"}


@dataclass(frozen=True, slots=True)
class WorkerType:
    """A worker type as it was rendered."""

    name: str
    least: int
    most: int
    has_gpu: bool


@dataclass(frozen=True, slots=True)
class Cast:
    """One cluster of a release: its worker types in the order of their parts, and the cluster's values.

    The first type is the bystander, whose pods must not be touched; the second is the subject, to which things are
    done. Types without GPUs go first; where the file has too few, small ones are added by base().
    """

    cluster: str
    types: tuple[WorkerType, ...]
    values: Json
    autoscaling: bool
    fault_tolerant: bool
    operator: bool

    @property
    def bystander(self) -> str:
        """Return the type that nothing is done to."""
        return self.types[0].name if self.types else STEADY

    @property
    def subject(self) -> str:
        """Return the type that something is done to."""
        return self.types[1].name if len(self.types) > 1 else EXTRA

    def base(self) -> Json:
        """Return the layer every scenario begins with: a pod of bystander and subject each, and room for one more.

        The values' own schedules are off: what is there must not hang on the hour.
        """
        kinds = {kind.name: kind for kind in self.types}
        layer: Json = {}
        for name in (self.bystander, self.subject):
            kind = kinds.get(name)
            if kind is None:
                layer[name] = {**self.small(), "rayResources": {"CPU": 1}, "minWorkers": 1, "maxWorkers": 2}
            else:
                layer[name] = {"minWorkers": max(1, kind.least), "maxWorkers": max(2, kind.least + 1, kind.most)}
        body: Json = {"workerTypes": layer}
        if schedules := self.values.get("schedules"):
            body["schedules"] = dict.fromkeys(schedules)
        cap = self.values.get("maxWorkers")
        if cap is not None:
            body["maxWorkers"] = max(cap, 2 + sum(max(1, kind.least) for kind in self.types))
        return self.layer(body)

    def layer(self, body: Json) -> Json:
        """Return values that say this of the cluster."""
        return {"clusters": {self.cluster: body}}

    def small(self) -> Json:
        """Return a small worker type that goes where the bystander's pods may go."""
        own = self._type(self.bystander)
        return {**{key: copy.deepcopy(value) for key, value in own.items() if key not in _SIZES}, **_SMALL}

    def copied(self) -> Json:
        """Return the bystander's type once more, one pod of it."""
        own = self._type(self.bystander) or {**self.small(), "rayResources": {"CPU": 1}}
        return {
            **copy.deepcopy(own),
            "minWorkers": 1,
            "maxWorkers": 1,
            **({"replicas": 1} if "replicas" in own else {}),
        }

    def elastic(self, most: int, least: int = 0) -> Json:
        """Return a small type that starts at no pod and offers one slot of its own per pod, nothing else."""
        return {
            **self.small(),
            "rayResources": {"CPU": 0, ELASTIC_SLOT: 1},
            "minWorkers": least,
            "maxWorkers": most,
        }

    def _type(self, name: str) -> Json:
        types = self.values.get("workerTypes") or {}
        return types.get(name) or {}


def read_cast(plan: ReleasePlan, values: Json) -> Cast | None:
    """Return the cast for the first cluster that is to run; None where there is none.

    `values` are the merged values, the chart's defaults among them.
    """
    for one in plan.manifests:
        if (one.group, one.kind) == ("ray.io", "RayCluster") and not one.body["spec"].get("suspend"):
            name, spec = one.name, one.body["spec"]
            types = [_worker_type(group) for group in spec.get("workerGroupSpecs") or []]
            return Cast(
                cluster=name,
                types=tuple(sorted(types, key=lambda kind: kind.has_gpu)),
                values=overlay(values.get("clusterDefaults") or {}, (values.get("clusters") or {}).get(name) or {}),
                autoscaling=bool(spec.get("enableInTreeAutoscaling")),
                fault_tolerant="gcsFaultToleranceOptions" in spec,
                operator=plan.operator is not None,
            )
    return None


def overlay(below: Json, *above: Json) -> Json:
    """Lay values over each other, as Helm does with files."""
    return copy.deepcopy(functools.reduce(overlaid, above, below))


def _worker_type(group: Json) -> WorkerType:
    container = group["template"]["spec"]["containers"][0]
    limits = (container.get("resources") or {}).get("limits") or {}
    return WorkerType(
        group["groupName"],
        int(group.get("minReplicas") or 0),
        int(group.get("maxReplicas") or 0),
        any(key.lower().endswith("gpu") for key in limits),
    )
