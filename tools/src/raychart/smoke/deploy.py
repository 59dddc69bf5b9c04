"""Install a release into its namespace, and take it away again to the last object."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from raychart import helm
from raychart.chart import read_chart
from raychart.findings import Finding
from raychart.process import CommandError
from raychart.smoke.api import ApiError
from raychart.smoke.client import Client
from raychart.smoke.diagnosis.helm import diagnose_helm
from raychart.smoke.diagnosis.refusals import explain_refusal
from raychart.smoke.inventory import inventory, resource_types
from raychart.smoke.preflight import other_operator
from raychart.smoke.results import Outcome
from raychart.smoke.wait import wait
from raychart.smoke.witness import Witness

if TYPE_CHECKING:
    from raychart.smoke.inventory import Identity
    from raychart.smoke.snapshot import Snapshot
    from raychart.smoke.stage import Stage

# Every namespace gets these from the control plane, a moment after it is made.
_NAMESPACES_OWN = {("serviceaccounts", "default"), ("configmaps", "kube-root-ca.crt")}
_HELM_TIMEOUT = 120.0


def install(stage: Stage) -> Outcome:
    """Make the namespace if need be, start the clients, then run `helm install` without waiting for pods."""
    plan = stage.plan
    if finding := other_operator(stage) or _make_room(stage):
        return Outcome((finding,))
    _ensure_namespace(stage)
    stage.types = tuple(resource_types(stage.api))
    stage.before = inventory(stage.api, plan.namespace, list(stage.types))
    stage.witness = Witness(stage.api, plan.namespace)
    stage.witness.start()
    if finding := _start_clients(stage):
        return Outcome((finding,))
    access = stage.api.access
    by_hand = f"helm uninstall {plan.name} --namespace {plan.namespace}"
    if not stage.options.keep:
        stage.cleanup.add(plan.label, lambda: _uninstall(stage), by_hand=by_hand)
    stage.install_began = time.monotonic()
    try:
        helm.install(
            stage.options.chart,
            stage.options.values_of(plan.namespace),
            release=plan.name,
            namespace=plan.namespace,
            sets=stage.options.sets,
            kubeconfig=access.kubeconfig,
            context=access.context,
            timeout=_HELM_TIMEOUT,
            helm=stage.options.helm,
        )
    except CommandError as failed:
        return Outcome((diagnose_helm(failed, plan.label, read_chart(stage.options.chart).app_version),))
    chart = read_chart(stage.options.chart)
    about = {"name": plan.name, "chart": f"{chart.name} {chart.version}", "values": str(plan.values)}
    return Outcome(detail=f"{chart.name} {chart.version} with {plan.values}", facts={"release": about})


def uninstall(stage: Stage) -> Outcome:
    """Uninstall, wait for every pod to end, and prove that the namespace holds what it held before."""
    if stage.options.keep:
        return Outcome(skipped="--keep: release and namespace stay")
    for client in stage.clients.values():
        client.stop()
    _uninstall(stage)
    deadline = time.monotonic() + stage.options.timeout
    while left := _left(stage):
        if time.monotonic() > deadline:
            names = ", ".join(str(identity) for identity in sorted(left))
            what = f"left in the namespace {stage.options.timeout:g} s after uninstalling: {names}"
            remedy = "see what holds them: kubectl get -o yaml shows finalizers and owners"
            return Outcome((Finding("smoke-left", "error", what, remedy, file=stage.plan.label),))
        time.sleep(0.5)
    stage.cleanup.forget(stage.plan.label)
    kinds = len(stage.types)
    return Outcome(detail=f"nothing left, looked at {kinds} kinds of objects", facts={"left": []})


def _make_room(stage: Stage) -> Finding | None:
    """Uninstall a release of this name where --replace says so; tell of it where not."""
    secrets = f"/api/v1/namespaces/{stage.plan.namespace}/secrets"
    if not stage.api.items(secrets, labelSelector=f"owner=helm,name={stage.plan.name}"):
        return None
    if not stage.options.replace:
        what = "a release of this name exists in the namespace already"
        remedy = f"helm uninstall {stage.plan.name} --namespace {stage.plan.namespace}, or let --replace do so"
        return Finding("smoke-release-exists", "error", what, remedy, file=stage.plan.label)
    stage.progress(f"{stage.plan.label}: uninstalling what is there")
    for client in stage.plan.clusters:
        Client(stage.api, stage.plan.namespace, client, 0, stage.news).stop()
    _uninstall(stage)
    return wait(stage, _pods_of_the_old_release)


def _pods_of_the_old_release(snapshot: Snapshot) -> str | None:
    """Name what must be gone first: the new head's service would still select an old head."""
    names = [pod["metadata"]["name"] for pod in snapshot.pods]
    return f"the end of {', '.join(names)}" if names else None


def _ensure_namespace(stage: Stage) -> None:
    name, path = stage.plan.namespace, f"/api/v1/namespaces/{stage.plan.namespace}"
    if stage.api.find(path) is not None:
        return
    if not stage.options.keep:
        undo = f"kubectl delete namespace {name}"
        stage.cleanup.add(f"namespace {name}", lambda: stage.api.delete(path), by_hand=undo)
    stage.api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    account = f"{path}/serviceaccounts/default"
    while stage.api.find(account) is None:  # without it no pod can be made
        time.sleep(0.05)


def _start_clients(stage: Stage) -> Finding | None:
    """Create one client for each cluster; they wait for their cluster as an application that was there first would."""
    for cluster in stage.plan.running:
        client = Client(stage.api, stage.plan.namespace, cluster, stage.options.timeout, stage.news)
        by_hand = f"kubectl delete pod {client.name} --namespace {stage.plan.namespace}"
        stage.cleanup.add(client.label, client.stop, by_hand=by_hand)
        try:
            client.start()
        except ApiError as refused:
            known = explain_refusal(refused.what, f"clusters.{cluster.name}")
            rule, what, remedy = known or ("smoke-client", refused.what, refused.remedy)
            return Finding(rule, "error", f"the client pod was refused ({what})", remedy, file=client.label)
        stage.clients[cluster.name] = client
    return None


def _uninstall(stage: Stage) -> None:
    access = stage.api.access
    helm.uninstall(
        release=stage.plan.name,
        namespace=stage.plan.namespace,
        kubeconfig=access.kubeconfig,
        context=access.context,
        missing_ok=True,
        timeout=_HELM_TIMEOUT,
        helm=stage.options.helm,
    )


def _left(stage: Stage) -> list[Identity]:
    found = inventory(stage.api, stage.plan.namespace, list(stage.types)) - stage.before
    return [identity for identity in found if (identity.resource, identity.name) not in _NAMESPACES_OWN]
