"""Rules for addresses and ranges of addresses."""

from __future__ import annotations

import ipaddress
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

    _Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _ranges(subject: Subject) -> Iterator[Problem]:
    for where, text, around in _written_ranges(subject):
        network = _network(text)
        if network is None:
            yield Problem(where, f"{quoted(text)} is no range of addresses", f"write {_suggested(text)}")
        elif around is not None and not _is_within(network, around):
            yield Problem(
                where,
                f"{quoted(text)} is not a part of {around}, from which it is to be taken",
                f"write a range within {around}, or remove it",
            )
    for _, pod in all_pods(subject):
        for index, alias in enumerate(as_list(pod.settings.get("hostAliases"))):
            address = as_map(alias).get("ip")
            if isinstance(address, str) and not is_address(_plain(address)):
                where = pod.place("hostAliases", index, "ip")
                yield Problem(where, f"{quoted(address)} is no IP address", "write one such as 10.0.0.1")


def _ambiguous(subject: Subject) -> Iterator[Problem]:
    for where, text, _ in _written_ranges(subject):
        network = _network(text)
        if network is not None and not _same(text, network):
            yield Problem(where, f"{quoted(text)} can be read in two ways", f"write {network}")


def _written_ranges(subject: Subject) -> Iterator[tuple[ValuesPath, str, _Network | None]]:
    """Yield the ranges in the values, each with the one that it is an exception of."""
    for cluster in subject.clusters:
        for index, text in enumerate(as_list(cluster.settings["headService"].get("loadBalancerSourceRanges"))):
            if isinstance(text, str):
                # The Service's ranges alone may have spaces around them.
                yield cluster.place("headService", "loadBalancerSourceRanges", index), text.strip(), None
    policy = as_map(subject.values.data.get("networkPolicy"))
    for index, rule in enumerate(as_list(policy.get("egress"))):
        yield from _blocks(("networkPolicy", "egress", index, "to"), as_map(rule).get("to"))
    for name, peer in as_map(policy.get("peers")).items():
        yield from _blocks(("networkPolicy", "peers", name, "from"), as_map(peer).get("from"))


def _blocks(path: ValuesPath, peers: Any) -> Iterator[tuple[ValuesPath, str, _Network | None]]:
    for index, peer in enumerate(as_list(peers)):
        block = as_map(as_map(peer).get("ipBlock"))
        cidr = block.get("cidr")
        if not isinstance(cidr, str):
            continue
        yield (*path, index, "ipBlock", "cidr"), cidr, None
        for number, text in enumerate(as_list(block.get("except"))):
            if isinstance(text, str):
                yield (*path, index, "ipBlock", "except", number), text, _network(cidr)


def _network(text: str) -> _Network | None:
    """Return the range that a text stands for as the API server reads it: host bits and leading zeros do not count."""
    if "/" not in text:
        return None
    try:
        return ipaddress.ip_network(_plain(text), strict=False)
    except ValueError:
        return None


def _plain(text: str) -> str:
    return re.sub(r"(?<![0-9a-fA-F:.])0+(?=[0-9])|(?<=[0-9]\.)0+(?=[0-9])", "", text)


def _same(text: str, network: _Network) -> bool:
    """Tell whether a text differs from how the range is usually written in nothing that has a meaning."""
    try:
        return ipaddress.ip_network(text) == network
    except ValueError:
        return False


def _is_within(network: _Network, around: _Network) -> bool:
    if isinstance(network, ipaddress.IPv4Network) and isinstance(around, ipaddress.IPv4Network):
        return network != around and network.subnet_of(around)
    if isinstance(network, ipaddress.IPv6Network) and isinstance(around, ipaddress.IPv6Network):
        return network != around and network.subnet_of(around)
    return False


def _suggested(text: str) -> str:
    try:
        return str(ipaddress.ip_network(_plain(text.strip()), strict=False))
    except ValueError:
        return "one such as 10.0.0.0/8"


RULES = (
    Rule(
        "address-range",
        "error",
        "An address or a range of addresses is none, or an exception is none of its range.",
        "The API server refuses the Service or the NetworkPolicy, and with it the release.",
        "Kubernetes: ValidateIPBlock, validateLoadBalancerSourceRanges, ValidateHostAliases",
        once_a_place(_ranges),
    ),
    Rule(
        "address-ambiguous",
        "warning",
        "A range of addresses can be read in two ways.",
        "10.0.0.1/8 may mean one address or sixteen million, and 010.0.0.0/8 is 8.0.0.0/8 to some. The API server "
        "takes both with a warning, and newer ones refuse them.",
        "Kubernetes: GetWarningsForCIDR, KEP-4858 (StrictIPCIDRValidation)",
        once_a_place(_ambiguous),
    ),
)
