"""Prove that a chart's templates do nothing with the namespace's name but write it down.

The name is followed from `.Release.Namespace` through variables, blocks and named templates. What it reaches may only
be handled by functions that take every name alike. Three kinds of them are allowed besides those that never look
into a text:

- functions that compare whole texts or look them up: they tell a name from another only if the name, or a text with
  the name in it, stands somewhere in the chart or in the values, so such a name has to be rendered by itself;
- functions that make something else of every name (hashes, encodings, upper case) or cut at a length: two renderings
  for names of different length and letters give it away (twins.py);
- `if`, `with`, `and`, `default` and the like, for which every name is true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from raychart.rendering.template_actions import Action, Templates, Word

_BLIND = """
    and or not default empty coalesce ternary required fail kindIs kindOf typeOf typeIs include template
    print println printf quote squote indent nindent toString toYaml mustToYaml toJson mustToJson toPrettyJson
    toRawJson mustToRawJson fromJson fromJsonArray fromYaml fromYamlArray mustFromJson cat
    dict list tuple set unset merge mustMerge mergeOverwrite mustMergeOverwrite deepCopy mustDeepCopy append mustAppend
    push prepend mustPrepend concat first rest last initial mustFirst mustRest mustLast mustInitial compact join int
    int64 until untilStep seq
"""
_COMPARING = "eq ne has mustHas hasKey index get dig pick omit without mustWithout uniq mustUniq"
_REVEALING = """
    sha1sum sha256sum sha512sum adler32sum b64enc b32enc upper title camelcase snakecase kebabcase
    trunc abbrev substr len lt le gt ge
"""
_ALLOWED = frozenset(_BLIND.split()) | frozenset(_COMPARING.split()) | frozenset(_REVEALING.split())
# They change their first argument in place.
_CHANGING = frozenset(["set", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"])


def writes_only(templates: Templates) -> bool:
    """Tell whether the namespace's name is only written down, as far as this can be seen in the templates."""
    if any("tpl" in action.functions for action in templates.actions):
        # What is in the values may be templates.
        return False
    flow = _Flow(templates)
    flow.follow()
    return not flow.doubtful


class _Flow:
    """Where the name gets to. A named template is looked at twice: with the name in its argument, and without.

    What is called with the name has it in what it gives.
    """

    def __init__(self, templates: Templates) -> None:
        self.templates = templates
        self.doubtful = False
        # Named templates that are called with the name, and those that give it.
        self.called: set[str] = set()
        self.giving: set[str] = set()

    def follow(self) -> None:
        before = None
        while before != (len(self.called), len(self.giving)) and not self.doubtful:
            before = (len(self.called), len(self.giving))
            for actions in self.templates.files:
                self._scope(actions, named=False)
            for name, actions in self.templates.named.items():
                if self._scope(actions, named=False):
                    self.giving.add(name)
                if name in self.called:
                    self._scope(actions, named=True)

    def _scope(self, actions: Sequence[Action], *, named: bool) -> bool:
        """Follow the name through the actions of one template; tell whether it is in what the template gives."""
        held = _Held(self.giving, named=named)
        before = -1
        while before != held.size:
            before = held.size
            for action in actions:
                if held.any_of(action.words, action):
                    held.reached.add(id(action))
                    held.variables.update(action.assigned)
                    self._reach(action, actions, held)
        return bool(held.reached)

    def _reach(self, action: Action, actions: Sequence[Action], held: _Held) -> None:
        """Note what an action does that has the name in it."""
        if not set(action.functions) <= _ALLOWED:
            self.doubtful = True
        for name, argument in action.calls:
            if name is None or name not in self.templates.named:
                self.doubtful = True
            elif held.any_of(argument, action):
                self.called.add(name)
        for changed in _changed(action):
            if not changed.startswith("$") or changed.startswith("$."):
                self.doubtful = True
            held.variables.add(changed.partition(".")[0])
            held.variables.update(_sources(changed.partition(".")[0], actions))


class _Held:
    """What has the name in it within one template: variables, and the actions that it has reached."""

    def __init__(self, giving: set[str], *, named: bool) -> None:
        self.variables: set[str] = set()
        self.reached: set[int] = set()
        self._giving = giving
        self._named = named

    @property
    def size(self) -> int:
        return len(self.variables) + len(self.reached)

    def any_of(self, words: Sequence[Word], action: Action) -> bool:
        """Tell whether one of an action's words stands for something with the name in it."""
        return any(self._is(word, action) for word in words)

    def _is(self, word: Word, action: Action) -> bool:
        if word.kind == "text":
            return word.content in {"Release", "Namespace"} or word.content in self._giving
        if word.kind != "chain":
            return False
        _, release, field = word.written.rpartition(".Release")
        if release and field in {"", ".Namespace"}:
            return True
        begin = word.written.partition(".")[0]
        if begin == "$":
            return self._named
        if begin:
            return begin in self.variables
        return id(action.inside[-1]) in self.reached if action.inside else self._named


def _changed(action: Action) -> Iterator[str]:
    """Yield the variables and fields that an action changes in place."""
    for at, word in enumerate(action.words[:-1]):
        if word.kind == "name" and word.written in _CHANGING and action.words[at + 1].kind == "chain":
            yield action.words[at + 1].written


def _sources(variable: str, actions: Sequence[Action]) -> Iterator[str]:
    """Yield the variables that a variable may be a part of, or another name for."""
    for action in actions:
        if variable in action.assigned:
            for word in action.words:
                if word.kind == "chain" and word.written.startswith("$") and len(word.written) > 1:
                    yield word.written.partition(".")[0]
