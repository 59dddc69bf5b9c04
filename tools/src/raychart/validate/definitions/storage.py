"""What holds data: claims, classes, ConfigMaps, Secrets."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from raychart.lint.kubernetes import amount_of
from raychart.schema_words import show
from raychart.validate.definitions.check import Check, filled, form, needed
from raychart.validate.definitions.forms import ABSOLUTE, CONFIG_KEY, NAME, QUALIFIED
from raychart.validate.reach import at, mapping, text
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_CORE = "io.k8s.api.core.v1."
_ONE_POD = "ReadWriteOncePod"
# What a Secret of a type has to hold, one of them at least.
_HELD = {
    "kubernetes.io/basic-auth": ({"username", "password"},),
    "kubernetes.io/dockercfg": ({".dockercfg"},),
    "kubernetes.io/dockerconfigjson": ({".dockerconfigjson"},),
    "kubernetes.io/ssh-auth": ({"ssh-privatekey"},),
    "kubernetes.io/tls": ({"tls.crt"}, {"tls.key"}),
}
_ACCOUNT = "kubernetes.io/service-account.name"


def _claim(value: dict[str, Any]) -> Iterator[Problem]:
    path = ("resources", "requests", "storage")
    size = at(value, path)
    amount = amount_of(size) if isinstance(size, str) else size
    if (isinstance(amount, (int, float)) and amount <= 0) or (isinstance(size, str) and size.startswith("-")):
        yield Problem(path, f"{size} is not more than 0", "ask for more than 0")
    modes = value.get("accessModes")
    if isinstance(modes, list) and _ONE_POD in modes and len(modes) > 1:
        yield Problem(("accessModes",), f"{_ONE_POD} does not go with other modes", f"keep {_ONE_POD} alone")


def _keys(*fields: str) -> Check:
    def check(value: dict[str, Any]) -> Iterator[Problem]:
        for field in fields:
            for key in mapping(value, field):
                if not CONFIG_KEY.fits(str(key)):
                    yield Problem((field, key), f"{show(key)} is not {CONFIG_KEY.name}", f"use {CONFIG_KEY.remedy}")

    return check


def _held_twice(value: dict[str, Any]) -> Iterator[Problem]:
    for key in mapping(value, "binaryData"):
        if key in mapping(value, "data"):
            yield Problem(("binaryData", key), "is in data too", "keep one of the two")


def _credentials(value: dict[str, Any]) -> Iterator[Problem]:
    """Of a Secret of a registry's: what is in it can be read."""
    for keys in _HELD.get(text(value, "type"), ()) if text(value, "type").startswith("kubernetes.io/docker") else ():
        for field, key in ((field, key) for field in ("data", "stringData") for key in keys):
            held = text(value, field, key)
            try:
                json.loads(base64.b64decode(held) if field == "data" else held) if held else None
            except ValueError:
                yield Problem((field, key), "is not JSON", "write what is in Docker's config.json")


def _held(value: dict[str, Any]) -> Iterator[Problem]:
    kind = value.get("type")
    there = {*mapping(value, "data"), *mapping(value, "stringData")}
    for keys in _HELD.get(kind, ()) if isinstance(kind, str) else ():
        if not keys & there:
            told = " or ".join(sorted(keys))
            yield Problem((), f"{told} is missing, which a Secret of type {kind} holds", "add it to data or stringData")
    if kind == "kubernetes.io/service-account-token" and not mapping(value, "metadata", "annotations").get(_ACCOUNT):
        yield Problem((), f"the annotation {_ACCOUNT} is missing", "name the ServiceAccount that the token is for")


CHECKS: dict[str, tuple[Check, ...]] = {
    f"{_CORE}PersistentVolumeClaimSpec": (
        needed("accessModes", "resources.requests.storage"),
        form(NAME, "storageClassName"),
        _claim,
    ),
    f"{_CORE}NFSVolumeSource": (form(ABSOLUTE, "path"),),
    f"{_CORE}TopologySelectorLabelRequirement": (filled("values"),),
    "/PersistentVolumeClaim": (needed("spec"),),
    "/ConfigMap": (_keys("data", "binaryData"), _held_twice),
    "/Secret": (_keys("data", "stringData"), _held, _credentials),
    "storage.k8s.io/StorageClass": (filled("provisioner"), form(QUALIFIED, "provisioner")),
}
