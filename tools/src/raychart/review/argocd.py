"""Read from a repository's Argo CD files which releases they describe, as far as that can be told offline."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from raychart.findings import Finding
from raychart.helm_yaml import read_documents
from raychart.review import git
from raychart.review.application import Application, Reader, UnsupportedError, as_map
from raychart.review.elsewhere import TEXTS, found_elsewhere, made_by_templates
from raychart.review.releases import Release, Source
from raychart.schema_keys import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from raychart.review.appsets.go_templates import GoTemplates
    from raychart.review.releases import Found
    from raychart.review.settings import Settings
    from raychart.review.trees import Tree
    from raychart.yaml_nodes import Document, Node

_GROUP = "argoproj.io/"
_KINDS = ("Application", "ApplicationSet")
_SAYS_ONE = re.compile(r"^[\s{\"']*kind[\"']?:\s*[\"']?Application", re.MULTILINE)
# Of many names so many are told.
_SOME = 3


@dataclass(frozen=True, slots=True)
class _Described:
    """An Application, or an ApplicationSet, with its document."""

    kind: str
    name: str
    file: str
    node: Node
    findings: tuple[Finding, ...]

    @property
    def key(self) -> str:
        """Return what tells it from all others."""
        return f"{self.file} ({self.name})"


def add_applications(found: Found, tree: Tree, settings: Settings, templates: GoTemplates) -> None:
    """Add the releases of Applications that use our chart, in place of what patterns say of their values files.

    So are those that ApplicationSets make. What cannot be told offline is noted, and left out.
    """
    charts = {selection.chart for selection in settings.selections}
    reader = Reader(tree, charts, next(iter(charts)))
    taken: dict[str, Release] = {}
    paths = git.files_with(tree.blobs.repository, tree.revision, (_GROUP, *TEXTS), (".yaml", ".yml"))
    tree.fetch(paths)
    for one in _described(tree, paths, reader, found):
        if one.kind == "Application":
            made = _read(
                reader, [Application(one.file, one.name, one.node, one.findings, made_by=one.key)], found, one.file
            )
        else:
            made = _alone_named(_read(reader, _made(one, reader, templates, found), found, _label(one)), one)
        for name, release in made:
            key = release.file if release.file not in taken and release.file != one.file else f"{one.file} ({name})"
            key = release.file if one.kind == "Application" and release.file not in taken else key
            taken[key] = release
            for source in (*release.sources, *release.parameters):
                found.releases.pop(source.path, None)
    found.releases.update(taken)
    found.notes += _of_same_place(taken.values())


def _described(tree: Tree, paths: Sequence[str], reader: Reader, found: Found) -> Iterator[_Described]:
    others = []
    for path in filter(tree.has, paths):
        try:
            text = tree.content(path).decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        if any(word in text for word in TEXTS):
            others.append(path)
        if _GROUP not in text:
            continue
        if "{{" in text and _is_template(path, tree):
            found.elsewhere += made_by_templates(path, text, reader.is_our_chart)
            continue
        for document in read_documents(text, path):
            wrong = _wrong_with(document, path)
            if wrong is not None:
                problems = found.broken if _SAYS_ONE.search(text) else found.suspect
                problems[path] = wrong
            yield from _in(document, path)
    found.elsewhere += found_elsewhere(tree, others, reader.is_our_chart)


def _is_template(path: str, tree: Tree) -> bool:
    """Tell whether a file is one of a chart's templates."""
    above, below, _ = f"/{path}".rpartition("/templates/")
    return bool(below) and tree.has(f"{above}/Chart.yaml".lstrip("/"))


def _wrong_with(document: Document, path: str) -> Finding | None:
    """Return why there may be an Application in a document, and cannot be read."""
    root = document.root
    if root is None:
        found = next(iter(document.findings), None)
    elif isinstance(root.data, dict) and str(root.data.get("apiVersion")).startswith(_GROUP):
        kind = str(root.data.get("kind"))
        meant = "Application" if root.data.get("kind") is None else nearest(kind, _KINDS)
        if meant is None or kind in _KINDS:
            return None
        place = (path, root.mark.line, root.mark.column)
        found = Finding("", "error", f"its kind is none of Argo CD's (found {kind})", f"write kind: {meant}", *place)
    else:
        return None
    if found is None:
        return None
    what = f"the Applications in it cannot be read, and what they made before stays: {found.message}"
    return replace(found, rule="review-failed", severity="error", message=what)


def _in(document: Document, path: str) -> Iterator[_Described]:
    data, root = document.data, document.root
    if root is None or not isinstance(data, dict) or not str(data.get("apiVersion")).startswith(_GROUP):
        return
    if data.get("kind") in _KINDS:
        yield _Described(data["kind"], str(as_map(data.get("metadata")).get("name")), path, root, document.findings)


def _label(one: _Described) -> str:
    return f"{one.file}: {one.kind} {one.name}"


def _made(one: _Described, reader: Reader, templates: GoTemplates, found: Found) -> list[Application]:
    """Return the Applications that an ApplicationSet makes, none where Argo CD would refuse it."""
    from raychart.review.appsets.model import RefusedError
    from raychart.review.appsets.read import made_by

    def note(what: str, line: int | None = None) -> None:
        place = one.file if line is None else f"{one.file}:{line}"
        found.notes.append(f"{place}: ApplicationSet {one.name}: {what}")

    own = Source(one.file, reader.tree.id(one.file) or "")
    try:
        like = Application(one.file, "", one.node, one.findings, (own,), one.key)
        return made_by(one.node, like, reader.tree, templates, note)
    except RefusedError as refused:
        line = refused.mark.line if refused.mark else one.node.mark.line
        what = f"Argo CD would refuse ApplicationSet {one.name} and leave alone what it made before: {refused}"
        problem = Finding("review-failed", "error", what, refused.remedy, one.file, line, 1)
        found.refused[one.key] = problem
        template = as_map(as_map(as_map(one.node.data).get("spec")).get("template"))
        if reader.is_ours(as_map(template.get("spec"))):
            found.stand_ins[one.key] = Release(one.file, one.name, "ray", None, (), made_by=one.key, problem=problem)
        return []


def _read(reader: Reader, applications: Sequence[Application], found: Found, label: str) -> list[tuple[str, Release]]:
    """Return the releases with the names of their Applications; what is to be known of several is noted once."""
    releases: list[tuple[str, Release]] = []
    notes: dict[str, list[str]] = {}
    for application in applications:
        try:
            release, about = reader.release(application)
        except UnsupportedError as error:
            release, about = None, [f"left out: {error}"]
        for what in about:
            notes.setdefault(what, []).append(application.name)
        if release is not None:
            releases.append((application.name, release))
    found.notes += (f"{label}: {_named(names)} {what}" for what, names in notes.items())
    return releases


def _of_same_place(releases: Iterable[Release]) -> Iterator[str]:
    """Yield a note for each release that several Applications deploy to one place."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for one in releases:
        places.setdefault((one.release, one.namespace, one.cluster), []).append(one.made_by or one.file)
    for (release, namespace, cluster), several in places.items():
        if len(several) > 1:
            where = ", ".join(dict.fromkeys(several))
            place = f"{namespace}{f' of {cluster}' if cluster else ''}"
            yield (
                f"{where}: {len(several)} Applications deploy release {release} into {place}, and take its objects "
                "from each other: give each a namespace or a releaseName of its own"
            )


def _named(names: list[str]) -> str:
    if len(names) == 1:
        return f"Application {names[0]} is"
    rest = f" and {len(names) - _SOME} more" if len(names) > _SOME else ""
    return f"Applications {', '.join(names[:_SOME])}{rest} are"


def _alone_named(made: list[tuple[str, Release]], one: _Described) -> list[tuple[str, Release]]:
    """Call releases of an ApplicationSet by a file that each has for itself alone, or else by the ApplicationSet's."""
    files = [
        list(dict.fromkeys(source.path for source in (*release.parameters, *release.sources) if source.layer is None))
        for _, release in made
    ]
    counts = Counter(path for paths in files for path in paths)
    return [
        (name, replace(release, file=next((path for path in reversed(paths) if counts[path] == 1), one.file)))
        for (name, release), paths in zip(made, files, strict=True)
    ]
