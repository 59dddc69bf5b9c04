"""Rules for who may reach a cluster from outside, and without authentication."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.each import dig, layers_with, per_cluster
from raychart.lint.effective import as_list, as_map
from raychart.lint.places import once_a_place
from raychart.lint.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.each import Here
    from raychart.lint.subject import Cluster, Subject

_EVERYWHERE = {"0.0.0.0/0", "::/0"}


def _is_open(cluster: Cluster) -> bool:
    return bool(dig(cluster.settings, "auth", "mode") == "disabled")


def _ways_in(cluster: Cluster) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield where a cluster is reached from outside: the keys that say so, and in words."""
    for keys, what in ((("dashboard", "ingress"), "an Ingress"), (("dashboard", "httpRoute"), "a route")):
        if dig(cluster.settings, *keys, "enabled") is True:
            yield (*keys, "enabled"), what
    kind = dig(cluster.settings, "headService", "type")
    if kind in {"LoadBalancer", "NodePort"}:
        yield ("headService", "type"), f"a {kind}"


def _auth_disabled(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    # Without a reason, or with a Secret that nobody reads, the chart refuses it.
    is_meant = dig(cluster.settings, "auth", "reason") and not dig(cluster.settings, "auth", "secretName")
    if _is_open(cluster) and is_meant and not any(_ways_in(cluster)):
        yield Problem(
            cluster.place("auth", "mode"),
            "no authentication: whoever can connect runs code in the cluster, with its Secrets",
            f"set clusters.{cluster.name}.auth.mode to token; clients get the token from the Secret {cluster.name}",
        )


def _exposed(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    if _is_open(cluster) and dig(cluster.settings, "dashboard", "exposeWithoutAuthentication") is True:
        for keys, what in _ways_in(cluster):
            yield Problem(
                cluster.place(*keys),
                f"{what} lets in whoever reaches it, without authentication, to run code in the cluster",
                f"set clusters.{cluster.name}.auth.mode to token and dashboard.exposeWithoutAuthentication to false",
            )


def _without_tls(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    if _is_open(cluster):
        return
    ingress = as_map(dig(cluster.settings, "dashboard", "ingress"))
    told = " ".join(as_map(ingress.get("annotations"))).lower()
    if ingress.get("enabled") is True and not ingress.get("tls") and not any(w in told for w in ("tls", "ssl", "cert")):
        host = ingress.get("host") or "ray.example.com"
        yield Problem(
            cluster.place("dashboard", "ingress", "enabled"),
            "an Ingress without TLS: the cluster's token crosses the network in clear text",
            f"set dashboard.ingress.tls: [{{hosts: [{host}], secretName: ...}}]",
        )
    if dig(cluster.settings, "dashboard", "httpRoute", "enabled") is True:
        for at, parent in enumerate(as_list(dig(cluster.settings, "dashboard", "httpRoute", "parentRefs"))):
            if dig(parent, "port") == 80 or str(dig(parent, "sectionName")).lower() in {"http", "web"}:
                yield Problem(
                    cluster.place("dashboard", "httpRoute", "parentRefs", at),
                    "the gateway's listener for plain HTTP: the cluster's token crosses the network in clear text",
                    "name the listener for HTTPS under sectionName",
                )


def _open_service(here: Here) -> Iterator[Problem]:
    cluster = here.cluster
    service = as_map(cluster.settings.get("headService"))
    if service.get("type") == "NodePort":
        yield Problem(
            cluster.place("headService", "type"),
            "a NodePort opens the cluster on every node, to whoever reaches a node",
            "use ClusterIP and dashboard.ingress, or LoadBalancer with loadBalancerSourceRanges",
        )
    ranges = as_list(service.get("loadBalancerSourceRanges"))
    said = " ".join(f"{key}={value}" for key, value in as_map(service.get("annotations")).items()).lower()
    if service.get("type") == "LoadBalancer" and (
        _EVERYWHERE & set(map(str, ranges)) or not (ranges or "internal" in said)
    ):
        found = "loadBalancerSourceRanges has everybody" if ranges else "no loadBalancerSourceRanges"
        yield Problem(
            cluster.place("headService", "loadBalancerSourceRanges" if ranges else "type"),
            f"a load balancer for everybody ({found})",
            "name those who may connect, as in loadBalancerSourceRanges: [10.0.0.0/8]",
        )


def _shared_host(subject: Subject) -> Iterator[Problem]:
    hosts: dict[str, str] = {}
    for cluster in subject.clusters:
        ingress = as_map(dig(cluster.settings, "dashboard", "ingress"))
        host = ingress.get("host")
        if ingress.get("enabled") is not True or not isinstance(host, str):
            continue
        if host in hosts:
            yield Problem(
                cluster.place("dashboard", "ingress", "host"),
                f"the dashboard of cluster {hosts[host]} is under {host} too: the browser's sign-in reaches both",
                "give each cluster a host of its own",
            )
        hosts.setdefault(host, cluster.name)


def _needless_permission(here: Here) -> Iterator[Problem]:
    subject, cluster = here.subject, here.cluster
    path = cluster.place("dashboard", "exposeWithoutAuthentication")
    if dig(cluster.settings, "dashboard", "exposeWithoutAuthentication") is True and layers_with(subject.values, path):
        if not _is_open(cluster):
            yield Problem(path, "it permits what is not asked for: auth.mode is token", "remove it")
        elif not any(_ways_in(cluster)):
            yield Problem(path, "it permits what is not asked for: nothing exposes the cluster", "remove it")


_SHADOWRAY = "CVE-2023-48022: whoever reaches the Jobs API runs code; charts/ray/values.yaml, clusterDefaults.auth"
RULES = (
    Rule(
        "auth-disabled",
        "info",
        "A cluster has no authentication.",
        "Ray's client port, its Jobs API and its dashboard run what they are given. Without the token everybody who "
        "can connect may do so; the chart's NetworkPolicy then is all there is. The reason that the values give is "
        "shown in the release's notes.",
        _SHADOWRAY,
        per_cluster(_auth_disabled),
    ),
    Rule(
        "exposed-without-authentication",
        "warning",
        "A cluster without authentication is reached from outside.",
        "An Ingress, a route, a load balancer or a node port in front of a cluster without a token is remote code "
        "execution for all who reach the address. Such clusters are found and taken over by scanners. Something in "
        "front that signs people in is a reason to ignore this rule, with that reason.",
        _SHADOWRAY,
        per_cluster(_exposed),
    ),
    Rule(
        "dashboard-without-tls",
        "warning",
        "The dashboard's way in has no TLS.",
        "The dashboard and the Jobs API take the cluster's token with each request. Without TLS whoever is on the way "
        "reads it. Where TLS ends before the Ingress controller, or it has a certificate for all hosts, ignore this "
        "rule with that reason. A gateway's certificates are its own, so of routes only those to a listener called "
        "http or on port 80 are told.",
        "charts/ray/values.yaml, clusterDefaults.dashboard.ingress.tls",
        per_cluster(_without_tls),
    ),
    Rule(
        "service-open",
        "warning",
        "The head's service is open to everybody.",
        "headService with LoadBalancer or NodePort gives client port and dashboard an address outside of Kubernetes. A "
        "load balancer takes a list of those it lets in, or an annotation of your cloud that keeps it internal; a node "
        "port has no such list.",
        "charts/ray/values.yaml, clusterDefaults.headService",
        per_cluster(_open_service),
    ),
    Rule(
        "dashboard-host-shared",
        "info",
        "Dashboards of several clusters share a host.",
        "Ray's sign-in keeps the token in a cookie for the host, so whoever signs in to one dashboard is signed in to "
        "all of that host's, and a page of one can act on the other.",
        "charts/ray/values.yaml, clusterDefaults.dashboard",
        once_a_place(_shared_host),
    ),
    Rule(
        "exposure-permission-unused",
        "info",
        "exposeWithoutAuthentication permits what is not asked for.",
        "It stays unnoticed until somebody switches authentication off or an Ingress on, and then the chart's refusal, "
        "which is there for just that, does not come.",
        "charts/ray/values.yaml, clusterDefaults.dashboard.exposeWithoutAuthentication",
        per_cluster(_needless_permission),
    ),
)
