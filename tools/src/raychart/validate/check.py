"""Apply the rules to manifests; what is found is about objects, wherever they come from."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from raychart.findings import Finding
from raychart.paths import dotted
from raychart.validate.crd_files import LookedAt, look_at
from raychart.validate.crds import read_crds
from raychart.validate.definitions.forms import is_label_name
from raychart.validate.kubernetes import GROUPS, kubernetes
from raychart.validate.rule import Problem
from raychart.validate.rules import RULES
from raychart.validate.schemas import Schemas
from raychart.validate.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from raychart.findings import Severity
    from raychart.manifests import Manifest
    from raychart.paths import ValuesPath
    from raychart.validate.crds import CrdFile
    from raychart.validate.rule import Rule


@dataclass(frozen=True, slots=True)
class Options:
    """What manifests are held against: a version of Kubernetes, None for the newest, and CRDs in files and folders."""

    kubernetes_version: str | None = None
    crds: tuple[Path, ...] = ()


class Found(NamedTuple):
    """What a rule finds in an object."""

    manifest: Manifest
    rule: Rule
    problem: Problem

    @property
    def severity(self) -> Severity:
        """Return how grave it is."""
        return self.problem.severity or self.rule.severity

    @property
    def object(self) -> str:
        """Return the object as messages name it."""
        return f"{self.manifest.kind} {self.manifest.name}"

    def finding(self, file: str | None = None, line: int | None = None, column: int | None = None) -> Finding:
        """Return it as a finding in the object, at the place where that is written."""
        where = dotted(self.problem.path)
        path = f"{self.object}: {where}" if where else self.object
        problem = self.problem
        return Finding(self.rule.id, self.severity, problem.message, problem.remedy, file, line, column, path)

    def caused_by(self, path: ValuesPath, file: str, line: int | None, column: int | None) -> Finding:
        """Return it as a finding in values, at the value that causes it."""
        where = dotted(self.problem.path)
        message = ": ".join(filter(None, (self.object, where, self.problem.message)))
        return Finding(self.rule.id, self.severity, message, self.problem.remedy, file, line, column, dotted(path))


class Checker:
    """Applies the rules, once to objects that are the same but for their namespace."""

    def __init__(self, schemas: Schemas, crds: Sequence[CrdFile] = ()) -> None:
        self.schemas = schemas
        self._crds = crds
        self._known: dict[str, tuple[tuple[Rule, Problem], ...]] = {}
        # What is rendered shares bodies; they are kept, so that no other one gets the id of one.
        self._bodies: dict[int, tuple[object, str]] = {}

    @cached_property
    def crds(self) -> LookedAt:
        """Return what is wrong with the CRDs that the options name, and which kinds there would not be for it."""
        return look_at(self._crds, self)

    def check(self, manifests: Sequence[Manifest]) -> list[Found]:
        """Return what is found in objects that are applied together."""
        found = [one for manifest in manifests for one in self.check_object(manifest)]
        return [*found, *self.check_together(manifests)]

    def check_object(self, manifest: Manifest) -> list[Found]:
        """Return what is found in one object by itself."""
        if manifest.group not in GROUPS and self.is_refused(manifest):
            return []
        key = self._key(manifest)
        if key not in self._known:
            self._known[key] = tuple(_applied(Subject(manifest, self.schemas)))
        return [Found(manifest, rule, problem) for rule, problem in self._known[key]]

    def _key(self, manifest: Manifest) -> str:
        """Return what is the same for objects that are validated alike."""
        if manifest.alike and is_label_name(manifest.namespace):
            return manifest.alike
        _, key = self._bodies.get(id(manifest.body)) or (None, _content(manifest))
        self._bodies[id(manifest.body)] = manifest.body, key
        return key

    def check_together(self, manifests: Sequence[Manifest]) -> list[Found]:
        """Return what is found in objects because of each other."""
        return [
            Found(manifest, rule, problem)
            for rule in RULES
            if rule.check_all
            for manifest, problem in rule.check_all(manifests)
        ]

    def is_known(self, manifest: Manifest) -> bool:
        """Tell whether there is a schema of an object's kind, or it is known that there can be none."""
        if manifest.group in GROUPS:
            return True
        return self.schemas.of(manifest) is not None and not self.is_refused(manifest)

    def is_refused(self, manifest: Manifest) -> bool:
        """Tell whether an object's CRD would be refused."""
        return (manifest.group, manifest.version, manifest.kind) in self.crds.refused


@cache
def checker_for(options: Options) -> Checker:
    """Return what checks by these options. Raises RaychartError where schemas or CRDs are not there."""
    crds = read_crds(options.crds)
    return Checker(Schemas(kubernetes(options.kubernetes_version), crds.definitions), crds.files)


def _content(manifest: Manifest) -> str:
    """Return what an object says, without a namespace that is as good as any other."""
    body = manifest.body
    metadata = body.get("metadata")
    if isinstance(metadata, dict) and is_label_name(manifest.namespace):
        body = body | {"metadata": {key: value for key, value in metadata.items() if key != "namespace"}}
    return json.dumps(body)


def _applied(subject: Subject) -> Iterator[tuple[Rule, Problem]]:
    """Apply every rule. One that fails takes no other with it, and is told of where the object is not to blame."""
    told = False
    for rule in RULES:
        try:
            for problem in rule.check(subject) if rule.check else ():
                told = True
                yield rule, problem
        except Exception as error:
            if os.environ.get("RAYCHART_DEBUG"):
                raise
            if not told:
                message = f"the rule could not be applied (unexpected {type(error).__name__}: {error})"
                remedy = "this is a defect of raychart, not of the object: report it with what RAYCHART_DEBUG=1 shows"
                yield rule, Problem((), message, remedy)
