"""What a spec says that cannot be meant, beyond what its schema sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.generate.checks_hours import problems_of_hours
from raychart.generate.totals import totals_of
from raychart.quantities import GI, MI, read_cpus, read_memory, shown_memory, write_memory
from raychart.schema_keys import nearest
from raychart.schema_words import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.generate.model import Spec, Workers
    from raychart.paths import ValuesPath


_LEAST_OBJECTS = 75 * MI
_LEAST_HEAD = 2 * GI


def problems_of(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with a spec."""
    if spec.image and spec.image.ray not in {None, spec.ray_version}:
        message = f"the image has Ray {spec.image.ray}, and rayVersion is {spec.ray_version}"
        yield Problem(("rayVersion",), message, f'write "{spec.image.ray}", or leave it out')
    if spec.head.memory is not None and spec.head.memory < _LEAST_HEAD:
        message = f"{write_memory(spec.head.memory)} is less than Ray's own processes need there"
        yield Problem(("head", "memory"), message, "write 2Gi or more")
    yield from _placing(spec)
    yield from _pools(spec)
    if not spec.workers:
        yield Problem(("workers",), "no kind of workers is left", "give one, with atMost")
    for workers in spec.workers:
        yield from _sizes(workers)
        yield from _numbers(spec, workers)
    yield from problems_of_hours(spec)
    yield from _reaching(spec)
    if all(workers.memory is not None for workers in spec.workers):
        yield from _quota(spec)


def _placing(spec: Spec) -> Iterator[Problem]:
    for path, names in (
        (("head", "nodes"), spec.head.pools),
        *((("workers", one.name, "nodes"), one.pools) for one in spec.workers),
    ):
        for name in names:
            if name not in spec.pools:
                there = ", ".join(spec.pools) or "none"
                guess = nearest(name, tuple(spec.pools))
                remedy = f"did you mean {guess}?" if guess else f"add it to nodes, which has {there}"
                yield Problem(path, f"there are no nodes {name}", remedy)
    for name in spec.head.pools:
        if name in spec.pools and spec.pools[name].spot:
            message = f"the head is on the spot nodes {name}, and the cluster goes with it when one is taken away"
            yield Problem(("head", "nodes"), message, "name nodes that stay")


def _pools(spec: Spec) -> Iterator[Problem]:
    for name, pool in spec.pools.items():
        if not pool.labels and not pool.taints:
            message = "neither labels nor taints, so nothing would send a pod there"
            yield Problem(("nodes", name), message, "give the labels or taints of these nodes")
        if pool.spot and not pool.taints and not spec.head.pools:
            message = f"the spot nodes {name} have no taint, so the head might go there, and with it the cluster"
            yield Problem(
                ("nodes", name, "taints"), message, "name nodes that stay under head.nodes, or give the taint"
            )
        for taint in pool.taints:
            if "=" in taint and not taint.partition("=")[2].partition(":")[0]:
                yield Problem(("nodes", name, "taints"), f"{taint} has no value behind =", "leave out the =")


def _sizes(one: Workers) -> Iterator[Problem]:
    path: ValuesPath = ("workers", one.name)
    if one.memory is None:
        yield Problem(
            path, "nothing says how much memory it needs", "add memoryPerTask, or memory for the whole worker"
        )
    elif one.stated and one.memory_per_task is not None:
        needed = one.tasks * one.memory_per_task
        if needed > one.memory:
            message = f"{write_memory(one.memory)} is less than the tasks need ({one.tasks} x {_shown(one)})"
            yield Problem((*path, "memory"), message, "leave memory out, and it is reckoned from memoryPerTask")
    if one.objects is not None and one.objects < _LEAST_OBJECTS:
        message = f"{write_memory(one.objects)} is less than Ray starts with (75Mi)"
        yield Problem((*path, "objectMemory"), message, "raise it, or leave it out")
    if one.stated and one.memory is not None and one.objects is not None and one.objects * 2 > one.memory:
        message = f"{write_memory(one.objects)} is more than half of the worker's memory ({write_memory(one.memory)})"
        yield Problem((*path, "objectMemory"), message, "raise memory, or leave it out and give memoryPerTask")
    if one.gpus and not one.pools:
        message = "it wants GPUs, and nothing says which nodes have some"
        yield Problem(
            (*path, "gpus"), message, f"name them under workers.{one.name}.nodes, with their taint under nodes"
        )
    if one.gpus and one.tasks % one.gpus and one.gpus % one.tasks:
        message = f"{one.tasks} tasks cannot share {one.gpus} GPUs evenly"
        yield Problem((*path, "tasks"), message, f"use a multiple of {one.gpus}")


def _shown(one: Workers) -> str:
    return write_memory(one.memory_per_task or 0)


def _numbers(spec: Spec, one: Workers) -> Iterator[Problem]:
    path: ValuesPath = ("workers", one.name)
    if one.always > one.at_most:
        message = f"{one.always} is more than atMost ({one.at_most})"
        yield Problem((*path, "always"), message, "raise atMost or lower always")
    launch = spec.launch_seconds(one)
    if one.idle_minutes is not None and one.idle_minutes * 60 < 5 * launch:
        least = 5 * launch / 60
        message = f"{one.idle_minutes:g} min is less than five times what one takes to start ({launch:g} s)"
        yield Problem((*path, "idleMinutes"), message, f"use {least:g} or more, or leave it out")
    cap = spec.workers_at_most
    if cap is not None and one.at_most > cap:
        message = f"{one.at_most} is more than workersAtMost ({cap}), which is for all kinds together"
        yield Problem((*path, "atMost"), message, f"lower it to {cap}, or raise workersAtMost")
    if cap is not None and one is spec.workers[0]:
        needed = sum(workers.always for workers in spec.workers)
        if needed > cap:
            message = f"{cap} is less than the workers that are always up ({needed})"
            yield Problem(("workersAtMost",), message, "raise it, or lower always")


def _reaching(spec: Spec) -> Iterator[Problem]:
    board = spec.dashboard
    if not board:
        return
    if ("ingressClass" in board) == ("gateway" in board):
        found = "both" if "gateway" in board else "neither"
        message = f"it takes either ingressClass or gateway (found {found})"
        yield Problem(("dashboard",), message, "give the one that your Kubernetes cluster has")
    if "ingressClass" in board and "controllerNamespace" not in board:
        message = "nothing says where the ingress controller runs, and the network policy keeps everybody else out"
        yield Problem(("dashboard",), message, "add controllerNamespace")
    if "ingressClass" in board and "tlsSecret" not in board:
        message = "no certificate: the cluster's token would cross the network in clear text"
        yield Problem(("dashboard",), message, "add tlsSecret")
    if "gateway" in board and "tlsSecret" in board:
        message = "a gateway has its certificates itself"
        yield Problem(("dashboard", "tlsSecret"), message, "remove it, and give the certificate to the Gateway")


def _quota(spec: Spec) -> Iterator[Problem]:
    total, quota = totals_of(spec), spec.quota
    remedy = "lower atMost, set workersAtMost, or raise the quota"
    if "cpus" in quota and total.cpus > read_cpus(quota["cpus"]):
        found = f"{float(total.cpus):g} CPUs at most"
        yield Problem(("quota", "cpus"), f"{quota['cpus']} is less than the cluster may use ({found})", remedy)
    if "memory" in quota and total.memory > read_memory(quota["memory"]):
        found = f"{shown_memory(total.memory)} at most"
        yield Problem(("quota", "memory"), f"{quota['memory']} is less than the cluster may use ({found})", remedy)
    if "gpus" in quota and total.gpus > quota["gpus"]:
        message = f"{quota['gpus']} is less than the cluster may use ({total.gpus} at most)"
        yield Problem(("quota", "gpus"), message, remedy)
