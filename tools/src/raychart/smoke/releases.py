"""Install and remove a Helm release, and see to it that nothing of it is left."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from raychart import helm
from raychart.findings import Finding

if TYPE_CHECKING:
    from raychart.smoke.api import Api, Json
    from raychart.smoke.options import Options
    from raychart.smoke.plan import ReleasePlan

_HELM_TIMEOUT = 120.0
_PAUSE = 0.5


def install_release(api: Api, options: Options, plan: ReleasePlan, *, upgrade: bool = False) -> None:
    """Run `helm install` or `helm upgrade`, which do not wait for pods; raises CommandError with helm's words."""
    helm.install(
        plan.chart,
        plan.files,
        release=plan.name,
        namespace=plan.namespace,
        sets=options.sets,
        kubeconfig=api.access.kubeconfig,
        context=api.access.context,
        timeout=_HELM_TIMEOUT,
        helm=options.helm,
        upgrade=upgrade,
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
    """Uninstall a release and wait until its pods are gone, or name those that will not go.

    Pods of a cluster that was deleted still match its service for some seconds.
    """
    uninstall_release(api, options, plan)
    timeout = options.timeout
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


def uninstall_command(api: Api, options: Options, plan: ReleasePlan) -> str:
    """Return the command that removes the release by hand."""
    kubeconfig, context = api.access.kubeconfig, api.access.context
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
