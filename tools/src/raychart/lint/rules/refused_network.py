"""Rules for host names and ports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from raychart.lint.effective import as_list, as_map
from raychart.lint.kubernetes import is_address
from raychart.lint.places import all_pods, once_a_place, quoted
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject
    from raychart.paths import ValuesPath

_HOST = re.compile(r"(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_HOST_LENGTH = 253
_NAME = "write the name alone, in lower case, without scheme, port and path: ray.example.com"
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
    yield from _aliases(subject)


def _aliases(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject):
        for index, alias in enumerate(as_list(pod.settings.get("hostAliases"))):
            for number, host in enumerate(as_list(as_map(alias).get("hostnames"))):
                if isinstance(host, str) and (len(host) > _HOST_LENGTH or not _HOST.fullmatch(host) or "*" in host):
                    where = pod.place("hostAliases", index, "hostnames", number)
                    yield Problem(where, f"{quoted(host)} is no host name", _NAME)


def _host(where: ValuesPath, host: Any) -> Iterator[Problem]:
    if not isinstance(host, str) or not host:
        return
    if is_address(host):
        yield Problem(where, f"{quoted(host)} is an address, and a host name is asked for", "use a name, or remove it")
    elif len(host) > _HOST_LENGTH or not _HOST.fullmatch(host):
        yield Problem(
            where,
            f"{quoted(host)} is no host name",
            f"{_NAME} or *.example.com",
        )


def _ports(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        address = cluster.settings["faultTolerance"].get("redisAddress") or ""
        port = address.rpartition(":")[2]
        if address and not 1 <= int(port) <= _HIGHEST:
            where = cluster.place("faultTolerance", "redisAddress")
            yield Problem(where, f"{port} is no port", f"use a number from 1 to {_HIGHEST}")


RULES = (
    Rule(
        "host-name",
        "error",
        "A host name has a form that Kubernetes refuses.",
        "The API server refuses the Ingress or the HTTPRoute, and with it the release, or the pods "
        "that have the host alias.",
        "Kubernetes: ValidateIngress (host: DNS-1123 subdomain or wildcard), ValidateHostAliases; Gateway API: "
        "Hostname",
        once_a_place(_hosts),
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
