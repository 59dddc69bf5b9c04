"""Find which old object became which new one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.diff.similar import Candidate, candidate, pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from raychart.manifests import Manifest

# What two objects must have in common for one to be the other under a new name: of 1, metadata left aside.
_ALIKE = 0.8
# Leaves below which what two have in common says nothing, as of service accounts: names must be alike too.
_FEWEST = 4
_GENERATED = re.compile(r"(.+)-(?=[a-z0-9]*\d)[a-z0-9]{5,10}|(.+)-[0-9a-f]{8}")
# Groups that the API server has taken together: the same objects are served under both (API deprecation guide).
_MOVED_GROUPS = {
    ("extensions", "Ingress"): "networking.k8s.io",
    ("extensions", "NetworkPolicy"): "networking.k8s.io",
    ("extensions", "Deployment"): "apps",
    ("extensions", "DaemonSet"): "apps",
    ("extensions", "ReplicaSet"): "apps",
}
_Key = tuple[Any, ...]


class Pair(NamedTuple):
    """An object on both sides; None where it is not there, `renamed` where the sides call it differently."""

    old: Manifest | None
    new: Manifest | None
    renamed: bool = False


def matched(old: Sequence[Manifest], new: Sequence[Manifest]) -> list[Pair]:
    """Pair all objects, each once: by identity, then by likeness; of several with one identity first with first."""
    gone, came = list(old), list(new)
    found: list[Pair] = []
    for key in (_exactly, _identity, _without_namespace):
        more, gone, came = _by_key(gone, came, key)
        found += [Pair(one, other) for one, other in more]
    renamed = list(_renamed(gone, came)) if gone and came else []
    taken = {id(one) for pair in renamed for one in pair}
    found += [Pair(one, other, renamed=True) for one, other in renamed]
    found += [Pair(one, None) for one in gone if id(one) not in taken]
    return found + [Pair(None, other) for other in came if id(other) not in taken]


def _exactly(manifest: Manifest) -> _Key:
    return (*_identity(manifest), manifest.group, manifest.version)


def _identity(manifest: Manifest) -> _Key:
    group = _MOVED_GROUPS.get((manifest.group, manifest.kind), manifest.group)
    return (group, manifest.kind, _is_named(manifest), manifest.namespace, manifest.name)


def _is_named(manifest: Manifest) -> bool:
    """Tell whether an object has a name, and not a generateName alone: none of the latter becomes one of the former."""
    metadata = manifest.body.get("metadata")
    return isinstance(metadata, dict) and bool(metadata.get("name"))


def _without_namespace(manifest: Manifest) -> _Key:
    return (*_identity(manifest)[:3], manifest.name)


def _by_key(
    gone: list[Manifest], came: list[Manifest], key: Callable[[Manifest], _Key]
) -> tuple[list[tuple[Manifest, Manifest]], list[Manifest], list[Manifest]]:
    """Pair what has the same key; return the pairs and what is left on both sides."""
    waiting: dict[_Key, list[Manifest]] = {}
    for one in reversed(gone):
        waiting.setdefault(key(one), []).append(one)
    pairs_found, left = [], []
    for other in came:
        same = waiting.get(key(other))
        if same and (key is not _without_namespace or not (same[-1].namespace and other.namespace)):
            pairs_found.append((same.pop(), other))
        else:
            left.append(other)
    taken = {id(one) for one, _ in pairs_found}
    return pairs_found, [one for one in gone if id(one) not in taken], left


def _renamed(gone: list[Manifest], came: list[Manifest]) -> Iterator[tuple[Manifest, Manifest]]:
    sides: defaultdict[_Key, tuple[list[Manifest], list[Manifest]]] = defaultdict(lambda: ([], []))
    for side, manifests in enumerate((gone, came)):
        for manifest in manifests:
            sides[_identity(manifest)[:3]][side].append(manifest)
    for left, right in sides.values():
        if left and right:
            yield from _renamed_of_kind(left, right)


def _renamed_of_kind(gone: list[Manifest], came: list[Manifest]) -> Iterator[tuple[Manifest, Manifest]]:
    # The same name in another namespace, and the same name but for what was generated.
    for key in (_without_namespace, _stem):
        counts = [Counter(map(key, side)) for side in (gone, came)]
        there = {key(one): one for one in gone if all(count[key(one)] == 1 for count in counts)}
        for other in came:
            if key(other) in there:
                yield there[key(other)], other
        gone = [one for one in gone if key(one) not in there]
        came = [other for other in came if key(other) not in there]
    left, right = ([(_candidate(manifest), manifest) for manifest in side] for side in (gone, came))
    manifests = {id(described): manifest for described, manifest in (*left, *right)}
    for before, after in pairs([described for described, _ in left], [described for described, _ in right], _ALIKE):
        fewest = min(before.features.total(), after.features.total())
        if fewest >= _FEWEST or _share_word(before.name, after.name):
            yield manifests[id(before)], manifests[id(after)]


def _stem(manifest: Manifest) -> _Key:
    found = _GENERATED.fullmatch(manifest.name)
    stem = (found[1] or found[2]) if found else manifest.name
    return (manifest.namespace, stem)


def _candidate(manifest: Manifest) -> Candidate:
    said = {"apiVersion", "kind", "metadata"}
    return candidate(manifest.name, {key: value for key, value in manifest.body.items() if key not in said})


def _share_word(one: str, other: str) -> bool:
    return bool(set(re.split(r"[-.]", one)) & set(re.split(r"[-.]", other)))
