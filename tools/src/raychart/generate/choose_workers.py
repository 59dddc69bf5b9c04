"""Decide how large a kind of workers is, how many there are, where they run and when they go."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from raychart.generate.model import RAY_MEMORY
from raychart.quantities import shown_memory, write_cpus, write_memory

if TYPE_CHECKING:
    from raychart.generate.choices import Choices
    from raychart.generate.model import Spec, Workers

Path = tuple[str, ...]

# What the kubelet gives a pod to end where nothing else is said.
_GRACE_SECONDS = 30
# Of the notice of a spot node, for what comes after the pod's end.
_SPARE_SECONDS = 10
_LEAST_IDLE_MINUTES = 5


def choose_workers(spec: Spec, workers: Workers, choices: Choices, path: Path) -> None:
    """Put the values of one kind of workers under its path."""
    choices.say(path, _about(workers))
    choices.put((*path, "minWorkers"), workers.always, "Always up, so that the first tasks wait for no pod.")
    choices.put((*path, "maxWorkers"), workers.at_most)
    _idle(spec, workers, choices, path)
    # Tasks that share a CPU may all be busy at once; a limit would slow each of them down.
    limited = spec.cpu_limits and workers.cpus_per_task >= 1
    put_size(choices, path, workers.cpus, workers.memory or 0, limited=limited, why=_cpus(workers, limited=limited))
    choices.reasons[*path, "memory"] = _memory(workers)
    _for_ray(workers, choices, path)
    if workers.pools:
        choices.put((*path, "placement"), list(workers.pools))
    _grace(spec, workers, choices, path)


def put_size(
    choices: Choices, path: Path, cpus: Decimal, memory: int, *, limited: bool, why: str = "", own: bool = False
) -> None:
    """Put a pod's CPUs and memory: request and limit alike, or a request of CPUs without a limit.

    `own` tells that the chart has a number of CPUs for the pod, which has to go where there is no limit.
    """
    if limited and cpus >= 1:
        choices.put((*path, "cpu"), write_cpus(cpus), why)
        choices.put((*path, "memory"), write_memory(memory))
        return
    why = why or (
        "A request without a limit, which would throttle the start of its many processes."
        if cpus < 1
        else "A request without a limit: it may use the CPUs that are idle on its node."
    )
    if own:
        choices.put((*path, "cpu"), None, why)
        why = ""
    choices.put((*path, "memory"), write_memory(memory))
    choices.put((*path, "resources"), {"requests": {"cpu": write_cpus(cpus)}}, why)


def _about(workers: Workers) -> str:
    plural = "s" if workers.tasks > 1 else ""
    if workers.gpus:
        gpus = f"{workers.gpus} GPU{'s' if workers.gpus > 1 else ''}"
        return f"A worker has {gpus} and takes {workers.tasks} task{plural} at a time, {_share(workers)}."
    return f"A worker takes {workers.tasks} task{plural} at a time: up to {workers.tasks * workers.at_most} together."


def _share(workers: Workers) -> str:
    if workers.tasks == workers.gpus:
        return "a GPU each (num_gpus=1)" if workers.tasks > 1 else "which asks for it with num_gpus=1"
    return f"each with num_gpus={float(Decimal(workers.gpus) / workers.tasks):g}"


def _idle(spec: Spec, workers: Workers, choices: Choices, path: Path) -> None:
    node, pod = spec.node_seconds(workers.pools), workers.start_seconds
    assumed = "" if workers.start_stated else ", assumed,"
    launch = f"({node:g} s for the node + {pod:g} s{assumed} for the pod)" if node else f"{pod:g} s{assumed}"
    least = 5 * (node + pod) / 60
    sums = f"5 x {launch} to start = {least:.4g} min"
    if workers.idle_minutes is not None:
        why = f"As the spec says; the least is {sums}."
        choices.put((*path, "idleTimeoutMinutes"), _number(workers.idle_minutes), why)
        return
    minutes = max(_LEAST_IDLE_MINUTES, math.ceil(least * 2) / 2)
    choices.put((*path, "idleTimeoutMinutes"), _number(minutes), f"{sums}; with less, pods come and go.")


def _number(minutes: float) -> float | int:
    return int(minutes) if minutes == int(minutes) else minutes


def _cpus(workers: Workers, *, limited: bool) -> str:
    each = write_cpus(workers.cpus_per_task)
    if workers.cpus != workers.tasks * workers.cpus_per_task:
        return ""
    tasks, unit = ("task", "tasks")[workers.tasks > 1], ("CPU", "CPUs")[workers.cpus_per_task > 1]
    sums = f"{workers.tasks} {tasks} x {each} {unit}"
    if limited or workers.cpus_per_task >= 1:
        return f"{sums}." if limited else f"{sums}, as a request without a limit: they may use CPUs that are idle."
    return f"{sums}, as a request without a limit: when others wait, a task may use more."


def _memory(workers: Workers) -> str:
    if workers.stated or workers.memory_per_task is None:
        return ""
    needed = workers.tasks * workers.memory_per_task + RAY_MEMORY
    tasks = f"{workers.tasks} x {write_memory(workers.memory_per_task)} for tasks + {write_memory(RAY_MEMORY)} for Ray"
    if workers.objects is not None:
        half = ", and objects take half of it at most" if workers.objects > needed else ""
        return f"{tasks} + {write_memory(workers.objects)} for objects{half}."
    return f"{tasks} = {shown_memory(needed)}; Ray keeps 30 % for objects, so it takes {shown_memory(needed)} / 0.7."


def _for_ray(workers: Workers, choices: Choices, path: Path) -> None:
    """Say what Ray may schedule, where that is not what the container has."""
    if workers.gpus:
        choices.put((*path, "gpu"), workers.gpus)
    elif workers.tasks != math.ceil(workers.cpus):
        why = "Slots: a task asks for one CPU unless it says num_cpus."
        choices.put((*path, "rayResources"), {"CPU": workers.tasks}, why)
    if workers.objects is not None:
        why = f"The object store, {write_memory(workers.objects)}: what tasks of a worker read is there once for all."
        choices.put((*path, "rayStartParams"), {"object-store-memory": str(workers.objects)}, why)


def _grace(spec: Spec, workers: Workers, choices: Choices, path: Path) -> None:
    notices = [spec.pools[name].notice_seconds for name in workers.pools if spec.pools[name].spot]
    known = [seconds for seconds in notices if seconds is not None]
    if known and min(known) - _SPARE_SECONDS > _GRACE_SECONDS:
        seconds = min(known) - _SPARE_SECONDS
        why = f"A spot node goes {min(known)} s after its notice: so long the tasks that run there have to end."
        choices.put((*path, "terminationGracePeriodSeconds"), seconds, why)
