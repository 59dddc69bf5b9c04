"""Make of OLD and NEW what is compared: the manifests of each namespace on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from raychart.errors import RaychartError
from raychart.rendering.jobs import check_release
from raychart.rendering.model import Job
from raychart.rendering.run import render_all
from raychart.values import load_flags, load_layer, namespace_of
from raychart.yaml_file import display_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from raychart.diff.sources import Source
    from raychart.findings import Finding
    from raychart.manifests import Manifest
    from raychart.rendering.model import Rendered

_Manifests = tuple["Manifest", ...]


class Sides(NamedTuple):
    """What is compared with what; `again` is the same rendered once more, None where that would tell nothing."""

    file: str
    namespace: str
    old: _Manifests
    new: _Manifests
    old_again: _Manifests | None = None
    new_again: _Manifests | None = None


class Options(NamedTuple):
    """How values files are rendered."""

    chart: Path
    layers: Sequence[Path] = ()
    sets: Sequence[str] = ()
    release: str = "ray"
    namespace: str | None = None
    engine: str = "auto"
    program: str = "helm"
    cache: bool = True


def sides_of(
    old: Source, new: Source, options: Options, tell: Callable[[str], None]
) -> tuple[list[Sides], list[Finding]]:
    """Return what is to be compared, and the findings that kept something from being rendered.

    Two folders of values are compared file by file; a file that is in one of them alone has nothing on the other
    side. Everything else is compared by namespace; of two values files NEW is for the namespace of OLD, and of values
    and manifests the values are for the namespace of the manifests, as long as they have one.
    """
    if "manifests" not in {old.kind, new.kind}:
        return _values(old, new, options, tell)
    rendered: list[Rendered] = []
    found: list[list[Manifest]] = []
    for side, other in ((old, new), (new, old)):
        if side.kind != "values":
            found.append(side.manifests() if side.kind == "manifests" else [])
            continue
        own = None if side.is_folder else _only_namespace(other.manifests())
        jobs = [_job(side, name, options, options.namespace or own) for name in side.texts]
        rendered += _render(jobs, options, tell)
        found.append([manifest for one in rendered for manifest in one.manifests])
    findings = [finding for one in rendered for finding in one.findings]
    return [] if findings else _by_namespace(new.name, *found), findings


def _values(
    old: Source, new: Source, options: Options, tell: Callable[[str], None]
) -> tuple[list[Sides], list[Finding]]:
    jobs: dict[str, list[Job | None]] = {}
    for name, other in _names(old, new):
        namespace = options.namespace
        if not (old.is_folder or new.is_folder) and namespace is None:
            # A copy of a values file under another name is still about the same namespace.
            namespace = namespace_of(old.path if str(old.path) != "-" else new.path)
        jobs[other or name or ""] = [
            None if name is None else _job(old, name, options, namespace),
            None if other is None else _job(new, other, options, namespace),
        ]
    wanted = [job for pair in jobs.values() for job in pair if job is not None]
    rendered = {id(one.job): one for one in _render(wanted, options, tell)}
    sides, findings = [], []
    for pair in jobs.values():
        made = [rendered[id(job)] for job in pair if job is not None]
        wrong = [finding for one in made for finding in one.findings]
        findings += wrong
        if not wrong:
            sides.append(_sides(*(None if job is None else rendered[id(job)] for job in pair)))
    return sides, findings


def _sides(old: Rendered | None, new: Rendered | None) -> Sides:
    one = new or old
    assert one is not None  # noqa: S101 (a name comes from one of the sides)
    return Sides(
        one.job.file,
        one.job.namespace,
        () if old is None else old.manifests,
        () if new is None else new.manifests,
        None if old is None else old.again,
        None if new is None else new.again,
    )


def _names(old: Source, new: Source) -> list[tuple[str | None, str | None]]:
    """Pair the files of both sides."""
    if old.is_folder and new.is_folder:
        names = sorted({*old.texts, *new.texts})
        return [(name if name in old.texts else None, name if name in new.texts else None) for name in names]
    if not old.is_folder and not new.is_folder:
        return [(next(iter(old.texts)), next(iter(new.texts)))]
    folder, file = (old, new) if old.is_folder else (new, old)
    name = file.path.name
    if name not in folder.texts:
        remedy = "name the file itself, or a folder on both sides"
        raise RaychartError(folder.name, f"has no file {name} to compare {file.name} with", remedy)
    return [(name, name)]


def _job(source: Source, name: str, options: Options, namespace: str | None) -> Job:
    check_release(options.release)
    path = source.file(name)
    layers = (load_layer(path, source.texts[name]), *map(load_layer, options.layers), *load_flags(options.sets))
    return Job(display_name(path), namespace_of(path, namespace), options.release, options.chart, layers)


def _render(jobs: list[Job], options: Options, tell: Callable[[str], None]) -> list[Rendered]:
    return render_all(jobs, engine=options.engine, program=options.program, twice=True, tell=tell, stored=options.cache)


def _by_namespace(file: str, old: list[Manifest], new: list[Manifest]) -> list[Sides]:
    """Take two sets of manifests apart by namespace, as long as they have several."""
    only = _only_namespace(old), _only_namespace(new)
    if None not in only or len({manifest.namespace for manifest in (*old, *new)} - {""}) < 2:
        return [Sides(file, only[1] or only[0] or "", tuple(old), tuple(new))]
    names = sorted({manifest.namespace for manifest in (*old, *new)})
    return [
        Sides(file, name, *(tuple(one for one in side if one.namespace == name) for side in (old, new)))
        for name in names
    ]


def _only_namespace(manifests: Sequence[Manifest]) -> str | None:
    """Return the one namespace that all objects are in, as far as they say; None where there are several or none."""
    names = {manifest.namespace for manifest in manifests if manifest.namespace}
    return names.pop() if len(names) == 1 else None
