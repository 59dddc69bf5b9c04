"""What a review is told about a repository: by arguments, and by the .raychart.yaml that lies in it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from raychart.errors import RaychartError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.review.trees import Tree

NAME = ".raychart.yaml"
SCHEMA_FILE = Path(__file__).with_name("settings.schema.json")
Deployer = Literal["helm", "argocd"]
_DEFAULT_FILES = ("values/*.yaml", "values/*.yml")
_DEFAULT_CHART = "charts/ray"


@dataclass(frozen=True, slots=True)
class Selection:
    """Values files that have the same layers, chart and release; all paths are from the repository's top.

    `below` are the layers under the namespace's own file, `over` those above it, the strongest last. `chart` is None
    for the one that raychart brings. In `namespace`, {name} and {folder} stand for the file's and its folder's names.
    """

    files: str
    below: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    chart: str | None = None
    release: str = "ray"
    namespace: str = "{name}"


@dataclass(frozen=True, slots=True)
class Settings:
    """All that is said; `is_default` tells that nobody said which files are values files."""

    selections: tuple[Selection, ...]
    prices: str | None = None
    kubernetes_version: str | None = None
    deployer: Deployer = "helm"
    argocd: bool = True
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of it, which goes before what the repository says; paths as seen from `folder`."""

    folder: str = ""
    files: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    chart: str | None = None
    release: str | None = None
    namespace: str | None = None
    prices: str | None = None
    kubernetes_version: str | None = None
    deployer: Deployer | None = None


def settings_of(head: Tree, options: Options) -> Settings:
    """Read the nearest .raychart.yaml, in the folder where we are or above, as the head has it.

    Raises RaychartError for a file that the schema refuses, and for paths that leave the repository.
    """
    place = _nearest(head, options.folder)
    said = _read(head, place) if place is not None else {}
    folder = place or ""
    common = {
        "below": _paths(said.get("layers", ()), folder),
        "over": _paths(said.get("over", ()), folder),
        "chart": _path(said["chart"], folder) if "chart" in said else None,
        "release": said.get("release", "ray"),
        "namespace": said.get("namespace", "{name}"),
    } | _given(options)
    if options.files:
        selections = [Selection(inside(one, options.folder) or "**", **common) for one in options.files]
    elif "values" in said:
        selections = [_selection(one, folder, common, _given(options)) for one in said["values"]]
    else:
        start = next((one for one in (options.folder, folder) if _fits(head, one)), "")
        selections = [Selection(posixpath.join(start, one), **common) for one in _DEFAULT_FILES]
    prices = options.prices or (_path(said["prices"], folder) if "prices" in said else None)
    return Settings(
        selections=tuple(selections),
        prices=prices,
        kubernetes_version=options.kubernetes_version or said.get("kubernetesVersion"),
        deployer=options.deployer or said.get("deployer", "helm"),
        argocd=not options.files and said.get("argocd", True),
        is_default=not options.files and "values" not in said,
    )


def inside(path: str, folder: str) -> str:
    """Return a path from the repository's top. Raises RaychartError when it leads out of the repository."""
    found = posixpath.normpath(posixpath.join(folder, path))
    if found == ".." or found.startswith(("../", "/")):
        raise RaychartError(path, "is outside of the repository", "name a path in it, as seen from where you are")
    return "" if found == "." else found


def _given(options: Options) -> dict[str, Any]:
    """Return what options say of every selection."""
    said: dict[str, Any] = {
        "below": options.below or None,
        "over": options.over or None,
        "chart": options.chart,
        "release": options.release,
        "namespace": options.namespace,
    }
    return {key: value for key, value in said.items() if value is not None}


def _nearest(head: Tree, folder: str) -> str | None:
    while True:
        if head.has(posixpath.join(folder, NAME)):
            return folder
        if not folder:
            return None
        folder = posixpath.dirname(folder)


def _read(head: Tree, folder: str) -> dict[str, Any]:
    from raychart.settings_file import read_settings

    path = posixpath.join(folder, NAME)
    said: dict[str, Any] = read_settings(Path(path), SCHEMA_FILE, head.content(path)).get("review") or {}
    return said


def _selection(said: str | dict[str, Any], folder: str, common: dict[str, Any], given: dict[str, Any]) -> Selection:
    if isinstance(said, str):
        return Selection(_path(said, folder), **common)
    own: dict[str, Any] = {key: said[key] for key in ("release", "namespace") if key in said}
    own |= {key: _paths(said[name], folder) for key, name in (("below", "layers"), ("over", "over")) if name in said}
    own |= {"chart": _path(said["chart"], folder)} if "chart" in said else {}
    return Selection(_path(said["files"], folder), **{**common, **own, **given})


def _paths(paths: Sequence[str], folder: str) -> tuple[str, ...]:
    return tuple(_path(path, folder) for path in paths)


def _path(path: str, folder: str) -> str:
    try:
        return inside(path, folder)
    except RaychartError as error:
        raise RaychartError(f"{posixpath.join(folder, NAME)}: {path}", error.what, "name a path in it") from error


def _fits(head: Tree, folder: str) -> bool:
    start = posixpath.join(folder, "values", "")
    return any(path.startswith(start) and path.endswith((".yaml", ".yml")) for path in head.entries)


def default_chart(trees: Sequence[Tree]) -> str | None:
    """Return the repository's own chart, where it has one in the usual place."""
    return _DEFAULT_CHART if any(tree.has(f"{_DEFAULT_CHART}/Chart.yaml") for tree in trees) else None
