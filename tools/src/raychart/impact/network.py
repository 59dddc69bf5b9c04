"""NetworkPolicies: who may connect to whom."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from raychart.impact.about import about_itself
from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import items, mapping, mappings, text

if TYPE_CHECKING:
    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context
    from raychart.manifests import Manifest

_POLICY = "Kubernetes: NetworkPolicy, for new connections at once"
_NAMESPACE = "kubernetes.io/metadata.name"
_MOST = 3
_DIRECTIONS = {"ingress": ("from", "lets in"), "egress": ("to", "lets out to")}


def network_policy(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter what changes of a NetworkPolicy do."""
    if diff.kind == "removed":
        reason = f"the policy goes{context.where_pruned}: connections that no other policy restricts are let through"
        ledger.add("access", Because(reason, _POLICY))
    elif diff.kind == "added":
        reason = "; ".join(
            filter(None, ("its pods take no other connections than policies let through", _said(None, diff.new)))
        )
        ledger.add("access", Because(reason, _POLICY))
    else:
        about_itself(ledger)
        changes = ledger.uncovered() if diff.kind == "changed" else None
        said = _said(diff.old, diff.new)
        if any(change.path[:2] in {("spec", "podSelector"), ("spec", "policyTypes")} for change in diff.changes):
            said = "; ".join(filter(None, ("it is about other pods or directions", said)))
        reason = said or "who may connect to its pods, or where they may connect to, changes"
        ledger.add("access", Because(reason, _POLICY), changes)


def _said(old: Manifest | None, new: Manifest | None) -> str:
    """Say whom a policy lets in and out that it did not before, and whom no longer."""
    parts = []
    for direction, (field, verb) in _DIRECTIONS.items():
        before, after = (_rules(manifest, direction, field) for manifest in (old, new))
        if more := [said for key, said in after.items() if key not in before]:
            parts.append(f"{verb} {_some(more)}")
        if fewer := [said for key, said in before.items() if key not in after]:
            parts.append(f"no longer {verb} {_some(fewer)}")
    return "; ".join(parts)


def _rules(manifest: Manifest | None, direction: str, field: str) -> dict[str, str]:
    """Return by its content what each rule lets through."""
    found = {}
    for rule in mappings(manifest.body if manifest else None, "spec", direction):
        peers = ", ".join(map(_peer, mappings(rule, field))) or "anybody"
        ports = ", ".join(f"{port.get('port', 'any port')}" for port in mappings(rule, "ports"))
        found[json.dumps(rule, sort_keys=True, default=str)] = f"{peers}{f' (ports {ports})' if ports else ''}"
    return found


def _peer(peer: dict[str, Any]) -> str:
    if cidr := text(peer, "ipBlock", "cidr"):
        return (
            f"{cidr} except {', '.join(map(str, excepted))}" if (excepted := items(peer, "ipBlock", "except")) else cidr
        )
    where = text(peer, "namespaceSelector", "matchLabels", _NAMESPACE)
    pods = _selected(mapping(peer, "podSelector"))
    if where:
        return f"namespace {where}" if pods == "any pod" else f"{pods} of namespace {where}"
    if isinstance(peer.get("namespaceSelector"), dict):
        return f"{pods} of namespaces with {_selected(mapping(peer, 'namespaceSelector')).removeprefix('pods with ')}"
    return f"{pods} of this namespace"


def _selected(selector: dict[str, Any]) -> str:
    labels = ", ".join(f"{key}={value}" for key, value in mapping(selector, "matchLabels").items())
    if mappings(selector, "matchExpressions"):
        labels = ", ".join(filter(None, (labels, "further conditions")))
    return f"pods with {labels}" if labels else "any pod"


def _some(parts: list[str]) -> str:
    more = len(parts) - _MOST
    return " and ".join(parts[:_MOST]) + (f" and {more} more" if more > 0 else "")
