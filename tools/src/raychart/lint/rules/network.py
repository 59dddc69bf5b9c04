"""Rules for who may connect: NetworkPolicies, their peers, and an external Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.each import dig, per_cluster
from raychart.lint.effective import as_list, as_map
from raychart.lint.places import once_a_place
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.each import Here
    from raychart.lint.subject import Subject

_EVERYWHERE = {"0.0.0.0/0", "::/0"}


def _no_policy(subject: Subject) -> Iterator[Problem]:
    if dig(subject.values.data, "networkPolicy", "enabled") is False and subject.clusters:
        yield Problem(
            ("networkPolicy", "enabled"),
            "no NetworkPolicies: every pod of the Kubernetes cluster may connect to Ray's ports",
            "set it to true, and name who else may connect under networkPolicy.peers",
        )


def _open_peer(subject: Subject) -> Iterator[Problem]:
    if dig(subject.values.data, "networkPolicy", "enabled") is False:
        return
    for name, peer in as_map(dig(subject.values.data, "networkPolicy", "peers")).items():
        for at, source in enumerate(as_list(dig(peer, "from"))):
            everybody = (
                "every address"
                if str(dig(source, "ipBlock", "cidr")) in _EVERYWHERE and not dig(source, "ipBlock", "except")
                else "every namespace"
                if dig(source, "namespaceSelector") == {} and not dig(source, "podSelector")
                else None
            )
            if everybody:
                ports = ", ".join(map(str, as_list(dig(peer, "ports")) or ("client", "dashboard", "serve")))
                yield Problem(
                    ("networkPolicy", "peers", name, "from", at),
                    f"this peer is {everybody}, and may connect to {ports}",
                    "name the namespace (namespace: ingress), or labels or addresses of those who are meant",
                )


def _open_redis(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    tolerance = as_map(cluster.settings.get("faultTolerance"))
    if tolerance.get("enabled") and tolerance.get("redisAddress") and not dig(tolerance, "passwordSecret", "name"):
        yield Problem(
            cluster.place("faultTolerance", "redisAddress"),
            "a Redis without a password: whoever reaches it reads and changes the cluster's state",
            "name the Secret with its password under faultTolerance.passwordSecret",
        )


RULES = (
    Rule(
        "network-policy-off",
        "warning",
        "There are clusters, and no NetworkPolicies.",
        "By default pods of the namespace and the peers named in the values may connect, nobody else. Ray's own ports "
        "between nodes have no authentication at all. Where policies are made elsewhere, ignore this rule with that "
        "reason.",
        "charts/ray/values.yaml, networkPolicy",
        once_a_place(_no_policy),
    ),
    Rule(
        "peer-open",
        "warning",
        "A NetworkPolicy peer is everybody.",
        "An empty namespaceSelector is every namespace, 0.0.0.0/0 every address. The token then is all that keeps "
        "others out, and the metrics and Serve ports do not ask for it.",
        "Kubernetes, NetworkPolicy; charts/ray/values.yaml, networkPolicy.peers",
        once_a_place(_open_peer),
    ),
    Rule(
        "external-redis-without-password",
        "warning",
        "The external Redis has no password.",
        "With fault tolerance the state of the cluster lies in Redis: jobs, actors, the functions they run. Whoever "
        "writes there runs code in the cluster.",
        "charts/ray/values.yaml, clusterDefaults.faultTolerance.passwordSecret",
        per_cluster(_open_redis),
    ),
)
