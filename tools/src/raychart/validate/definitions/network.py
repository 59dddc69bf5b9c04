"""Services, Ingresses, NetworkPolicies: who reaches what."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from raychart.schema_words import show
from raychart.validate.definitions.check import (
    Check,
    Whole,
    distinct,
    filled,
    form,
    is_given,
    needed,
    numbers,
    one_of,
    only_with,
    ports,
)
from raychart.validate.definitions.forms import (
    ADDRESS,
    LABEL,
    LABEL_VALUE,
    NAME,
    PORT_NAME,
    QUALIFIED,
    RANGE,
    SERVICE_NAME,
    WILD_HOST,
)
from raychart.validate.reach import entries, mapping, mappings, number, text
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_CORE, _NET = "io.k8s.api.core.v1.", "io.k8s.api.networking.v1."
_BALANCED = ("LoadBalancer",)
_OUTSIDE = ("LoadBalancer", "NodePort")
# What a path must not have in it or at its end.
_BAD_PARTS, _BAD_ENDS = ("//", "/./", "/../", "%2f", "%2F"), ("/..", "/.")
_DAY = 86400


def _service(value: dict[str, Any]) -> Iterator[Problem]:
    kind, address = value.get("type") or "ClusterIP", value.get("clusterIP")
    if kind == "ExternalName":
        if not is_given(value.get("externalName")):
            yield Problem((), "externalName is missing, which type ExternalName needs", "add externalName")
        if is_given(address) and address != "None":
            yield Problem(("clusterIP",), "does not go with type ExternalName", "remove it")
        return
    if not is_given(value.get("ports")) and address != "None":
        yield Problem((), "ports is missing", "add ports, or set clusterIP: None where the names of pods are enough")
    if address == "None" and kind in _OUTSIDE:
        yield Problem(("clusterIP",), f"None does not go with type {kind}", "remove it")
    if isinstance(address, str) and address not in ("", "None") and not ADDRESS.fits(address):
        yield Problem(("clusterIP",), f"{show(address)} is not an IP address", "write None for a headless Service")
    yield from _ports(value)
    if number(value, "healthCheckNodePort") and not (
        kind == "LoadBalancer" and value.get("externalTrafficPolicy") == "Local"
    ):
        message = "goes with type LoadBalancer and externalTrafficPolicy Local alone"
        yield Problem(("healthCheckNodePort",), message, "remove it")


def _ports(value: dict[str, Any]) -> Iterator[Problem]:
    found = list(mappings(value, ("ports",)))
    seen: dict[tuple[str, str], int] = {}
    for path, port in found:
        if len(found) > 1 and not is_given(port.get("name")):
            yield Problem(path, "name is missing, which several ports need", "add name")
        key = (str(port.get("port")), str(port.get("protocol") or "TCP"))
        first = seen.setdefault(key, int(path[-1]))
        if first != path[-1]:
            yield Problem(path, f"port {key[0]} {key[1]} is there already, in item {first}", "keep one of the two")
        if number(port, "nodePort") and (value.get("type") or "ClusterIP") not in _OUTSIDE:
            message = "goes with type NodePort or LoadBalancer alone"
            yield Problem((*path, "nodePort"), message, "remove it, or change type")


def _pairs(value: dict[str, Any]) -> Iterator[Problem]:
    """Of a Service: its selector is labels."""
    for key, wanted in mapping(value, "selector").items():
        if not QUALIFIED.fits(str(key)):
            yield Problem(("selector", key), f"{show(key)} cannot be the key of a label", f"use {QUALIFIED.remedy}")
        if isinstance(wanted, str) and not LABEL_VALUE.fits(wanted):
            message = f"{show(wanted)} cannot be the value of a label"
            yield Problem(("selector", key), message, f"use {LABEL_VALUE.remedy}")


def _path(value: dict[str, Any]) -> Iterator[Problem]:
    path = text(value, "path")
    is_strict = value.get("pathType") in ("Exact", "Prefix")
    if not path and not is_strict:
        return
    if not path.startswith("/"):
        where = ("path",) if path else ()
        message = f"{show(path)} does not begin with /" if path else "path is missing"
        yield Problem(where, message, "write a path that begins with /")
    elif is_strict:
        bad = [part for part in _BAD_PARTS if part in path] + [part for part in _BAD_ENDS if path.endswith(part)]
        if bad:
            yield Problem(("path",), f"{show(path)} has {show(bad[0])} in it", "write the path without it")


def _leads_somewhere(value: dict[str, Any]) -> Iterator[Problem]:
    if value.get("defaultBackend") is None and not entries(value, "rules"):
        yield Problem((), "has neither rules nor a defaultBackend", "add one of them")


def _service_port(value: dict[str, Any]) -> Iterator[Problem]:
    port = mapping(value, "port")
    if not is_given(port.get("name")) and not port.get("number"):
        yield Problem((), "port.number or port.name is missing", "add one of them")
    elif is_given(port.get("name")) and port.get("number"):
        yield Problem(("port", "name"), "does not go with number", "keep one of the two")


def _peer(value: dict[str, Any]) -> Iterator[Problem]:
    pods, blocks = ("podSelector", "namespaceSelector"), value.get("ipBlock")
    others = [field for field in pods if value.get(field) is not None]
    if blocks is None and not others:
        yield Problem((), "names nobody", "add podSelector, namespaceSelector or ipBlock")
    if blocks is not None and others:
        yield Problem(("ipBlock",), f"does not go with {others[0]}", "make two items of the list of it")


def _except(value: dict[str, Any]) -> Iterator[Problem]:
    whole = _network(value.get("cidr"))
    for index, part in enumerate(entries(value, "except")):
        inner = _network(part)
        if whole is None or inner is None:
            continue
        is_below = whole.version == inner.version and inner != whole and inner.subnet_of(whole)  # type: ignore[arg-type]
        if not is_below:
            yield Problem(("except", index), f"{part} is not a part of {value['cidr']}", "remove it, or mend it")


def _network(text: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    return ipaddress.ip_network(text.strip(), strict=False) if isinstance(text, str) and RANGE.fits(text) else None


def _last_port(value: dict[str, Any]) -> Iterator[Problem]:
    first, last = value.get("port"), number(value, "endPort")
    if last is None:
        return
    if not isinstance(first, int):
        yield Problem(("endPort",), "goes with a number in port alone", "write a number in port, or remove it")
    elif last < first:
        yield Problem(("endPort",), f"{last} is less than port ({first})", "raise it, or lower port")


def _policy_types(value: dict[str, Any]) -> Iterator[Problem]:
    if len(entries(value, "policyTypes")) > 2:
        yield Problem(("policyTypes",), "names one twice", "keep each once")


CHECKS: dict[str, tuple[Check, ...]] = {
    f"{_CORE}ServiceSpec": (
        _service,
        _pairs,
        distinct("ports", "name"),
        distinct("ipFamilies"),
        form(NAME, "externalName"),
        form(ADDRESS, "externalIPs"),
        form(RANGE, "loadBalancerSourceRanges"),
        form(QUALIFIED, "loadBalancerClass"),
        only_with("externalTrafficPolicy", "type", *_OUTSIDE),
        only_with("loadBalancerClass", "type", *_BALANCED),
        only_with("loadBalancerSourceRanges", "type", *_BALANCED),
        only_with("allocateLoadBalancerNodePorts", "type", *_BALANCED),
    ),
    f"{_CORE}ServicePort": (
        form(LABEL, "name"),
        form(PORT_NAME, "targetPort"),
        numbers(Whole(0, 65535), "targetPort", "nodePort"),
        form(QUALIFIED, "appProtocol"),
    ),
    f"{_CORE}ClientIPConfig": (numbers(Whole(1, _DAY), "timeoutSeconds"),),
    "/Service": (needed("spec"),),
    f"{_NET}IngressSpec": (_leads_somewhere, form(NAME, "ingressClassName"), filled("ingressClassName")),
    f"{_NET}IngressRule": (form(WILD_HOST, "host"),),
    f"{_NET}IngressTLS": (form(WILD_HOST, "hosts"), form(NAME, "secretName")),
    f"{_NET}HTTPIngressRuleValue": (filled("paths"),),
    f"{_NET}HTTPIngressPath": (_path,),
    f"{_NET}IngressBackend": (one_of("service", "resource"),),
    f"{_NET}IngressServiceBackend": (_service_port, form(SERVICE_NAME, "name"), filled("name")),
    f"{_NET}ServiceBackendPort": (form(PORT_NAME, "name"), numbers(Whole(0, 65535), "number")),
    f"{_NET}NetworkPolicySpec": (_policy_types,),
    f"{_NET}NetworkPolicyPeer": (_peer,),
    f"{_NET}NetworkPolicyPort": (_last_port, ports("port")),
    f"{_NET}IPBlock": (form(RANGE, "cidr", "except"), _except),
}
