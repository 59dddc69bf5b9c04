"""Services and routes: how pods are reached from inside and from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.about import about_itself, replaces, value_of
from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import items, text

if TYPE_CHECKING:
    from raychart.diff.model import Change, ObjectDiff
    from raychart.impact.context import Context
    from raychart.manifests import Manifest

_SERVICE = "Kubernetes: Service"
# Fields by which a Service is reached, or what it leads to.
_REACHED = {
    "type": "it is reached in another way",
    "selector": "connections go to other pods",
    "ports": "other ports are reached",
    "loadBalancerSourceRanges": "other addresses are let in",
    "externalIPs": "it is reached at other addresses",
    "externalName": "its name leads elsewhere",
    "loadBalancerIP": "it is reached at another address",
    "internalTrafficPolicy": "connections go to other pods",
    "externalTrafficPolicy": "connections from outside go to other pods",
    "publishNotReadyAddresses": "pods that are not ready are reached, or are not",
}


def service(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a Service do."""
    if diff.kind == "added":
        ledger.add("access", Because(f"a new address, reached {_from_where(diff.new)}", _SERVICE))
    elif diff.kind == "removed":
        ledger.add(
            "access", Because(f"the address goes{context.where_pruned}: nothing is reached there any more", _SERVICE)
        )
    elif diff.kind == "renamed":
        former = diff.old.name if diff.old else ""
        ledger.add("access", Because(f"the address changes: nothing is reached at {former} any more", _SERVICE))
    else:
        _annotations(diff, ledger)
        about_itself(ledger)
        _fixed(diff, context, ledger)
        for field, reason in _REACHED.items():
            changes = [change for change in diff.changes if change.path[:2] == ("spec", field)]
            now = f": now {_from_where(diff.new)}" if field == "type" else ""
            ledger.add("access", Because(f"{reason}{now}", _SERVICE), changes)
        ledger.add("live", Because("it counts for new connections at once", _SERVICE), ledger.uncovered())


def _annotations(diff: ObjectDiff, ledger: Ledger) -> None:
    """Enter that a cloud's load balancer goes by annotations; of other Services nobody is known to read them."""
    if text(diff.manifest.body, "spec", "type") == "LoadBalancer":
        changes = [change for change in diff.changes if change.path[:2] == ("metadata", "annotations")]
        reason = "the cloud sets up the load balancer by annotations: who reaches it may change"
        ledger.add("access", Because(reason, "Kubernetes: cloud load balancers"), changes)


def _fixed(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what of a Service's own address cannot be changed (ValidateServiceUpdate)."""
    changes = [
        change
        for change in diff.changes
        if change.path[:1] == ("spec",) and change.path[1:2] in {("clusterIP",), ("clusterIPs",)}
    ]
    old, new = value_of(diff.old, "spec", "clusterIP"), value_of(diff.new, "spec", "clusterIP")
    if old and not new and text(diff.manifest.body, "spec", "type") != "ExternalName":
        reason = "a Service keeps the clusterIP that it has when none is said: it stays as it is until it is deleted"
        ledger.add("ignored", Because(reason, _SERVICE), changes)
    elif (old and new and old != new) or (changes and not old and new):
        _refused(diff, context, ledger, changes, "clusterIP")
    headless = old == "None" and new == "None"
    types = [change for change in diff.changes if change.path[:2] == ("spec", "type")]
    if headless and text(diff.manifest.body, "spec", "type") in {"LoadBalancer", "NodePort"}:
        _refused(diff, context, ledger, types, "the type of a headless Service")
    classes = [change for change in diff.changes if change.path[:2] == ("spec", "loadBalancerClass")]
    if value_of(diff.old, "spec", "type") == value_of(diff.new, "spec", "type") == "LoadBalancer":
        _refused(diff, context, ledger, classes, "loadBalancerClass")
    families = (
        items(manifest.body if manifest else None, "spec", "ipFamilies")[:1] for manifest in (diff.old, diff.new)
    )
    before, after = families
    if before and after and before != after:
        _refused(
            diff,
            context,
            ledger,
            [change for change in diff.changes if change.path[:2] == ("spec", "ipFamilies")],
            "the first of ipFamilies",
        )


def _refused(diff: ObjectDiff, context: Context, ledger: Ledger, changes: list[Change], what: str) -> None:
    source = "Kubernetes: Service, immutable fields"
    if replaces(diff.new, context):
        reason = f"{what} cannot be changed, so that Argo CD deletes the Service and makes it anew"
        ledger.add("replace", Because(reason, source), changes)
    else:
        reason = f"{what} cannot be changed once the Service is there: {context.refusal}"
        ledger.add("rejected", Because(reason, source), changes)


def _from_where(manifest: Manifest | None) -> str:
    kind = text(manifest.body if manifest else None, "spec", "type")
    places = {"LoadBalancer": "from outside, by a load balancer", "NodePort": "from outside, at every node"}
    return places.get(kind, "from inside the cluster")


def route(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of an Ingress, a route of the Gateway API or what belongs to them do."""
    source = f"Kubernetes: {diff.manifest.kind}, followed by its controller at once"
    if diff.kind == "added":
        ledger.add("access", Because("what it leads to is reached from outside", source))
    elif diff.kind == "removed":
        ledger.add("access", Because(f"what it led to is no longer reached by it{context.where_pruned}", source))
    elif diff.kind == "renamed":
        ledger.add("access", Because("under another name it is another one: the former one goes", source))
    else:
        # Controllers read annotations: authentication, redirections, certificates.
        read = [
            change
            for change in diff.changes
            if change.path[:2] == ("metadata", "annotations") or change.path[:1] == ("spec",)
        ]
        reason = "from where, by which address or under which conditions something is reached changes"
        ledger.add("access", Because(reason, source), read)
        about_itself(ledger)
