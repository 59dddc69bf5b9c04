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
# A node's clock may be behind the control plane's, whose clock starts this: what is due so soon counts as past.
AHEAD = timedelta(seconds=30)


def open_windows(schedules, now):
    """Return the windows that are open: when each began, and its name; the one that decides comes last.

    That is the one that began last; of those that began at the same moment, the last in the alphabet.
    """
    windows = [(_began(schedule, now), name) for name, schedule in schedules.items()]
    return sorted(window for window in windows if window[0])


def _began(schedule, now):
    zone = time_zone(schedule["timeZone"])
    began = Cron(schedule["start"]).last(now, zone)
    ended = Cron(schedule["end"]).last(now, zone)
    return began if began and not (ended and ended > began) else None


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


def apply(path, numbers, call=kube.call):
    """Write the numbers into the RayCluster's annotation, where it says anything else."""
    end = time.monotonic() + PATIENCE
    while (raycluster := call("GET", path)) is None:
        if time.monotonic() > end:
            sys.exit(f"{path}: there is no such RayCluster after {PATIENCE} s")
        time.sleep(2)
    wanted, found = text(numbers), raycluster["metadata"].get("annotations", {}).get(ANNOTATION)
    if found != wanted:
        patch = {"metadata": {"annotations": {ANNOTATION: wanted}}}
        call("PATCH", f"{path}?fieldManager=raychart-schedule", patch, "application/merge-patch+json")
    print(f"{ANNOTATION}: {found} -> {wanted}" if found != wanted else f"{ANNOTATION}: {wanted}, as it was", flush=True)


def text(numbers):
    """Return numbers as they are written, always in the same order."""
    return json.dumps(numbers, sort_keys=True)


def main(namespace, name, schedules, now=None):
    """Look at the clock and apply."""
    now = (now or datetime.now(timezone.utc)) + AHEAD
    schedules = json.loads(schedules)
    for began, window in open_windows(schedules, now):
        print(f"{window}: since {began:%Y-%m-%d %H:%M} UTC, {text(schedules[window]['minWorkers'])}", flush=True)
    path = f"/apis/ray.io/v1/namespaces/{namespace}/rayclusters/{name}"
    apply(path, numbers_in_force(schedules, now))


if __name__ == "__main__":
    main(*sys.argv[1:])
