"""NetworkPolicies: who may connect to whom."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from raychart.impact.about import about_itself
from raychart.impact.ledger import Because, Ledger
from raychart.impact.mappings import items, mapping, mappings, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context
    from raychart.manifests import Manifest

_POLICY = "Kubernetes: NetworkPolicy, for new connections at once"
_NAMESPACE = "kubernetes.io/metadata.name"
_MOST = 3
# A peer and a port.
_Way = tuple[str, str]
# By the word of policyTypes, what its pods do in that direction, and where the rules for it are.
_TYPES = {"Ingress": ("are reached by", "ingress"), "Egress": ("reach", "egress")}
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
        said = "; ".join(filter(None, (*_about(diff), said)))
        reason = said or "who may connect to its pods, or where they may connect to, changes"
        ledger.add("access", Because(reason, _POLICY), changes)


def _about(diff: ObjectDiff) -> Iterator[str]:
    """Say that a policy is about other pods, and which directions it restricts that it did not, or no longer."""
    if any(change.path[:2] == ("spec", "podSelector") for change in diff.changes):
        yield "it is about other pods"
    before, after = _directions(diff.old), _directions(diff.new)
    for direction, (what, _) in _TYPES.items():
        if direction in after - before:
            yield f"from now on its pods {what} nobody but those that policies name"
        elif direction in before - after:
            yield f"its pods {what} anybody from now on, unless another policy restricts it"


def _directions(manifest: Manifest | None) -> set[str]:
    """Return what a policy restricts: without policyTypes ingress, and egress where it has rules for it."""
    spec = mapping(manifest.body if manifest else None, "spec")
    said = {str(one) for one in items(spec, "policyTypes")}
    return said or {kind for kind, (_, field) in _TYPES.items() if field == "ingress" or spec.get(field)}


def _said(old: Manifest | None, new: Manifest | None) -> str:
    """Say whom a policy lets in and out that it did not before, and whom no longer."""
    parts = []
    for direction, (field, verb) in _DIRECTIONS.items():
        before, after = (_allowed(manifest, direction, field) for manifest in (old, new))
        if more := [way for key, way in after.items() if not _is_among(key, before)]:
            parts.append(f"{verb} {_some(more)}")
        if fewer := [_left(key, way, after) for key, way in before.items() if not _is_among(key, after)]:
            parts.append(f"no longer {verb} {_some(fewer)}")
    return "; ".join(parts)


def _allowed(manifest: Manifest | None, direction: str, field: str) -> dict[_Way, _Way]:
    """Return in words which peers may use which ports, by what tells them from each other; "" for all there are."""
    found: dict[_Way, _Way] = {}
    for rule in mappings(manifest.body if manifest else None, "spec", direction):
        peers = {json.dumps(peer, sort_keys=True, default=str): _peer(peer) for peer in mappings(rule, field)}
        ports = list(map(_port, mappings(rule, "ports"))) or [""]
        found |= {(key, port): (said, port) for key, said in (peers or {"": ""}).items() for port in ports}
    return found


def _is_among(way: _Way, ways: dict[_Way, _Way]) -> bool:
    peer, port = way
    return any(one in ways for one in (way, (peer, ""), ("", port), ("", "")))


def _left(key: _Way, way: _Way, after: dict[_Way, _Way]) -> _Way:
    """Return what is let through no longer where a peer had all ports, and has some now."""
    ports = [port for peer, port in after if peer == key[0]]
    return (way[0], f"all but {', '.join(ports)}") if ports and not way[1] else way


def _port(port: dict[str, Any]) -> str:
    protocol = text(port, "protocol") or "TCP"
    if "port" not in port:
        return f"all of {protocol}"
    number = f"{port['port']}-{port['endPort']}" if "endPort" in port else f"{port['port']}"
    return number if protocol == "TCP" else f"{number}/{protocol}"


def _peer(peer: dict[str, Any]) -> str:
    if cidr := text(peer, "ipBlock", "cidr"):
        return (
            f"{cidr} except {', '.join(map(str, excepted))}" if (excepted := items(peer, "ipBlock", "except")) else cidr
        )
    where = text(peer, "namespaceSelector", "matchLabels", _NAMESPACE)
    pods = _selected(mapping(peer, "podSelector")) or "any pod"
    if where:
        return f"namespace {where}" if pods == "any pod" else f"{pods} of namespace {where}"
    if isinstance(peer.get("namespaceSelector"), dict):
        namespaces = _selected(mapping(peer, "namespaceSelector"), "namespaces") or "any namespace"
        return f"{pods} of {namespaces}"
    return f"{pods} of this namespace"


def _selected(selector: dict[str, Any], kind: str = "pods") -> str:
    labels = ", ".join(f"{key}={value}" for key, value in mapping(selector, "matchLabels").items())
    if mappings(selector, "matchExpressions"):
        labels = ", ".join(filter(None, (labels, "further conditions")))
    return f"{kind} with {labels}" if labels else ""


def _some(ways: list[_Way]) -> str:
    """Name the peers, each with its ports."""
    ports: dict[str, list[str]] = {}
    for peer, port in ways:
        ports.setdefault(peer or "anybody", []).append(port)
    parts = [f"{peer} (ports {', '.join(own)})" if all(own) else peer for peer, own in ports.items()]
    more = len(parts) - _MOST
    return " and ".join(parts[:_MOST]) + (f" and {more} more" if more > 0 else "")
