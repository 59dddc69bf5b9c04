"""How many pods several effects touch together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.mappings import mapping
from raychart.impact.model import NO_PODS, Pods
from raychart.impact.ray.limits import cap_of
from raychart.impact.ray.numbers import autoscales, groups_of, workers_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raychart.impact.effects import Effect
    from raychart.impact.model import Impact
    from raychart.manifests import Manifest

# Beside pods that are replaced others may be added; pods are added or taken away, but not both.
_REPLACED: frozenset[Effect] = frozenset(("roll", "head-restart", "replace"))


def touched(impacts: Iterable[Impact]) -> Pods:
    """Return how many pods effects in a namespace touch together, those of one subject counted once.

    The workers of a cluster are no more than the cap that they have together: those that are there than the former one,
    those that are made than the one from now on.
    """
    subjects: dict[str, list[Impact]] = {}
    for impact in impacts:
        subjects.setdefault(impact.subject, []).append(impact)
    total = NO_PODS
    workers: dict[tuple[str, bool], tuple[Pods, int | None]] = {}
    for own in subjects.values():
        pods = _of_subject(own)
        first = own[0]
        if first.cluster is None or first.worker_type is None:
            total += pods
            continue
        is_new = all(one.effect == "scale-up" for one in own)
        others, cap = workers.get((first.cluster, is_new), (NO_PODS, None))
        # Of a worker type a Job may be what says something, and knows no cap.
        caps = (_cap(one, is_new=is_new, grows=_grows(own)) for one in own)
        workers[first.cluster, is_new] = (others + pods, next((found for found in caps if found is not None), cap))
    return sum((pods.at_most(cap) for pods, cap in workers.values()), total)


def _grows(own: list[Impact]) -> bool:
    """Tell whether pods are added to a subject beside those that are replaced."""
    effects = {one.effect for one in own if one.pods.most}
    return "scale-up" in effects and bool(effects & _REPLACED)


def _of_subject(own: list[Impact]) -> Pods:
    """Return how many pods of one subject its effects touch together."""
    if not _grows(own):
        return _most(own)
    added = _most([one for one in own if one.effect == "scale-up"])
    pods = _most([one for one in own if one.effect != "scale-up"]) + added
    # Those that are replaced and those that are added are no more than there were before, or are afterwards.
    name = own[0].worker_type
    diffs = [one.object for one in own] if name else []
    counts = [_workers(side, name).most for diff in diffs for side in (diff.old, diff.new) if side and name]
    return pods.at_most(max(counts, default=0) or None)


def _most(impacts: list[Impact]) -> Pods:
    return Pods(max(one.pods.least for one in impacts), max(one.pods.most for one in impacts))


def _workers(manifest: Manifest, name: str) -> Pods:
    """Return how many pods a worker type of a RayCluster has."""
    spec = mapping(manifest.body, "spec")
    group = groups_of(spec).get(name)
    return workers_of(group, autoscaled=autoscales(spec)) if group else NO_PODS


def _cap(impact: Impact, *, is_new: bool, grows: bool) -> int | None:
    caps = [cap_of(impact.object.old), cap_of(impact.object.new)]
    if grows:
        return None if None in caps else max(cap for cap in caps if cap is not None)
    return caps[int(is_new)]
