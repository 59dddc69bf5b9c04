"""The queue between what is watched and what is done about it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from .api import ApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

_FIRST_RETRY = 0.1
_LAST_RETRY = 30.0


class Queue:
    """Names of RayClusters that are due, each at most once, worked off one after the other.

    A name that fails comes again after a pause that doubles; any event about it brings it forward.
    """

    def __init__(self) -> None:
        self._due: dict[str, None] = {}
        self._wake = asyncio.Event()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._failures: dict[str, int] = {}

    def add(self, name: str) -> None:
        """Make `name` due now."""
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()
        self._due[name] = None
        self._wake.set()

    async def work(self, reconcile: Callable[[str], Awaitable[float | None]]) -> None:
        """Reconcile whatever is due, for ever."""
        while True:
            while not self._due:
                self._wake.clear()
                await self._wake.wait()
            name = next(iter(self._due))
            del self._due[name]
            delay = await self._once(name, reconcile)
            if delay is not None and name not in self._due:
                self._later(name, delay)

    async def _once(self, name: str, reconcile: Callable[[str], Awaitable[float | None]]) -> float | None:
        try:
            delay: float | None = await reconcile(name)
        except ApiError as error:
            log.warning("%s: %s", name, error)
        except Exception:  # one malformed RayCluster must not keep the others waiting
            log.exception("%s: the round failed", name)
        else:
            self._failures.pop(name, None)
            return delay
        failures = self._failures[name] = self._failures.get(name, 0) + 1
        return min(_FIRST_RETRY * 2.0 ** (failures - 1), _LAST_RETRY)

    def _later(self, name: str, delay: float) -> None:
        old = self._timers.pop(name, None)
        if old is not None:
            old.cancel()
        self._timers[name] = asyncio.get_running_loop().call_later(delay, self.add, name)
