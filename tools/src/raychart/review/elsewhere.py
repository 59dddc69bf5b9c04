"""Find what else in a repository deploys our chart and is not read: Flux, helmfile, Kustomize, charts of charts."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.helm_yaml import read_documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from raychart.review.trees import Tree
    from raychart.yaml_nodes import Node

# What files have in them that are looked at here, and how those are called that need not have it.
TEXTS = ("fluxcd.io/", "helmCharts:")
_HELMFILE = re.compile(r"(?:.*/)?helmfile(?:\.d/[^/]+)?\.ya?ml(?:\.gotmpl)?")
_CHART = re.compile(r"^[ \t]*(?:-[ \t]+)?chart:[ \t]*[\"']?(?P<chart>[^\s\"'#]+)", re.MULTILINE)
_MAKES = re.compile(r"^kind:[ \t]*[\"']?(?P<kind>Application|ApplicationSet)\b", re.MULTILINE)
_PATH = re.compile(r"^[ \t]*(?:-[ \t]+)?(?P<key>path|chart):[ \t]*[\"']?(?P<value>[^\n#]+)", re.MULTILINE)
_NOT_READ = (
    "is not read; name its values files under review.values in .raychart.yaml, or render it and raychart diff it"
)


class _Told(NamedTuple):
    """What is told of a place; `folder` is what Flux applies there, which is told if something is in it."""

    file: str
    line: int
    what: str
    folder: str | None = None


def found_elsewhere(tree: Tree, paths: list[str], is_ours: Callable[[str | None, str | None], bool]) -> Iterator[str]:
    """Yield a note for each place that deploys our chart and is not read; `paths` are files with one of TEXTS in them.

    `is_ours` takes a folder, or a chart's name.
    """
    named = [path for path in tree.entries if path.endswith(("/Chart.yaml", "/Chart.yml")) or _HELMFILE.fullmatch(path)]
    tree.fetch([*paths, *named])
    told = [one for path in sorted({*paths, *named}) if tree.has(path) for one in _in(path, tree, is_ours)]
    files = [one.file for one in told if one.folder is None]
    for one in told:
        inside = [] if one.folder is None else [file for file in files if _is_below(file, one.folder)]
        if one.folder is None:
            yield f"{one.file}:{one.line}: {one.what} {_NOT_READ}"
        elif inside:
            yield f"{one.file}:{one.line}: {one.what}, in which is {inside[0]}: that {_NOT_READ}"


def made_by_templates(path: str, text: str, is_ours: Callable[[str | None, str | None], bool]) -> Iterator[str]:
    """Yield a note for each template of a chart that makes Applications which may use our chart."""
    for made in _MAKES.finditer(text):
        end = text.find("\n---", made.start())
        for said in _PATH.finditer(text, made.start(), len(text) if end < 0 else end):
            value = said["value"].strip().strip("\"'")
            if "{{" in value or is_ours(value if said["key"] == "path" else None, value):
                line = text.count("\n", 0, made.start()) + 1
                yield f"{path}:{line}: what this template makes of {made['kind']}s (app of apps) {_NOT_READ}"
                break


def _in(path: str, tree: Tree, is_ours: Callable[[str | None, str | None], bool]) -> Iterator[_Told]:
    try:
        text = tree.content(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        return
    if _HELMFILE.fullmatch(path):
        yield from _of_helmfile(path, text, is_ours)
        return
    for document in read_documents(text, path):
        root = document.root
        if root is None or not isinstance(root.data, dict):
            continue
        kind, group = root.data.get("kind"), str(root.data.get("apiVersion"))
        if posixpath.basename(path) in ("Chart.yaml", "Chart.yml"):
            yield from _of_chart(path, root, is_ours)
        elif kind == "HelmRelease" and group.startswith("helm.toolkit.fluxcd.io/"):
            yield from _of_release(path, root, is_ours)
        elif kind == "Kustomization" and group.startswith("kustomize.toolkit.fluxcd.io/"):
            folder = _at(root, "spec", "path")
            if folder is not None and isinstance(folder.data, str):
                what = f"the Kustomization {_name(root)} of Flux applies {folder.data}"
                yield _Told(path, folder.mark.line, what, posixpath.normpath(folder.data).lstrip("/"))
        elif isinstance(root.data.get("helmCharts"), list):
            yield from _of_kustomization(path, root, is_ours)


def _of_release(path: str, root: Node, is_ours: Callable[[str | None, str | None], bool]) -> Iterator[_Told]:
    chart = _at(root, "spec", "chart", "spec", "chart") or _at(root, "spec", "chartRef", "name")
    if chart is not None and isinstance(chart.data, str):
        is_path = "/" in chart.data
        if is_ours(posixpath.normpath(chart.data).lstrip("/") if is_path else None, None if is_path else chart.data):
            yield _Told(path, chart.mark.line, f"the HelmRelease {_name(root)} of Flux")


def _of_kustomization(path: str, root: Node, is_ours: Callable[[str | None, str | None], bool]) -> Iterator[_Told]:
    home = _at(root, "helmGlobals", "chartHome")
    start = posixpath.join(posixpath.dirname(path), str(home.data) if home else "charts")
    for _, node in root.children["helmCharts"][1].children.values():
        name = node.data.get("name") if isinstance(node.data, dict) else None
        if isinstance(name, str) and is_ours(posixpath.normpath(posixpath.join(start, name)), name):
            yield _Told(path, node.mark.line, f"what Kustomize makes of {name} (helmCharts)")


def _of_chart(path: str, root: Node, is_ours: Callable[[str | None, str | None], bool]) -> Iterator[_Told]:
    dependencies = _at(root, "dependencies")
    for _, node in dependencies.children.values() if dependencies else ():
        data: dict[str, Any] = node.data if isinstance(node.data, dict) else {}
        repository, name = str(data.get("repository") or ""), data.get("name")
        place = repository.removeprefix("file://")
        folder = posixpath.normpath(posixpath.join(posixpath.dirname(path), place)) if place != repository else None
        if is_ours(folder, str(name)):
            what = f"the chart {_name(root)} has {name} in it (values under {data.get('alias') or name}:), which"
            yield _Told(path, node.mark.line, what)


def _of_helmfile(path: str, text: str, is_ours: Callable[[str | None, str | None], bool]) -> Iterator[_Told]:
    for found in _CHART.finditer(text):
        chart = found["chart"]
        folder = posixpath.normpath(posixpath.join(posixpath.dirname(path), chart))
        # Others are of a repository that has a name: repository/chart.
        if is_ours(folder, None if chart.startswith(".") else chart.rpartition("/")[2]):
            yield _Told(path, text.count("\n", 0, found.start()) + 1, "the release of this helmfile")


def _is_below(file: str, folder: str) -> bool:
    return folder == "." or file.startswith(f"{folder}/")


def _name(root: Node) -> str:
    metadata = root.data.get("metadata")
    return str((metadata if isinstance(metadata, dict) else root.data).get("name"))


def _at(node: Node | None, *steps: str) -> Node | None:
    for step in steps:
        if node is None or step not in node.children:
            return None
        node = node.children[step][1]
    return node
