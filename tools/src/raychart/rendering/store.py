"""Keep what was rendered on disk, by its content, so that it need not be rendered again."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from raychart import __version__
from raychart.rendering.engine import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.rendering.charts import Charts
    from raychart.rendering.engine import Engine, Request

_FORMAT = "1"
# Bytes of all entries together, and seconds since one was last used.
_MOST = 256 * 2**20
_OLDEST = 14 * 24 * 3600
# How much is written, and how many seconds pass, between two looks at what there is.
_BETWEEN, _DAY = 16 * 2**20, 24 * 3600
_TIDIED = ".tidied"


class Store:
    """A folder with one file an entry. Whatever goes wrong with a file, the entry is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = 0

    def read(self, key: str) -> Output | None:
        """Return an entry."""
        path = self._path(key)
        try:
            content = json.loads(zlib.decompress(path.read_bytes()))
            os.utime(path)
            return Output(tuple(content["documents"]), content["refusal"])
        except (OSError, ValueError, KeyError, TypeError, zlib.error):
            return None

    def write(self, key: str, output: Output) -> None:
        """Keep an entry, as a whole or not at all, for nobody but the user: there may be secrets in it."""
        content = {"documents": output.documents, "refusal": output.refusal}
        packed = zlib.compress(json.dumps(content).encode(), 1)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(handle, "wb") as file:
                file.write(packed)
            Path(name).replace(self._path(key))
        except OSError:
            return
        is_first, self._written = self._written == 0, self._written + len(packed)
        if self._written > _BETWEEN or (is_first and self._is_due()):
            with suppress(OSError):
                self.tidy()

    def tidy(self) -> None:
        """Remove what is old, and what has not been used for longest where there is too much."""
        self._written = 1
        (self._folder / _TIDIED).touch(mode=0o600)
        found = []
        for path in self._folder.iterdir():
            # Another run may have removed it.
            with suppress(OSError):
                about = path.stat()
                found.append((about.st_mtime, about.st_size, path))
        left = _MOST
        for used, size, path in sorted(found, reverse=True):
            left -= size
            if left < 0 or used < time.time() - _OLDEST:
                path.unlink(missing_ok=True)

    def _is_due(self) -> bool:
        try:
            return (self._folder / _TIDIED).stat().st_mtime < time.time() - _DAY
        except OSError:
            return True

    def _path(self, key: str) -> Path:
        return self._folder / key


class StoringEngine:
    """Renders with another engine what is not in the store."""

    def __init__(self, engine: Engine, store: Store, charts: Charts) -> None:
        self._engine = engine
        self._store = store
        self._charts = charts
        self.identity = engine.identity

    def render(self, request: Request) -> Output:
        """Render one request; what would be another text the next time is not kept."""
        return self.render_many([request])[0]

    def render_many(self, requests: Sequence[Request]) -> list[Output]:
        """Render requests; what would be another text the next time is not kept."""
        keys = [self._key(request) if self._charts.is_stable(request.chart) else None for request in requests]
        outputs = {number: found for number, key in enumerate(keys) if key and (found := self._store.read(key))}
        missing = [number for number in range(len(requests)) if number not in outputs]
        made = self._engine.render_many([requests[number] for number in missing])
        for number, output in zip(missing, made, strict=True):
            outputs[number] = output
            if key := keys[number]:
                self._store.write(key, output)
        return [outputs[number] for number in range(len(requests))]

    def _key(self, request: Request) -> str:
        chart = self._charts.files(request.chart).digest
        about = (_FORMAT, __version__, self.identity, chart, request.release, request.namespace, request.given)
        return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()

    def texts(self, request: Request) -> dict[str, str]:
        """Return what each template gives, which is not kept."""
        return self._engine.texts(request)


def storing(engine: Engine, charts: Charts, *, stored: bool) -> Engine:
    """Return the engine with the store of whoever runs this, unless that is not wanted or there is no home for it.

    RAYCHART_CACHE=off says for a whole environment that it is not wanted.
    """
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 (no error without a home)
    if not stored or os.environ.get("RAYCHART_CACHE") == "off" or not os.path.isabs(home):  # noqa: PTH117
        return engine
    return StoringEngine(engine, Store(Path(home) / "raychart" / "render"), charts)
