"""The chart's schedules: the Job that puts in force what they say for this hour."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.impact.ledger import Because, Ledger, Whom
from raychart.impact.mappings import items, mapping, mappings
from raychart.impact.model import Pods
from raychart.impact.ray.limits import floors
from raychart.impact.ray.numbers import groups_of, numbers_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raychart.diff.model import ObjectDiff
    from raychart.impact.context import Context
    from raychart.manifests import Manifest

_SCRIPT = "/etc/raychart/schedule.py"
_SOURCE = "charts/ray files/schedule.py"
_HOURS = ("start", "end", "timeZone")


class _Side(NamedTuple):
    """The schedules before or after, and the RayCluster whose workers they are about."""

    windows: dict[str, dict[str, Any]]
    cluster: Manifest | None

    @property
    def groups(self) -> dict[str, dict[str, Any]]:
        """The worker groups by name."""
        return groups_of(mapping(self.cluster.body if self.cluster else None, "spec"))

    def kept(self, name: str, window: str | None) -> int:
        """Return how many pods of a worker type are kept in a window, or outside of all where that is None."""
        numbers = numbers_of(self.groups[name])
        said = mapping(self.windows.get(window or ""), "minWorkers").get(name)
        workers = said if isinstance(said, int) else floors(self.cluster).get(name, numbers.least)
        # The operator never goes below minReplicas, whatever the autoscaler says.
        return min(max(workers, numbers.least), numbers.most) * numbers.hosts


def is_schedule(manifest: Manifest | None) -> bool:
    """Tell whether an object is a Job that puts schedules in force."""
    return bool(_command(manifest))


def schedule(diff: ObjectDiff, context: Context, ledger: Ledger) -> None:
    """Enter how many workers of each type are kept more or fewer, in some window: nobody knows the time here."""
    cluster = str(next(iter(_command(diff.new) or _command(diff.old))))
    old = _side(diff.old, cluster, context.comparison.old)
    new = _side(diff.new, cluster, context.comparison.new)
    for name in sorted(old.groups.keys() & new.groups.keys()):
        steps = [new.kept(name, after) - old.kept(name, before) for before, after in _steps(old, new)]
        whom = Whom(f"worker type {name} of {cluster}", cluster, name)
        if (most := max(steps, default=0)) > 0:
            reason = (
                "schedules keep more workers: they are made at once where the window is open now, else when it begins"
            )
            ledger.add("scale-up", Because(reason, _SOURCE), whom=whom, pods=Pods(0, most))
        if (least := min(steps, default=0)) < 0:
            reason = (
                "schedules keep fewer workers: those that nothing keeps go when they have been idle for long enough, "
                "from now on or from when a window begins"
            )
            ledger.add("scale-down", Because(reason, _SOURCE), whom=whom, pods=Pods(0, -least))
    because = Because("what the schedules say for this hour is put in force", _SOURCE)
    ledger.add("live", because, ledger.uncovered())


def _side(manifest: Manifest | None, cluster: str, beside: Sequence[Manifest]) -> _Side:
    found = next((one for one in beside if (one.kind, one.name) == ("RayCluster", cluster)), None)
    return _Side(_windows(manifest), found)


def _steps(old: _Side, new: _Side) -> Iterator[tuple[str | None, str | None]]:
    """Yield which windows may be open before and after, by pairs; None for none."""
    for name in sorted({*old.windows, *new.windows}):
        before, after = old.windows.get(name), new.windows.get(name)
        if before and after and all(before.get(hour) == after.get(hour) for hour in _HOURS):
            yield name, name
            continue
        # With other hours a window may be open now that was not, or no longer.
        if after:
            yield None, name
        if before:
            yield name, None


def _command(manifest: Manifest | None) -> list[object]:
    """Return a Job's RayCluster and its schedules as text, nothing of any other object."""
    for container in mappings(manifest.body if manifest else None, "spec", "template", "spec", "containers"):
        command = items(container, "command")
        if _SCRIPT in command[:-2]:
            return command[-2:]
    return []


def _windows(manifest: Manifest | None) -> dict[str, dict[str, Any]]:
    """Return the schedules that a Job puts in force, by name."""
    command = _command(manifest)
    try:
        windows = json.loads(str(command[1])) if command else {}
    except ValueError:
        return {}
    found = windows if isinstance(windows, dict) else {}
    return {name: window for name, window in found.items() if isinstance(window, dict)}
