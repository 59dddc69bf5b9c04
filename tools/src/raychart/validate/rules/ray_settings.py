"""What KubeRay's operator refuses of the settings of a whole Ray cluster, ported from its validation code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from raychart.lint.versions import release_of
from raychart.schema_words import show
from raychart.validate.definitions.forms import LABEL_NAME, is_label_name
from raychart.validate.reach import at, entries, mapping, mappings, number, text
from raychart.validate.rule import Problem
from raychart.validate.rules.ray_cluster import autoscales, operators_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from raychart.paths import ValuesPath
    from raychart.validate.subject import Group, RayCluster, Subject

_V2 = "RAY_enable_autoscaler_v2"
_TLS = ("RAY_USE_TLS", "RAY_TLS_SERVER_CERT", "RAY_TLS_SERVER_KEY", "RAY_TLS_CA_CERT")
_TLS_MOUNT = ("ray-tls", "/etc/ray/tls")


def ray_container(group: Group) -> tuple[ValuesPath, dict[str, Any]]:
    """Return the container in which Ray runs, with its path."""
    path = (*group.path, "template", "spec", "containers", 0)
    return path, mapping(group.body, "template", "spec", "containers", 0)


def variable(container: dict[str, Any], name: str) -> tuple[int, dict[str, Any]] | None:
    """Return a variable of a container and its place among the variables."""
    found = ((path[1], one) for path, one in mappings(container, ("env",)) if one.get("name") == name)
    return next(((int(index), one) for index, one in found), None)


def set_variables(
    container: dict[str, Any], path: ValuesPath, names: Iterable[str]
) -> Iterator[tuple[str, ValuesPath]]:
    for name in names:
        found = variable(container, name)
        if found is not None:
            yield name, (*path, "env", found[0])


def _autoscaler(subject: Subject) -> Iterator[Problem]:
    cluster = subject.cluster
    if cluster is None:
        return
    options = mapping(cluster.spec, "autoscalerOptions")
    top = (*cluster.path, "autoscalerOptions")
    path, container = ray_container(cluster.head)
    found = variable(container, _V2)
    switch = found[1].get("value") in ("1", "true") if found else False
    if found and switch and not autoscales(cluster):
        message = f"{_V2} asks for an autoscaler, which is off"
        yield Problem((*path, "env", found[0]), message, "set enableInTreeAutoscaling: true, or remove it")
    if found and autoscales(cluster) and options.get("version") is not None:
        message = f"{_V2} says again what autoscalerOptions.version says"
        yield Problem((*path, "env", found[0]), message, "keep autoscalerOptions.version alone")
    v2 = options.get("version") == "v2"
    for group in cluster.groups if v2 and autoscales(cluster) else ():
        policy = group.pod.spec.get("restartPolicy")
        if policy not in (None, "", "Never"):
            message = f"{show(policy)} does not go with autoscaler v2"
            yield Problem((*group.pod.spec_path, "restartPolicy"), message, "write Never, or leave it out")
    idle = number(options, "idleTimeoutSeconds")
    if idle is not None and idle < 0:
        yield Problem((*top, "idleTimeoutSeconds"), f"{idle} is less than 0", "use 0 or more")
    for name, where in set_variables(options, top, ("KUBERAY_GEN_AUTOSCALER_START_CMD",)):
        yield Problem(where, f"{name} is set by the operator", "remove it")
    for group in cluster.workers:
        yield from _v2_settings(cluster, group, v2=v2 or switch)


def _v2_settings(cluster: RayCluster, group: Group, *, v2: bool) -> Iterator[Problem]:
    idle, priority = number(group.body, "idleTimeoutSeconds"), number(group.body, "priority")
    needs = "set autoscalerOptions.version: v2"
    if idle is not None and idle < 0:
        yield Problem((*group.path, "idleTimeoutSeconds"), f"{idle} is less than 0", "use 0 or more")
    elif idle is not None and not v2:
        yield Problem((*group.path, "idleTimeoutSeconds"), "only autoscaler v2 has it for a group", needs)
    if priority:
        where = (*group.path, "priority")
        yield from _needs_ray(cluster, (2, 56), where, f"priority {priority}")
        if not v2:
            yield Problem(where, "only autoscaler v2 has priorities", needs)


def _needs_ray(cluster: RayCluster, needed: tuple[int, int], path: ValuesPath, what: str) -> Iterator[Problem]:
    version = text(cluster.spec, "rayVersion")
    wanted = f"{needed[0]}.{needed[1]}.0"
    if not version:
        yield Problem(
            path, f"{what} needs to know that Ray is {wanted} or newer", f"set rayVersion to {wanted} or newer"
        )
    elif not re.match(r"v?\d+(\.\d+)+", version):
        yield Problem(
            path, f"{what} needs a rayVersion that is a version (found {show(version)})", f"set it to {wanted} or newer"
        )
    elif release_of(f"{version.removeprefix('v')}.0")[:2] < needed:
        yield Problem(path, f"{what} needs Ray {wanted} or newer (found {version})", "use a newer Ray")


def _authentication(subject: Subject) -> Iterator[Problem]:
    cluster = subject.cluster
    options = mapping(cluster.spec, "authOptions") if cluster else {}
    if cluster is None or not options:
        return
    path = (*cluster.path, "authOptions")
    of_kubernetes = options.get("enableK8sTokenAuth") is True
    if options.get("mode") != "token":
        if of_kubernetes:
            message = f"goes with mode: token (found {show(options.get('mode'))})"
            yield Problem((*path, "enableK8sTokenAuth"), message, "set mode: token")
        return
    yield from _needs_ray(cluster, (2, 52), (*path, "mode"), "token authentication")
    if of_kubernetes:
        yield from _needs_ray(cluster, (2, 55), (*path, "enableK8sTokenAuth"), "authentication by Kubernetes' tokens")
        if options.get("secretName"):
            message = "names a Secret that enableK8sTokenAuth does not read"
            yield Problem((*path, "secretName"), message, "remove one of the two")
        if subject.manifest.kind != "RayCluster":
            message = f"a {subject.manifest.kind} cannot have it"
            yield Problem((*path, "enableK8sTokenAuth"), message, "remove it")


def _network_policy(subject: Subject) -> Iterator[Problem]:
    cluster = subject.cluster
    policy = cluster.spec.get("networkPolicy") if cluster else None
    if cluster is None or not isinstance(policy, dict):
        return
    top = (*cluster.path, "networkPolicy")
    mode = policy.get("mode") or "DenyAll"
    useless = {"DenyAllEgress": "ingressRules", "DenyAllIngress": "egressRules"}.get(str(mode))
    parts: list[tuple[ValuesPath, dict[str, Any]]] = [((key,), mapping(policy, key)) for key in ("head", "worker")]
    parts += list(mappings(policy, ("workerGroups",)))
    for path, part in parts:
        if useless and entries(part, useless):
            message = f"says what may pass where mode {mode} stops nothing"
            yield Problem((*top, *path, useless), message, "remove it, or set mode: DenyAll")
    names = {text(group.body, "groupName") for group in cluster.workers}
    for path, part in mappings(policy, ("workerGroups",)):
        if text(part, "groupName") not in names:
            there = ", ".join(sorted(names)) or "none"
            message = f"there is no worker group {show(part.get('groupName'))} (there are: {there})"
            yield Problem((*top, *path, "groupName"), message, "name one that is there")
    for group in cluster.workers:
        name = text(group.body, "groupName")
        if not is_label_name(name):
            message = f"{show(name)} cannot be a part of a NetworkPolicy's name, which networkPolicy makes of it"
            yield Problem((*group.path, "groupName"), message, f"use {LABEL_NAME}")


def _tls(subject: Subject) -> Iterator[Problem]:
    cluster = subject.cluster
    if cluster is None or at(cluster.spec, ("tlsOptions", "enabled")) is not True:
        return
    places = [ray_container(group) for group in cluster.groups]
    places.append(((*cluster.path, "autoscalerOptions"), mapping(cluster.spec, "autoscalerOptions")))
    for path, container in places:
        for name, where in set_variables(container, path, _TLS):
            yield Problem(where, f"{name} is set by the operator where tlsOptions is on", "remove it")
        for where, mount in mappings(container, ("volumeMounts",)):
            if mount.get("name") == _TLS_MOUNT[0] or mount.get("mountPath") == _TLS_MOUNT[1]:
                yield Problem((*path, *where), "is in the way of the operator's certificates", "mount it elsewhere")


RULES = (
    operators_rule(
        "kuberay-autoscaler",
        "Settings of the autoscaler contradict each other.",
        "Autoscaler v2 needs pods that are not restarted. Its version is said in autoscalerOptions, and idle times and "
        "priorities of groups are for v2 alone.",
        "ValidateRayClusterSpec, validateWorkerGroupIdleTimeout, validateWorkerGroupPriority",
        _autoscaler,
    ),
    operators_rule(
        "kuberay-authentication",
        "Settings of authentication contradict each other, or need another Ray.",
        "Token authentication is there since Ray 2.52, with Kubernetes' own tokens since 2.55; rayVersion has to say "
        "so.",
        "ValidateRayClusterSpec (authOptions)",
        _authentication,
    ),
    operators_rule(
        "kuberay-network-policy",
        "A cluster's networkPolicy has rules that do nothing, or for groups that there are not.",
        "A mode that does not stop what comes in has no use for ingressRules, nor one that does not stop what goes out "
        "for egressRules.",
        "validateNetworkPolicy",
        _network_policy,
    ),
    operators_rule(
        "kuberay-tls",
        "Containers set by hand what the operator sets for tlsOptions.",
        "Variables and mounts of the same name would go before the operator's.",
        "validateTLSOptions",
        _tls,
    ),
)
