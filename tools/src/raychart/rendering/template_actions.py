"""Read the actions in Helm templates: enough of the template language to see what a chart's templates do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_TEXT = r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|' + r"'(?:[^'\\\n]|\\.)+'"
_ACTION = re.compile(
    r"\{\{(?:-\s)?\s*/\*.*?\*/\s*-?\}\}" + rf"|\{{\{{(?P<inside>(?:{_TEXT}|[^\"`'}}]|\}}(?!\}}))*)\}}\}}", re.DOTALL
)
_WORD = re.compile(rf"(?P<text>{_TEXT})|(?P<chain>\$?\w*(?:\.\w+)+|\$\w*|\.)|(?P<name>\w+)|(?P<mark>:=|[^\s\w])")
# Words that open a block, those among them that set the dot within it, and what else is no function.
_OPENING = {"if", "with", "range", "define", "block"}
_SYNTAX = _OPENING | {"else", "end", "template", "break", "continue", "nil", "true", "false"}


class UnreadableError(Exception):
    """The templates cannot be read as templates."""


class Word(NamedTuple):
    """One word of an action: kind "text" (in quotes), "chain" ($x.y, .y, $, .), "name" or "mark"."""

    kind: str
    written: str

    @property
    def content(self) -> str:
        """Return what is in the quotes of a text."""
        return self.written[1:-1]


@dataclass(frozen=True, slots=True)
class Action:
    """One action; `inside` are the actions of the with and range blocks around it, whose value is its dot."""

    words: tuple[Word, ...]
    inside: tuple[Action, ...] = ()

    @property
    def functions(self) -> Iterator[str]:
        """Yield the functions that the action calls."""
        return (
            word.written
            for word in self.words
            if word.kind == "name" and word.written not in _SYNTAX and not word.written[0].isdigit()
        )

    @property
    def calls(self) -> Iterator[tuple[str | None, tuple[Word, ...]]]:
        """Yield the named templates that the action calls, each with the words of its argument.

        The name is None where it is not written out.
        """
        for at, word in enumerate(self.words):
            if word.kind == "name" and word.written in {"include", "template", "block"}:
                after = self.words[at + 1] if at + 1 < len(self.words) else None
                name = after.content if after is not None and after.kind == "text" else None
                yield name, (*_piped_into(self.words, at), *_until_closed(self.words[at + 2 :]))

    @property
    def assigned(self) -> Iterator[str]:
        """Yield the variables that the action gives a value."""
        marks = [at for at, word in enumerate(self.words) if word.written in {":=", "="} and word.kind == "mark"]
        for word in self.words[: marks[0]] if marks else ():
            if word.kind == "chain" and word.written.startswith("$"):
                yield word.written


def _until_closed(words: Sequence[Word]) -> Iterator[Word]:
    """Yield the words up to the end of the call that they are the arguments of."""
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word.written, 0)
        if depth < 0 or (depth == 0 and word.written == "|"):
            return
        yield word


def _piped_into(words: Sequence[Word], at: int) -> Iterator[Word]:
    """Yield the words whose value a pipe makes the last argument of the call at a position."""
    depth = 0
    if at and words[at - 1].written == "|":
        for word in reversed(words[: at - 1]):
            depth += {")": 1, "(": -1}.get(word.written, 0)
            if depth < 0:
                return
            yield word


@dataclass(slots=True)
class Templates:
    """The actions of a chart's templates: of each file itself, and of each named template by its name."""

    files: list[list[Action]] = field(default_factory=list)
    named: dict[str, list[Action]] = field(default_factory=dict)

    @property
    def actions(self) -> Iterator[Action]:
        """Yield all actions."""
        for actions in (*self.files, *self.named.values()):
            yield from actions


def read_templates(texts: Iterable[str]) -> Templates:
    """Read the templates of a chart and of its subcharts. Raises UnreadableError."""
    templates = Templates()
    for text in texts:
        _read(text, templates)
    return templates


def _read(text: str, templates: Templates) -> None:
    # Blocks around, the innermost last: the action that opened each, and where its content goes.
    blocks: list[tuple[Action, list[Action]]] = []
    into: list[Action] = []
    templates.files.append(into)
    for action in _actions(text, blocks):
        first = action.words[0].written
        if first == "end":
            if not blocks:
                raise UnreadableError("an end too many")
            _, into = blocks.pop()
            continue
        if first == "else" and any(word.written in {"with", "range"} for word in action.words):
            raise UnreadableError("an else that sets the dot")
        inner = into
        if first in {"define", "block"}:
            inner = templates.named.setdefault(action.words[1].content if len(action.words) > 1 else "", [])
        if first != "define":
            into.append(action)
        if first in _OPENING:
            blocks.append((action, into))
            into = inner
    if blocks:
        raise UnreadableError("a block without its end")


def _actions(text: str, blocks: list[tuple[Action, list[Action]]]) -> Iterator[Action]:
    for inside in insides(text):
        if words := words_of(inside):
            around = [action for action, _ in blocks]
            begin = max((n + 1 for n, a in enumerate(around) if a.words[0].written in {"define", "block"}), default=0)
            dots = tuple(action for action in around[begin:] if action.words[0].written in {"with", "range"})
            yield Action(words, dots)


def insides(text: str) -> Iterator[str]:
    """Yield what stands in each action of a template that is no comment. Raises UnreadableError."""
    at = 0
    while (at := text.find("{{", at)) >= 0:
        found = _ACTION.match(text, at)
        if not found:
            raise UnreadableError("an action without its end")
        at = found.end()
        if inside := found["inside"]:
            yield inside


def words_of(inside: str) -> tuple[Word, ...]:
    """Return the words of an action."""
    inside = inside.removeprefix("-").removesuffix("-")
    return tuple(Word(found.lastgroup or "", found[0]) for found in _WORD.finditer(inside))
