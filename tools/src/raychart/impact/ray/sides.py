"""One RayCluster before and after, and its changes by what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from raychart.diff.model import Item
from raychart.impact.ledger import Whom
from raychart.impact.mappings import at, mapping, text
from raychart.impact.ray.numbers import autoscales, groups_of

if TYPE_CHECKING:
    from raychart.diff.model import Change, ChangePath, ObjectDiff
    from raychart.impact.context import Context
    from raychart.impact.rollout_policy import Policy

STAMPS = ("raychart/template", "raychart/joint")
_GROUPS = ("spec", "workerGroupSpecs")
# Fields that KubeRay leaves out of the hash by which Recreate tells a changed spec
# (util.go: GenerateHashWithoutReplicasAndWorkersToDelete).
_MUTED_OF_GROUP = {"replicas", "minReplicas", "maxReplicas", "scaleStrategy"}
_MUTED_OF_POD = {"tolerations", "schedulingGates"}


@dataclass(frozen=True)
class Sides:
    """A RayCluster that is there before and after."""

    diff: ObjectDiff
    context: Context

    @property
    def name(self) -> str:
        """The RayCluster's name."""
        return self.diff.manifest.name

    @cached_property
    def old(self) -> dict[str, Any]:
        """The spec as it was."""
        return mapping(self.diff.old.body if self.diff.old else None, "spec")

    @cached_property
    def new(self) -> dict[str, Any]:
        """The spec as it will be."""
        return mapping(self.diff.new.body if self.diff.new else None, "spec")

    @cached_property
    def old_groups(self) -> dict[str, dict[str, Any]]:
        """The worker groups as they were, by name."""
        return groups_of(self.old)

    @cached_property
    def new_groups(self) -> dict[str, dict[str, Any]]:
        """The worker groups as they will be, by name."""
        return groups_of(self.new)

    @property
    def kept(self) -> list[str]:
        """The names of the worker groups that are there before and after."""
        return [name for name in self.new_groups if name in self.old_groups]

    @property
    def policy(self) -> Policy | None:
        """The policy of its rollout; None where it is left to KubeRay."""
        return self.context.policies.get(self.name)

    @property
    def autoscaled(self) -> bool:
        """Whether the autoscaler decides on the number of workers afterwards."""
        return autoscales(self.new)

    @property
    def tolerant(self) -> bool:
        """Whether the state of a head that goes is there for the next: it was kept before, and is looked for after."""
        return bool(mapping(self.old, "gcsFaultToleranceOptions")) and bool(
            mapping(self.new, "gcsFaultToleranceOptions")
        )

    @property
    def authenticates(self) -> bool:
        """Whether Ray asks for a token, before or after (util.go: IsAuthEnabled)."""
        return any(text(spec, "authOptions", "mode") == "token" for spec in (self.old, self.new))

    def is_unread(self, change: Change) -> bool:
        """Tell whether a change is of options of what is switched off, before and after."""
        keys = tuple(step for step in change.path if isinstance(step, str))
        if keys[:2] == ("spec", "authOptions"):
            delegated = any(at(spec, "authOptions", "enableK8sTokenAuth") is True for spec in (self.old, self.new))
            return not self.authenticates or (keys[2:] == ("enableK8sTokenAuth",) and not delegated)
        if keys[:2] == ("spec", "enableInTreeAutoscaling"):
            return autoscales(self.old) == autoscales(self.new)
        if keys[:2] == ("spec", "tlsOptions"):
            return not any(at(spec, "tlsOptions", "enabled") is True for spec in (self.old, self.new))
        if keys[:3] == ("spec", "headGroupSpec", "ingressOptions"):
            return not any(at(spec, "headGroupSpec", "enableIngress") is True for spec in (self.old, self.new))
        of_autoscaler = keys[:2] == ("spec", "autoscalerOptions") or (
            keys[:2] == _GROUPS and keys[2:3] in {("idleTimeoutSeconds",), ("priority",)}
        )
        return of_autoscaler and not any(map(autoscales, (self.old, self.new)))

    @property
    def recreates(self) -> bool:
        """Whether the operator deletes all pods when the spec changes."""
        return text(self.new, "upgradeStrategy", "type") == "Recreate"

    @cached_property
    def hashed(self) -> list[Change]:
        """The changes by which Recreate tells that the spec changed."""
        return [change for change in self.diff.changes if _is_hashed(change)]

    @property
    def asleep(self) -> bool:
        """Whether the cluster has no pods, before or after, because it is suspended."""
        return any(spec.get("suspend") is True for spec in (self.old, self.new))

    def not_recreated(self, changes: list[Change]) -> list[Change]:
        """Return the changes that do not reach pods by the operator's deleting all of them."""
        if not self.recreates or self.asleep:
            return changes
        return [change for change in changes if not _is_hashed(change)]

    @property
    def itself(self) -> Whom:
        """The cluster as whom something happens to."""
        return Whom(f"RayCluster {self.name}", self.name)

    @property
    def head(self) -> Whom:
        """Its head as whom something happens to."""
        return Whom(f"head of {self.name}", self.name)

    def worker_type(self, name: str) -> Whom:
        """Return a worker type as whom something happens to."""
        return Whom(f"worker type {name} of {self.name}", self.name, name)

    def of_group(self, name: str) -> list[Change]:
        """Return the changes in one worker group, its coming and going included."""
        return [change for change in self.diff.changes if _is_about(change, name)]

    def of_field(self, name: str, field: str) -> list[Change]:
        """Return the changes of a field of one worker group."""
        return [change for change in self.of_group(name) if change.path[3:4] == (field,)]

    def below(self, *path: str) -> list[Change]:
        """Return the changes at a path of keys or below, or of something above with which it came, went or changed."""
        bodies = (manifest.body if manifest else None for manifest in (self.diff.old, self.diff.new))
        before, after = (at(body, *path) for body in bodies)
        return [
            change
            for change in self.diff.changes
            if change.path[: len(path)] == path or (before != after and path[: len(change.path)] == change.path)
        ]


def _is_about(change: Change, name: str) -> bool:
    if change.path[:2] != _GROUPS:
        return False
    step = change.path[2] if change.path[2:] else None
    if not isinstance(step, Item):
        # The list as a whole, or one in which a name is there twice: about every group.
        return True
    # A group under a new name is about both.
    return name == step.value or (change.kind == "renamed" and not change.path[3:] and name == str(change.old))


def stamps(group: dict[str, Any]) -> tuple[object, ...]:
    """Return what a rollout compares pods of a group by (files/rollout_pods.py: stamps_of)."""
    labels = mapping(group, "template", "metadata", "labels")
    return tuple(labels.get(stamp) for stamp in STAMPS)


def is_scaling(path: ChangePath) -> bool:
    """Tell whether KubeRay leaves a field of a RayCluster's spec out of its hash; the first key is left aside."""
    inside = path[1:]
    if inside[:1] == ("workerGroupSpecs",):
        inside = inside[2:]
        # Of scaleStrategy there is nothing but workersToDelete.
        if inside[:1] and inside[0] in _MUTED_OF_GROUP:
            return True
    elif inside[:1] == ("headGroupSpec",):
        inside = inside[1:]
    else:
        return inside[:1] == ("upgradeStrategy",)
    return inside[:2] == ("template", "spec") and inside[2:3] != () and inside[2] in _MUTED_OF_POD


def _is_hashed(change: Change) -> bool:
    return change.path[:1] == ("spec",) and not is_scaling(change.path)
