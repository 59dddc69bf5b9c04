"""Which rules are for which kind of object."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from raychart.impact.about import is_kept
from raychart.impact.access import binding, role, service_account
from raychart.impact.api_defaults import without_api_defaults
from raychart.impact.config import config
from raychart.impact.hooks import hook, hook_events
from raychart.impact.jobs import cron_job, job
from raychart.impact.nameless import is_nameless
from raychart.impact.network import network_policy
from raychart.impact.pods import pod
from raychart.impact.ray.cluster import raycluster
from raychart.impact.ray.cron_job import ray_cron_job
from raychart.impact.ray.defaults import without_defaults
from raychart.impact.ray.job import ray_job
from raychart.impact.ray.service import ray_service
from raychart.impact.routes import route, service
from raychart.impact.simple import SIMPLE, namespace, simple
from raychart.impact.storage import volume_claim
from raychart.impact.workloads import workload

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context
    from raychart.impact.ledger import Ledger
    from raychart.manifests import Manifest

Judge = Callable[["ObjectDiff", "Context", "Ledger"], None]

_RAY: dict[str, Judge] = {
    "RayCluster": raycluster,
    "RayJob": ray_job,
    "RayService": ray_service,
    "RayCronJob": ray_cron_job,
}
_KUBERNETES: dict[str, Judge] = {
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"), workload),
    "Pod": pod,
    "Job": job,
    "CronJob": cron_job,
    **dict.fromkeys(("ConfigMap", "Secret"), config),
    "ServiceAccount": service_account,
    **dict.fromkeys(("Role", "ClusterRole"), role),
    **dict.fromkeys(("RoleBinding", "ClusterRoleBinding"), binding),
    "NetworkPolicy": network_policy,
    "Service": service,
    "PersistentVolumeClaim": volume_claim,
    "Namespace": namespace,
}
# Kinds by which something is reached, whoever serves them.
_ROUTES = (
    "Ingress",
    "HTTPRoute",
    "GRPCRoute",
    "TLSRoute",
    "TCPRoute",
    "Gateway",
    "Route",
    "IngressRoute",
    "Middleware",
    "VirtualService",
)

# All kinds that there are rules for.
KINDS = frozenset((*_RAY, *_KUBERNETES, *_ROUTES, *SIMPLE))


def enter_effects(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what the changes of an object do, by the rules for its kind."""
    if hook_events(diff.manifest):
        hook(diff, context, ledger)
    elif not is_nameless(diff, context, ledger) and not is_kept(diff, context, ledger):
        rules = _rules_for(diff.manifest)
        without = without_defaults if diff.manifest.group == "ray.io" else without_api_defaults
        rules(without(diff, ledger), context, ledger)


def _rules_for(manifest: Manifest) -> Judge:
    if manifest.group == "ray.io" and manifest.kind in _RAY:
        return _RAY[manifest.kind]
    if manifest.kind in _ROUTES:
        return route
    return _KUBERNETES.get(manifest.kind, simple)
