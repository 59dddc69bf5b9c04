"""The chart's schedules: the Job that puts in force what they say for this hour."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from raychart.impact.ledger import Because, Ledger, Whom
from raychart.impact.mappings import items, mapping, mappings
from raychart.impact.model import Pods
from raychart.impact.ray.limits import floors
from raychart.impact.ray.numbers import groups_of, numbers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context
    from raychart.manifests import Manifest

_SCRIPT = "/etc/raychart/schedule.py"
_SOURCE = "charts/ray files/schedule.py"


def is_schedule(manifest: Manifest | None) -> bool:
    """Tell whether an object is a Job that puts schedules in force."""
    return bool(_command(manifest))


def schedule(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter how many workers of each type schedules keep more or fewer than they did, where a window is open."""
    cluster = str(next(iter(_command(diff.new) or _command(diff.old))))
    old, new = _kept(diff.old, context.comparison.old), _kept(diff.new, context.comparison.new)
    for name in sorted({*old, *new}):
        before, after = old.get(name, 0), new.get(name, 0)
        whom = Whom(f"worker type {name} of {cluster}", cluster, name)
        if after > before:
            reason = "what the schedules say for this hour is put in force: workers are made where they keep more"
            ledger.add("scale-up", Because(reason, _SOURCE), whom=whom, pods=Pods(0, after - before))
        elif after < before:
            reason = (
                "schedules keep fewer workers: those that they have kept go when they have been idle for long enough"
            )
            ledger.add("scale-down", Because(reason, _SOURCE), whom=whom, pods=Pods(0, before - after))
    because = Because("what the schedules say for this hour is put in force", _SOURCE)
    ledger.add("live", because, ledger.uncovered())


def _command(manifest: Manifest | None) -> list[object]:
    """Return a Job's RayCluster and its schedules as text, nothing of any other object."""
    for container in mappings(manifest.body if manifest else None, "spec", "template", "spec", "containers"):
        command = items(container, "command")
        if _SCRIPT in command[:-2]:
            return command[-2:]
    return []


def _kept(manifest: Manifest | None, beside: Sequence[Manifest]) -> dict[str, int]:
    """Return how many pods of each worker type schedules keep at most, beside those that the type itself keeps."""
    command = _command(manifest)
    try:
        windows = json.loads(str(command[1])) if command else {}
    except ValueError:
        return {}
    kept: dict[str, int] = {}
    for window in windows.values() if isinstance(windows, dict) else ():
        for name, number in mapping(window, "minWorkers").items():
            kept[name] = max(kept.get(name, 0), number if isinstance(number, int) else 0)
    cluster = next(
        (one for one in beside if (one.kind, one.name) == ("RayCluster", command[0] if command else "")), None
    )
    groups = groups_of(mapping(cluster.body if cluster else None, "spec"))
    return {
        name: max(number - floors(cluster).get(name, 0), 0) * numbers_of(groups[name]).hosts
        for name, number in kept.items()
        if name in groups
    }
