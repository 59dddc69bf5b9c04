"""Read rendered YAML as Kubernetes objects with an identity."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from raychart.errors import RaychartError
from raychart.helm_yaml import read_documents
from raychart.yaml_nodes import NOT_FINITE, not_finite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# How YAML writes the numbers that JSON has not, in any capitals.
_NO_NUMBER = re.compile(r"\.(inf|nan)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One Kubernetes object as it would be applied; `namespace` is empty when the object does not name one.

    `alike` is the same for objects that differ in nothing but the namespace they are in; empty where it is not known.
    """

    group: str
    version: str
    kind: str
    namespace: str
    name: str
    # Not shown, for there may be secrets in it.
    body: dict[str, Any] = field(hash=False, repr=False)
    alike: str = field(default="", compare=False, repr=False)

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Return what stays the same while the object changes: group, kind, namespace, name (not the version)."""
        return (self.group, self.kind, self.namespace, self.name)


def load(text: str) -> list[Manifest]:
    """Return the objects in YAML text, sorted by identity; `List` objects are taken apart, empty documents left out.

    Raises RaychartError when a document is not YAML or not a Kubernetes object.
    """
    manifests: list[Manifest] = []
    for document in read_documents(text, "rendered manifests"):
        if document.findings:
            finding = document.findings[0]
            raise RaychartError(finding.where, finding.message, "mend the template that made this document")
        found = not_finite(document.root) if _NO_NUMBER.search(text) else None
        if found is not None:
            raise RaychartError(f"rendered manifests:{found.line}", NOT_FINITE, "mend the template that made it")
        if document.data is not None:
            manifests += objects_in(document.data, f"rendered manifests:{document.line}")
    return in_order(manifests)


def objects_in(data: Any, where: str) -> Iterator[Manifest]:
    """Yield the objects in a document's data: those of a `List`, or the one.

    `where` is what errors name. Raises RaychartError when there is something else.
    """
    if _is_list(data):
        for item in data["items"] or ():
            yield from objects_in(item, where)
        return
    yield manifest_of(data, where)


def _is_list(data: Any) -> bool:
    """Tell whether there are other objects in one; such has no name, unlike an AllowList that is an object."""
    if not isinstance(data, dict) or not str(data.get("kind")).endswith("List") or "items" not in data:
        return False
    metadata = data.get("metadata")
    is_named = isinstance(metadata, dict) and metadata.get("name") is not None
    return not is_named and isinstance(data["items"], (list, type(None)))


def in_order(manifests: Iterable[Manifest]) -> list[Manifest]:
    """Sort manifests by identity and version, and by content those that have both in common."""
    found = sorted(manifests, key=_identity)
    if any(_identity(one) == _identity(other) for one, other in pairwise(found)):
        found.sort(key=lambda manifest: (_identity(manifest), json.dumps(manifest.body, sort_keys=True)))
    return found


def dump(manifests: Iterable[Manifest]) -> str:
    """Return the manifests as YAML documents in the order given."""
    from raychart.manifest_text import to_yaml

    return to_yaml(manifest.body for manifest in manifests)


def _identity(manifest: Manifest) -> tuple[tuple[str, str, str, str], str]:
    return manifest.identity, manifest.version


def manifest_of(data: Any, where: str) -> Manifest:
    """Return one object with its identity. Raises RaychartError, which names `where`, for data that are none."""
    about = data if isinstance(data, dict) else {}
    metadata = about.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    texts = {
        "apiVersion": about.get("apiVersion"),
        "kind": about.get("kind"),
        "metadata.name": metadata.get("name") or metadata.get("generateName"),
        "metadata.namespace": "" if metadata.get("namespace") is None else metadata["namespace"],
    }
    wrong = [key for key, text in texts.items() if not isinstance(text, str) or not (text or key.endswith("namespace"))]
    if wrong:
        what = f"not a Kubernetes object ({', '.join(wrong)} missing or not text)"
        raise RaychartError(where, what, "mend the template that made it")
    version, kind, name, namespace = map(str, texts.values())
    group, _, version = version.rpartition("/")
    return Manifest(group, version, kind, namespace, name, about)
