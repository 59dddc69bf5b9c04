"""What a review is told about a repository: by arguments, and by the .raychart.yaml that lies in it."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from raychart.errors import RaychartError
from raychart.rendering.jobs import check_release

if TYPE_CHECKING:
    from collections.abc import Sequence

    from raychart.review.git import Repository
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
    """All that is said, by either."""

    selections: tuple[Selection, ...]
    prices: str | None = None
    kubernetes_version: str | None = None
    deployer: Deployer = "helm"
    argocd: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """What the command line says of it, which goes before what the repository says; paths as seen from where we are."""

    files: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    chart: str | None = None
    release: str | None = None
    namespace: str | None = None
    sets: tuple[str, ...] = ()
    prices: str | None = None
    kubernetes_version: str | None = None
    deployer: Deployer | None = None


def settings_of(base: Tree, head: Tree, repository: Repository, words: Words) -> tuple[Settings, Settings]:
    """Read what holds for base and head: the nearest .raychart.yaml, in the folder where we are or above.

    The base has the selections of its own file, so that a file that names other layers is a change too, and all else
    of the head's. Raises RaychartError for a file of the head that the schema refuses, and for paths that leave the
    repository.
    """
    place, said = _said_in(head, repository)
    settings = _settings(place, said, (base, head), repository, words)
    try:
        before = _said_in(base, repository)
        selections = _settings(*before, (base, head), repository, words).selections if before[1] else None
    except RaychartError:
        # Whoever mends the file is not to be stopped by what was wrong in it.
        selections = None
    return (settings if selections is None else replace(settings, selections=selections)), settings


def _said_in(tree: Tree, repository: Repository) -> tuple[str, dict[str, Any]]:
    """Return what a revision's nearest file says, with the folder that it is in."""
    place = _nearest(tree, repository.folder)
    return ("", {}) if place is None else (place, _read(tree, place))


def _settings(
    folder: str, said: dict[str, Any], trees: tuple[Tree, Tree], repository: Repository, words: Words
) -> Settings:
    here = repository.folder
    given = _given(words, repository)
    own_chart = _DEFAULT_CHART if any(tree.has(f"{_DEFAULT_CHART}/Chart.yaml") for tree in trees) else None
    common = {"chart": own_chart} | _said(said, folder) | given
    if words.files:
        selections = [Selection(inside(one, here) or "**", **common) for one in words.files]
    elif "values" in said:
        entries = [{"files": one} if isinstance(one, str) else one for one in said["values"]]
        selections = [
            Selection(_path(one["files"], folder), **{**common, **_said(one, folder), **given}) for one in entries
        ]
    else:
        start = next((one for one in (here, folder) if any(_has_values(tree, one) for tree in trees)), "")
        selections = [Selection(posixpath.join(start, one), **common) for one in _DEFAULT_FILES]
    for selection in selections:
        check_release(selection.release)
        _check_namespace(selection.namespace)
    prices = _path(said["prices"], folder) if "prices" in said else None
    return Settings(
        selections=tuple(selections),
        prices=prices if words.prices is None else _located(words.prices, repository),
        kubernetes_version=words.kubernetes_version or said.get("kubernetesVersion"),
        deployer=words.deployer or said.get("deployer", "helm"),
        argocd=not words.files and said.get("argocd", True),
    )


def _check_namespace(pattern: str) -> None:
    odd = re.search(r"\{[^{}]*\}?", pattern.replace("{name}", "").replace("{folder}", ""))
    if odd:
        what = f"{odd[0]} stands for nothing"
        raise RaychartError(f"namespace {pattern}", what, "write {name} for the file's name, {folder} for its folder's")


def inside(path: str, folder: str) -> str:
    """Return a path from the repository's top. Raises RaychartError when it leads out of the repository."""
    found = posixpath.normpath(posixpath.join(folder, path))
    if found == ".." or found.startswith(("../", "/")):
        raise RaychartError(path, "is outside of the repository", "name a path in it, as seen from where you are")
    return "" if found == "." else found


def _given(words: Words, repository: Repository) -> dict[str, Any]:
    """Return what the command line says of every selection."""
    said: dict[str, Any] = {
        "below": tuple(_located(path, repository) for path in words.below) or None,
        "over": tuple(_located(path, repository) for path in words.over) or None,
        "chart": words.chart and _located(words.chart, repository),
        "release": words.release,
        "namespace": words.namespace,
    }
    return {key: value for key, value in said.items() if value is not None}


def _said(said: dict[str, Any], folder: str) -> dict[str, Any]:
    """Return what a file says of a selection, or of all of them."""
    own: dict[str, Any] = {key: said[key] for key in ("release", "namespace") if key in said}
    own |= {key: _paths(said[name], folder) for key, name in (("below", "layers"), ("over", "over")) if name in said}
    return own | ({"chart": _path(said["chart"], folder)} if "chart" in said else {})


def _located(path: str, repository: Repository) -> str:
    """Return a path from the repository's top, or an absolute one of what is outside."""
    if repository.top is None:
        return path
    start = os.path.realpath(repository.start)
    found = posixpath.relpath(posixpath.normpath(posixpath.join(start, path)), os.path.realpath(repository.top))
    return posixpath.normpath(posixpath.join(start, path)) if found.split("/")[0] == ".." else found


def _nearest(tree: Tree, folder: str) -> str | None:
    while True:
        if tree.has(posixpath.join(folder, NAME)):
            return folder
        if not folder:
            return None
        folder = posixpath.dirname(folder)


def _read(tree: Tree, folder: str) -> dict[str, Any]:
    from raychart.settings_file import read_settings

    path = posixpath.join(folder, NAME)
    said: dict[str, Any] = read_settings(Path(path), SCHEMA_FILE, tree.content(path)).get("review") or {}
    return said


def _paths(paths: Sequence[str], folder: str) -> tuple[str, ...]:
    return tuple(_path(path, folder) for path in paths)


def _path(path: str, folder: str) -> str:
    try:
        return inside(path, folder)
    except RaychartError as error:
        raise RaychartError(f"{posixpath.join(folder, NAME)}: {path}", error.what, "name a path in it") from error


def _has_values(tree: Tree, folder: str) -> bool:
    start = posixpath.join(folder, "values", "")
    return any(path.startswith(start) and path.endswith((".yaml", ".yml")) for path in tree.entries)
