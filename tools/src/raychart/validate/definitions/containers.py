"""Containers and their parts, as validateContainers asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.validate.definitions.check import (
    Check,
    Whole,
    at_most_one_of,
    distinct,
    filled,
    form,
    needed,
    needs,
    numbers,
    one_of,
    only_with,
    ports,
)
from raychart.validate.definitions.forms import CONFIG_KEY, HEADER, NAME, RELATIVE, TRIMMED
from raychart.validate.definitions.references import OF_VARIABLES, field_path
from raychart.validate.reach import mapping, mappings, number
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_CORE = "io.k8s.api.core.v1."
_HANDLERS = ("exec", "httpGet", "tcpSocket")


def _exclusive(value: dict[str, Any]) -> Iterator[Problem]:
    if value.get("value") and value.get("valueFrom") is not None:
        yield Problem(("valueFrom",), "does not go with value", "keep one of the two")


def _probes(value: dict[str, Any]) -> Iterator[Problem]:
    for name in ("livenessProbe", "startupProbe"):
        success = number(value, name, "successThreshold")
        if success not in (None, 0, 1):
            yield Problem((name, "successThreshold"), f"{success} is not 1, as it has to be here", "remove it")
    if number(value, "readinessProbe", "terminationGracePeriodSeconds") is not None:
        path = ("readinessProbe", "terminationGracePeriodSeconds")
        yield Problem(path, "does not go with a readiness probe, which ends nothing", "remove it")


def _privileges(value: dict[str, Any]) -> Iterator[Problem]:
    if value.get("allowPrivilegeEscalation") is not False:
        return
    path, remedy = ("allowPrivilegeEscalation",), "remove it, or what it does not go with"
    added = mapping(value, "capabilities").get("add")
    if value.get("privileged") is True:
        yield Problem(path, "false does not go with privileged", remedy)
    if isinstance(added, list) and "CAP_SYS_ADMIN" in added:
        yield Problem(path, "false does not go with the capability CAP_SYS_ADMIN", remedy)


def _propagation(value: dict[str, Any]) -> Iterator[Problem]:
    is_privileged = mapping(value, "securityContext").get("privileged") is True
    for at, mount in mappings(value, ("volumeMounts",)):
        if mount.get("mountPropagation") == "Bidirectional" and not is_privileged:
            yield Problem((*at, "mountPropagation"), "Bidirectional goes with privileged alone", "use HostToContainer")


_CONTAINER = (form(TRIMMED, "image"), _probes, _propagation, distinct("volumeDevices", "name"))
_KEY = (form(CONFIG_KEY, "key"), form(NAME, "name"), needed("name"))
_SOURCE = (form(NAME, "name"), needed("name"))
CHECKS: dict[str, tuple[Check, ...]] = {
    f"{_CORE}Container": _CONTAINER,
    f"{_CORE}EphemeralContainer": _CONTAINER,
    f"{_CORE}Probe": (
        one_of(*_HANDLERS, "grpc"),
        numbers(Whole(1), "terminationGracePeriodSeconds"),
    ),
    f"{_CORE}LifecycleHandler": (one_of(*_HANDLERS, "sleep"),),
    f"{_CORE}SleepAction": (numbers(Whole(0), "seconds"),),
    f"{_CORE}ExecAction": (needed("command"),),
    f"{_CORE}HTTPGetAction": (ports("port"),),
    f"{_CORE}TCPSocketAction": (ports("port"),),
    f"{_CORE}HTTPHeader": (form(HEADER, "name"),),
    f"{_CORE}EnvVar": (_exclusive,),
    f"{_CORE}EnvVarSource": (
        one_of("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"),
        field_path(OF_VARIABLES),
    ),
    f"{_CORE}EnvFromSource": (one_of("configMapRef", "secretRef"),),
    f"{_CORE}ConfigMapKeySelector": _KEY,
    f"{_CORE}SecretKeySelector": _KEY,
    f"{_CORE}ConfigMapEnvSource": _SOURCE,
    f"{_CORE}SecretEnvSource": _SOURCE,
    f"{_CORE}VolumeMount": (
        filled("mountPath"),
        form(RELATIVE, "subPath", "subPathExpr"),
        at_most_one_of("subPath", "subPathExpr"),
    ),
    f"{_CORE}SecurityContext": (_privileges, numbers(Whole(0, 2**31 - 1), "runAsUser", "runAsGroup")),
    f"{_CORE}SeccompProfile": (
        needs("type", "Localhost", "localhostProfile"),
        only_with("localhostProfile", "type", "Localhost"),
    ),
    f"{_CORE}AppArmorProfile": (
        needs("type", "Localhost", "localhostProfile"),
        only_with("localhostProfile", "type", "Localhost"),
    ),
}
