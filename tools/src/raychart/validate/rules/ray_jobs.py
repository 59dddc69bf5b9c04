"""What KubeRay's operator refuses of RayJobs, RayServices and RayCronJobs, ported from its validation code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from raychart.helm_yaml import read_documents
from raychart.schema_words import show
from raychart.validate.definitions.schedules import wrong_schedule
from raychart.validate.reach import at, mapping, number, text
from raychart.validate.rule import Problem
from raychart.validate.rules.ray_cluster import autoscales, operators_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath
    from raychart.validate.subject import Subject

_TIMEOUT = "ray.io/initializing-timeout"
_DURATION = re.compile(r"[+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*")


def job_in(subject: Subject) -> tuple[ValuesPath, dict[str, Any]] | None:
    """Return the spec of the RayJob that an object is or makes, with its path."""
    paths = {"RayJob": ("spec",), "RayCronJob": ("spec", "jobTemplate")}
    path = paths.get(subject.manifest.kind) if subject.manifest.group == "ray.io" else None
    found = at(subject.body, path) if path else None
    return (path, found) if path and isinstance(found, dict) else None


def _jobs(subject: Subject) -> Iterator[Problem]:
    found = job_in(subject)
    if found is None:
        return
    path, job = found
    shuts_down = job.get("shutdownAfterJobFinishes") is True
    if job.get("suspend") is True and not shuts_down:
        yield Problem(
            (*path, "suspend"), "goes with shutdownAfterJobFinishes alone", "set shutdownAfterJobFinishes: true"
        )
    after = number(job, "ttlSecondsAfterFinished")
    if after is not None and after < 0:
        yield Problem((*path, "ttlSecondsAfterFinished"), f"{after} is less than 0", "use 0 or more")
    if after and not shuts_down:
        message = "goes with shutdownAfterJobFinishes alone"
        yield Problem((*path, "ttlSecondsAfterFinished"), message, "set shutdownAfterJobFinishes: true")
    for key, least in (("activeDeadlineSeconds", 1), ("preRunningDeadlineSeconds", 1), ("backoffLimit", 0)):
        value = number(job, key)
        if value is not None and value < least:
            yield Problem((*path, key), f"{value} is less than {least}", f"use {least} or more")
    yield from _where_it_runs(job, path)
    yield from _runtime(job, path)


def _where_it_runs(job: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    selector, mode = mapping(job, "clusterSelector"), job.get("submissionMode")
    retries = number(job, "backoffLimit") or 0
    if not selector and not isinstance(job.get("rayClusterSpec"), dict):
        yield Problem(
            path, "rayClusterSpec is missing", "add rayClusterSpec, or clusterSelector for a cluster that is there"
        )
    if selector:
        if not selector.get("ray.io/cluster"):
            message = "does not name a cluster"
            yield Problem((*path, "clusterSelector"), message, "write ray.io/cluster: and the cluster's name")
        for key, is_set in (("suspend", job.get("suspend") is True), ("backoffLimit", retries > 0)):
            if is_set:
                yield Problem((*path, key), "does not go with clusterSelector", "remove one of the two")
    if mode == "InteractiveMode" and retries > 0:
        yield Problem((*path, "backoffLimit"), "does not go with InteractiveMode", "remove it")
    if mode == "SidecarMode":
        yield from _beside_the_head(job, path)


def _beside_the_head(job: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    for key in ("clusterSelector", "submitterPodTemplate", "submitterConfig"):
        if job.get(key):
            yield Problem((*path, key), "does not go with SidecarMode", "remove it, or use another submissionMode")
    where = ("rayClusterSpec", "headGroupSpec", "template", "spec", "restartPolicy")
    policy = at(job, where)
    if policy not in {None, "", "Never"}:
        yield Problem((*path, *where), f"{show(policy)} does not go with SidecarMode", "write Never, or leave it out")


def _runtime(job: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    written = text(job, "runtimeEnvYAML")
    for document in read_documents(written, "runtimeEnvYAML") if written else ():
        wrong = [finding for finding in document.findings if finding.message.startswith("not YAML")]
        if wrong or not isinstance(document.data, (dict, type(None))):
            message = wrong[0].message if wrong else "is not a mapping"
            yield Problem((*path, "runtimeEnvYAML"), message, "write a mapping, as runtime_env is one")
            return


def _services(subject: Subject) -> Iterator[Problem]:
    if (subject.manifest.group, subject.manifest.kind) != ("ray.io", "RayService"):
        return
    path = ("spec", "rayClusterConfig", "headGroupSpec", "headService", "metadata", "name")
    if text(subject.body, *path):
        yield Problem(path, "cannot be set: each new cluster of the service has a service of its own", "remove it")
    delay = number(subject.body, "spec", "rayClusterDeletionDelaySeconds")
    if delay is not None and delay < 0:
        yield Problem(("spec", "rayClusterDeletionDelaySeconds"), f"{delay} is less than 0", "use 0 or more")
    timeout = text(subject.body, "metadata", "annotations", _TIMEOUT)
    if timeout and not (_DURATION.fullmatch(timeout) or re.fullmatch(r"[+]?0*[1-9]\d*", timeout)):
        message = f"{show(timeout)} is not a time above 0"
        yield Problem(("metadata", "annotations", _TIMEOUT), message, "write seconds, or a duration such as 5m")
    yield from _incremental(subject)


def _incremental(subject: Subject) -> Iterator[Problem]:
    path: ValuesPath = ("spec", "upgradeStrategy")
    strategy = mapping(subject.body, *path)
    if strategy.get("type") != "NewClusterWithIncrementalUpgrade":
        return
    if subject.cluster and not autoscales(subject.cluster):
        yield Problem((*path, "type"), "needs the autoscaler", "set enableInTreeAutoscaling: true in rayClusterConfig")
    options = strategy.get("clusterUpgradeOptions")
    if not isinstance(options, dict):
        yield Problem(path, "clusterUpgradeOptions is missing", "add it: an incremental upgrade has no defaults for it")
        return
    yield from _steps(options, (*path, "clusterUpgradeOptions"))


def _steps(options: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    surge, step, interval = (number(options, key) for key in ("maxSurgePercent", "stepSizePercent", "intervalSeconds"))
    for key, percent in (("maxSurgePercent", surge), ("stepSizePercent", step)):
        if percent is not None and not 0 <= percent <= 100:
            yield Problem((*path, key), f"{percent} is not a percentage", "use 0 to 100")
    most = 100 if surge is None else surge
    if step is not None and step > most:
        message = f"{step} is more than maxSurgePercent ({most})"
        yield Problem((*path, "stepSizePercent"), message, "lower it, or raise maxSurgePercent")
    if interval is not None and interval <= 0:
        yield Problem((*path, "intervalSeconds"), f"{interval} is not more than 0", "use 1 or more")
    for key in ("stepSizePercent", "intervalSeconds"):
        if key not in options:
            yield Problem(path, f"{key} is missing", f"add {key}")
    if not text(options, "gatewayClassName"):
        yield Problem(path, "gatewayClassName is missing", "name the class of the Gateway that moves the traffic")


def _cron_jobs(subject: Subject) -> Iterator[Problem]:
    if (subject.manifest.group, subject.manifest.kind) != ("ray.io", "RayCronJob"):
        return
    path = ("spec", "schedule")
    yield from wrong_schedule(text(subject.body, *path), path)


RULES = (
    operators_rule(
        "kuberay-job",
        "Settings of a RayJob contradict each other.",
        "A job runs on a cluster of its own or on one that is there, and how it is submitted, suspended and retried "
        "depends on which.",
        "ValidateRayJobSpec",
        _jobs,
    ),
    operators_rule(
        "kuberay-service",
        "Settings of a RayService contradict each other.",
        "A service replaces its cluster at an upgrade, at once or bit by bit, and names what belongs to the cluster "
        "itself.",
        "ValidateRayServiceMetadata, ValidateRayServiceSpec, ValidateClusterUpgradeOptions",
        _services,
    ),
    operators_rule(
        "kuberay-cron-job",
        "A RayCronJob's schedule is none.",
        "The schedule has five fields; the time zone stands in a field of its own.",
        "ValidateRayCronJobSpec",
        _cron_jobs,
    ),
)
