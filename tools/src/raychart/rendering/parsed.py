"""Parse each different document once, with a stand-in where the namespace goes."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from raychart import manifests
from raychart.helm_scalars import resolve
from raychart.manifests import Manifest
from raychart.rendering.kin import Kin

if TYPE_CHECKING:
    from collections.abc import Sequence

Holes = bool | dict[Any, Any]

# A namespace's name in place of every other's. It begins with a letter and is no word of YAML's, so that it is read as
# text; it is as short as can be, so that a name that templates cut off if it is too long shows (see twins.py).
STAND_IN = "z7q"
# A name may only be exchanged for another where no reader can take it for a part of something else than a text: a
# number, an escape, a tag, an anchor.
_BEFORE, _AFTER = r"[A-Za-z0-9_.+\-!&*\\%~]", r"[A-Za-z0-9_.+\-]"
# Not what a number may end with.
_PLAIN = re.compile(r"(?![xob]?[0-9a-f]*$)[a-z][-a-z0-9]{2,}")
# Infinity and no number, with a point before them; and the keys by which an object is known for one.
_MEANINGFUL = frozenset({"inf", "nan", "items", "kind", "metadata", "name", "namespace"})
_HOOKS = {f"{when}-{what}" for when in ("pre", "post") for what in ("install", "upgrade", "rollback", "delete")}
_HOOKS |= {"test", "test-success"}
# Where the namespace is in an object that is like those of other namespaces.
_IN_METADATA = {"metadata": {"namespace": True}}
# So much of a document tells which others may be like it: version and kind, as a rule.
_BEGINNING = 40
# Documents kept, and how much text they may be made from; beyond it the one not used for longest goes.
_MOST, _MOST_TEXT, _MOST_KIN = 20_000, 32 * 2**20, 500


def is_plain(namespace: str) -> bool:
    """Tell whether a namespace's name can be exchanged for another in YAML: it is never anything but text."""
    is_name = _PLAIN.fullmatch(namespace) and namespace not in _MEANINGFUL
    return bool(is_name) and isinstance(resolve(namespace), str)


def without_namespace(document: str, namespace: str) -> tuple[str, str]:
    """Return a document with the stand-in for the namespace, and what to put in there to have it as it was.

    The name is only taken for the namespace where it can be told to be a text or a part of one.
    """
    if STAND_IN in document:
        return document, STAND_IN
    if not is_plain(namespace) or namespace not in document:
        return document, namespace
    # The name first, which is quickly found, and then what stands before it.
    apart = f"{namespace}(?<!{_BEFORE}{namespace})(?!{_AFTER})"
    return re.sub(apart, STAND_IN, document), namespace


class Parsed:
    """The objects of one document that has the stand-in for the namespace in it."""

    def __init__(self, digest: str, found: Sequence[Manifest]) -> None:
        self.digest = digest
        self._found = [self._with_holes(manifest, number) for number, manifest in enumerate(found)]
        self._made: dict[str, tuple[Manifest, ...]] = {}

    def _with_holes(self, manifest: Manifest, number: int) -> tuple[Manifest, Holes]:
        holes = _holes(manifest.body)
        is_alike = not holes or (holes == _IN_METADATA and manifest.namespace == STAND_IN)
        return replace(manifest, alike=f"{self.digest} {number}") if is_alike else manifest, holes

    def manifests_in(self, namespace: str) -> tuple[Manifest, ...]:
        """Return the objects as they are in a namespace; asked again, the same ones."""
        if namespace not in self._made:
            self._made[namespace] = tuple(
                _named(manifest, holes, namespace) if holes else manifest for manifest, holes in self._found
            )
        return self._made[namespace]


class Documents:
    """Documents by their text: the same text comes back as the same object, whose bodies must not be changed."""

    def __init__(self) -> None:
        self._parsed: OrderedDict[str, Parsed] = OrderedDict()
        self._size = 0
        self._kin: dict[tuple[str, int], Kin] = {}

    def parse(self, document: str) -> Parsed:
        """Return the objects in a document. Raises RaychartError when it is not YAML or not a Kubernetes object."""
        parsed = self._parsed.get(document)
        if parsed is None:
            digest = hashlib.sha256(document.encode()).hexdigest()
            parsed = self._parsed[document] = Parsed(digest, _without_unknown_hooks(self._read(document)))
            self._size += len(document)
            self._make_room()
        else:
            self._parsed.move_to_end(document)
        return parsed

    def _read(self, document: str) -> list[Manifest]:
        """Read a document by the last one that had as many lines and begins like it, or else as it is."""
        about = (document[:_BEGINNING], document.count("\n"))
        kin = self._kin.get(about)
        data = kin.read(document) if kin is not None else None
        if data is not None:
            return manifests.in_order(manifests.objects_in(data, "rendered manifests:1"))
        found = manifests.load(document)
        self._kin[about] = Kin(document)
        return found

    def _make_room(self) -> None:
        if len(self._kin) > _MOST_KIN:
            self._kin.clear()
        while len(self._parsed) > _MOST or (self._size > _MOST_TEXT and len(self._parsed) > 1):
            oldest, _ = self._parsed.popitem(last=False)
            self._size -= len(oldest)


def _without_unknown_hooks(found: list[Manifest]) -> list[Manifest]:
    """Return the objects of a document; Helm leaves one out that is a hook of a kind it does not know."""
    if len(found) == 1:
        annotations = found[0].body.get("metadata", {}).get("annotations")
        hooks = annotations.get("helm.sh/hook") if isinstance(annotations, dict) else None
        if isinstance(hooks, str) and not {hook.strip().lower() for hook in hooks.split(",")} <= _HOOKS:
            return []
    return found


def _named(manifest: Manifest, holes: Holes, namespace: str) -> Manifest:
    about = (manifest.group, manifest.version, manifest.kind, manifest.namespace, manifest.name)
    group, version, kind, where, name = (text.replace(STAND_IN, namespace) for text in about)
    return Manifest(group, version, kind, where, name, _filled(manifest.body, holes, namespace), manifest.alike)


def _holes(value: Any) -> Holes:
    """Return where the stand-in is in a value: True for all over it, or by key or index; nothing for nowhere."""
    if isinstance(value, str):
        return STAND_IN in value
    if isinstance(value, list):
        return {at: holes for at, item in enumerate(value) if (holes := _holes(item))}
    if isinstance(value, dict):
        if any(STAND_IN in key for key in value):
            return True
        return {key: holes for key, item in value.items() if (holes := _holes(item))}
    return False


def _filled(value: Any, holes: Holes, namespace: str) -> Any:
    """Put the namespace where the stand-in is; what has none in it stays the same object."""
    if not holes:
        return value
    if isinstance(value, str):
        return value.replace(STAND_IN, namespace)
    if holes is True:
        return {key.replace(STAND_IN, namespace): _filled(item, _holes(item), namespace) for key, item in value.items()}
    filled = value.copy()
    for at, inner in holes.items():
        filled[at] = _filled(value[at], inner, namespace)
    return filled
