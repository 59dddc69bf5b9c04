"""Rules for addresses: host names, ranges of addresses, ports."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from raychart.lint.effective import as_list
from raychart.lint.places import all_pods, once_a_place, quoted
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject
    from raychart.paths import ValuesPath

_HOST = re.compile(r"(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_HOST_LENGTH = 253
_HIGHEST = 65535


def _hosts(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        dashboard = cluster.settings["dashboard"]
        ingress = ("dashboard", "ingress")
        if dashboard["ingress"]["enabled"]:
            yield from _host(cluster.place(*ingress, "host"), dashboard["ingress"].get("host"))
            for index, tls in enumerate(dashboard["ingress"].get("tls") or []):
                hosts = tls.get("hosts")
                for number, host in enumerate(as_list(hosts)):
                    yield from _host(cluster.place(*ingress, "tls", index, "hosts", number), host)
        if dashboard["httpRoute"]["enabled"]:
            for index, host in enumerate(dashboard["httpRoute"].get("hostnames") or []):
                yield from _host(cluster.place("dashboard", "httpRoute", "hostnames", index), host)


def _host(where: ValuesPath, host: Any) -> Iterator[Problem]:
    if not isinstance(host, str) or not host:
        return
    if _is_address(host):
        yield Problem(where, f"{quoted(host)} is an address, and a host name is asked for", "use a name, or remove it")
    elif len(host) > _HOST_LENGTH or not _HOST.fullmatch(host):
        yield Problem(
            where,
            f"{quoted(host)} is no host name",
            "write the name alone, in lower case, without scheme, port and path: ray.example.com or *.example.com",
        )


def _ranges(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        for index, text in enumerate(cluster.settings["headService"].get("loadBalancerSourceRanges") or []):
            yield from _range(cluster.place("headService", "loadBalancerSourceRanges", index), text)
    policy = subject.values.data.get("networkPolicy") or {}
    for index, rule in enumerate(policy.get("egress") or []):
        yield from _blocks(("networkPolicy", "egress", index, "to"), rule.get("to"))
    for name, peer in (policy.get("peers") or {}).items():
        yield from _blocks(("networkPolicy", "peers", name, "from"), (peer or {}).get("from"))
    for pod in all_pods(subject):
        for index, alias in enumerate(pod.settings.get("hostAliases") or []):
            address = alias.get("ip")
            if isinstance(address, str) and not _is_address(address):
                where = pod.place("hostAliases", index, "ip")
                yield Problem(where, f"{quoted(address)} is no IP address", "write one such as 10.0.0.1")


def _blocks(path: ValuesPath, peers: Any) -> Iterator[Problem]:
    for index, peer in enumerate(as_list(peers)):
        block = peer.get("ipBlock") if isinstance(peer, dict) else None
        if isinstance(block, dict):
            yield from _range((*path, index, "ipBlock", "cidr"), block.get("cidr"))
            excepted = block.get("except")
            for number, text in enumerate(as_list(excepted)):
                yield from _range((*path, index, "ipBlock", "except", number), text)


def _range(where: ValuesPath, text: Any) -> Iterator[Problem]:
    if not isinstance(text, str):
        return
    try:
        ipaddress.ip_network(text.strip())
        wrong = "/" not in text
    except ValueError:
        wrong = True
    if wrong:
        yield Problem(where, f"{quoted(text)} is no range of addresses", f"write {_suggested(text)}")


def _suggested(text: str) -> str:
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return "one such as 10.0.0.0/8"
    return str(network)


def _ports(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        address = cluster.settings["faultTolerance"].get("redisAddress") or ""
        port = address.rpartition(":")[2]
        if address and not 1 <= int(port) <= _HIGHEST:
            where = cluster.place("faultTolerance", "redisAddress")
            yield Problem(where, f"{port} is no port", f"use a number from 1 to {_HIGHEST}")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


RULES = (
    Rule(
        "host-name",
        "error",
        "A host name has a form that Kubernetes refuses.",
        "The API server refuses the Ingress or the HTTPRoute, and with it the release.",
        "Kubernetes: ValidateIngress (host: DNS-1123 subdomain or wildcard); Gateway API: Hostname",
        once_a_place(_hosts),
    ),
    Rule(
        "address-range",
        "error",
        "An address or a range of addresses is none.",
        "The API server refuses the Service or the NetworkPolicy, and with it the release.",
        "Kubernetes: ValidateIPBlock, validateLoadBalancerSourceRanges, ValidateHostAliases",
        once_a_place(_ranges),
    ),
    Rule(
        "port-range",
        "error",
        "A port is out of range.",
        "Nothing listens there: the head would wait for its Redis until it gives up.",
        "TCP: ports are 1 to 65535",
        once_a_place(_ports),
    ),
)
