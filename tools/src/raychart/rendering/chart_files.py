"""What is in a chart's folder, subcharts included."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from raychart.rendering.template_actions import Templates, UnreadableError, read_templates

if TYPE_CHECKING:
    from collections.abc import Iterator

# Larger archives and files than any chart's are not looked into.
_LARGEST = 2**24


@dataclass(frozen=True)
class ChartFiles:
    """The files of a chart by their path within it, those in archives of subcharts too."""

    files: dict[str, bytes]

    @cached_property
    def digest(self) -> str:
        """Return what tells the content from any other's."""
        digest = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            digest.update(f"{len(path.encode())} {path} {len(content)} ".encode())
            digest.update(content)
        return digest.hexdigest()

    @cached_property
    def template_texts(self) -> list[str]:
        """Return the templates, those of subcharts too, without the notes, which are not of a release's objects."""
        return [
            content.decode("utf-8", "replace")
            for path, content in sorted(self.files.items())
            if "templates" in Path(path).parts and not path.endswith("NOTES.txt")
        ]

    @cached_property
    def templates(self) -> Templates | None:
        """Return what the templates do; None where they cannot be read."""
        try:
            return read_templates(self.template_texts)
        except UnreadableError:
            return None

    @cached_property
    def text(self) -> str:
        """Return all that is written in the files."""
        return "\n".join(content.decode("utf-8", "replace") for content in self.files.values())


def read_chart_files(folder: Path) -> ChartFiles:
    """Read all files of a chart's folder; links are followed, as Helm does, and what cannot be read is left out."""
    files: dict[str, bytes] = {}
    for base, _, names in os.walk(folder, followlinks=True):
        for name in names:
            path = Path(base) / name
            try:
                content = path.read_bytes()
            except OSError:
                continue
            inside = path.relative_to(folder).as_posix()
            files[inside] = content
            if inside.startswith("charts/") and name.endswith((".tgz", ".tar.gz")):
                files |= {f"{inside}/{member}": text for member, text in _archived(content)}
    return ChartFiles(files)


def _archived(content: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() and member.size <= _LARGEST else None
                if file is not None:
                    yield member.name, file.read()
    except (OSError, tarfile.TarError, EOFError):
        return
