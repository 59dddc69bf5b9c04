"""Read an ApplicationSet: the Applications that it makes of what its generators give."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from raychart.review import git
from raychart.review.appsets.filling import filled, laid_under, texts_in
from raychart.review.appsets.generators import Given, kinds_in, params_of
from raychart.review.appsets.git_items import GitItems
from raychart.review.appsets.model import Ask, OutsideError, RefusedError
from raychart.review.appsets.patch import patched
from raychart.review.appsets.placeholders import replaced
from raychart.review.releases import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from raychart.review.application import Application
    from raychart.review.appsets.git_items import Note
    from raychart.review.appsets.go_templates import GoTemplates
    from raychart.review.appsets.model import Params
    from raychart.review.trees import Tree
    from raychart.yaml_nodes import Node

_NAME = re.compile(r"([^/:]+?)(?:\.git)?/?")


def made_by(root: Node, like: Application, tree: Tree, templates: GoTemplates, note: Note) -> list[Application]:
    """Return the Applications that an ApplicationSet makes, in its order; `like` has what all of them have in common.

    What asks outside of the repository is noted and left out. Raises RefusedError where Argo CD would make nothing.
    """
    spec = _child(root, "spec")
    template = _child(spec, "template") if spec else None
    entries = _child(spec, "generators") if spec else None
    if spec is None or entries is None or not isinstance(entries.data, list):
        raise RefusedError("it has no generators", "give it a list of them under spec.generators", root.mark)
    is_go = spec.data.get("goTemplate") is True
    options = spec.data.get("goTemplateOptions") or []

    def answer(asked: Sequence[Ask]) -> list[str]:
        try:
            if is_go:
                return templates.filled(asked, [str(one) for one in options])
            return [replaced(ask.text, ask.params) for ask in asked]
        except RefusedError as refused:
            refused.mark = next((mark for text, mark in texts_in(spec) if text == refused.text), spec.mark)
            raise

    patch = _child(spec, "templatePatch")
    given = Given(is_go, GitItems(tree, is_go=is_go, note=note), _Ours(tree))
    made: list[Application] = []
    for _, entry in entries.children.values():
        try:
            for kind in kinds_in(entry):
                elements = _run(params_of(entry, kind, given), answer)
                own = laid_under(_child(entry.children[kind][1], "template"), template)
                if own is None or not isinstance(own.data, dict):
                    raise RefusedError("it has no template", "write spec.template", spec.mark)
                made += _applications(elements, own, patch, like, tree, answer)
        except OutsideError as outside:
            note(f"{outside}, so what that makes is left out; {outside.remedy}", outside.mark.line)
    _tell_of_twice(made, note)
    return made


def _applications(
    elements: Sequence[Params],
    template: Node,
    patch: Node | None,
    like: Application,
    tree: Tree,
    answer: Callable[[Sequence[Ask]], list[str]],
) -> Iterator[Application]:
    texts = list(dict.fromkeys(text for text, _ in texts_in(template)))
    patches = [patch.data] if patch is not None and isinstance(patch.data, str) else []
    # Without parameters Argo CD leaves a template as it is.
    answers = iter(answer([Ask(text, params) for params in elements if params for text in (*texts, *patches)]))
    for params in elements:
        said = {text: next(answers) if params else text for text in texts}
        node = filled(template, said.__getitem__)
        for text in patches:
            node = patched(node, next(answers) if params else text, patch, like.file)
        about = node.data.get("metadata")
        name = str(about.get("name") if isinstance(about, dict) else None)
        files = tuple(Source(path, tree.id(path) or "") for path in params.files)
        yield replace(like, name=name, node=node, parameters=(*like.parameters, *files))


def _run(
    steps: Generator[list[Ask], list[str], list[Params]], answer: Callable[[Sequence[Ask]], list[str]]
) -> list[Params]:
    try:
        asked = next(steps)
        while True:
            asked = steps.send(answer(asked))
    except StopIteration as done:
        result: list[Params] = done.value
        return result


def _tell_of_twice(made: Sequence[Application], note: Note) -> None:
    counts = Counter(one.name for one in made)
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        more = f" and {len(twice) - 3} more" if len(twice) > 3 else ""
        note(f"it makes several Applications called {', '.join(twice[:3])}{more}, of which Argo CD makes none")


class _Ours:
    """Tells whether an address is that of this repository; nothing is known of one without remotes."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._names: set[str] | None = None

    def __call__(self, url: str) -> bool:
        if "{{" in url:
            return True
        if self._names is None:
            self._names = {_name_in(one) for one in git.remotes(self._tree.blobs.repository)}
        return not self._names or _name_in(url) in self._names


def _name_in(url: str) -> str:
    """Return a repository's name, which mirrors, forks and other ways to it have too."""
    found = _NAME.fullmatch(url.rstrip("/").replace(":", "/").rpartition("/")[2])
    return found[1].lower() if found else url


def _child(node: Node | None, key: str) -> Node | None:
    found: Any = node.children.get(key) if node is not None else None
    return found[1] if found else None
