"""Write events, repeated ones as a series of the first."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from .api import EVENTS, Api, ApiError
from .events import CONTROLLER, Note, event, series

if TYPE_CHECKING:
    from .cluster import RayCluster

log = logging.getLogger(__name__)

_SERIES_SECONDS = 360  # client-go closes a series that was silent for so long


class Recorder:
    """Remembers what was recorded lately, because text alone does not make an event new.

    Like the genuine recorder: of two pods created in a row, only the first is named.
    """

    def __init__(self, api: Api, host: str) -> None:
        self._api = api
        self._instance = f"{CONTROLLER}-{host}"
        self._recent: dict[tuple[str, str, str], tuple[str, int, float]] = {}

    async def record(self, cluster: RayCluster, note: Note) -> None:
        """Record `note`; an event that cannot be written is logged and otherwise forgotten."""
        log.log(logging.WARNING if note.warning else logging.INFO, "%s: %s: %s", cluster.name, note.reason, note.text)
        try:
            await self._write(cluster, note)
        except ApiError as error:
            log.warning("%s: event %s could not be written: %s", cluster.name, note.reason, error)

    async def _write(self, cluster: RayCluster, note: Note) -> None:
        key = (cluster.uid, note.reason, note.action)
        name, count, seen = self._recent.get(key, ("", 0, 0.0))
        now, text = time.monotonic(), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self._recent = {old: value for old, value in self._recent.items() if now - value[2] < _SERIES_SECONDS}
        if name and now - seen < _SERIES_SECONDS and await self._patch(name, count + 1, text):
            self._recent[key] = (name, count + 1, now)
            return
        name = f"{cluster.name}.{time.time_ns():x}"
        await self._api.create(EVENTS, event(cluster, note, name, self._instance, text))
        self._recent[key] = (name, 1, now)

    async def _patch(self, name: str, count: int, now: str) -> bool:
        """Make the event a series; return whether it still exists: the API server forgets events after an hour."""
        try:
            await self._api.patch(EVENTS, name, series(count, now))
        except ApiError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True
