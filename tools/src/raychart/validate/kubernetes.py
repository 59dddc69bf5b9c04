"""Kubernetes' schemas, a version of them, from the data of the kubernetes-validate package.

Its code is not used: it reads 2 MB for each object and stops at the first mistake.
"""

from __future__ import annotations

import json
import re
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from raychart.errors import RaychartError
from raychart.validate.lean import ROOT, bundle, whole

# The API groups that Kubernetes itself serves; what else ends in k8s.io is a custom resource's.
GROUPS = frozenset(
    {"", "apps", "autoscaling", "batch", "extensions", "policy"}
    | {
        f"{name}.k8s.io"
        for name in (
            "admissionregistration",
            "apiextensions",
            "apiregistration",
            "authentication",
            "authorization",
            "certificates",
            "coordination",
            "discovery",
            "events",
            "flowcontrol.apiserver",
            "internal.apiserver",
            "networking",
            "node",
            "rbac.authorization",
            "resource",
            "scheduling",
            "storage",
            "storagemigration",
        )
    }
)
_FOLDER = re.compile(r"v(\d+)\.(\d+)\.\d+-local-strict")
_WANTED = re.compile(r"v?(\d+)\.(\d+)(\.\d+)?")
_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_POD = "io.k8s.api.core.v1.PodSpec"


class Kubernetes:
    """The schemas of one version."""

    def __init__(self, version: tuple[int, int], folder: Path) -> None:
        self.version = version
        self._folder = folder

    def __str__(self) -> str:
        """Return the version as people write it."""
        return ".".join(map(str, self.version))

    def schema(self, group: str, version: str, kind: str) -> dict[str, Any] | None:
        """Return a kind's schema, complete in itself; None where this version does not serve it."""
        if group not in GROUPS:
            return None
        found = next((schema for schema in self._named(version, kind) if _is_of(schema, group, version, kind)), None)
        if found is None:
            return None
        found["properties"]["status"] = {}
        return whole(f"{group}/{kind}", found, self._definitions)

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """Return the schema of every object's metadata."""
        return bundle({"$ref": ROOT + _META}, self._definitions)

    @cached_property
    def pod(self) -> dict[str, Any]:
        """Return the schema of a pod's spec."""
        return bundle({"$ref": ROOT + _POD}, self._definitions)

    @cached_property
    def kinds(self) -> dict[str, list[str]]:
        """Return the kinds that this version serves, each with its apiVersions, the stablest first."""
        found: dict[str, list[str]] = {}
        for definition in self._definitions.values():
            for about in definition.get("x-kubernetes-group-version-kind", ()):
                if about["group"] in GROUPS and "metadata" in definition.get("properties", {}):
                    found.setdefault(about["kind"], []).append(
                        "/".join(filter(None, (about["group"], about["version"])))
                    )
        return {kind: sorted(versions, key=_age) for kind, versions in found.items()}

    @cached_property
    def _definitions(self) -> dict[str, Any]:
        definitions: dict[str, Any] = _read(self._folder / "_definitions.json")["$defs"]
        return definitions

    @cached_property
    def _files(self) -> list[str]:
        return [path.name for path in self._folder.iterdir()]

    def _named(self, version: str, kind: str) -> list[dict[str, Any]]:
        """Return the schemas in files of a name that fits: the group's domain is not part of it."""
        form = re.compile(rf"{re.escape(kind.lower())}(-[a-z0-9]+)?-{re.escape(version)}\.json")
        return [_read(self._folder / name) for name in self._files if form.fullmatch(name)]


@cache
def kubernetes(wanted: str | None = None) -> Kubernetes:
    """Return the schemas of a version such as "1.31", by default of the newest that there is.

    Raises RaychartError where kubernetes-validate is not installed or has not got the version.
    """
    folders = _folders()
    if wanted is None:
        newest = max(folders)
        return Kubernetes(newest, folders[newest])
    found = _WANTED.fullmatch(wanted.strip())
    version = (int(found[1]), int(found[2])) if found else None
    if version not in folders:
        there = ", ".join(f"{major}.{minor}" for major, minor in sorted(folders))
        what = "is not a version" if found is None else "has no schemas in the installed kubernetes-validate"
        raise RaychartError(f"--kubernetes-version {wanted}", what, f"use one of {there}")
    return Kubernetes(version, folders[version])


def _folders() -> dict[tuple[int, int], Path]:
    spec = find_spec("kubernetes_validate")
    places = [] if spec is None else list(spec.submodule_search_locations or ())
    found = {}
    for place in places:
        for folder in Path(place, "kubernetes-json-schema").glob("v*-local-strict"):
            if version := _FOLDER.fullmatch(folder.name):
                found[int(version[1]), int(version[2])] = folder
    if not found:
        what = "Kubernetes' schemas are not installed"
        raise RaychartError("raychart validate", what, "pip install 'raychart[validate]'")
    return found


def _read(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _is_of(schema: dict[str, Any], group: str, version: str, kind: str) -> bool:
    about = {"group": group, "version": version, "kind": kind}
    return about in schema.get("x-kubernetes-group-version-kind", ())


def _age(api_version: str) -> tuple[bool, bool, str]:
    """Order apiVersions: stable ones first, then beta, then alpha."""
    version = api_version.rpartition("/")[2]
    return "alpha" in version, "beta" in version, api_version
