"""Kubernetes' own functions of CEL: what they are called, what they take, and what does their work.

Quantities, addresses and versions are mappings with one entry, whose key says what it is: equal ones are equal texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.validate.cel import addresses, lists, patterns, quantities, urls, versions

if TYPE_CHECKING:
    from collections.abc import Callable


class Function(NamedTuple):
    """One way to call a function: the names of the types that it takes, of which a member's first is itself."""

    name: str
    takes: tuple[str, ...]
    gives: str
    does: Callable[..., Any]
    is_member: bool = True


def _compare(one: dict[str, str], other: dict[str, str]) -> int:
    """Compare two quantities or two versions."""
    return quantities.compare(one, other) if quantities.KEY in one else versions.compare(one, other)


FUNCTIONS = (
    Function("quantity", ("STRING",), "MAP", quantities.quantity, is_member=False),
    Function("isQuantity", ("STRING",), "BOOL", quantities.is_quantity, is_member=False),
    Function("sign", ("MAP",), "INT", quantities.sign, is_member=False),
    Function("isInteger", ("MAP",), "BOOL", quantities.is_integer),
    Function("asInteger", ("MAP",), "INT", quantities.as_integer),
    Function("asApproximateFloat", ("MAP",), "DOUBLE", quantities.as_float),
    Function("add", ("MAP", "MAP"), "MAP", quantities.add),
    Function("add", ("MAP", "INT"), "MAP", quantities.add),
    Function("sub", ("MAP", "MAP"), "MAP", quantities.sub),
    Function("sub", ("MAP", "INT"), "MAP", quantities.sub),
    Function("compareTo", ("MAP", "MAP"), "INT", _compare),
    Function("isGreaterThan", ("MAP", "MAP"), "BOOL", lambda one, other: _compare(one, other) > 0),
    Function("isLessThan", ("MAP", "MAP"), "BOOL", lambda one, other: _compare(one, other) < 0),
    Function("semver", ("STRING",), "MAP", versions.semver, is_member=False),
    Function("semver", ("STRING", "BOOL"), "MAP", versions.semver, is_member=False),
    Function("isSemver", ("STRING",), "BOOL", versions.is_semver, is_member=False),
    Function("isSemver", ("STRING", "BOOL"), "BOOL", versions.is_semver, is_member=False),
    Function("major", ("MAP",), "INT", lambda version: versions.part(version, 0)),
    Function("minor", ("MAP",), "INT", lambda version: versions.part(version, 1)),
    Function("patch", ("MAP",), "INT", lambda version: versions.part(version, 2)),
    Function("ip", ("STRING",), "MAP", addresses.ip, is_member=False),
    Function("isIP", ("STRING",), "BOOL", addresses.is_ip, is_member=False),
    Function("ip.isCanonical", ("STRING",), "BOOL", addresses.is_canonical, is_member=False),
    Function("family", ("MAP",), "INT", addresses.family),
    Function("isUnspecified", ("MAP",), "BOOL", addresses.is_unspecified),
    Function("isLoopback", ("MAP",), "BOOL", addresses.is_loopback),
    Function("isLinkLocalMulticast", ("MAP",), "BOOL", addresses.is_link_local_multicast),
    Function("isLinkLocalUnicast", ("MAP",), "BOOL", addresses.is_link_local_unicast),
    Function("isGlobalUnicast", ("MAP",), "BOOL", addresses.is_global_unicast),
    Function("cidr", ("STRING",), "MAP", addresses.cidr, is_member=False),
    Function("isCIDR", ("STRING",), "BOOL", addresses.is_cidr, is_member=False),
    Function("containsIP", ("MAP", "STRING"), "BOOL", addresses.contains_ip),
    Function("containsIP", ("MAP", "MAP"), "BOOL", addresses.contains_ip),
    Function("containsCIDR", ("MAP", "STRING"), "BOOL", addresses.contains_cidr),
    Function("containsCIDR", ("MAP", "MAP"), "BOOL", addresses.contains_cidr),
    Function("ip", ("MAP",), "MAP", addresses.ip_of),
    Function("prefixLength", ("MAP",), "INT", addresses.prefix_length),
    Function("masked", ("MAP",), "MAP", addresses.masked),
    Function("url", ("STRING",), "MAP", urls.url, is_member=False),
    Function("isURL", ("STRING",), "BOOL", urls.is_url, is_member=False),
    Function("getScheme", ("MAP",), "STRING", urls.scheme),
    Function("getHost", ("MAP",), "STRING", urls.host),
    Function("getHostname", ("MAP",), "STRING", urls.hostname),
    Function("getPort", ("MAP",), "STRING", urls.port),
    Function("getEscapedPath", ("MAP",), "STRING", urls.escaped_path),
    Function("getQuery", ("MAP",), "MAP", urls.query),
    Function("find", ("STRING", "STRING"), "STRING", patterns.find),
    Function("findAll", ("STRING", "STRING"), "LIST", patterns.find_all),
    Function("findAll", ("STRING", "STRING", "INT"), "LIST", patterns.find_all),
    Function("isSorted", ("LIST",), "BOOL", lists.is_sorted),
    Function("sum", ("LIST",), "DYN", lists.total),
    Function("min", ("LIST",), "DYN", lists.least),
    Function("max", ("LIST",), "DYN", lists.greatest),
)
