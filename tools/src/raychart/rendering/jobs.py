"""Make jobs of values files on disk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.errors import RaychartError
from raychart.rendering.model import Job
from raychart.values import load_flags, load_layer, namespace_of
from raychart.yaml_file import display_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# As Helm has it (ValidateReleaseName).
_RELEASE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LONGEST = 53


def job_for(
    path: Path,
    layers: Sequence[Path] = (),
    *,
    chart: Path,
    release: str = "ray",
    namespace: str | None = None,
    sets: Sequence[str] = (),
) -> Job:
    """Read one values file, the layers and the --set flags over it.

    Raises RaychartError where a file cannot be read, a flag is none, or a name is not one that Helm takes.
    """
    where = namespace_of(path, namespace)
    check_release(release)
    for file in (path, *layers):
        _must_be_file(file)
    read = (*map(load_layer, (path, *layers)), *load_flags(sets))
    return Job(display_name(path), where, release, chart, read)


def check_release(name: str) -> None:
    """Raise RaychartError unless Helm takes the release's name."""
    if len(name) <= _LONGEST and _RELEASE.fullmatch(name):
        return
    what = f"is not a release's name ({len(name)} characters)"
    raise RaychartError(f"--release {name}", what, f"use lower-case letters, digits and dashes, at most {_LONGEST}")


def _must_be_file(path: Path) -> None:
    if str(path) != "-" and not path.is_file() and (path.is_dir() or not path.exists()):
        what = "is a folder" if path.is_dir() else "there is no such file"
        raise RaychartError(str(path), what, "name a values file, such as values/<namespace>.yaml")
