"""The schema of every kind that there is one for: Kubernetes' own, KubeRay's, and those of CRDs in folders."""

from __future__ import annotations

import json
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from raychart.validate.cel.apply import Rules
from raychart.validate.kind_schema import KindSchema
from raychart.validate.subject import RAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from raychart.manifests import Manifest
    from raychart.validate.crds import Definition
    from raychart.validate.kubernetes import Kubernetes

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


class Schemas:
    """Schemas by group, version and kind; `crds` are those of CRDs, which go before KubeRay's that come along."""

    def __init__(self, kubernetes: Kubernetes, crds: Mapping[tuple[str, str, str], Definition]) -> None:
        self.kubernetes = kubernetes
        self._crds = crds
        self._found: dict[tuple[str, str, str], KindSchema | None] = {}

    def of(self, manifest: Manifest) -> KindSchema | None:
        """Return the schema of an object's kind; None where there is none."""
        key = (manifest.group, manifest.version, manifest.kind)
        if key not in self._found:
            self._found[key] = self._find(*key)
        return self._found[key]

    @cached_property
    def metadata(self) -> KindSchema:
        """Return the schema of what all objects have, which CRDs leave out."""
        return KindSchema(self.kubernetes.metadata)

    @cached_property
    def pod(self) -> KindSchema:
        """Return the schema of a pod's spec."""
        return KindSchema(self.kubernetes.pod)

    @property
    def unapplied(self) -> dict[str, dict[str, str]]:
        """Return the kinds so far with rules in CEL that were not applied, each with why; KubeRay's are ported."""
        found: dict[str, dict[str, str]] = {}
        for (*_, kind), schema in sorted(self._found.items()):
            if schema and schema.rules and schema.rules.unapplied:
                found.setdefault(kind, {}).update(schema.rules.unapplied)
        return found

    @cached_property
    def rays(self) -> set[tuple[str, str, str]]:
        """Return the kinds of KubeRay that there are schemas of: group, version, kind."""
        made = (name.partition(" ") for name in self._kuberay["kinds"])
        return {(*api.split("/"), kind) for api, _, kind in made} | {kind for kind in self._crds if kind[0] == RAY}

    @cached_property
    def _kuberay(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(files("raychart.validate").joinpath("kuberay.json").read_bytes())
        return read

    def _find(self, group: str, version: str, kind: str) -> KindSchema | None:
        if (group, version, kind) in self._crds:
            found = self._crds[group, version, kind]
            rules = None if group == RAY else Rules(found.source, drops_status=found.has_status)
            return KindSchema({"$schema": _DRAFT} | found.schema, custom=True, kuberay=group == RAY, rules=rules)
        if group == RAY:
            schema = self._kuberay["kinds"].get(f"{group}/{version} {kind}")
            document = {"$schema": _DRAFT, "$defs": self._kuberay["$defs"]} | (schema or {})
            return KindSchema(document, custom=True, kuberay=True) if schema else None
        schema = self.kubernetes.schema(group, version, kind)
        return None if schema is None else KindSchema(schema)
