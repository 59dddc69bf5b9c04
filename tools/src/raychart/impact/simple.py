"""Kinds of which one sentence says it all, and those that nobody knows here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from raychart.impact.about import about_itself, immutable, keys_of
from raychart.impact.ledger import Because, Ledger

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context
    from raychart.impact.effects import Effect


class About(NamedTuple):
    """What changes of a kind do; `gone` and `goes` are the effect and the reason when an object of it goes."""

    effect: Effect
    reason: str
    source: str
    gone: Effect = "live"
    goes: str = "it goes"
    fixed: tuple[tuple[str, ...], ...] = ()


_PROMETHEUS = "Prometheus operator: read at once"
SIMPLE: dict[str, About] = {
    "PodDisruptionBudget": About(
        "live",
        "it counts for the next drain of a node",
        "Kubernetes: PodDisruptionBudget",
        goes="it goes: a drain of a node takes its pods without regard to others",
    ),
    "PodMonitor": About("live", "other metrics are read, no pod is touched", _PROMETHEUS),
    "ServiceMonitor": About("live", "other metrics are read, no pod is touched", _PROMETHEUS),
    "PrometheusRule": About("live", "other rules are evaluated, no pod is touched", _PROMETHEUS),
    "Lease": About(
        "none",
        "who holds the lease is written by those who contend for it",
        "charts/ray templates/operator/lease.yaml",
        "operator-restart",
        "the lease goes: the operator that holds it ends, and is started again",
    ),
    "ResourceQuota": About(
        "new-pods",
        "running pods stay, new ones are made as far as it lets them",
        "Kubernetes: ResourceQuota",
        goes="it goes: new pods are limited by it no longer",
    ),
    "LimitRange": About(
        "new-pods", "running pods stay, new ones get its defaults and limits", "Kubernetes: LimitRange"
    ),
    "HorizontalPodAutoscaler": About("live", "the number of pods follows it", "Kubernetes: HorizontalPodAutoscaler"),
    "PriorityClass": About(
        "new-pods",
        "it counts for pods that are made from now on",
        "Kubernetes: PriorityClass",
        fixed=(("value",), ("preemptionPolicy",)),
    ),
    "StorageClass": About(
        "live",
        "it counts for volumes that are claimed from now on",
        "Kubernetes: StorageClass",
        fixed=(("provisioner",), ("parameters",), ("reclaimPolicy",), ("volumeBindingMode",)),
    ),
    "CustomResourceDefinition": About(
        "live",
        "objects of the kind are checked and pruned by it from now on, those that are there when they are written next",
        "Kubernetes: CustomResourceDefinition; Helm never changes what a chart has in crds/",
        "replace",
        "the kind goes, and every object of it in every namespace",
        (("spec", "group"), ("spec", "scope"), ("spec", "names", "kind"), ("spec", "names", "plural")),
    ),
}
_SECURITY = "pod-security.kubernetes.io/"
_UNKNOWN = "it is applied at once; what its controller makes of it is not known here, look it up"


def simple(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of an object do, by one sentence for its kind."""
    kind = diff.manifest.kind
    about = SIMPLE.get(kind, About("live", _UNKNOWN, f"{diff.manifest.group or 'Kubernetes'}: {kind}"))
    if diff.kind == "removed" and kind == "Lease" and context.operator_away:
        ledger.add("none", Because("the lease goes with the operator", about.source))
    elif diff.kind == "removed":
        ledger.add(about.gone, Because(f"{about.goes}{context.where_pruned}", about.source))
    elif diff.kind == "renamed":
        reason = f"under another name it is another object; {about.reason}"
        ledger.add(about.effect, Because(reason, about.source))
    elif diff.kind == "added":
        ledger.add(about.effect, Because(about.reason, about.source))
    else:
        about_itself(ledger)
        immutable(diff, context, ledger, about.fixed)
        ledger.add(about.effect, Because(about.reason, about.source), ledger.uncovered())


def namespace(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a Namespace do."""
    source = "Kubernetes: Namespace"
    if diff.kind == "removed":
        ledger.add("replace", Because(f"the namespace goes{context.where_pruned}, with everything in it", source))
    elif diff.kind == "renamed":
        ledger.add(
            "replace", Because("under another name it is another namespace: everything in the former one goes", source)
        )
    elif diff.kind == "changed":
        of_labels = [change for change in diff.changes if change.path[:2] == ("metadata", "labels")]
        security = [change for change in of_labels if any(_SECURITY in key for key in keys_of(change, 2))]
        reason = "running pods stay, new ones are admitted by the other standard"
        ledger.add("new-pods", Because(reason, "Kubernetes: Pod Security Admission"), security)
        labels = [change for change in of_labels if any(_SECURITY not in key for key in keys_of(change, 2))]
        reason = "NetworkPolicies and admission go by labels of namespaces: who may connect may change"
        ledger.add("access", Because(reason, source), labels)
        about_itself(ledger)
    else:
        ledger.add("live", Because("a namespace comes", source))
