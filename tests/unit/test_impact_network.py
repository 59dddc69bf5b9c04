"""What a changed NetworkPolicy lets through that it did not before, in words."""

from __future__ import annotations

from typing import Any

import pytest
from impact_clusters import impacts, manifest

Rules = list[dict[str, Any]]

WEB = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "web"}}}
HERE: dict[str, Any] = {"podSelector": {}}
UNCLEAR = "who may connect to its pods, or where they may connect to, changes"

# The ingress rules before and after, and what is said.
ROWS: dict[str, tuple[Rules, Rules, str]] = {
    "a port more": (
        [{"from": [WEB], "ports": [{"port": 80}]}],
        [{"from": [WEB], "ports": [{"port": 80}, {"port": 443}]}],
        "lets in namespace web (ports 443)",
    ),
    "a port less": (
        [{"from": [WEB, HERE], "ports": [{"port": 80}, {"port": 443}]}],
        [{"from": [WEB, HERE], "ports": [{"port": 80}]}],
        "no longer lets in namespace web (ports 443) and any pod of this namespace (ports 443)",
    ),
    "both protocols": (
        [],
        [{"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53}]}],
        "lets in anybody (ports 53/UDP, 53)",
    ),
    "a range": ([], [{"from": [WEB], "ports": [{"port": 1, "endPort": 9}]}], "lets in namespace web (ports 1-9)"),
    "a protocol": ([], [{"from": [WEB], "ports": [{"protocol": "SCTP"}]}], "lets in namespace web (ports all of SCTP)"),
    "no ports any longer": (
        [{"from": [WEB], "ports": [{"port": 80}]}],
        [{"from": [WEB]}],
        "lets in namespace web",
    ),
    "ports from now on": (
        [{"from": [WEB]}],
        [{"from": [WEB], "ports": [{"port": 80}]}],
        "no longer lets in namespace web (ports all but 80)",
    ),
    "all instead of some": ([{"from": [WEB]}], [{}], "lets in anybody"),
    "the same in two rules": (
        [{"from": [WEB, HERE], "ports": [{"port": 80}]}],
        [{"from": [WEB], "ports": [{"port": 80}]}, {"from": [HERE], "ports": [{"port": 80}]}],
        UNCLEAR,
    ),
    "any namespace": ([], [{"from": [{"namespaceSelector": {}}]}], "lets in any pod of any namespace"),
    "pods of namespaces": (
        [],
        [{"from": [{"namespaceSelector": {"matchLabels": {"a": "b"}}, "podSelector": {"matchLabels": {"c": "d"}}}]}],
        "lets in pods with c=d of namespaces with a=b",
    ),
    "addresses": (
        [],
        [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}]}],
        "lets in 10.0.0.0/8 except 10.1.0.0/16",
    ),
}


@pytest.mark.parametrize(("before", "after", "said"), ROWS.values(), ids=ROWS)
def test_what_is_let_through_is_said_peer_by_peer(before: Rules, after: Rules, said: str) -> None:
    old, new = (
        manifest("NetworkPolicy", "p", {"spec": {"podSelector": {}, "ingress": rules}}) for rules in (before, after)
    )
    (found,) = impacts([old], [new])
    assert (found.effect, found.reason) == ("access", said)
