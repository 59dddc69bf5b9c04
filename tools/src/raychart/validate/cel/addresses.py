"""Addresses and ranges of addresses in rules, as Go's netip and Kubernetes take them."""

from __future__ import annotations

import ipaddress
import re

from raychart.validate.cel.errors import NotHereError, RefusedError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Range = ipaddress.IPv4Interface | ipaddress.IPv6Interface
IP, CIDR = "net.IP", "net.CIDR"
_RANGE = re.compile(r"[0-9A-Fa-f.:]+/(0|[1-9][0-9]*)", re.ASCII)
_EVERYBODY = ipaddress.IPv4Address("255.255.255.255")
_MULTICAST_V4 = ipaddress.IPv4Network("224.0.0.0/24")


def ip(text: str) -> dict[str, str]:
    """Return the address that a text says."""
    found = _address(text)
    if found is None:
        raise RefusedError(f'IP Address "{text}" parse error during conversion from string')
    return {IP: str(found)}


def is_ip(text: str) -> bool:
    """Tell whether a text is an address."""
    return _address(text) is not None


def is_canonical(text: str) -> bool:
    """Tell whether an address is written as it is shown."""
    return ip(text)[IP] == text


def family(one: dict[str, str]) -> int:
    """Return 4 or 6."""
    return _ip(one).version


def is_unspecified(one: dict[str, str]) -> bool:
    """Tell whether it is nobody's address."""
    return _ip(one).is_unspecified


def is_loopback(one: dict[str, str]) -> bool:
    """Tell whether it is the machine's own."""
    return _ip(one).is_loopback


def is_link_local_unicast(one: dict[str, str]) -> bool:
    """Tell whether it is one machine's on the link."""
    return _ip(one).is_link_local


def is_link_local_multicast(one: dict[str, str]) -> bool:
    """Tell whether it is many machines' on the link."""
    address = _ip(one)
    if isinstance(address, ipaddress.IPv4Address):
        return address in _MULTICAST_V4
    return address.packed[0] == 0xFF and address.packed[1] & 0x0F == 0x02


def is_global_unicast(one: dict[str, str]) -> bool:
    """Tell whether it is one machine's anywhere, private or not, as Go has it."""
    address = _ip(one)
    others = address.is_unspecified or address.is_loopback or address.is_multicast or address.is_link_local
    return not others and address != _EVERYBODY


def cidr(text: str) -> dict[str, str]:
    """Return the range that a text says."""
    found = _range(text)
    if found is None:
        raise RefusedError(f'network address parse error during conversion from string: "{text}"')
    return _of_range(found)


def is_cidr(text: str) -> bool:
    """Tell whether a text is a range."""
    return _range(text) is not None


def contains_ip(one: dict[str, str], other: dict[str, str] | str) -> bool:
    """Tell whether an address is in a range."""
    return _ip(ip(other) if isinstance(other, str) else other) in _cidr(one).network


def contains_cidr(one: dict[str, str], other: dict[str, str] | str) -> bool:
    """Tell whether a range is in a range."""
    outer, inner = _cidr(one).network, _cidr(cidr(other) if isinstance(other, str) else other).network
    return outer.version == inner.version and outer.prefixlen <= inner.prefixlen and inner.network_address in outer


def ip_of(one: dict[str, str]) -> dict[str, str]:
    """Return the address of a range."""
    return {IP: str(_cidr(one).ip)}


def prefix_length(one: dict[str, str]) -> int:
    """Return how many bits of a range are given."""
    return _cidr(one).network.prefixlen


def masked(one: dict[str, str]) -> dict[str, str]:
    """Return a range with the rest of its address taken away."""
    network = _cidr(one).network
    return {CIDR: f"{network.network_address}/{network.prefixlen}"}


def _address(text: str) -> Address | None:
    if "%" in text or not text.isascii():
        return None
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return None if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped else found


def _range(text: str) -> Range | None:
    if not _RANGE.fullmatch(text):
        return None
    try:
        found = ipaddress.ip_interface(text)
    except ValueError:
        return None
    return None if isinstance(found, ipaddress.IPv6Interface) and found.ip.ipv4_mapped else found


def _of_range(found: Range) -> dict[str, str]:
    return {CIDR: f"{found.ip}/{found.network.prefixlen}"}


def _ip(one: dict[str, str]) -> Address:
    if IP not in one:
        raise NotHereError("it is not an address")
    return ipaddress.ip_address(one[IP])


def _cidr(one: dict[str, str]) -> Range:
    if CIDR not in one:
        raise NotHereError("it is not a range of addresses")
    return ipaddress.ip_interface(one[CIDR])
