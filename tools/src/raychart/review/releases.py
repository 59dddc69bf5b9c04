"""The releases that a revision describes: for each namespace its values file, layers and chart."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from raychart.errors import RaychartError
from raychart.lint.globs import file_pattern
from raychart.values import Layer, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.findings import Finding
    from raychart.review.appsets.go_templates import GoTemplates
    from raychart.review.settings import Deployer, Selection, Settings
    from raychart.review.trees import Tree

_SUFFIXES = (".yaml", ".yml")


class Source(NamedTuple):
    """One layer of a release: a file, by its path and its content's id, or what is written in some other file.

    A path that begins with a slash is of a file outside of the repository, which both revisions share.
    """

    path: str
    id: str
    layer: Layer | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """One release as a revision describes it; `file` is what it is called, its own values file as a rule.

    `sources` are the layers from left to right and `missing` those that the revision has not got; `chart` is a folder
    of the repository, one outside of it when it begins with a slash, or None for the one that raychart brings;
    `deployer` is None where the settings say it. `parameters` are the files that an ApplicationSet made it from, and
    `made_by` is that, or the Application: its file, and its name in brackets. With a `problem` nobody knows what would
    be deployed; a `notice` is what is not known of it. `revision` is what Argo CD takes the chart from, `chart_in` the
    tree of that where it is not the one that the release is in; `cluster` is where it goes, as Argo CD calls that.
    """

    file: str
    namespace: str
    release: str
    chart: str | None
    sources: tuple[Source, ...]
    missing: tuple[str, ...] = ()
    deployer: Deployer | None = None
    parameters: tuple[Source, ...] = ()
    made_by: str | None = None
    problem: Finding | None = None
    notice: Finding | None = None
    revision: str = ""
    chart_in: Tree | None = None
    cluster: str = ""


@dataclass(slots=True)
class Found:
    """The releases of one revision by what tells them from each other, and notes on what was left out.

    `refused` says of ApplicationSets by their names why Argo CD would make nothing of them; `stand_ins` are releases in
    place of what those of our chart would make. `broken` says why files with Applications cannot be read, `suspect`
    the same of those that may have had some; `elsewhere` is what else deploys our chart.
    """

    releases: dict[str, Release] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    refused: dict[str, Finding] = field(default_factory=dict)
    stand_ins: dict[str, Release] = field(default_factory=dict)
    broken: dict[str, Finding] = field(default_factory=dict)
    suspect: dict[str, Finding] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)


def find_releases(tree: Tree, settings: Settings, templates: GoTemplates | None = None) -> Found:
    """Find the values files of a revision, each once: the first selection that it fits counts.

    A layer is no namespace, nor is a file whose name is none. `templates` fill in what ApplicationSets say.
    """
    found = Found()
    layers = {path for selection in settings.selections for path in (*selection.below, *selection.over)}
    for selection in settings.selections:
        pattern = file_pattern(f"./{selection.files}")
        for path in filter(pattern.fullmatch, _candidates(tree)):
            if path in found.releases or path in layers:
                continue
            if submodule := tree.submodule_of(path):
                found.notes.append(f"{path}: is in the submodule {submodule}, left out")
            elif not tree.has(path):
                found.notes.append(f"{path} in {tree.name}: leads to no file of the repository, left out")
            else:
                _add(found, path, selection, tree)
    if settings.argocd:
        from raychart.review.appsets.go_templates import GoTemplates
        from raychart.review.argocd import add_applications

        add_applications(found, tree, settings, templates or GoTemplates())
    return found


def keep_refused(before: Found, after: Found) -> None:
    """Keep what was described before and cannot be read now, or would be refused by Argo CD, with that for a problem.

    Argo CD takes nothing away then; what it would make is not known. One that is new fails by itself. What fails for no
    release is noted.
    """
    made = {release.made_by for release in before.releases.values()}
    new = {key: one for key, one in after.stand_ins.items() if key not in made and key not in before.refused}
    after.releases.update(new)
    told = set(new)
    problems = {**after.suspect, **after.broken, **after.refused}
    for key, release in before.releases.items():
        said_by = release.made_by or ""
        for source in (said_by, said_by.rpartition(" (")[0]):
            now = after.releases.get(key)
            # Where nobody says more of a values file, it is a release by its name.
            if source in problems and (now is None or now.made_by is None):
                after.releases[key] = replace(release, problem=problems[source])
                told.add(source)
    for found, left_out in ((before, set[str]()), (after, told)):
        wrong = {**found.refused, **found.broken}
        found.notes += (f"{one.headline} ({one.remedy})" for key, one in wrong.items() if key not in left_out)


def _candidates(tree: Tree) -> Iterator[str]:
    for path in sorted(tree.entries):
        if path.endswith(_SUFFIXES) and not any(part.startswith(".") for part in path.split("/")):
            yield path


def _add(found: Found, path: str, selection: Selection, tree: Tree) -> None:
    name, folder = PurePosixPath(path).stem, posixpath.basename(posixpath.dirname(path))
    wanted = selection.namespace.replace("{name}", name).replace("{folder}", folder)
    try:
        namespace = namespace_of(Path(path), wanted)
    except RaychartError:
        found.notes.append(f"{path}: {wanted} is not a namespace's name, left out")
        return
    paths = (*selection.below, path, *selection.over)
    sources = tuple(Source(one, oid) for one in paths if (oid := source_id(one, tree)) is not None)
    there = {source.path for source in sources}
    missing = tuple(one for one in paths if one not in there)
    found.releases[path] = Release(path, namespace, selection.release, selection.chart, sources, missing)


def source_id(path: str, tree: Tree) -> str | None:
    """Return the id of a layer's content, which goes to where all contents are; None where there is no such file."""
    if not path.startswith("/"):
        return tree.id(path)
    file = Path(path)
    return tree.blobs.add(file.read_bytes()) if file.is_file() else None
