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

_FORMAT = "2"
# Bytes of all entries together, and seconds since one was last used.
_MOST = 256 * 2**20
_OLDEST = 14 * 24 * 3600
# How much is written, and how many seconds pass, between two looks at what there is.
_BETWEEN, _DAY = 16 * 2**20, 24 * 3600
# A document of so many characters is kept by itself, once for all namespaces: what stands for their name in it, which
# can be in no text that YAML takes, and how many are at hand.
_LARGE, _NAME, _AT_HAND = 2**15, "\0", 64
_TIDIED = ".tidied"


class Store:
    """A folder with a file for each entry and each large document. What is broken is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = 0
        self._large: dict[str, str] = {}

    def read(self, key: str, namespace: str) -> Output | None:
        """Return an entry, what was rendered for a namespace."""
        try:
            content = json.loads(self._read(key))
            kept = content["documents"]
            documents = (one if isinstance(one, str) else self._named(one[0], namespace) for one in kept)
            return Output(tuple(documents), content["refusal"])
        except (OSError, ValueError, KeyError, TypeError, zlib.error):
            return None

    def write(self, key: str, output: Output, namespace: str) -> None:
        """Keep an entry, as a whole or not at all."""
        documents = [self._without_name(document, namespace) for document in output.documents]
        self._write(key, json.dumps({"documents": documents, "refusal": output.refusal}).encode())

    def _named(self, digest: str, namespace: str) -> str:
        if digest not in self._large:
            self._at_hand(digest, self._read(digest).decode())
        return self._large[digest].replace(_NAME, namespace)

    def _without_name(self, document: str, namespace: str) -> str | tuple[str]:
        """Return a document, or of a large one where it is kept."""
        if len(document) < _LARGE or _NAME in document:
            return document
        text = document.replace(namespace, _NAME)
        digest = hashlib.sha256(text.encode()).hexdigest()
        if digest not in self._large:
            self._write(digest, text.encode())
            self._at_hand(digest, text)
        return (digest,)

    def _at_hand(self, digest: str, text: str) -> None:
        if len(self._large) >= _AT_HAND:
            self._large.clear()
        self._large[digest] = text

    def _read(self, name: str) -> bytes:
        path = self._path(name)
        content = zlib.decompress(path.read_bytes())
        os.utime(path)
        return content

    def _write(self, name: str, content: bytes) -> None:
        """Write a file, as a whole or not at all, for nobody but the user: there may be secrets in it."""
        packed = zlib.compress(content, 1)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(handle, "wb") as file:
                file.write(packed)
            Path(temporary).replace(self._path(name))
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

    def _path(self, name: str) -> Path:
        return self._folder / name


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
        outputs: dict[int, Output] = {}
        for number, (request, key) in enumerate(zip(requests, keys, strict=True)):
            if key and (found := self._store.read(key, request.namespace)):
                outputs[number] = found
        missing = [number for number in range(len(requests)) if number not in outputs]
        made = self._engine.render_many([requests[number] for number in missing])
        for number, output in zip(missing, made, strict=True):
            outputs[number] = output
            if key := keys[number]:
                self._store.write(key, output, requests[number].namespace)
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
