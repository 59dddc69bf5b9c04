"""Rules for how a cluster is reached: authentication, dashboard, services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.places import once_a_place, quoted
from raychart.lint.rule import Problem, Rule
from raychart.lint.versions import release_of
from raychart.paths import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject

_TOKEN_SINCE = (2, 52, 0)


def _token_too_early(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        version = cluster.settings["rayVersion"]
        if cluster.settings["auth"]["mode"] == "token" and release_of(version) < _TOKEN_SINCE:
            path = dotted(cluster.path)
            yield Problem(
                cluster.place("rayVersion"),
                f"{version}, but auth.mode token needs Ray 2.52.0 or later",
                f"raise {path}.rayVersion, or set {path}.auth.mode to disabled and say why in {path}.auth.reason",
            )


def _no_reason(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        auth = cluster.settings["auth"]
        if auth["mode"] != "token" and not auth.get("reason"):
            yield Problem(
                cluster.place("auth", "mode"),
                "disabled without a reason: whoever can connect can run code in the cluster",
                f"say why in {dotted((*cluster.path, 'auth', 'reason'))}, or set mode to token",
            )


def _unread_secret(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        auth = cluster.settings["auth"]
        if auth["mode"] != "token" and auth.get("secretName"):
            yield Problem(
                cluster.place("auth", "secretName"),
                f"{quoted(auth['secretName'])} is given, but auth.mode is disabled and nobody reads it",
                f"remove it, or set {dotted((*cluster.path, 'auth', 'mode'))} to token",
            )


def _exposed(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        settings = cluster.settings
        dashboard = settings["dashboard"]
        if settings["auth"]["mode"] == "token" or dashboard.get("exposeWithoutAuthentication"):
            continue
        path = dotted(cluster.path)
        ways: dict[tuple[str, ...], bool] = {
            ("dashboard", "ingress", "enabled"): dashboard["ingress"]["enabled"],
            ("dashboard", "httpRoute", "enabled"): dashboard["httpRoute"]["enabled"],
            ("headService", "type"): settings["headService"]["type"] != "ClusterIP",
        }
        for keys, exposed in ways.items():
            if exposed:
                yield Problem(
                    cluster.place(*keys),
                    "exposes a cluster without authentication: whoever reaches it can run code there",
                    f"set {path}.auth.mode to token, or {path}.dashboard.exposeWithoutAuthentication to true",
                )


def _path_not_cut(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        ingress = cluster.settings["dashboard"]["ingress"]
        if ingress["enabled"] and ingress["path"].removesuffix("/") and not ingress.get("controller"):
            yield Problem(
                cluster.place("dashboard", "ingress", "controller"),
                f"none given, and {ingress['path']} must be cut off before the dashboard gets a request",
                "set it to traefik, nginx or haproxy; or to other, with annotations that make yours cut it off",
            )


def _no_gateway(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        route = cluster.settings["dashboard"]["httpRoute"]
        if route["enabled"] and not route.get("parentRefs"):
            yield Problem(
                cluster.place("dashboard", "httpRoute", "parentRefs"),
                "none given, so no gateway takes the route",
                f"name the gateway: {dotted((*cluster.path, 'dashboard', 'httpRoute', 'parentRefs'))}: [{{name: ...}}]",
            )


def _no_load_balancer(subject: Subject) -> Iterator[Problem]:
    for cluster in subject.clusters:
        service = cluster.settings["headService"]
        of_it = [key for key in ("loadBalancerClass", "loadBalancerSourceRanges") if service.get(key)]
        if service["type"] != "LoadBalancer" and of_it:
            yield Problem(
                cluster.place("headService", "type"),
                f"{service['type']}, which has no load balancer to set",
                f"set {dotted(cluster.path)}.headService.type to LoadBalancer, or remove {' and '.join(of_it)}",
            )


RULES = (
    Rule(
        "token-needs-newer-ray",
        "error",
        "Token authentication is on with a Ray that does not have it.",
        "KubeRay refuses the RayCluster, and nothing is reconciled until version and mode fit.",
        "ValidateRayClusterSpec of KubeRay 1.7.0 (authOptions token needs rayVersion 2.52.0)",
        once_a_place(_token_too_early),
    ),
    Rule(
        "open-without-reason",
        "error",
        "Authentication is disabled, and no reason is given.",
        "Ray's dashboard and its Jobs API run any code that reaches them. The reason is for those who review the file, "
        "and the chart shows it after each install.",
        "CVE-2023-48022; auth.reason of the chart",
        once_a_place(_no_reason),
    ),
    Rule(
        "token-secret-unread",
        "error",
        "A token's Secret is named although authentication is disabled.",
        "Whoever reads the file takes the cluster for protected, and it is not.",
        "authOptions of KubeRay 1.7.0: secretName counts with mode token alone",
        once_a_place(_unread_secret),
    ),
    Rule(
        "open-cluster-exposed",
        "error",
        "A cluster without authentication is reachable from outside.",
        "Whoever reaches the dashboard or the client port can run code in the cluster and read what its pods can read.",
        "CVE-2023-48022; KubeRay 1.7.0 always binds the dashboard to 0.0.0.0",
        once_a_place(_exposed),
    ),
    Rule(
        "ingress-path-not-cut",
        "error",
        "The dashboard is put under a sub-path that nobody cuts off.",
        "The dashboard serves its files and its API from /. The Ingress API cannot say that a prefix is removed; each "
        "controller has its own annotation for it, which the chart writes when it knows the controller.",
        "Ray's dashboard has no base path; dashboard.ingress.controller of the chart",
        once_a_place(_path_not_cut),
    ),
    Rule(
        "route-without-gateway",
        "error",
        "An HTTPRoute is switched on and names no gateway.",
        "A route without parentRefs is accepted and taken by nobody.",
        "Gateway API v1: HTTPRoute.spec.parentRefs",
        once_a_place(_no_gateway),
    ),
    Rule(
        "load-balancer-missing",
        "error",
        "Settings of a load balancer are given for a service that has none.",
        "The API server refuses loadBalancerClass on another type, and the source ranges would protect nothing.",
        "Kubernetes: ValidateService (loadBalancerClass only for type LoadBalancer)",
        once_a_place(_no_load_balancer),
    ),
)
