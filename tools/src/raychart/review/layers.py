"""Values layers as a revision has them, each content parsed once."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.review import git
from raychart.values import Layer, load_flags, load_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.review.releases import Release, Source
    from raychart.review.trees import Blobs

_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n")


class Layers:
    """Reads layers; `notes` tell of contents that are not in the clone."""

    def __init__(self, blobs: Blobs, sets: Sequence[str] = ()) -> None:
        self.blobs = blobs
        self.notes: dict[str, None] = {}
        self._flags = tuple(load_flags(sets))
        self._known: dict[str, Layer] = {}

    def fetch(self, releases: Sequence[Release]) -> None:
        """Read ahead what releases are made of."""
        self.blobs.fetch(source.id for release in releases for source in release.sources if source.layer is None)

    def of(self, release: Release) -> tuple[Layer, ...]:
        """Return a release's layers from left to right, --set flags last."""
        return (*map(self._layer, release.sources), *self._flags)

    def _layer(self, source: Source) -> Layer:
        if source.layer is not None:
            return source.layer
        known = self._known.get(source.id)
        if known is None:
            known = self._known[source.id] = self._read(source)
        if known.file == source.path:
            return known
        findings = tuple(replace(finding, file=source.path) for finding in known.findings)
        return replace(known, file=source.path, findings=findings)

    def _read(self, source: Source) -> Layer:
        content = self.blobs.content(source.id)
        pointer = _POINTER.match(content)
        if pointer is None:
            return load_layer(Path(source.path), content)
        digest = pointer[1].decode()
        stored = git.lfs_folder(self.blobs.repository) / digest[:2] / digest[2:4] / digest
        if stored.is_file():
            return load_layer(Path(source.path), stored.read_bytes())
        self.notes[f"{source.path}: is kept in Git LFS and not in this clone: git lfs pull brings it"] = None
        finding = Finding(
            "values-yaml",
            "error",
            "the file is a pointer of Git LFS, its content is not in this clone",
            "git lfs pull (or git lfs fetch origin REVISION), then run it again",
            source.path,
            1,
            1,
        )
        return Layer(source.path, None, (finding,))
