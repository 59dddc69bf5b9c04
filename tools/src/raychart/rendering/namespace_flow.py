"""Prove that a chart's templates do nothing with the namespace's name but write it down.

The name is followed from `.Release.Namespace` through variables, blocks and named templates. What it reaches may only
be handled by functions that take every name alike. Some kinds of them are allowed besides those that never look into
a text:

- functions that compare whole texts or look them up: they tell a name from another only if the name, or a text with
  the name in it, stands somewhere in the chart or in the values, so such a name has to be rendered by itself;
- functions that look for a text that is written out: names with a part of that text in them are told apart;
- functions that make something else of every name (hashes, encodings, upper case) or cut at a length, where what they
  make is printed at once: two renderings for names of different length and letters give it away (twins.py);
- `if`, `with`, `and`, `default` and the like, for which every name is true.

A named template may change what it is given; what is changed in the values or elsewhere in the root context is a doubt.
"""

from __future__ import annotations

import re
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
    sha1sum sha256sum sha512sum adler32sum b64enc b32enc upper title camelcase snakecase kebabcase trunc abbrev substr
"""
_SEARCHING = frozenset(["contains", "hasPrefix", "hasSuffix"])
_LOOKING = _SEARCHING | frozenset(_COMPARING.split())
_ALLOWED = _LOOKING | frozenset(_BLIND.split())
_PRINTED = frozenset(_BLIND.split()) | frozenset(_REVEALING.split())
# How printf writes a text as a whole.
_FORMAT = re.compile(r"(?:[^%]|%[svdtq%])*")
# They give something new.
_COPYING = frozenset(["deepCopy", "mustDeepCopy", "include"])
# They change their first argument in place.
_CHANGING = frozenset(["set", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"])


def texts_looked_for(templates: Templates) -> frozenset[str] | None:
    """Return the texts that the templates look for in what has the name in it; None where they may do more with it."""
    if any("tpl" in action.functions for action in templates.actions):
        # What is in the values may be templates.
        return None
    flow = _Flow(templates)
    flow.follow()
    return None if flow.doubtful else frozenset(flow.looked_for)


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
        self.looked_for: set[str] = set()

    def follow(self) -> None:
        before = None
        while before != (len(self.called), len(self.giving)) and not self.doubtful:
            before = (len(self.called), len(self.giving))
            for actions in self.templates.files:
                self._scope(actions, named=False, is_file=True)
            for name, actions in self.templates.named.items():
                if self._scope(actions, named=False):
                    self.giving.add(name)
                if name in self.called:
                    self._scope(actions, named=True)

    def _scope(self, actions: Sequence[Action], *, named: bool, is_file: bool = False) -> bool:
        """Follow the name through the actions of one template; tell whether it is in what the template gives."""
        held = _Held(self.giving, named=named, is_file=is_file)
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
        searched = list(_searched(action))
        self.looked_for.update(text for text in searched if text is not None)
        called = set(action.functions)
        # What is made of the name must not be compared with anything: not here, and not where it is handed on to.
        is_handled = called <= _ALLOWED or (called <= _PRINTED and held.is_file and _prints(action))
        if None in searched or not is_handled or not _formats_plainly(action):
            self.doubtful = True
        if changed := list(_changed(action)):
            self._change(changed, action, actions, held)
        for name, argument in action.calls:
            if name is None or name not in self.templates.named:
                self.doubtful = True
            elif held.any_of(argument, action):
                self.called.add(name)

    def _change(self, changed: list[str], action: Action, actions: Sequence[Action], held: _Held) -> None:
        """Note what has the name in it from now on, because the action changes it in place."""
        names = {chain.partition(".")[0] for chain in changed}
        # Whatever a variable that is changed is a part of, is changed too.
        while more := {source.partition(".")[0] for source in _sources(names, actions)} - names - {""}:
            names |= more
        held.variables |= names - {"", "$"}
        parts = [*_sources(names, actions), *_uses(names - {"", "$"}, actions)]
        if any(chain in {".", "$"} for chain in changed) or any(
            held.is_of_root(one, action) for one in (*changed, *parts)
        ):
            self.doubtful = True


class _Held:
    """What has the name in it within one template: variables, and the actions that it has reached."""

    def __init__(self, giving: set[str], *, named: bool, is_file: bool) -> None:
        self.is_file = is_file
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

    def is_of_root(self, chain: str, action: Action) -> bool:
        """Tell whether a field that is changed may be one of the root context, which all templates share."""
        begin, *fields = chain.split(".")
        if begin not in {"", "$"}:
            return any(field[:1].isupper() for field in fields)
        is_own = self._named or (begin == "" and bool(action.inside))
        return not is_own or any(field[:1].isupper() for field in fields)


def _changed(action: Action) -> Iterator[str]:
    """Yield the variables and fields that an action changes in place."""
    for at, word in enumerate(action.words[:-1]):
        if word.kind == "name" and word.written in _CHANGING and action.words[at + 1].kind == "chain":
            yield action.words[at + 1].written


def _sources(variables: set[str], actions: Sequence[Action]) -> Iterator[str]:
    """Yield the variables and fields that variables may be parts of, or other names for."""
    for action in actions:
        if not variables.isdisjoint(action.assigned) and _COPYING.isdisjoint(action.functions):
            yield from (word.written for word in action.words if word.kind == "chain")


def _uses(variables: set[str], actions: Sequence[Action]) -> Iterator[str]:
    """Yield the fields of variables that are used."""
    for action in actions:
        for word in action.words:
            if word.kind == "chain" and word.written.partition(".")[0] in variables:
                yield word.written


def _prints(action: Action) -> bool:
    """Tell whether an action does nothing but print what it makes."""
    is_plain = action.words[0].written not in {"if", "else", "with", "range", "block", "template"}
    return is_plain and not any(action.assigned) and not any(True for _ in action.calls)


def _formats_plainly(action: Action) -> bool:
    """Tell whether an action writes and looks up texts as wholes, not by their characters."""
    for at, word in enumerate(action.words[:-1]):
        after = action.words[at + 1]
        if word.written == "printf" and (after.kind != "text" or not _FORMAT.fullmatch(after.content)):
            return False
        if word.written == "index" and after.written.endswith(".Release.Namespace"):
            return False
    return True


def _searched(action: Action) -> Iterator[str | None]:
    """Yield the texts that an action looks for, None for one that is not written out."""
    for at, word in enumerate(action.words):
        if word.kind == "name" and word.written in _SEARCHING:
            after = action.words[at + 1] if at + 1 < len(action.words) else None
            is_plain = after is not None and after.kind == "text" and "\\" not in after.content
            yield after.content if after is not None and is_plain else None
