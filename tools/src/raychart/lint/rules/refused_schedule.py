"""Rules for schedules: worker types' numbers by the clock."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.lint import cron
from raychart.lint.places import listed, once_a_place, quoted
from raychart.lint.rule import Problem, Rule
from raychart.lint.rules.refused_limits import highest_minimum, hosts_of, maximum_of
from raychart.paths import dotted
from raychart.schema_keys import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.merging import Settings
    from raychart.lint.subject import Cluster, Subject

_LONGEST = 52
_FORM = (
    "write minute (0-59), hour (0-23), day of month (1-31), month (1-12), day of week (0-6, Sunday is 0), "
    'such as "30 6 * * 1-5"'
)


def schedules_of(subject: Subject) -> Iterator[tuple[Cluster, str, Settings]]:
    """Yield every schedule with its cluster and its name, in order."""
    for cluster in subject.clusters:
        for name, schedule in sorted((cluster.settings.get("schedules") or {}).items()):
            if schedule:
                yield cluster, name, schedule


def _nobody_follows(subject: Subject) -> Iterator[Problem]:
    for cluster, _, _ in schedules_of(subject):
        autoscaling, path = cluster.settings["autoscaling"], dotted(cluster.path)
        if not autoscaling["enabled"]:
            yield Problem(
                cluster.place("schedules"),
                "given, but autoscaling is disabled and nobody would bring the workers up",
                f"set {path}.autoscaling.enabled to true, or remove the schedules",
            )
        elif autoscaling["version"] != "v1":
            yield Problem(
                cluster.place("schedules"),
                f"given, but autoscaling.version is {autoscaling['version']} and only v1 follows them",
                f"set {path}.autoscaling.version to v1, or remove the schedules",
            )


def _long_name(subject: Subject) -> Iterator[Problem]:
    for cluster, name, _ in schedules_of(subject):
        job = f"{cluster.name}-{name}-start"
        if len(job) > _LONGEST:
            yield Problem(
                cluster.place("schedules", name),
                f"its CronJob {job} has a name of {len(job)} characters, Kubernetes has room for {_LONGEST}",
                f"shorten the name of the schedule or the cluster by {len(job) - _LONGEST}",
            )


def _times(subject: Subject) -> Iterator[Problem]:
    for cluster, name, schedule in schedules_of(subject):
        for boundary in ("start", "end"):
            problems = cron.problems_of(schedule[boundary])
            if problems:
                message = f"{quoted(schedule[boundary])}: {', '.join(problems)}"
                yield Problem(cluster.place("schedules", name, boundary), message, _FORM)


def _time_zones(subject: Subject) -> Iterator[Problem]:
    for cluster, name, schedule in schedules_of(subject):
        zone = schedule.get("timeZone")
        if zone is not None and zone not in cron.time_zones():
            guess = _guess(zone)
            remedy = f"did you mean {guess}?" if guess else "write one such as Europe/Berlin or Etc/UTC"
            where = cluster.place("schedules", name, "timeZone")
            yield Problem(where, f"{quoted(zone)} is no time zone", remedy)


def _guess(name: str) -> str | None:
    """Return the zone that is probably meant: of a city named alone, of hours from UTC, or of a misspelt name."""
    offset = re.fullmatch(r"(?:UTC|GMT)([+-])0?([0-9]{1,2})(?::?00)?", name)
    if offset:
        # East of Greenwich is minus in these names.
        zone = f"Etc/GMT{'-' if offset[1] == '+' else '+'}{int(offset[2])}"
        return zone if zone in cron.time_zones() else None
    for zone in sorted(cron.time_zones()):
        if name.lower() in (zone.lower(), zone.lower().rpartition("/")[2]):
            return zone
    # Short names are too much alike: EST is none for CEST.
    return nearest(name, sorted(zone for zone in cron.time_zones() if "/" in zone)) if "/" in name else None


def _unknown_type(subject: Subject) -> Iterator[Problem]:
    for cluster, name, schedule in schedules_of(subject):
        there = [pod.name for pod in cluster.types]
        for worker_type in schedule["minWorkers"]:
            if worker_type not in there:
                yield Problem(
                    cluster.place("schedules", name, "minWorkers", worker_type),
                    f"no such worker type; there are {listed(there)}",
                    "use the name of one of them",
                )


def _over_maximum(subject: Subject) -> Iterator[Problem]:
    for cluster, name, schedule in schedules_of(subject):
        for pod in cluster.types:
            number = schedule["minWorkers"].get(pod.name, 0)
            if number > maximum_of(pod):
                yield Problem(
                    cluster.place("schedules", name, "minWorkers", pod.name),
                    f"{number} is more than the type's maxWorkers ({maximum_of(pod)})",
                    f"raise {dotted(pod.place('maxWorkers'))}, or lower the number",
                )
    for cluster in {id(cluster): cluster for cluster, _, _ in schedules_of(subject)}.values():
        most = cluster.settings.get("maxWorkers")
        together = sum(highest_minimum(cluster, pod) * hosts_of(pod) for pod in cluster.types)
        if most is not None and together > most:
            where = dotted(cluster.place("maxWorkers"))
            yield Problem(
                cluster.place("schedules"),
                f"the pods of all worker types' highest numbers add up to {together}, and {where} is {most}",
                f"raise {where}, or lower the schedules' numbers",
            )


def _collisions(subject: Subject) -> Iterator[Problem]:
    names = {cluster.name for cluster in subject.clusters}
    owners: dict[str, str] = {}
    for cluster, name, _ in schedules_of(subject):
        account = f"{cluster.name}-schedule"
        if account in names:
            yield Problem(
                cluster.place("schedules"),
                f"their account would be that of the cluster {account} too",
                "choose another name for one of the two clusters",
            )
        job, path = f"{cluster.name}-{name}-start", dotted((*cluster.path, "schedules", name))
        if job in owners:
            yield Problem(
                cluster.place("schedules", name),
                f"its CronJob {job} would be that of {owners[job]} too",
                "choose another name for one of the two",
            )
        owners[job] = path


RULES = (
    Rule(
        "schedule-without-autoscaler",
        "error",
        "There are schedules, but no autoscaler that follows them.",
        "A schedule writes down how many workers are wanted; Ray's first autoscaler makes them.",
        "files/autoscaler_limits.py of the chart",
        once_a_place(_nobody_follows),
    ),
    Rule(
        "schedule-name-length",
        "error",
        "A schedule's CronJob would have a longer name than Kubernetes takes.",
        "A CronJob's name gets eleven characters more for each Job, and a Job's name has room for 63.",
        "Kubernetes: ValidateCronJob (at most 52 characters)",
        once_a_place(_long_name),
    ),
    Rule(
        "schedule-time",
        "error",
        "A schedule's start or end is no time that a CronJob takes, or one that never comes.",
        "The API server refuses the CronJob, and with it the release. On a day that no month has, nothing happens.",
        "Kubernetes: validateCronJobSpec (github.com/robfig/cron/v3, five fields)",
        once_a_place(_times),
    ),
    Rule(
        "schedule-time-zone",
        "error",
        "A schedule's time zone is none.",
        "The API server refuses the CronJob, and with it the release.",
        "Kubernetes: validateTimeZone (a name of the IANA database)",
        once_a_place(_time_zones),
    ),
    Rule(
        "schedule-unknown-type",
        "error",
        "A schedule names a worker type that is not there.",
        "Nothing would happen at that time.",
        "schedules of the chart",
        once_a_place(_unknown_type),
    ),
    Rule(
        "schedule-over-maximum",
        "error",
        "A schedule wants more workers than maxWorkers allows.",
        "The autoscaler stops at maxWorkers, so fewer workers than the schedule says would be there.",
        "files/autoscaler_limits.py of the chart",
        once_a_place(_over_maximum),
    ),
    Rule(
        "schedule-name-collision",
        "error",
        "Two schedules, or a schedule and a cluster, would share an object of one name.",
        "Helm writes one object over the other, and the account of one would have the rights of both.",
        "ray.cronJobName and ray.scheduleName of the chart; KubeRay names a head's account after its cluster",
        once_a_place(_collisions),
    ),
)
