"""Work out what the generators of an ApplicationSet give, in Argo CD's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from raychart.helm_yaml import read_documents
from raychart.review.appsets.combine import joined, merged
from raychart.review.appsets.filling import filled, texts_in
from raychart.review.appsets.model import Ask, OutsideError, Params, RefusedError, together
from raychart.review.appsets.selectors import lets_through
from raychart.review.pins import is_pinned

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from raychart.review.appsets.git_items import GitItems
    from raychart.yaml_nodes import Node

    Steps = Generator[list[Ask], list[str], list[Params]]

INSIDE = ("list", "git", "matrix", "merge")
# What each of these asks, and where the answer is.
OUTSIDE = {
    "clusters": "the clusters that Argo CD knows",
    "scmProvider": "a Git server's repositories",
    "pullRequest": "a Git server's pull requests",
    "plugin": "a plugin's server",
    "clusterDecisionResource": "an object in the cluster",
}
_REMEDY = "name the values files under review.values in .raychart.yaml, or list their namespaces in a list generator"


@dataclass(frozen=True, slots=True)
class Given:
    """What an ApplicationSet's generators have in common; `is_ours` tells whether a repoURL is this repository."""

    is_go: bool
    items: GitItems
    is_ours: Callable[[str], bool]


def params_of(node: Node, kind: str, given: Given, depth: int = 0) -> Steps:
    """Return what one kind of generator in a node gives, in steps; those that its selector does not want left out.

    Raises RefusedError where Argo CD would refuse it, OutsideError where it asks outside of the repository.
    """
    inner = node.children[kind][1]
    if kind in OUTSIDE:
        raise OutsideError(f"its {kind} generator asks {OUTSIDE[kind]}", _REMEDY, node.children[kind][0])
    if not isinstance(inner.data, dict):
        raise RefusedError(f"the {kind} generator says nothing", "give it what it needs, or remove it", inner.mark)
    if kind == "list":
        found: list[Params] = _listed(inner, given)
    elif kind == "git":
        found = yield from _in_git(inner, given)
    elif kind == "matrix":
        found = yield from _matrix(inner, given, depth)
    else:
        found = yield from _merge(inner, given, depth)
    selector = node.children.get("selector")
    return [one for one in found if lets_through(selector[1] if selector else None, one)]


def kinds_in(node: Node) -> list[str]:
    """Return the kinds of generators in an entry of the list."""
    data = node.data if isinstance(node.data, dict) else {}
    kinds = [kind for kind in (*INSIDE, *OUTSIDE) if data.get(kind) is not None]
    if not kinds:
        names = ", ".join(map(str, data)) or "nothing"
        raise RefusedError(f"a generator is of no kind that Argo CD knows (found {names})", "see its name", node.mark)
    return kinds


def _listed(inner: Node, given: Given) -> list[Params]:
    elements = inner.children.get("elements")
    found = []
    for _, node in elements[1].children.values() if elements else ():
        if not isinstance(node.data, dict):
            raise RefusedError("an element of the list is no mapping", "write name: value", node.mark)
        found.append(Params(node.data if given.is_go else _texts(node)))
    written = inner.data.get("elementsYaml")
    if written:
        read = next(iter(read_documents(str(written), "elementsYaml")), None)
        data = read.data if read else None
        if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
            raise RefusedError("elementsYaml is no list of mappings", "mend it", inner.children["elementsYaml"][0])
        found += map(Params, data)
    return found


def _texts(node: Node) -> dict[str, str]:
    """Return an element's texts by their names; without Go templates there may be nothing else."""
    found = {}
    for key, (mark, child) in node.children.items():
        entries = child.data.items() if key == "values" and isinstance(child.data, dict) else [(None, child.data)]
        for name, value in entries:
            if not isinstance(value, str):
                what = f"{key} of an element is no text, which it has to be without goTemplate (found {value!r:.40})"
                raise RefusedError(what, "put it in quotes, or set goTemplate: true", mark)
            found[str(key) if name is None else f"values.{name}"] = value
    return found


def _in_git(inner: Node, given: Given) -> Steps:
    url = inner.data.get("repoURL")
    if isinstance(url, str) and not given.is_ours(url):
        what = f"its git generator reads {_shown(url)}, which is not this repository"
        raise OutsideError(what, f"review it there; {_REMEDY}", inner.mark)
    revision = str(inner.data.get("revision") or "")
    if is_pinned(revision):
        given.items.note(
            f"its git generator reads revision {revision}: what is merged is seen when that moves", inner.mark.line
        )
    prefix = str(inner.data.get("pathParamPrefix") or "")
    if inner.data.get("directories"):
        found = given.items.directories(inner.children["directories"][1], prefix)
    elif inner.data.get("files"):
        found = given.items.files(inner.children["files"][1], prefix)
    else:
        raise RefusedError("the git generator has neither files nor directories", "name some", inner.mark)
    values = inner.data.get("values")
    if isinstance(values, dict) and values:
        names = list(values)
        answers = iter((yield [Ask(str(values[name]), params) for params in found for name in names]))
        for params in found:
            own = {name: next(answers) for name in names}
            params.update({"values": own} if given.is_go else {f"values.{name}": own[name] for name in names})
    return found


def _matrix(inner: Node, given: Given, depth: int) -> Steps:
    children = _children(inner, depth)
    if len(children) != 2:
        what = f"a matrix generator has {len(children)} generators"
        raise RefusedError(what, "give it two: a matrix in it can take more", inner.mark)
    first = yield from _nested(children[0], given, depth)
    second = children[1]
    texts = [*dict.fromkeys(text for text, _ in texts_in(second))]
    if not texts or not first:
        shared = (yield from _nested(second, given, depth)) if first else []
        seconds = [shared] * len(first)
    else:
        waits = {text for values in _values_of(second) for text, _ in texts_in(values)}
        answers = iter((yield [Ask(text, params, text in waits) for params in first for text in texts]))
        said = [dict(zip(texts, [next(answers) for _ in texts], strict=True)) for _ in first]
        seconds = yield from together([_nested(filled(second, one.__getitem__), given, depth) for one in said])
    return [joined(one, other, given) for one, several in zip(first, seconds, strict=True) for other in several]


def _merge(inner: Node, given: Given, depth: int) -> Steps:
    children = _children(inner, depth)
    if len(children) < 2:
        raise RefusedError(f"a merge generator has {len(children)} generators", "give it two or more", inner.mark)
    keys = inner.data.get("mergeKeys")
    if not isinstance(keys, list) or not keys:
        raise RefusedError("a merge generator has no mergeKeys", "name what its generators have in common", inner.mark)
    sets = yield from together([_nested(one, given, depth) for one in children])
    return merged(sets, [str(key) for key in keys], given, inner)


def _children(inner: Node, depth: int) -> list[Node]:
    if depth > 1:
        what = "generators are nested more than two deep"
        raise RefusedError(what, "Argo CD knows nothing of what is in the innermost one: put it further up", inner.mark)
    generators = inner.children.get("generators")
    return [node for _, node in generators[1].children.values()] if generators else []


def _nested(node: Node, given: Given, depth: int) -> Steps:
    kinds = kinds_in(node)
    if len(kinds) != 1:
        raise RefusedError(f"a nested generator is of several kinds ({', '.join(kinds)})", "split it", node.mark)
    return (yield from params_of(node, kinds[0], given, depth + 1))


def _values_of(node: Node) -> list[Node]:
    """Return the values: of git generators in a node, which may have parameters of their own in them."""
    found = [child for key, (_, child) in node.children.items() if key == "values" and isinstance(child.data, dict)]
    return found + [one for _, child in node.children.values() for one in _values_of(child)]


def _shown(url: str) -> str:
    """Return an address without what may be a password."""
    scheme, separator, rest = url.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}" if separator else url
