"""Estimate the Secret in which Helm stores a release."""

from __future__ import annotations

import base64
import fnmatch
import gzip
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raychart import manifests
from raychart.chart import read_about
from raychart.rendering.chart_files import read_chart_files
from raychart.values import given_values, load_defaults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.manifests import Manifest
    from raychart.rendering.model import Rendered

MOST = 1_048_576
_LONGEST_NAME = 63
# Of objects that are like others but for the namespace.
_lengths: dict[str, int] = {}
# Files that a chart has for Helm, in a form of its own in what is stored; charts/ is not stored.
_OWN = {"Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json", ".helmignore"}


def release_size(rendered: Rendered, *, at_least: int = 0) -> int:
    """Return how many bytes Helm would store, or less than `at_least` where it cannot be that many.

    It is base64 of compressed JSON, in which files of the chart are base64 themselves (encodeRelease).
    """
    job = rendered.job
    chart = _chart(job.chart)
    given, _ = given_values(job.layers)
    rest = len(json.dumps(given)) + sum(map(_length, rendered.manifests))
    # What is not compressed at all is an upper limit, written as YAML at most three times as long.
    limit = _in_base64(_compressed_size(job.chart) + 3 * rest)
    if limit < at_least:
        return limit
    stored = {
        "name": job.release,
        "info": {"status": "deployed", "description": "Install complete"},
        "chart": chart,
        "config": given,
        "manifest": manifests.dump(rendered.manifests),
        "version": 1,
        "namespace": job.namespace,
    }
    return _in_base64(len(gzip.compress(json.dumps(stored).encode(), 9)))


def _length(manifest: Manifest) -> int:
    """Return how long an object is as JSON, or somewhat more."""
    length = _lengths.get(manifest.alike)
    if length is None:
        length = len(json.dumps(manifest.body)) + _LONGEST_NAME
        if manifest.alike:
            _lengths[manifest.alike] = length
    return length


def _in_base64(size: int) -> int:
    return (size + 2) // 3 * 4


@cache
def _compressed_size(path: Path) -> int:
    return len(gzip.compress(json.dumps(_chart(path)).encode(), 9))


@cache
def _chart(path: Path) -> dict[str, Any]:
    """Return what Helm stores of a chart."""
    files = read_chart_files(path).files
    ignored = _patterns(files.get(".helmignore", b"").decode("utf-8", "replace"))
    kept = {name: content for name, content in files.items() if not _is_ignored(name, ignored)}
    templates = [_file(name, content) for name, content in kept.items() if name.startswith("templates/")]
    others = [name for name in kept if name not in _OWN and not name.startswith(("templates/", "charts/"))]
    schema = kept.get("values.schema.json", b"")
    return {
        "metadata": read_about(path),
        "templates": templates,
        "values": load_defaults(path).data,
        "schema": base64.b64encode(schema).decode(),
        "files": [_file(name, kept[name]) for name in others],
    }


def _file(name: str, content: bytes) -> dict[str, str]:
    return {"name": name, "data": base64.b64encode(content).decode()}


def _patterns(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith(("#", "!"))]


def _is_ignored(name: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(part, pattern.strip("/")) for pattern in patterns for part in _parts(name))


def _parts(name: str) -> Iterator[str]:
    """Yield a path, the folders above it, and the names of all of them."""
    path = Path(name)
    for one in (path, *path.parents[:-1]):
        yield one.as_posix()
        yield one.name
