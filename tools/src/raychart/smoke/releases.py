"""Install and remove a Helm release, and see to it that nothing of it is left."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from raychart import helm
from raychart.findings import Finding

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.smoke.api import Api, Json
    from raychart.smoke.options import Options
    from raychart.smoke.plan import ReleasePlan

LEASE = "ray-operator-leader"
_HELM_TIMEOUT = 120.0
_PAUSE = 0.5


def install_release(api: Api, options: Options, plan: ReleasePlan) -> None:
    """Run `helm install`, which does not wait for pods; raises CommandError with helm's words."""
    helm.install(
        options.chart,
        options.values_of(plan.namespace),
        release=plan.name,
        namespace=plan.namespace,
        sets=options.sets,
        kubeconfig=api.access.kubeconfig,
        context=api.access.context,
        timeout=_HELM_TIMEOUT,
        helm=options.helm,
    )


def uninstall_release(api: Api, options: Options, plan: ReleasePlan) -> None:
    """Run `helm uninstall`; a release that does not exist is fine."""
    helm.uninstall(
        release=plan.name,
        namespace=plan.namespace,
        kubeconfig=api.access.kubeconfig,
        context=api.access.context,
        missing_ok=True,
        timeout=_HELM_TIMEOUT,
        helm=options.helm,
    )


def remove_release(api: Api, options: Options, plan: ReleasePlan) -> Finding | None:
    """Uninstall a release, wait until its pods are gone, and take away the lease its operator leaves behind.

    Pods of a cluster that was deleted still match its service for some seconds, and a lease that nobody holds keeps
    the next operator waiting for 15 s.
    """
    uninstall_release(api, options, plan)
    left = wait_for_no_pods(api, plan, options.timeout)
    if left:
        return left
    if plan.operator:
        api.delete(lease_path(plan.namespace))
    return None


def wait_for_no_pods(api: Api, plan: ReleasePlan, timeout: float) -> Finding | None:
    """Wait until no pod of the release is left, and name those that will not go."""
    deadline = time.monotonic() + timeout
    while left := [pod["metadata"]["name"] for pod in _pods(api, plan)]:
        if time.monotonic() > deadline:
            what = f"pods are still there {timeout:g} s after helm uninstall: {', '.join(left)}"
            remedy = "see their finalizers and their node: kubectl describe pod"
            return Finding("smoke-left", "error", what, remedy, file=plan.label)
        time.sleep(_PAUSE)
    return None


def release_exists(api: Api, namespace: str, release: str) -> bool:
    """Say whether Helm knows a release of this name, in whatever state."""
    selector = f"owner=helm,name={release}"
    return bool(api.items(f"/api/v1/namespaces/{namespace}/secrets", labelSelector=selector))


def lease_path(namespace: str) -> str:
    """Return the path of the Lease that KubeRay makes and does not delete."""
    return f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/{LEASE}"


def uninstall_command(options: Options, plan: ReleasePlan, kubeconfig: Path | None, context: str | None) -> str:
    """Return the command that removes the release by hand."""
    parts = [options.helm, "uninstall", plan.name, "--namespace", plan.namespace]
    parts += ["--kubeconfig", str(kubeconfig)] if kubeconfig else []
    return " ".join([*parts, *(["--kube-context", context] if context else [])])


def _pods(api: Api, plan: ReleasePlan) -> list[Json]:
    clusters = {cluster.name for cluster in plan.clusters}
    found = []
    for pod in api.items(f"/api/v1/namespaces/{plan.namespace}/pods"):
        name, labels = pod["metadata"]["name"], pod["metadata"].get("labels") or {}
        own = plan.operator and name.startswith(f"{plan.operator}-")
        if own or labels.get("ray.io/cluster") in clusters:
            found.append(pod)
    return found
