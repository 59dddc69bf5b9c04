"""Read a RayCluster: one accessor per question the builders ask of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .names import Label

if TYPE_CHECKING:
    from collections.abc import Iterator

Object = dict[str, Any]

UNLIMITED = 2**31 - 1
HEAD_GROUP = "headgroup"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of pods: the head group, or an entry of `workerGroupSpecs`."""

    name: str
    spec: Object

    @property
    def is_head(self) -> bool:
        return self.name == HEAD_GROUP and "groupName" not in self.spec

    @property
    def template(self) -> Object:
        return self.spec.get("template") or {}

    @property
    def pod_spec(self) -> Object:
        return self.template.get("spec") or {}

    @property
    def containers(self) -> list[Object]:
        return self.pod_spec.get("containers") or []

    @property
    def ray_container(self) -> Object:
        """Return the container that runs Ray: always the first."""
        return self.containers[0]

    @property
    def start_params(self) -> dict[str, str]:
        return dict(self.spec.get("rayStartParams") or {})

    @property
    def resources(self) -> dict[str, str]:
        return self.spec.get("resources") or {}

    @property
    def labels(self) -> dict[str, str]:
        return self.spec.get("labels") or {}

    @property
    def suspended(self) -> bool:
        return bool(self.spec.get("suspend"))

    @property
    def hosts(self) -> int:
        """Return the pods of one replica; a CRD without the field reads as one."""
        return max(1, int(self.spec.get("numOfHosts") or 1))

    @property
    def replicas(self) -> int:
        return int(self.spec.get("replicas") or 0)

    @property
    def min_replicas(self) -> int:
        return int(self.spec.get("minReplicas") or 0)

    @property
    def max_replicas(self) -> int:
        value = self.spec.get("maxReplicas")
        return UNLIMITED if value is None else int(value)

    @property
    def wanted_replicas(self) -> int:
        """Return `replicas` kept between the two limits; none while the group is suspended."""
        if self.suspended:
            return 0
        return max(self.min_replicas, min(self.replicas, self.max_replicas))

    @property
    def workers_to_delete(self) -> list[str]:
        return (self.spec.get("scaleStrategy") or {}).get("workersToDelete") or []


@dataclass(frozen=True, slots=True)
class RayCluster:
    """A RayCluster as the API server returned it."""

    body: Object

    @property
    def metadata(self) -> Object:
        return self.body["metadata"]  # type: ignore[no-any-return]

    @property
    def name(self) -> str:
        return str(self.metadata["name"])

    @property
    def namespace(self) -> str:
        return str(self.metadata["namespace"])

    @property
    def uid(self) -> str:
        return str(self.metadata.get("uid", ""))

    @property
    def annotations(self) -> dict[str, str]:
        return self.metadata.get("annotations") or {}

    @property
    def finalizers(self) -> list[str]:
        return self.metadata.get("finalizers") or []

    @property
    def deleting(self) -> bool:
        return bool(self.metadata.get("deletionTimestamp"))

    @property
    def spec(self) -> Object:
        return self.body.get("spec") or {}

    @property
    def status(self) -> Object:
        return self.body.get("status") or {}

    @property
    def ray_version(self) -> str:
        return str(self.spec.get("rayVersion") or "")

    @property
    def suspend(self) -> bool | None:
        value = self.spec.get("suspend")
        return None if value is None else bool(value)

    @property
    def managed_elsewhere(self) -> bool:
        return self.spec.get("managedBy") not in (None, "ray.io/kuberay-operator")

    @property
    def head(self) -> Group:
        return Group(HEAD_GROUP, self.spec.get("headGroupSpec") or {})

    @property
    def workers(self) -> tuple[Group, ...]:
        return tuple(Group(spec["groupName"], spec) for spec in self.spec.get("workerGroupSpecs") or [])

    @property
    def autoscaling(self) -> bool:
        return bool(self.spec.get("enableInTreeAutoscaling"))

    @property
    def autoscaler(self) -> Object:
        return self.spec.get("autoscalerOptions") or {}

    @property
    def autoscaler_version(self) -> str | None:
        """Return the version asked for; None means that Ray decides and the operator does not know."""
        return self.autoscaler.get("version")

    @property
    def auth(self) -> Object:
        return self.spec.get("authOptions") or {}

    @property
    def token_auth(self) -> bool:
        return self.auth.get("mode") == "token"

    @property
    def recreates(self) -> bool:
        return (self.spec.get("upgradeStrategy") or {}).get("type") == "Recreate"

    @property
    def fault_tolerance(self) -> Object | None:
        """Return the GCS fault tolerance options, {} where only the old annotation asks for it, None without."""
        options: Object | None = self.spec.get("gcsFaultToleranceOptions")
        if options is None and self.annotations.get("ray.io/ft-enabled", "").lower() == "true":
            return {}
        return options

    @property
    def overwrites_command(self) -> bool:
        return self.annotations.get("ray.io/overwrite-container-cmd", "").lower() == "true"

    @property
    def creator(self) -> str:
        """Return the kind that made this RayCluster: itself, unless a RayJob or RayService did."""
        origin = (self.metadata.get("labels") or {}).get(Label.ORIGIN, "")
        return origin if origin in ("RayJob", "RayService") else "RayCluster"

    def groups(self) -> Iterator[Group]:
        """Yield the head group, then the worker groups in their order."""
        yield self.head
        yield from self.workers

    def owner_reference(self) -> Object:
        return {
            "apiVersion": "ray.io/v1",
            "kind": "RayCluster",
            "name": self.name,
            "uid": self.uid,
            "controller": True,
            "blockOwnerDeletion": True,
        }
