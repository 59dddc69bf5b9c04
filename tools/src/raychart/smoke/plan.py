"""What a values file is going to deploy, read from the manifests that Helm renders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from raychart.manifests import Manifest
    from raychart.smoke.api import Json

CLIENT_PORT = 10001
DASHBOARD_PORT = 8265


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """One RayCluster: what must come up, and what a client of it needs to know.

    `token_secret` names the Secret with the token that clients need; None where authentication is off.
    """

    name: str
    ray_version: str
    workers: int
    suspended: bool
    token_secret: str | None
    head: Json = field(hash=False)

    @property
    def service(self) -> str:
        """Return the head service's name: the cluster's address in every namespace."""
        return f"{self.name}-head-svc"

    @property
    def address(self) -> str:
        """Return the address that applications in the namespace use."""
        return f"ray://{self.service}:{CLIENT_PORT}"

    @property
    def image(self) -> str:
        """Return the image of the head's Ray container."""
        return str(self.head["containers"][0]["image"])


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """One release in one namespace; `operator` is its operator's Deployment, None where it brings none.

    `files` are the values files in the order in which they are laid over each other.
    """

    name: str
    namespace: str
    chart: Path
    files: tuple[Path, ...]
    operator: str | None
    clusters: tuple[ClusterPlan, ...]
    manifests: tuple[Manifest, ...] = field(repr=False)

    @property
    def values(self) -> Path:
        """Return the values file; the layers over it are not the user's names for the release."""
        return self.files[0]

    @property
    def kinds(self) -> set[tuple[str, str]]:
        """Return group and kind of everything the release makes."""
        return {(one.group, one.kind) for one in self.manifests}

    @property
    def label(self) -> str:
        """Return how messages name the release."""
        return f"release {self.namespace}/{self.name}"

    @property
    def running(self) -> tuple[ClusterPlan, ...]:
        """Return the clusters that are meant to run."""
        return tuple(cluster for cluster in self.clusters if not cluster.suspended)


def read_plan(
    manifests: Sequence[Manifest], *, release: str, namespace: str, values: Sequence[Path], chart: Path
) -> ReleasePlan:
    """Read operator and clusters from manifests that were rendered from these values files."""
    return ReleasePlan(
        name=release,
        namespace=namespace,
        chart=chart,
        files=tuple(values),
        operator=next((m.name for m in manifests if m.kind == "Deployment" and _is_operator(m.body)), None),
        clusters=tuple(_cluster(m.body) for m in manifests if (m.group, m.kind) == ("ray.io", "RayCluster")),
        manifests=tuple(manifests),
    )


def expected_workers(spec: Json) -> int:
    """Return how many worker pods a RayCluster's spec asks for before anything scales it.

    KubeRay starts each group with `replicas`, held between `minReplicas` and `maxReplicas`, times `numOfHosts`
    (GetWorkerGroupDesiredReplicas); where the autoscaler runs, the chart leaves `replicas` out and the minimum counts.
    """
    return sum(_group_workers(group) for group in spec.get("workerGroupSpecs") or [])


def runs_operator(containers: Iterable[Json], labels: Json) -> bool:
    """Say whether containers are those of a KubeRay operator, whoever installed it."""
    images = (str(container.get("image", "")) for container in containers)
    return labels.get("app.kubernetes.io/name") == "kuberay-operator" or any("kuberay/operator" in i for i in images)


def _is_operator(deployment: Json) -> bool:
    template = deployment["spec"]["template"]
    return runs_operator(template["spec"]["containers"], template["metadata"].get("labels") or {})


def _cluster(body: Json) -> ClusterPlan:
    spec = body["spec"]
    return ClusterPlan(
        name=body["metadata"]["name"],
        ray_version=str(spec.get("rayVersion", "")),
        workers=expected_workers(spec),
        suspended=bool(spec.get("suspend")),
        token_secret=_token_secret(body["metadata"]["name"], spec.get("authOptions") or {}),
        head=spec["headGroupSpec"]["template"]["spec"],
    )


def _token_secret(cluster: str, auth: Json) -> str | None:
    """Return the Secret's name: the user's, or the one that KubeRay names after the cluster."""
    return str(auth.get("secretName") or cluster) if auth.get("mode") == "token" else None


def _group_workers(group: Json) -> int:
    least = int(group.get("minReplicas") or 0)
    most = int(group["maxReplicas"]) if group.get("maxReplicas") is not None else None
    wanted = max(least, int(group.get("replicas") or 0))
    return (wanted if most is None else min(wanted, most)) * int(group.get("numOfHosts") or 1)
