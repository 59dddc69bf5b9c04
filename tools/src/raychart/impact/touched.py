"""How many pods several effects touch together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.impact.model import NO_PODS, Pods
from raychart.impact.ray.limits import cap_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from raychart.impact.model import Impact


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
        pods = Pods(max(one.pods.least for one in own), max(one.pods.most for one in own))
        first = own[0]
        if first.cluster is None or first.worker_type is None:
            total += pods
            continue
        is_new = all(one.effect == "scale-up" for one in own)
        others, cap = workers.get((first.cluster, is_new), (NO_PODS, None))
        # Of a worker type a Job may be what says something, and knows no cap.
        caps = (cap_of(one.object.new if is_new else one.object.old) for one in own)
        workers[first.cluster, is_new] = (others + pods, next((found for found in caps if found is not None), cap))
    return sum((pods.at_most(cap) for pods, cap in workers.values()), total)
