"""Decide what the values of a spec are, and say why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.generate.choices import Choices
from raychart.generate.choose_workers import choose_workers, put_size
from raychart.generate.hours import crons
from raychart.generate.totals import head_size, totals_of

if TYPE_CHECKING:
    from raychart.generate.model import Pool, Spec


def choose(spec: Spec) -> Choices:
    """Return the values for a spec, those included that the chart has anyway, in the chart's own order."""
    choices = Choices()
    _placements(spec, choices)
    _image(spec, choices)
    path = ("clusters", spec.cluster)
    quota = " (the quota has room for it)" if spec.quota else ""
    choices.say(path, f"At most {totals_of(spec)} with head, operator and autoscaler{quota}.")
    if spec.ray_version:
        choices.put((*path, "rayVersion"), spec.ray_version, "The Ray in the image.")
    _growth(spec, choices, path)
    _schedules(spec, choices, path)
    _fault_tolerance(spec, choices, path)
    _dashboard(spec, choices, path)
    _head(spec, choices, path)
    for workers in spec.workers:
        choose_workers(spec, workers, choices, (*path, "workerTypes", workers.name))
    _peers(spec, choices)
    _for_lint(spec, choices)
    return choices


def _placements(spec: Spec, choices: Choices) -> None:
    used = [*spec.head.pools, *(name for workers in spec.workers for name in workers.pools)]
    for name, pool in spec.pools.items():
        if name not in used:
            continue
        path = ("placements", name)
        choices.say(path, _about(pool))
        if pool.labels:
            choices.put((*path, "nodeSelector"), dict(pool.labels))
        if pool.taints:
            choices.put((*path, "tolerations"), [_toleration(taint) for taint in pool.taints])


def _about(pool: Pool) -> str:
    lasts = "that can be taken away at any time" if pool.spot else "that stay"
    comes = f"; one takes {pool.start_seconds:g} s to come" if pool.start_seconds else ""
    return f"Nodes {lasts}{comes}."


def _toleration(taint: str) -> dict[str, str]:
    """Return what puts up with a taint, given as kubectl writes it."""
    said, _, effect = taint.partition(":")
    key, equals, value = said.partition("=")
    toleration = {"key": key, "operator": "Equal", "value": value} if equals else {"key": key, "operator": "Exists"}
    return {**toleration, "effect": effect} if effect else toleration


def _image(spec: Spec, choices: Choices) -> None:
    if not spec.image:
        return
    path = ("podDefaults", "image")
    choices.say(path, "The team's own image, with Ray in it.")
    choices.put((*path, "repository"), spec.image.repository)
    choices.put((*path, "tag"), spec.image.tag)
    choices.put((*path, "digest"), spec.image.digest)


def _growth(spec: Spec, choices: Choices, path: tuple[str, ...]) -> None:
    if spec.workers_at_most is not None:
        together = sum(workers.at_most for workers in spec.workers)
        why = f"Workers of all kinds together; the kinds alone would come to {together}."
        choices.put((*path, "maxWorkers"), spec.workers_at_most if spec.workers_at_most < together else None, why)
    if spec.upscaling_speed is not None:
        speed = spec.upscaling_speed
        why = (
            f"A burst gets its workers sooner: each round, every 5 s, max(5, {speed:g} x running) may be on their way."
        )
        choices.put((*path, "upscalingSpeed"), speed, why)
    if spec.longest_task_minutes is not None:
        minutes = spec.longest_task_minutes
        why = f"The longest task runs {minutes:g} min: a change of values waits so long before it ends a busy worker."
        choices.put((*path, "rollout", "drainSeconds"), round(minutes * 60), why)


def _schedules(spec: Spec, choices: Choices, path: tuple[str, ...]) -> None:
    for window in spec.windows:
        launch = max(spec.launch_seconds(one) for one in spec.workers if one.name in window.workers)
        start, end, early = crons(window, launch)
        where = (*path, "schedules", window.name)
        why = f"A worker takes {launch:g} s to start, so they are asked for {early} min before the hours begin."
        choices.say(where, why)
        choices.put((*where, "start"), start)
        choices.put((*where, "end"), end)
        if spec.time_zone:
            choices.put((*where, "timeZone"), spec.time_zone)
        choices.put((*where, "minWorkers"), dict(window.workers))


def _fault_tolerance(spec: Spec, choices: Choices, path: tuple[str, ...]) -> None:
    if not spec.fault_tolerance:
        return
    where = (*path, "faultTolerance")
    choices.say(where, "Detached actors and tasks on workers outlive the head. The Secret has to be in the namespace.")
    choices.put((*where, "enabled"), True)
    choices.put((*where, "redisAddress"), spec.fault_tolerance.get("redis", ""))
    choices.put((*where, "passwordSecret", "name"), spec.fault_tolerance["passwordSecret"])


def _dashboard(spec: Spec, choices: Choices, path: tuple[str, ...]) -> None:
    board = spec.dashboard
    if not board:
        return
    where = (*path, "dashboard")
    choices.say(where, "Dashboard and Jobs API from outside; both ask for the cluster's token.")
    if "gateway" in board:
        namespace, _, name = board["gateway"].partition("/")
        choices.put((*where, "httpRoute", "enabled"), True)
        choices.put((*where, "httpRoute", "parentRefs"), [{"name": name, "namespace": namespace}])
        choices.put((*where, "httpRoute", "hostnames"), [board["host"]])
        return
    choices.put((*where, "ingress", "enabled"), True)
    choices.put((*where, "ingress", "className"), board["ingressClass"])
    choices.put((*where, "ingress", "host"), board["host"])
    if "tlsSecret" in board:
        choices.put((*where, "ingress", "tls"), [{"hosts": [board["host"]], "secretName": board["tlsSecret"]}])


def _peers(spec: Spec, choices: Choices) -> None:
    board = spec.dashboard
    if board:
        namespace = board.get("controllerNamespace") or board["gateway"].partition("/")[0]
        why = "Who passes the dashboard's requests on; everybody else outside the namespace is kept out."
        choices.put(("networkPolicy", "peers", "dashboard"), {"namespace": namespace, "ports": ["dashboard"]}, why)


def _for_lint(spec: Spec, choices: Choices) -> None:
    """Tell `raychart lint` what it cannot know, under a key that the chart leaves alone."""
    path = ("x-raychart",)
    if all(workers.start_stated or spec.node_seconds(workers.pools) for workers in spec.workers):
        why = "For raychart lint: what the quickest worker takes to start, its node included."
        seconds = min(spec.launch_seconds(workers) for workers in spec.workers)
        if seconds:
            choices.put((*path, "launchSeconds"), seconds, why)
    if spec.quota:
        names = {"cpus": "requests.cpu", "memory": "requests.memory", "gpus": "requests.nvidia.com/gpu"}
        quota = {names[key]: amount for key, amount in spec.quota.items()}
        choices.put((*path, "quota"), quota, "For raychart lint: what the namespace may use, all its pods together.")


def _head(spec: Spec, choices: Choices, path: tuple[str, ...]) -> None:
    size = head_size(spec)
    where = (*path, "head")
    plural = "s" if size.workers > 1 else ""
    stated = spec.head.cpus is not None or spec.head.memory is not None
    why = "As the spec says" if stated else f"It keeps the books of up to {size.workers} worker{plural}"
    choices.say(where, f"{why}; it runs no tasks.")
    put_size(choices, where, size.cpus, size.memory, limited=spec.cpu_limits, own=True)
    if spec.head.pools:
        choices.put((*where, "placement"), list(spec.head.pools), "Where it stays: the cluster goes with its head.")
