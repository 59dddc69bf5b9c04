"""Start and end of the stand-in operator."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
from typing import TYPE_CHECKING

from .api import Api, ApiError
from .flags import Flags, parse_flags
from .leader import Leader, LeadershipError
from .log import set_up
from .preflight import UnusableError, check
from .probe_server import serve_probes
from .reconcile import Reconciler
from .recorder import Recorder
from .switches import Switches, from_environment
from .watch import watch
from .work import Queue

if TYPE_CHECKING:
    from collections.abc import Coroutine

log = logging.getLogger("setup")


def main() -> int:
    """Run until a signal comes; return the exit code. The last line of the log says why it is not 0."""
    flags = parse_flags(sys.argv[1:], os.environ)
    set_up(flags.json_log)
    log.info("stand-in for the KubeRay operator, for tests only; watching namespace %s", flags.namespace)
    try:
        asyncio.run(_run(flags, from_environment(os.environ)))
    except (UnusableError, LeadershipError, ApiError, OSError) as error:
        log.error("problem running manager: %s", error)  # noqa: TRY400 - a trace says nothing to who reads this
        return 1
    return 0


async def _run(flags: Flags, switches: Switches) -> None:
    if "KUBERNETES_SERVICE_HOST" not in os.environ:
        raise UnusableError("not in a pod of a cluster (KUBERNETES_SERVICE_HOST is not set)")
    host = socket.gethostname()
    async with Api(flags.namespace, os.environ) as api, Api(flags.leader_namespace, os.environ) as lease_api:
        await check(api)
        leader, queue, ready = Leader(lease_api, flags.leader_namespace, host), Queue(), asyncio.Event()
        reconciler = Reconciler(api, Recorder(api, host), switches)
        if not flags.leader_election:
            leader.elected.set()
        jobs = [
            watch(flags.namespace, queue.add, ready),
            serve_probes(flags.probe_address, ready),
            _work(leader, queue, reconciler),
            *([leader.hold()] if flags.leader_election else []),
        ]
        try:
            await _first_of(jobs)
        finally:
            if flags.leader_election:
                with contextlib.suppress(ApiError):  # it expires in any case
                    await leader.release()


async def _work(leader: Leader, queue: Queue, reconciler: Reconciler) -> None:
    """Act only as the leader; what happens until then waits in the queue."""
    await leader.elected.wait()
    log.info("leading")
    await queue.work(reconciler.reconcile)


async def _first_of(jobs: list[Coroutine[None, None, None]]) -> None:
    """Run all jobs until one ends, well or badly; the others are cancelled."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
