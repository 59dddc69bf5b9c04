"""Write the numbers of workers that a cluster's schedules ask for now into its RayCluster.

They go into the annotation raychart/min-workers, by worker type; a type that is not there has the minWorkers of the
values. The autoscaler reads it each round. All follows from the schedules and the clock alone: it may run at any time,
again, late, or not at all once, and the next run is right. Arguments: namespace, RayCluster, its schedules as JSON.
"""

import json
import sys
import time
import zoneinfo
from datetime import datetime, timedelta, timezone

import kube
from schedule_cron import Cron

ANNOTATION = "raychart/min-workers"
PATIENCE = 300  # seconds for the RayCluster to be there: Helm makes it last
# A node's clock may be behind that of the control plane, which starts this at a boundary: what is due so soon is waited
# for.
AHEAD = timedelta(seconds=30)


def open_windows(schedules, now):
    """Return the windows that are open: when each began, and its name; the one that decides comes last.

    That is the one that began last; of those that began at the same moment, the last in the alphabet.
    """
    windows = [(_began(schedule, now), name) for name, schedule in schedules.items()]
    return sorted(window for window in windows if window[0])


def _began(schedule, now):
    began, ended = last_firing(schedule, "start", now), last_firing(schedule, "end", now)
    return began if began and not (ended and ended > began) else None


def last_firing(schedule, boundary, now):
    """Return when a window last began, or ended; None for not in years."""
    return Cron(schedule[boundary]).last(now, time_zone(schedule["timeZone"]))


def numbers_in_force(schedules, now):
    """Return the workers of each type that an open window names."""
    numbers = {}
    for _, name in open_windows(schedules, now):
        numbers.update(schedules[name]["minWorkers"])
    return numbers


def time_zone(name):
    """Return a time zone; without zone data there is UTC."""
    if name in ("UTC", "Etc/UTC"):
        return timezone.utc
    try:
        return zoneinfo.ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        sys.exit(
            f"timeZone {name}: the image has no data on it, or there is no such zone\n"
            "    install tzdata into the image of the head (Debian's package or PyPI's), or use Etc/UTC"
        )


def read(path, call):
    """Return the RayCluster's annotation, None where it has none; wait for a RayCluster that is not there yet."""
    end = time.monotonic() + PATIENCE
    while (raycluster := call("GET", path)) is None:
        if time.monotonic() > end:
            sys.exit(f"{path}: there is no such RayCluster after {PATIENCE} s")
        time.sleep(2)
    return raycluster["metadata"].get("annotations", {}).get(ANNOTATION)


def write(path, found, wanted, call):
    """Write the annotation where it says anything else."""
    if found == wanted:
        print(f"{ANNOTATION}: {wanted}, as it was", flush=True)
        return
    patch = {"metadata": {"annotations": {ANNOTATION: wanted}}}
    call("PATCH", f"{path}?fieldManager=raychart-schedule", patch, "application/merge-patch+json")
    print(f"{ANNOTATION}: {found} -> {wanted}", flush=True)


def text(numbers):
    """Return numbers as they are written, always in the same order."""
    return json.dumps(numbers, sort_keys=True)


def due_soon(schedules, now):
    """Return the next moment at which a window begins or ends, where that is soon; else None."""
    firings = [last_firing(schedule, at, now + AHEAD) for schedule in schedules.values() for at in ("start", "end")]
    return min((firing for firing in firings if firing and firing > now), default=None)


def main(namespace, name, schedules, clock=lambda: datetime.now(timezone.utc), call=kube.call):
    """Look at the clock and write."""
    schedules = json.loads(schedules)
    path = f"/apis/ray.io/v1/namespaces/{namespace}/rayclusters/{name}"
    due = clock()
    while due:
        time.sleep(max(0, (due - clock()).total_seconds()))
        found = read(path, call)
        now = clock()
        for began, window in open_windows(schedules, now):
            print(f"{window}: since {began:%Y-%m-%d %H:%M} UTC, {text(schedules[window]['minWorkers'])}", flush=True)
        write(path, found, text(numbers_in_force(schedules, now)), call)
        due = due_soon(schedules, now)


if __name__ == "__main__":
    main(*sys.argv[1:])
