"""What KubeRay's operator refuses of RayJobs, RayServices and RayCronJobs, ported from its validation code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from raychart.helm_yaml import read_documents
from raychart.lint.cron import problems_of
from raychart.schema_words import show
from raychart.validate.reach import at, entries, mapping, mappings, number, text
from raychart.validate.rule import Problem
from raychart.validate.rules.ray_cluster import autoscales, operators_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath
    from raychart.validate.subject import Subject

_POLICIES = ("DeleteWorkers", "DeleteCluster", "DeleteSelf")
_TIMEOUT = "ray.io/initializing-timeout"
_NAMED_SCHEDULE = re.compile(r"@(yearly|annually|monthly|weekly|daily|midnight|hourly|every .+)")
_DURATION = re.compile(r"[+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*")


def _job(subject: Subject) -> tuple[ValuesPath, dict[str, Any]] | None:
    paths = {"RayJob": ("spec",), "RayCronJob": ("spec", "jobTemplate")}
    path = paths.get(subject.manifest.kind) if subject.manifest.group == "ray.io" else None
    found = at(subject.body, path) if path else None
    return (path, found) if path and isinstance(found, dict) else None


def _jobs(subject: Subject) -> Iterator[Problem]:
    found = _job(subject)
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


def _deletion(subject: Subject) -> Iterator[Problem]:
    found = _job(subject)
    strategy = found[1].get("deletionStrategy") if found else None
    if found is None or not isinstance(strategy, dict):
        return
    path, job = (*found[0], "deletionStrategy"), found[1]
    rules = entries(strategy, "deletionRules")
    older = [key for key in ("onSuccess", "onFailure") if isinstance(strategy.get(key), dict)]
    shuts_down = job.get("shutdownAfterJobFinishes") is True
    if rules and shuts_down:
        message = "does not go with shutdownAfterJobFinishes"
        yield Problem((*path, "deletionRules"), message, "remove shutdownAfterJobFinishes")
    if rules and older:
        yield Problem((*path, "deletionRules"), f"does not go with {' and '.join(older)}", "keep deletionRules alone")
    elif older:
        if len(older) == 1:
            yield Problem(path, "onSuccess and onFailure go together", "add the other one, or use deletionRules")
        for key in older:
            policy = strategy[key].get("policy")
            where = (*path, key, "policy")
            if policy is None:
                yield Problem((*path, key), "policy is missing", f"add one of {', '.join((*_POLICIES, 'DeleteNone'))}")
            yield from _policy(subject, job, policy, where)
            if policy == "DeleteNone" and shuts_down:
                yield Problem(where, "contradicts shutdownAfterJobFinishes", "remove one of the two")
    elif not rules:
        yield Problem(path, "says nothing", "add deletionRules")
    yield from _deletion_rules(subject, job, path)


def _policy(subject: Subject, job: dict[str, Any], policy: Any, path: ValuesPath) -> Iterator[Problem]:
    if mapping(job, "clusterSelector") and policy in {"DeleteCluster", "DeleteWorkers"}:
        yield Problem(
            path,
            f"{policy} does not go with clusterSelector: the cluster is not the job's",
            "use DeleteSelf or DeleteNone",
        )
    elif policy == "DeleteWorkers" and subject.cluster and autoscales(subject.cluster):
        yield Problem(path, "DeleteWorkers does not go with the autoscaler", "use DeleteCluster, or no autoscaler")


def _deletion_rules(subject: Subject, job: dict[str, Any], path: ValuesPath) -> Iterator[Problem]:
    seen: dict[tuple[str, str], dict[str, int]] = {}
    for where, rule in mappings(job, ("deletionStrategy", "deletionRules")):
        place = (*path, *where[1:])
        condition = mapping(rule, "condition")
        states = [(key, str(condition[key])) for key in ("jobStatus", "jobDeploymentStatus") if condition.get(key)]
        if len(states) != 1:
            message = "needs either jobStatus or jobDeploymentStatus" + (
                " (found both)" if states else " (found neither)"
            )
            yield Problem((*place, "condition"), message, "keep one of the two" if states else "add one of the two")
            continue
        policy, seconds = str(rule.get("policy")), number(condition, "ttlSeconds") or 0
        yield from _policy(subject, job, policy, (*place, "policy"))
        others = seen.setdefault(states[0], {})
        if policy in others:
            yield Problem(place, f"there is a rule for {policy} and {states[0][1]} already", "remove one of the two")
        elif policy in _POLICIES:
            order = _POLICIES.index(policy)
            for other, its in others.items():
                earlier = other in _POLICIES and _POLICIES.index(other) < order
                if (earlier and its > seconds) or (other in _POLICIES and not earlier and its < seconds):
                    message = f"{policy} after {seconds} s does not go with {other} after {its} s"
                    yield Problem(
                        (*place, "condition", "ttlSeconds"), message, f"delete in this order: {', '.join(_POLICIES)}"
                    )
        others.setdefault(policy, seconds)


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
    schedule = text(subject.body, *path)
    if "TZ" in schedule:
        yield Problem(path, "names a time zone", "set timeZone instead")
    elif schedule and not _NAMED_SCHEDULE.fullmatch(schedule):
        fields = schedule.split()
        wrong = problems_of(" ".join(fields)) if len(fields) == 5 else [f"it has {len(fields)} fields"]
        if wrong:
            yield Problem(
                path, f"{show(schedule)} is no schedule ({'; '.join(wrong)})", "write five fields, as cron has them"
            )


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
        "kuberay-deletion",
        "What a RayJob deletes when it has ended contradicts itself.",
        "Either onSuccess and onFailure or deletionRules say it, and workers go before the cluster, the cluster before "
        "the job.",
        "validateDeletionConfiguration, validateDeletionRules; CEL rules of deletionStrategy in the CRD",
        _deletion,
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
