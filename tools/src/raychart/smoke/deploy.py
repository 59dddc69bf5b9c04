"""Install a release into its namespace, and take it away again to the last object."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from raychart.chart import read_chart
from raychart.errors import RaychartError
from raychart.findings import Finding
from raychart.process import CommandError
from raychart.smoke.api import ApiError
from raychart.smoke.client import Client
from raychart.smoke.diagnosis.helm import diagnose_helm
from raychart.smoke.diagnosis.refusals import explain_refusal
from raychart.smoke.inventory import inventory, resource_types
from raychart.smoke.recorder import Recorder
from raychart.smoke.releases import install_release, uninstall_command, uninstall_release
from raychart.smoke.results import Outcome
from raychart.smoke.witness import Witness

if TYPE_CHECKING:
    from raychart.smoke.inventory import Identity
    from raychart.smoke.long_work import Burst, LongWork
    from raychart.smoke.stage import Stage

# Every namespace gets these from the control plane, a moment after it is made.
_NAMESPACES_OWN = {("serviceaccounts", "default"), ("configmaps", "kube-root-ca.crt")}


def install(stage: Stage) -> Outcome:
    """Make the namespace if need be, start the clients, then run `helm install` without waiting for pods."""
    prepare(stage)
    for cluster in stage.plan.running:
        client = Client(stage.api, stage.plan.namespace, cluster, stage.options.timeout, stage.news)
        if finding := start_pod(stage, client, cluster.name):
            return Outcome((finding,))
        stage.clients[cluster.name] = client
    return install_release_of(stage)


def prepare(stage: Stage) -> None:
    """Make the namespace if need be, note what it holds, and begin to watch."""
    ensure_namespace(stage)
    stage.types = tuple(resource_types(stage.api))
    stage.before = inventory(stage.api, stage.plan.namespace, list(stage.types))
    stage.witness = Witness(stage.api, stage.plan.namespace)
    stage.witness.start()
    stage.recorder = Recorder(stage.api, stage.plan.namespace)
    stage.recorder.start()


def start_pod(stage: Stage, pod: Client | LongWork | Burst, cluster: str) -> Finding | None:
    """Create a pod that uses a cluster; it waits for its cluster as an application that was there first would."""
    by_hand = f"kubectl delete pod {pod.name} --namespace {stage.plan.namespace}"
    stage.cleanup.add(pod.label, pod.stop, by_hand=by_hand)
    try:
        pod.start()
    except ApiError as refused:
        known = explain_refusal(refused.what, f"clusters.{cluster}")
        rule, what, remedy = known or ("smoke-client", refused.what, refused.remedy)
        return Finding(rule, "error", f"the client pod was refused ({what})", remedy, file=pod.label)
    return None


def install_release_of(stage: Stage) -> Outcome:
    """Run `helm install` without waiting for pods."""
    plan, options = stage.plan, stage.options
    if not options.keep:
        undo = partial(uninstall_release, stage.api, options, plan)
        stage.cleanup.add(plan.label, undo, by_hand=uninstall_command(stage.api, options, plan))
    chart = read_chart(plan.chart)
    stage.install_began = time.monotonic()
    if stage.recorder:
        stage.recorder.mark("helm install")
    try:
        install_release(stage.api, options, plan)
    except CommandError as failed:
        return Outcome((diagnose_helm(failed, plan.label, chart.app_version),))
    about = {"name": plan.name, "chart": f"{chart.name} {chart.version}", "values": str(plan.values)}
    return Outcome(detail=f"{about['chart']} with {plan.values}", facts={"release": about})


def uninstall(stage: Stage) -> Outcome:
    """Uninstall, wait for every pod to end, and prove that the namespace holds what it held before."""
    if stage.options.keep:
        return Outcome(skipped="--keep: release and namespace stay")
    for client in stage.clients.values():
        client.stop()
    if stage.work:
        stage.work.stop()
    if stage.recorder:
        stage.recorder.mark("helm uninstall")
    uninstall_release(stage.api, stage.options, stage.plan)
    deadline = time.monotonic() + stage.options.timeout
    while left := _left(stage):
        if time.monotonic() > deadline:
            names = ", ".join(str(identity) for identity in sorted(left))
            what = f"left in the namespace {stage.options.timeout:g} s after uninstalling: {names}"
            remedy = "see what holds them: kubectl get -o yaml shows finalizers and owners"
            return Outcome((Finding("smoke-left", "error", what, remedy, file=stage.plan.label),))
        time.sleep(0.5)
    stage.cleanup.forget(stage.plan.label)
    return Outcome(detail=f"nothing left among {len(stage.types)} kinds of objects")


def ensure_namespace(stage: Stage) -> None:
    """Make the namespace unless it is there; one that is on its way out is waited for."""
    name, path = stage.plan.namespace, f"/api/v1/namespaces/{stage.plan.namespace}"
    deadline = time.monotonic() + stage.options.timeout
    while found := stage.api.find(path):
        if not found["metadata"].get("deletionTimestamp"):
            return
        if time.monotonic() > deadline:
            raise RaychartError(f"namespace {name}", "is being deleted and does not go", "see what its status says")
        time.sleep(0.5)
    if not stage.options.keep:
        undo = partial(stage.api.delete, path)
        by_hand = f"kubectl delete namespace {name}"
        stage.cleanup.add(f"namespace {name}", undo, by_hand=by_hand, lasting=True)
    stage.api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    while stage.api.find(f"{path}/serviceaccounts/default") is None:  # without it no pod can be made
        if time.monotonic() > deadline:
            raise RaychartError(f"namespace {name}", "gets no default service account", "see the controller manager")
        time.sleep(0.05)


def _left(stage: Stage) -> list[Identity]:
    found = inventory(stage.api, stage.plan.namespace, list(stage.types)) - stage.before
    return [identity for identity in found if (identity.resource, identity.name) not in _NAMESPACES_OWN]
