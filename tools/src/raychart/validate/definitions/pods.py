"""Pods and their parts, as ValidatePodSpec asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.validate.definitions.check import (
    Check,
    Whole,
    distinct,
    filled,
    form,
    is_given,
    needed,
    numbers,
    one_of,
)
from raychart.validate.definitions.forms import (
    ADDRESS,
    LABEL,
    LABEL_VALUE,
    NAME,
    QUALIFIED,
)
from raychart.validate.reach import mapping, mappings, number
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_CORE = "io.k8s.api.core.v1."
_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_MOST_NAMESERVERS = 3


def _tolerated(value: dict[str, Any]) -> Iterator[Problem]:
    operator = value.get("operator") or "Equal"
    if not is_given(value.get("key")) and operator != "Exists":
        yield Problem((), "key is missing", "add it, or set operator: Exists to tolerate every taint")
    if operator == "Exists" and is_given(value.get("value")):
        yield Problem(("value",), "does not go with operator Exists", "remove it")
    if value.get("tolerationSeconds") is not None and value.get("effect") not in ("NoExecute", None, ""):
        yield Problem(("tolerationSeconds",), "goes with effect NoExecute alone", "remove it")


def _selected(value: dict[str, Any]) -> Iterator[Problem]:
    operator, found = value.get("operator"), value.get("values")
    if operator in ("In", "NotIn") and not is_given(found):
        yield Problem((), f"values is missing, which operator {operator} needs", "add values")
    elif operator in ("Exists", "DoesNotExist") and is_given(found):
        yield Problem(("values",), f"does not go with operator {operator}", "remove it")
    elif operator in ("Gt", "Lt") and isinstance(found, list) and len(found) != 1:
        yield Problem(("values",), f"operator {operator} takes one value (found {len(found)})", "write one number")


def _beginning(value: dict[str, Any]) -> Iterator[Problem]:
    """Init containers have probes and hooks only where they go on running."""
    for at, container in mappings(value, ("initContainers",)):
        if container.get("restartPolicy") == "Always":
            continue
        for field in (*_PROBES, "lifecycle"):
            if is_given(container.get(field)) and container[field] != {}:
                message = "does not go with a container that initialises the pod"
                yield Problem((*at, field), message, "remove it, or set restartPolicy: Always to make it a sidecar")


def _names(value: dict[str, Any]) -> Iterator[Problem]:
    if value.get("dnsPolicy") == "None" and not is_given(mapping(value, "dnsConfig").get("nameservers")):
        yield Problem((), "dnsConfig.nameservers is missing, which dnsPolicy None needs", "add them")
    if value.get("hostPID") is True and value.get("shareProcessNamespace") is True:
        yield Problem(("shareProcessNamespace",), "does not go with hostPID", "keep one of the two")


def _host_ports(value: dict[str, Any]) -> Iterator[Problem]:
    on_host = value.get("hostNetwork") is True
    seen: set[tuple[str, str, str]] = set()
    for container_at, container in mappings(value, ("containers",)):
        for at, port in mappings(container, ("ports",)):
            own, host = number(port, "containerPort"), number(port, "hostPort")
            path = (*container_at, *at, "hostPort")
            if on_host and host and own and host != own:
                yield Problem(path, f"{host} is not containerPort ({own}), with hostNetwork it has to be", "remove it")
            key = (str(host), str(port.get("hostIP")), str(port.get("protocol") or "TCP"))
            if host and key in seen:
                yield Problem(path, f"port {host} of the host is taken already", "choose another one, or remove it")
            seen.add(key)


def _has_containers(value: dict[str, Any]) -> Iterator[Problem]:
    if mapping(value, "spec").get("containers") == []:
        yield Problem(("spec", "containers"), "must not be empty", "add a container")


def _nameservers(value: dict[str, Any]) -> Iterator[Problem]:
    found = value.get("nameservers")
    if isinstance(found, list) and len(found) > _MOST_NAMESERVERS:
        yield Problem(("nameservers",), f"{len(found)} are more than {_MOST_NAMESERVERS}", "leave some out")


def _spread(value: dict[str, Any]) -> Iterator[Problem]:
    if number(value, "minDomains") is not None and value.get("whenUnsatisfiable") == "ScheduleAnyway":
        yield Problem(("minDomains",), "goes with whenUnsatisfiable DoNotSchedule alone", "remove it")


_AFFINITY = (filled("topologyKey"), form(QUALIFIED, "topologyKey"), form(LABEL, "namespaces"))
CHECKS: dict[str, tuple[Check, ...]] = {
    f"{_CORE}PodSpec": (
        _beginning,
        _names,
        _host_ports,
        form(NAME, "nodeName", "priorityClassName", "runtimeClassName", "serviceAccountName"),
        form(LABEL, "hostname", "subdomain"),
        numbers(Whole(1, 2**31 - 1), "activeDeadlineSeconds"),
        distinct("schedulingGates", "name"),
        distinct("topologySpreadConstraints", "topologyKey", "whenUnsatisfiable"),
    ),
    "/Pod": (needed("spec"), _has_containers),
    f"{_CORE}PodTemplateSpec": (needed("spec"), _has_containers),
    f"{_CORE}PodSecurityContext": (numbers(Whole(0, 2**31 - 1), "supplementalGroups"),),
    f"{_CORE}PodDNSConfig": (_nameservers, form(ADDRESS, "nameservers")),
    f"{_CORE}PodDNSConfigOption": (needed("name"),),
    f"{_CORE}HostAlias": (form(ADDRESS, "ip"), form(NAME, "hostnames")),
    f"{_CORE}PodReadinessGate": (form(QUALIFIED, "conditionType"),),
    f"{_CORE}PodResourceClaim": (one_of("resourceClaimName", "resourceClaimTemplateName"),),
    f"{_CORE}Toleration": (_tolerated, form(QUALIFIED, "key"), form(LABEL_VALUE, "value")),
    f"{_CORE}TopologySpreadConstraint": (
        _spread,
        filled("topologyKey"),
        form(QUALIFIED, "topologyKey"),
        numbers(Whole(1), "minDomains"),
    ),
    f"{_CORE}NodeSelector": (filled("nodeSelectorTerms"),),
    f"{_CORE}NodeSelectorRequirement": (_selected, form(QUALIFIED, "key"), form(LABEL_VALUE, "values")),
    f"{_CORE}PodAffinityTerm": _AFFINITY,
    f"{_META}LabelSelectorRequirement": (_selected, form(QUALIFIED, "key"), form(LABEL_VALUE, "values")),
}
